"""The part of a picture that is in sight, scaled and explained, as a worker makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as PilImage

from emogui.gui.viewport import Region
from emogui.types import Image

if TYPE_CHECKING:
    from emogui.backend.explanation import Explanation


def scaled(image: Image, region: Region, explanation: Explanation | None = None) -> PilImage.Image:
    """Cuts out and scales the part of a picture that is in sight; runs in a worker.

    Args:
        image: the whole picture.
        region: the part, and its place in the view.
        explanation: laid over its face.

    Returns:
        A PIL picture of ``region.width`` x ``region.height``.
    """
    picture = _cut(image, region)
    if explanation is None:
        return picture
    from emogui.output.heatmap import overlay

    scale = region.width / (region.right - region.left)
    drawn = overlay(np.asarray(picture), explanation, origin=(region.left, region.top), scale=scale)
    return PilImage.fromarray(drawn)


def _cut(image: Image, region: Region) -> PilImage.Image:
    part = PilImage.fromarray(image[region.top : region.bottom, region.left : region.right])
    size = (region.width, region.height)
    if part.size == size:
        return part
    if size[0] > 2 * part.width:
        # Pixels stay recognisable as pixels when a picture is enlarged a lot.
        return part.resize(size, PilImage.Resampling.BICUBIC)
    return part.resize(size, PilImage.Resampling.LANCZOS, reducing_gap=2.0)
