"""Makes the faces of a picture unrecognisable before it is saved."""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import StrEnum

import cv2
import numpy as np

from emogui.types import FaceBox, FrameResult, Image

GROWTH = 0.5
"""How much wider and higher than the detector's box the hidden part is. So much is needed for an
ellipse to cover the corners of the box (the square root of two), and to take in hair, ears and
chin, by which people are known too."""

CELLS = 5
"""Cells along the longer side of the hidden part. Of the box itself about 3x3 are left."""

_LEVELS = 16
"""Steps a cell's colour can take, so that little can be won from many frames of one face."""

REMEMBERED_S = 1.0
"""For so long a place stays hidden after the face in it was last found."""


class Hiding(StrEnum):
    """How faces are hidden."""

    BLUR = "blur"
    BOX = "box"


def hide_faces(image: Image, boxes: Iterable[FaceBox], how: Hiding | str = Hiding.BLUR) -> Image:
    """Hides faces so that they cannot be brought back from the picture.

    ``"box"`` fills a rectangle with one colour, which depends on nothing in the picture: nothing
    of the face is left. ``"blur"`` looks kinder: an ellipse around the box is reduced to at most
    5x5 coarse colours, whatever the size of the face, and these are blurred into each other.
    A blur alone could be undone, and finer cells (8x8 and more) are known to suffice to pick a
    person out of a list of known people (McPherson, Shokri, Shmatikov: Defeating image
    obfuscation with deep learning, 2016); from 3x3 neither works, but the colour of skin
    and clothes may still be told. Where that matters, take ``"box"``.

    A face that is not among the boxes is not hidden.

    Args:
        image: RGB uint8 (height, width, 3); it is not changed.
        boxes: the faces, in pixels of the picture; they may reach over its edge.
        how: ``"blur"`` or ``"box"``.

    Returns:
        A new RGB uint8 picture of the same size.
    """
    how = Hiding(how)
    height, width = image.shape[:2]
    hidden = image.copy()
    for box in boxes:
        whole = _grown(box)
        part = whole.clipped(width, height)
        if part.area == 0:
            continue
        view = hidden[part.y : part.bottom, part.x : part.right]
        if how is Hiding.BOX:
            view[:] = _FILL
        else:
            # From the picture as it came: of two faces that overlap, each hides its own part.
            source = image[part.y : part.bottom, part.x : part.right]
            mask = _ellipse(whole, part)
            view[mask] = _coarse(source)[mask]
    return hidden


class FaceHider:
    """Hides the faces of a video; see `hide_faces`.

    A detector misses a face in a frame now and then. So that it does not flash up there, the
    places where faces were found within the last second stay hidden.

    Args:
        how: ``"blur"`` or ``"box"``.
        remembered_s: seconds for which a place stays hidden.
    """

    def __init__(self, how: Hiding | str, remembered_s: float = REMEMBERED_S) -> None:
        self._how = Hiding(how)
        self._remembered_s = remembered_s
        self._last: dict[int, tuple[float, FaceBox]] = {}
        self._size = (0, 0)

    def hide(self, image: Image, result: FrameResult) -> Image:
        """Hides the faces of a frame.

        Args:
            image: RGB uint8 (height, width, 3); it is not changed.
            result: what was found in it; its ``time_s`` is that of the frame in seconds.

        Returns:
            A new RGB uint8 picture of the same size.
        """
        now = result.time_s
        size = image.shape[1], image.shape[0]
        if size != self._size:  # the boxes of another size mean nothing here
            self._last, self._size = {}, size
        self._last = {
            number: (seen, box)
            for number, (seen, box) in self._last.items()
            if 0 <= now - seen <= self._remembered_s
        }
        self._last.update((face.face_id, (now, face.box)) for face in result.faces)
        return hide_faces(image, [box for _, box in self._last.values()], self._how)


_FILL = (96, 96, 96)


def _grown(box: FaceBox) -> FaceBox:
    across, down = math.ceil(box.w * GROWTH / 2), math.ceil(box.h * GROWTH / 2)
    return FaceBox(box.x - across, box.y - down, box.w + 2 * across, box.h + 2 * down)


def _ellipse(whole: FaceBox, part: FaceBox) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Which pixels of the visible part (h, w) lie in the ellipse of the whole box."""
    x = (np.arange(part.x, part.right) + 0.5 - whole.x) / whole.w * 2 - 1
    y = (np.arange(part.y, part.bottom) + 0.5 - whole.y) / whole.h * 2 - 1
    return x[None, :] ** 2 + y[:, None] ** 2 <= 1


def _coarse(part: Image) -> Image:
    """The part of a picture in a few coarse colours, blurred into each other."""
    height, width = part.shape[:2]
    scale = CELLS / max(height, width)
    cells = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(part, cells, interpolation=cv2.INTER_AREA)
    step = 256 // _LEVELS
    small = (small // step * step + step // 2).astype(np.uint8)
    # Cubic interpolation blurs without a kernel as large as the face, which would take long.
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
