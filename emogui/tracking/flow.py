"""Follows boxes from one frame to the next by their pixels, where no detector has looked.

Median flow (Kalal, Mikolajczyk and Matas, "Forward-backward error: automatic detection of
tracking failures", ICPR 2010): points of a box are followed by pyramidal Lucas-Kanade there and
back again; of those that come back to where they began, the median says how the box has moved,
and the median change of their distances how it has grown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from emogui.types import FaceBox, Image, Landmarks, Point

FLOW_SIDE = 320
"""Long side of the grey pictures that are compared, in pixels."""

_GRID = 5  # points across and down a box
_PAIRS = np.triu_indices(_GRID * _GRID, 1)
_INNER = 0.7  # share of the box that they span: its corners show the background
_STEPS = (np.arange(_GRID) / (_GRID - 1) - 0.5) * _INNER + 0.5
_POINTS = np.stack([np.tile(_STEPS, _GRID), np.repeat(_STEPS, _GRID)], axis=1)
_COMES_BACK = 1.0  # pixels, at most
_FEWEST = 8  # points that must come back
_LARGEST_STEP = 0.5  # of the growth from one frame to the next


@dataclass(frozen=True, slots=True)
class Motion:
    """How a box has moved: by (x, y) pixels, and by what factor about its centre it has grown."""

    x: float
    y: float
    growth: float

    def box(self, box: FaceBox) -> FaceBox:
        """The box after the motion."""
        w, h = box.w * self.growth, box.h * self.growth
        left = box.x + box.w / 2 + self.x - w / 2
        top = box.y + box.h / 2 + self.y - h / 2
        x, y = round(left), round(top)
        return FaceBox(x, y, max(1, round(left + w) - x), max(1, round(top + h) - y))

    def landmarks(self, points: Landmarks | None, box: FaceBox) -> Landmarks | None:
        """The landmarks of the face that was in the box, after the motion."""
        if points is None:
            return None
        cx, cy = box.x + box.w / 2, box.y + box.h / 2

        def moved(point: Point) -> Point:
            return (
                cx + self.x + (point[0] - cx) * self.growth,
                cy + self.y + (point[1] - cy) * self.growth,
            )

        return Landmarks(
            moved(points.left_eye),
            moved(points.right_eye),
            moved(points.nose),
            moved(points.mouth_left),
            moved(points.mouth_right),
        )


class MedianFlow:
    """Remembers the frame before, and tells how boxes have moved since.

    Attributes:
        small: the newest frame, RGB uint8, at most :data:`FLOW_SIDE` long; None before the first.
    """

    def __init__(self) -> None:
        self.small: Image | None = None
        self._small_before: Image | None = None
        self._grey: tuple[Image, Image] | None = None  # of ``small``, and that picture itself
        self._factor = 1.0

    def show(self, image: Image) -> None:
        """The next frame, RGB uint8 (height, width, 3), has come."""
        height, width = image.shape[:2]
        factor = min(1.0, FLOW_SIDE / max(height, width))
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        small = image
        if size != (width, height):
            small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        before = self.small
        same = before is not None and before.shape == small.shape and factor == self._factor
        self._small_before, self.small, self._factor = before if same else None, small, factor

    def in_small(self, box: FaceBox) -> FaceBox:
        """A box of the newest frame, in pixels of :attr:`small`."""
        left, top = round(box.x * self._factor), round(box.y * self._factor)
        right, bottom = round(box.right * self._factor), round(box.bottom * self._factor)
        return FaceBox(left, top, max(1, right - left), max(1, bottom - top))

    def motions(self, boxes: Sequence[FaceBox]) -> list[Motion | None]:
        """How each box of the frame before has moved.

        Args:
            boxes: in pixels of that frame.

        Returns:
            A motion a box, in its order; None where the pixels do not tell.
        """
        if self._small_before is None or self.small is None or not boxes:
            return [None] * len(boxes)
        # Grey is made here: most frames are looked at by the detector and need none.
        before, now = self._grey_of(self._small_before), self._grey_of(self.small)
        start = _points(boxes) * np.float32(self._factor)
        there, good = _step(before, now, start)
        back, again = _step(now, before, there)
        height, width = now.shape[:2]
        inside = ((there >= 0) & (there < (width, height))).all(axis=1)
        off = back - start
        kept = good & again & inside & (np.hypot(off[:, 0], off[:, 1]) < _COMES_BACK)
        count = _GRID * _GRID
        return [
            self._motion(start[i : i + count], there[i : i + count], kept[i : i + count])
            for i in range(0, len(start), count)
        ]

    def _grey_of(self, small: Image) -> Image:
        """The picture in grey; that of the newest one is kept for the next frame."""
        if self._grey is not None and self._grey[1] is small:
            return self._grey[0]
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
        self._grey = (grey, small)
        return grey

    def _motion(
        self,
        start: npt.NDArray[np.float32],
        there: npt.NDArray[np.float32],
        kept: npt.NDArray[np.bool_],
    ) -> Motion | None:
        if int(kept.sum()) < _FEWEST:
            return None
        x, y = (_median(moved) / self._factor for moved in (there - start)[kept].T)
        both = kept[_PAIRS[0]] & kept[_PAIRS[1]]
        one, other = _PAIRS[0][both], _PAIRS[1][both]
        before, after = start[one] - start[other], there[one] - there[other]
        lengths = np.maximum(np.hypot(before[:, 0], before[:, 1]), 1e-3)
        growth = _median(np.hypot(after[:, 0], after[:, 1]) / lengths)
        if abs(growth - 1.0) > _LARGEST_STEP:
            return None
        return Motion(x, y, growth)


def _step(
    before: Image, now: Image, points: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Where points have gone, float32 (n, 2), and whether each was found, bool (n,)."""
    there, found, _ = cv2.calcOpticalFlowPyrLK(
        before, now, points, np.empty_like(points), winSize=(15, 15), maxLevel=3
    )
    return np.asarray(there, np.float32), np.asarray(found).ravel().astype(bool)


def _points(boxes: Sequence[FaceBox]) -> npt.NDArray[np.float32]:
    """Points of the boxes, float32 (25 n, 2)."""
    corners = np.array([(box.x, box.y) for box in boxes])[:, None]
    sizes = np.array([(box.w, box.h) for box in boxes])[:, None]
    return np.asarray((corners + sizes * _POINTS).reshape(-1, 2), np.float32)


def _median(values: npt.NDArray[np.float32]) -> float:
    """The median of a few values; NumPy's own takes ten times as long for so few."""
    rising, middle = np.sort(values), len(values) // 2
    if len(values) % 2:
        return float(rising[middle])
    return float(rising[middle - 1] + rising[middle]) / 2
