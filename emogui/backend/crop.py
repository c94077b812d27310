"""From a box in a picture to the tensor a network sees.

This is the one place where faces are framed and resized: training, evaluation, the window, the
command line and the exported network all go through :func:`crop_face` and :func:`prepare`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from emogui.errors import ImageError
from emogui.types import FaceBox, Image


@dataclass(frozen=True, slots=True)
class CropRule:
    """How a detector's box becomes the square that the network was trained on.

    FER-2013 frames its faces in a way of its own; the rule says how that frame lies relative to
    the detector's box. ``scale`` multiplies the box's mean side (the square root of its area);
    the shifts move the centre, in units of that mean side (positive ``shift_y`` is down).
    """

    scale: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0

    def square(self, box: FaceBox) -> tuple[float, float, float]:
        """Left, top and side of the square, in pixels; it may reach outside the picture."""
        mean_side = float(np.sqrt(max(box.area, 1)))
        side = self.scale * mean_side
        centre_x = box.x + box.w / 2 + self.shift_x * mean_side
        centre_y = box.y + box.h / 2 + self.shift_y * mean_side
        return centre_x - side / 2, centre_y - side / 2, side

    def whole_square(self, box: FaceBox) -> tuple[int, int, int]:
        """Left, top and side of what :func:`crop_face` cuts out, in whole pixels."""
        left, top, side = self.square(box)
        return round(left), round(top), max(1, round(side))


def crop_face(image: Image, box: FaceBox, rule: CropRule) -> Image:
    """Cuts the square of a face out of a picture.

    Args:
        image: RGB uint8 (height, width, 3).
        box: the detector's box, in pixels of the picture.
        rule: the framing the network was trained on.

    Returns:
        RGB uint8 (side, side, 3), side at least 1. Where the square reaches outside the picture
        its edge pixels are repeated, since black bars look like nothing in the training set.
    """
    height, width = image.shape[:2]
    left, top, side = rule.whole_square(box)
    inner = image[
        min(max(top, 0), height - 1) : max(min(top + side, height), 1),
        min(max(left, 0), width - 1) : max(min(left + side, width), 1),
    ]
    before_y, before_x = max(0, -top), max(0, -left)
    after_y, after_x = max(0, top + side - height), max(0, left + side - width)
    if before_y or before_x or after_y or after_x:
        inner = cv2.copyMakeBorder(
            inner, before_y, after_y, before_x, after_x, cv2.BORDER_REPLICATE
        ).astype(np.uint8, copy=False)
    return np.ascontiguousarray(inner[:side, :side])


def prepare(
    faces: Sequence[npt.NDArray[np.uint8]] | npt.NDArray[np.uint8], size: int
) -> npt.NDArray[np.uint8]:
    """Turns finished face crops into the network's input.

    Args:
        faces: crops of any size, RGB uint8 (h, w, 3) or grey uint8 (h, w).
        size: side of the network's input in pixels.

    Returns:
        uint8 (n, size, size, 1): luma (ITU-R BT.601) resized by area averaging when the crop is
        larger than the input and bilinearly when it is smaller. Scaling to the range the
        backbone expects is inside the network.

    Raises:
        ImageError: a crop is not uint8, is empty, or has another shape; or one crop came instead
            of a sequence.
    """
    if isinstance(faces, np.ndarray) and faces.ndim == 3 and faces.shape[2] == 3:
        # Its rows would pass for grey crops three pixels wide.
        raise ImageError(
            f"Expected a sequence of face crops; got one array of shape {faces.shape}.",
            "Put a single crop into a list: [crop].",
        )
    batch = np.empty((len(faces), size, size, 1), np.uint8)
    for i, face in enumerate(faces):
        batch[i, :, :, 0] = _prepare_one(face, size, i)
    return batch


def _prepare_one(face: npt.NDArray[np.uint8], size: int, index: int) -> npt.NDArray[np.uint8]:
    array = np.asarray(face)
    colour = array.ndim == 3 and array.shape[2] == 3
    if array.dtype != np.uint8 or not (colour or array.ndim == 2) or array.size == 0:
        raise ImageError(
            f"Face {index}: expected a uint8 array of shape (height, width, 3), RGB, or "
            f"(height, width), grey; got {array.dtype} {array.shape}.",
            "Convert it first, for example with numpy.asarray(picture.convert('RGB')).",
        )
    grey = cv2.cvtColor(array, cv2.COLOR_RGB2GRAY) if colour else array
    if grey.shape == (size, size):
        return np.asarray(grey, np.uint8)
    shrinking = grey.shape[0] > size or grey.shape[1] > size
    method = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, (size, size), interpolation=method), np.uint8)
