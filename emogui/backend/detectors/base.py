"""What every face detector promises, and the arithmetic they share.

Inside this package faces travel as a *table*: float32 (n, 15), one row a face, with left, top,
right, bottom, score and then x, y of the left eye, right eye, nose, left and right mouth corner,
all in pixels and as the picture shows them. Missing landmarks are NaN.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from emogui.errors import DetectorError, ImageError
from emogui.types import Detection, FaceBox, Image, Landmarks

Table = npt.NDArray[np.float32]
"""Faces, float32 (n, 15); see the module's docstring."""

COLUMNS = 15
SCORE = 4

OVERLAP_SAME_FACE = 0.35
"""Two boxes with a larger intersection over union show the same face."""

LIVE_SIDE = 320
"""At this long side, in pixels, or a smaller one scores are lower, so another threshold holds."""

INSIDE_SAME_FACE = 0.7
"""A box with a larger share of itself inside a better one is a part of that face."""

_BLOCK = 256
"""Boxes that are compared with all others at once; it bounds the memory used."""


class FaceDetector(Protocol):
    """Finds faces in pictures. One object may be used from several threads."""

    name: str
    threshold: float

    def detect(self, image: Image, *, long_side: int | None = None) -> list[Detection]:
        """Finds the faces of a picture.

        Args:
            image: RGB uint8 (height, width, 3).
            long_side: None is the thorough mode for pictures, which also finds small faces; a
                number means one quick pass with the picture scaled to that many pixels on its
                long side.

        Returns:
            The faces whose score reaches ``threshold`` (a lower one up to :data:`LIVE_SIDE`
            where the detector has one and the user set none), largest first, with boxes clipped
            to the picture.

        Raises:
            ImageError: the array has another shape or type.
        """
        ...


class Thresholds:
    """The lowest scores of a face: for pictures, and for a quick look at a small size.

    Args:
        threshold: for pictures, 0 to 1.
        live: for one pass at :data:`LIVE_SIDE` pixels or fewer; None takes ``threshold``.

    Raises:
        DetectorError: one of them is not within 0 to 1.
    """

    def __init__(self, threshold: float, live: float | None = None) -> None:
        # In one tuple, so that another thread never sees the one without the other.
        self._levels = (
            check_threshold(threshold),
            check_threshold(threshold if live is None else live),
        )

    @property
    def threshold(self) -> float:
        """Lowest score of a face; once set, it holds at every size."""
        return self._levels[0]

    @threshold.setter
    def threshold(self, value: float) -> None:
        self._levels = (check_threshold(value), check_threshold(value))

    def threshold_at(self, long_side: int | None) -> float:
        """The threshold of a look at that long side; None is the thorough mode."""
        return self._levels[1 if long_side is not None and long_side <= LIVE_SIDE else 0]


def check_image(image: Image) -> None:
    """Refuses what is not a picture.

    Raises:
        ImageError: the array is not uint8 (height, width, 3) or is empty.
    """
    if (
        not isinstance(image, np.ndarray)
        or image.dtype != np.uint8
        or image.ndim != 3
        or image.shape[2] != 3
        or image.size == 0
    ):
        shape = getattr(image, "shape", None)
        got = f"{image.dtype} {shape}" if isinstance(image, np.ndarray) else type(image).__name__
        raise ImageError(
            f"Expected a uint8 array of shape (height, width, 3), RGB; got {got}.",
            "emogui.media.image.load_image reads a file in this form.",
        )


def check_long_side(long_side: int) -> int:
    """Refuses sizes at which no face could be found, or memory would run out.

    Raises:
        DetectorError: it is not within 32 to 4096.
    """
    if not 32 <= long_side <= 4096:
        raise DetectorError(
            f"Expected a long side of 32 to 4096 pixels for detection, got {long_side}.",
            "640 suits pictures and 320 a live camera.",
        )
    return int(long_side)


