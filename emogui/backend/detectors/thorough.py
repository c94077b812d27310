"""The thorough mode: large and small faces of a picture, in one pass and then in tiles.

A detector's network sees faces from about 16 pixels up. The first pass looks at the whole
picture at 640 pixels on its long side and finds the large faces; pictures larger than that are
then cut into overlapping tiles at their own size, for the faces that were too small before. What is
small and only half convincing is looked at once more, enlarged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from emogui.backend.detectors.base import (
    INSIDE_SAME_FACE,
    SCORE,
    Table,
    Thresholds,
    check_image,
    check_long_side,
    empty_table,
    mean_sides,
    moved,
    scaled,
    suppress,
    to_detections,
)
from emogui.types import Detection, Image

Pass = Callable[[Image, int, float], Table]
"""(image, long_side, threshold) -> faces in pixels of that image, suppressed."""

WHOLE = 640
"""Long side, in pixels, at which the whole picture is looked at."""

LARGEST = 4096
"""Pictures with a longer side are scaled down to this first."""

TILE = 1024
"""Side of a tile in pixels."""

SURE_AT_WHOLE = 28
"""Faces of this side, in pixels of the 640-pixel picture, are found by the first pass."""

HOPEFUL = 0.15
"""Small boxes from this score up are looked at once more, enlarged."""

SMALL = (12, 40)
"""Smallest and largest side, in pixels, of a box that is worth enlarging."""

CLOSER = 256
"""Side, in pixels, to which the surroundings of such a box are enlarged."""

_SURROUNDINGS = 6  # in sides of the box
_MOST_LOOKS = 60  # a crowd or a noisy picture must not take forever

_NEAR_EDGE = 3
"""A box this close to the inner edge of a tile, in pixels, may show a part of a face only."""


class PassDetector(Thresholds):
    """A detector that is made of passes: one for a quick look, several for a thorough one."""

    def detect(
        self, image: Image, *, long_side: int | None = None, threshold: float | None = None
    ) -> list[Detection]:
        """Finds faces; see :class:`emogui.backend.detectors.base.FaceDetector`.

        A ``threshold`` that is given holds for this look alone.
        """
        check_image(image)
        threshold = self.threshold_at(long_side) if threshold is None else threshold
        if long_side is None:
            table = detect_thoroughly(image, self._pass, threshold)
        else:
            table = self._pass(image, check_long_side(long_side), threshold)
        height, width = image.shape[:2]
        return to_detections(table, width, height)

    def _pass(self, image: Image, long_side: int, threshold: float) -> Table:
        """One pass, as :data:`Pass` describes it."""
        raise NotImplementedError


def detect_thoroughly(image: Image, one_pass: Pass, threshold: float) -> Table:
    """Finds faces of every size.

    Args:
        image: RGB uint8 (height, width, 3).
        one_pass: the detector on one picture.
        threshold: lowest score of a face, 0 to 1.

    Returns:
        Faces in pixels of ``image``, without duplicates, best score first.
    """
    height, width = image.shape[:2]
    longest = max(height, width)
    if longest > LARGEST:
        size = (max(1, round(width * LARGEST / longest)), max(1, round(height * LARGEST / longest)))
        smaller = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        found = detect_thoroughly(smaller, one_pass, threshold)
        return scaled(found, width / size[0], height / size[1])
    hopeful = min(threshold, HOPEFUL)
    whole = one_pass(image, WHOLE, hopeful if longest <= WHOLE else threshold)
    tables = [whole[whole[:, SCORE] >= threshold]]
    if longest <= WHOLE:
        doubted = whole[whole[:, SCORE] < threshold]
    else:
        small = _in_tiles(image, one_pass, hopeful, SURE_AT_WHOLE * longest / WHOLE)
        tables.append(small[small[:, SCORE] >= threshold])
        doubted = small[small[:, SCORE] < threshold]
    found = _merge(tables)
    confirmed = _look_closer(image, one_pass, threshold, _new(suppress(doubted), found))
    return _merge([found, confirmed])


def _in_tiles(image: Image, one_pass: Pass, threshold: float, missed: float) -> Table:
    """Faces up to the side ``missed``, in pixels, at the picture's own size.

    The tiles overlap by as much, so that each such face lies whole in one of them at least.
    """
    height, width = image.shape[:2]
    tables = [empty_table()]
    for left, top, right, bottom in _tiles(width, height, round(missed)):
        tile = np.ascontiguousarray(image[top:bottom, left:right])
        found = moved(one_pass(tile, max(tile.shape[:2]), threshold), left, top)
        cut = (
            ((found[:, 0] < left + _NEAR_EDGE) & (left > 0))
            | ((found[:, 1] < top + _NEAR_EDGE) & (top > 0))
            | ((found[:, 2] > right - _NEAR_EDGE) & (right < width))
            | ((found[:, 3] > bottom - _NEAR_EDGE) & (bottom < height))
        )
        tables.append(found[~cut & (mean_sides(found) <= missed)])
    return np.concatenate(tables)


def _new(doubted: Table, found: Table) -> Table:
    """The best of the doubted boxes that are small and lie in no face that was found."""
    centres_x, centres_y = doubted[:, [0, 2]].mean(axis=1), doubted[:, [1, 3]].mean(axis=1)
    in_found = (
        (found[:, 0] < centres_x[:, None])
        & (centres_x[:, None] < found[:, 2])
        & (found[:, 1] < centres_y[:, None])
        & (centres_y[:, None] < found[:, 3])
    ).any(axis=1)
    sides = mean_sides(doubted)
    small = (sides >= SMALL[0]) & (sides <= SMALL[1])
    return np.asarray(doubted[small & ~in_found][:_MOST_LOOKS], np.float32)


def _look_closer(image: Image, one_pass: Pass, threshold: float, doubted: Table) -> Table:
    """Those of the doubted boxes that are faces when seen enlarged."""
    height, width = image.shape[:2]
    tables = [empty_table()]
    for row, side in zip(doubted, mean_sides(doubted), strict=True):
        centre_x, centre_y = float(row[[0, 2]].mean()), float(row[[1, 3]].mean())
        reach = max(8, round(float(side) * _SURROUNDINGS / 2))
        left, top = max(0, round(centre_x) - reach), max(0, round(centre_y) - reach)
        right, bottom = min(width, left + 2 * reach), min(height, top + 2 * reach)
        part = np.ascontiguousarray(image[top:bottom, left:right])
        found = moved(one_pass(part, CLOSER, threshold), left, top)
        sizes = mean_sides(found) / max(float(side), 1.0)
        same = (
            (found[:, 0] < centre_x)
            & (centre_x < found[:, 2])
            & (found[:, 1] < centre_y)
            & (centre_y < found[:, 3])
            & (sizes > 0.5)
            & (sizes < 2.0)
        )
        tables.append(found[same])
    return np.concatenate(tables)


def _merge(tables: list[Table]) -> Table:
    """One table; where boxes lie in one another, that of the earlier table stays."""
    ranks = np.concatenate([np.full(len(table), -i) for i, table in enumerate(tables)])
    return suppress(np.concatenate(tables), inside=INSIDE_SAME_FACE, ranks=ranks)


def _tiles(width: int, height: int, overlap: int) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, right, bottom of tiles that cover the picture and overlap that much or more."""
    for top in _starts(height, overlap):
        for left in _starts(width, overlap):
            yield left, top, min(left + TILE, width), min(top + TILE, height)


def _starts(length: int, overlap: int) -> list[int]:
    if length <= TILE:
        return [0]
    count = -(-(length - overlap) // (TILE - overlap))
    return [round(i * (length - TILE) / (count - 1)) for i in range(count)]
