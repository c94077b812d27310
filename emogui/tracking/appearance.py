"""Light cues of how a face looks, to tell neighbours apart after they have crossed.

A handful of numbers each, compared within seconds and then forgotten: they recognise nobody, and
cannot. Measured on four videos and made scenes, the colours of the same face some frames
apart have a likeness of 0.9 and more, those of different faces 0.8 and less; the pixels of
different faces are more alike than that, since all have eyes and a mouth, but tell well
whether a box still lies on the face that it lay on a moment ago.
"""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from emogui.types import FaceBox, Image

Look: TypeAlias = npt.NDArray[np.float32]
"""float32 (n,), of length 1."""

_SIDE = 24
_PIXELS = 12
_INNER = 0.7
"""Share of a box, across and down, whose colours count: the corners show the background."""

_BINS = (6, 10, 10)
_RANGES = (0.0, 256.0, 108.0, 168.0, 108.0, 168.0)
"""CIELAB with 8 bits; skin, hair and lips lie in the middle of a and b."""


def colours_of(image: Image, box: FaceBox) -> Look | None:
    """The colours of a face: the square root of its histogram in CIELAB.

    Args:
        image: RGB uint8 (height, width, 3).
        box: in pixels of the image.

    Returns:
        float32 (600,); None for a box that reaches the edge of the picture, where a part of the
        face is cut off.
    """
    height, width = image.shape[:2]
    if box.x <= 0 or box.y <= 0 or box.right >= width or box.bottom >= height:
        return None
    w, h = max(2, round(box.w * _INNER)), max(2, round(box.h * _INNER))
    left, top = box.x + (box.w - w) // 2, box.y + (box.h - h) // 2
    small = _shrunk(image, FaceBox(left, top, w, h).clipped(width, height), _SIDE)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    counts = cv2.calcHist([lab], [0, 1, 2], None, list(_BINS), list(_RANGES)).ravel()
    return np.asarray(np.sqrt(counts / max(float(counts.sum()), 1.0)), np.float32)


def pixels_of(image: Image, box: FaceBox) -> Look | None:
    """The pixels of a face, shrunk, without their mean.

    Args:
        image: RGB uint8 (height, width, 3).
        box: in pixels of the image; may reach outside.

    Returns:
        float32 (432,); None where less than half of the box is in the image.
    """
    inside = box.clipped(image.shape[1], image.shape[0])
    if inside.area * 2 < box.area or inside.w < 2 or inside.h < 2:
        return None
    look = _shrunk(image, inside, _PIXELS).astype(np.float32).ravel()
    look -= look.mean()
    length = float(np.linalg.norm(look))
    return np.asarray(look / length, np.float32) if length > 1e-3 else np.zeros_like(look)


def likeness(one: Look | None, other: Look | None) -> float | None:
    """How alike two looks of a kind are, up to 1; None where one is not known.

    That is the Bhattacharyya coefficient (0 to 1) of colours and the normalised cross-correlation
    (-1 to 1) of pixels.
    """
    return None if one is None or other is None else float(one @ other)


def blend(old: Look | None, new: Look | None, weight: float) -> Look | None:
    """A look that has changed by a share of the difference to a new one."""
    if old is None or new is None:
        return old if new is None else new
    mixed = old + np.float32(weight) * (new - old)
    length = float(np.linalg.norm(mixed))
    return np.asarray(mixed / length, np.float32) if length > 1e-6 else new


def _shrunk(image: Image, box: FaceBox, side: int) -> Image:
    part = image[box.y : box.bottom, box.x : box.right]
    return np.asarray(cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
