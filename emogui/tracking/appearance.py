"""A light cue of how a face looks, to tell neighbours apart after they have crossed.

It is a thumbnail of a few pixels, compared within seconds and then forgotten: it recognises
nobody, and cannot.
"""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from emogui.types import FaceBox, Image

Look: TypeAlias = npt.NDArray[np.float32]
"""float32 (n,), mean 0, length 1."""

_SIDE = 12


def look_of(image: Image, box: FaceBox) -> Look | None:
    """How the face in a box looks.

    Args:
        image: RGB uint8 (height, width, 3), or grey uint8 (height, width).
        box: in pixels of the image; may reach outside.

    Returns:
        The look; None where less than half of the box is in the image.
    """
    height, width = image.shape[:2]
    inside = box.clipped(width, height)
    if inside.area * 2 < box.area or inside.w < 2 or inside.h < 2:
        return None
    part = image[inside.y : inside.bottom, inside.x : inside.right]
    small = cv2.resize(part, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    look = small.astype(np.float32).ravel()
    look -= look.mean()
    length = float(np.linalg.norm(look))
    return np.asarray(look / length, np.float32) if length > 1e-3 else np.zeros_like(look)


def likeness(one: Look | None, other: Look | None) -> float | None:
    """Normalised cross-correlation of two looks, -1 to 1; None where one is not known."""
    if one is None or other is None or one.shape != other.shape:
        return None
    return float(one @ other)


def blend(old: Look | None, new: Look | None, weight: float) -> Look | None:
    """A look that has changed by a share of the difference to a new one."""
    if old is None or new is None or old.shape != new.shape:
        return old if new is None else new
    mixed = old + np.float32(weight) * (new - old)
    length = float(np.linalg.norm(mixed))
    return np.asarray(mixed / length, np.float32) if length > 1e-6 else new
