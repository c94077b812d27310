"""The thorough mode: large and small faces of a picture, in one pass and then in tiles.

A detector's network sees faces from about 16 pixels up. The first pass looks at the whole
picture at 640 pixels on its long side and finds the large faces; pictures larger than that are
then cut into overlapping tiles at their own size, for the faces that were too small before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from emogui.backend.detectors.base import (
    INSIDE_SAME_FACE,
    Table,
    empty_table,
    mean_sides,
    moved,
    scaled,
    suppress,
)
from emogui.types import Image

Pass = Callable[[Image, int], Table]
"""(image, long_side) -> faces in pixels of that image, above the threshold, suppressed."""

WHOLE = 640
"""Long side, in pixels, at which the whole picture is looked at."""

LARGEST = 4096
"""Pictures with a longer side are scaled down to this first."""

TILE = 1024
"""Side of a tile in pixels."""

SURE_AT_WHOLE = 28
"""Faces of this side, in pixels of the 640-pixel picture, are found by the first pass."""

_NEAR_EDGE = 3
"""A box this close to the inner edge of a tile, in pixels, may show a part of a face only."""


def detect_thoroughly(image: Image, one_pass: Pass) -> Table:
    """Finds faces of every size.

    Args:
        image: RGB uint8 (height, width, 3).
        one_pass: the detector on one picture.

    Returns:
        Faces in pixels of ``image``, without duplicates, best score first.
    """
    height, width = image.shape[:2]
    longest = max(height, width)
    if longest > LARGEST:
        size = (max(1, round(width * LARGEST / longest)), max(1, round(height * LARGEST / longest)))
        smaller = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        found = detect_thoroughly(smaller, one_pass)
        return scaled(found, width / size[0], height / size[1])
    whole = one_pass(image, WHOLE)
    if longest <= WHOLE:
        return whole
    # Faces up to this side may have been missed; the tiles overlap by as much, so that each of
    # them lies whole in one tile at least.
    missed = SURE_AT_WHOLE * longest / WHOLE
    tables = [whole]
    for left, top, right, bottom in _tiles(width, height, round(missed)):
        tile = np.ascontiguousarray(image[top:bottom, left:right])
        found = moved(one_pass(tile, max(tile.shape[:2])), left, top)
        inner_left, inner_top = left + _NEAR_EDGE * (left > 0), top + _NEAR_EDGE * (top > 0)
        inner_right = right - _NEAR_EDGE * (right < width)
        inner_bottom = bottom - _NEAR_EDGE * (bottom < height)
        cut = (
            ((found[:, 0] < inner_left) & (left > 0))
            | ((found[:, 1] < inner_top) & (top > 0))
            | ((found[:, 2] > inner_right) & (right < width))
            | ((found[:, 3] > inner_bottom) & (bottom < height))
        )
        tables.append(found[~cut & (mean_sides(found) <= missed)])
    return _merge(tables)


def _merge(tables: list[Table]) -> Table:
    """One table; where boxes lie in one another, that of the first pass stays."""
    whole, rest = tables[0], np.concatenate([empty_table(), *tables[1:]])
    ranked = np.concatenate([whole, rest])
    order = ranked.copy()
    order[: len(whole), 4] += 1.0
    kept = suppress(order, inside=INSIDE_SAME_FACE)
    kept[:, 4] = np.where(kept[:, 4] > 1.0, kept[:, 4] - 1.0, kept[:, 4])
    return kept[np.argsort(-kept[:, 4], kind="stable")]


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
