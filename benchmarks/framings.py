"""Ways of cutting a face out of a picture by a detector's box: raw, and by crop rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from emogui.backend.crop import CropRule, crop_face
from emogui.backend.detectors import DETECTORS, FaceDetector
from emogui.types import FaceBox, Image

ENLARGE = 4
MARGIN = 0.5
SCALES = (0.8, 0.9, 1.25, 1.4, 1.6)

SQUEEZED = "raw box, squeezed to a square"
RULE = "**the rule**"


@dataclass(frozen=True, slots=True)
class Framing:
    """A way of cutting; the network's input is a square, whatever shape is cut out."""

    name: str
    cut: Callable[[Image, FaceBox], Image]


def squeezed(image: Image, box: FaceBox) -> Image:
    """The box as it is: becoming the network's input squeezes it, as naive code does."""
    return np.ascontiguousarray(image[box.y : box.bottom, box.x : box.right])


def widened(image: Image, box: FaceBox) -> Image:
    """The box with its shorter side made as long as the longer one, as other packages do."""
    side = max(box.w, box.h)
    return crop_face(
        image,
        FaceBox(box.x - (side - box.w) // 2, box.y - (side - box.h) // 2, side, side),
        CropRule(),
    )


def by_rule(rule: CropRule) -> Callable[[Image, FaceBox], Image]:
    return lambda image, box: crop_face(image, box, rule)


def framings(detector: str) -> list[Framing]:
    """The raw boxes first, then the detector's rule, then other scales without any shift."""
    rule = DETECTORS[detector].crop
    return [
        Framing(SQUEEZED, squeezed),
        Framing("raw box, square of its area (scale 1)", by_rule(CropRule())),
        Framing("raw box, square of its longer side", widened),
        Framing(RULE, by_rule(rule)),
        *(Framing(f"scale {scale:g}", by_rule(CropRule(scale))) for scale in SCALES),
    ]


FILLS = {
    "grey of the mean brightness": cv2.BORDER_CONSTANT,
    "edge pixels repeated": cv2.BORDER_REPLICATE,
    "mirrored": cv2.BORDER_REFLECT_101,
}
"""How the margin around a finished crop is filled."""


def on_canvas(face: npt.NDArray[np.uint8], fill: str = "grey of the mean brightness") -> Image:
    """A finished crop with a margin, since detectors miss faces that fill the picture.

    Args:
        face: grey (n, n).
        fill: one of :data:`FILLS`.

    Returns:
        RGB (2n * ENLARGE, 2n * ENLARGE, 3): the crop enlarged, the margin MARGIN of it wide.
    """
    large = cv2.resize(face, None, fx=ENLARGE, fy=ENLARGE, interpolation=cv2.INTER_CUBIC)
    margin = round(large.shape[0] * MARGIN)
    padded = cv2.copyMakeBorder(
        large, margin, margin, margin, margin, FILLS[fill], value=float(face.mean())
    )
    return np.asarray(cv2.cvtColor(padded, cv2.COLOR_GRAY2RGB), np.uint8)


def face_on_canvas(detector: FaceDetector, picture: Image) -> FaceBox | None:
    """The box of the face that a canvas was made of; None where it is not found."""
    best = max(
        detector.detect(picture, long_side=picture.shape[0]),
        key=lambda found: (found.score, found.box.area),
        default=None,
    )
    if best is None:
        return None
    box, middle = best.box, picture.shape[0] / 2
    off = max(abs(middle - box.x - box.w / 2), abs(middle - box.y - box.h / 2))
    # A box far off the middle is not the face that the crop was made for.
    return None if off > 0.5 * box.area**0.5 else box


def matching(box: FaceBox, boxes: Sequence[FaceBox], least: float = 0.3) -> FaceBox | None:
    """The box that overlaps most, or None where none has that intersection over union."""
    best = max(boxes, key=box.iou, default=None)
    return best if best is not None and box.iou(best) >= least else None


def total_variation(
    first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    """Half the absolute difference of two probability tables (n, classes), summed: (n,), 0 to 1."""
    difference: npt.NDArray[np.float64] = np.abs(first.astype(np.float64) - second).sum(axis=1) / 2
    return difference