def check_threshold(threshold: float) -> float:
    """Refuses thresholds outside 0 to 1.

    Raises:
        DetectorError: it is not a number from 0 to 1.
    """
    if not 0.0 <= threshold <= 1.0:
        raise DetectorError(f"Expected a detection threshold from 0 to 1, got {threshold}.")
    return float(threshold)


def empty_table() -> Table:
    """A table without faces."""
    return np.empty((0, COLUMNS), np.float32)


def scaled(table: Table, factor_x: float, factor_y: float) -> Table:
    """The same faces in a picture that is larger or smaller by these factors."""
    factors = np.ones(COLUMNS, np.float32)
    factors[[0, 2]], factors[[1, 3]] = factor_x, factor_y
    factors[5::2], factors[6::2] = factor_x, factor_y
    return np.asarray(table * factors, np.float32)


def moved(table: Table, x: float, y: float) -> Table:
    """The same faces with the origin moved by (-x, -y)."""
    steps = np.zeros(COLUMNS, np.float32)
    steps[[0, 2]], steps[[1, 3]] = x, y
    steps[5::2], steps[6::2] = x, y
    return np.asarray(table + steps, np.float32)


def mean_sides(table: Table) -> npt.NDArray[np.float32]:
    """Square roots of the boxes' areas, float32 (n,)."""
    areas = (table[:, 2] - table[:, 0]).clip(0) * (table[:, 3] - table[:, 1]).clip(0)
    return np.asarray(np.sqrt(areas), np.float32)


def suppress(
    table: Table, *, inside: float = 1.0, ranks: npt.NDArray[np.integer] | None = None
) -> Table:
    """Leaves one box a face: the one with the best score (greedy non-maximum suppression).

    Args:
        table: faces, in any order.
        inside: also drop a box when more than this share of it lies inside a better one (or of
            the better one inside it); 1.0 looks at intersection over union alone.
        ranks: int (n,); a box of a higher rank is better whatever its score.

    Returns:
        The faces that are left, best first.
    """
    order = -table[:, SCORE]
    table = table[np.lexsort((order,) if ranks is None else (order, -ranks))]
    left = np.ones(len(table), bool)
    for start in range(0, len(table), _BLOCK):
        for i, same in enumerate(_same_face(table[start : start + _BLOCK], table, inside), start):
            if left[i]:
                left[i + 1 :] &= ~same[i + 1 :]
    return table[left]


def _same_face(some: Table, table: Table, inside: float) -> npt.NDArray[np.bool_]:
    """Whether boxes show the same face as those of the table, bool (some, table)."""
    one = some[:, None]
    across = np.minimum(one[..., 2], table[:, 2]) - np.maximum(one[..., 0], table[:, 0])
    down = np.minimum(one[..., 3], table[:, 3]) - np.maximum(one[..., 1], table[:, 1])
    shared = across.clip(0) * down.clip(0)
    areas, of_table = mean_sides(some)[:, None] ** 2, mean_sides(table) ** 2
    same = shared > OVERLAP_SAME_FACE * np.maximum(areas + of_table - shared, 1e-6)
    if inside < 1.0:
        same |= shared > inside * np.maximum(np.minimum(areas, of_table), 1e-6)
    return np.asarray(same, bool)


def to_detections(table: Table, width: int, height: int) -> list[Detection]:
    """Turns a table into results: clipped to the picture, largest first, empty boxes dropped."""
    found = []
    for row in table:
        left, top, right, bottom = (round(float(v)) for v in row[:4])
        box = FaceBox(left, top, right - left, bottom - top).clipped(width, height)
        if not box.area:
            continue
        points = [(float(x), float(y)) for x, y in row[5:].reshape(5, 2)]
        landmarks = None if np.isnan(row[5:]).any() else Landmarks(*points)
        found.append(Detection(box, min(max(float(row[SCORE]), 0.0), 1.0), landmarks))
    return sorted(found, key=lambda face: (-face.box.area, face.box.x, face.box.y))
