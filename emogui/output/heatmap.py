"""Draws what spoke for an emotion, and what against it, over a face.

Orange spoke for the emotion, blue against it: the vermilion and the blue of Okabe and Ito (2008),
"Color Universal Design", which people with any kind of colour vision tell apart. The face below
is drawn in grey, so that its own colours are not taken for the map's, and the stronger a
contribution was, the less of the face shows through. Every face has its own scale, from nothing
to its strongest contribution, which the legend names.
"""

from __future__ import annotations

from math import ceil, floor
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as PilImage
from PIL import ImageDraw

from emogui.backend.explanation import Explanation
from emogui.errors import UsageError
from emogui.output.fonts import font
from emogui.output.palette import Colour
from emogui.types import Image

FOR: Final[Colour] = (213, 94, 0)
AGAINST: Final[Colour] = (0, 114, 178)

DENSEST = 0.62
"""Share of the colour where the contribution is strongest; the face still shows."""

TILE = 300
"""Side in pixels to which a small face is enlarged in a picture of its own."""

_INK: Final[Colour] = (29, 37, 48)
_PAPER: Final[Colour] = (255, 255, 255)


def blend(face: Image, values: npt.NDArray[np.float32], strength: float) -> Image:
    """Colours a piece of a face by a map.

    Args:
        face: RGB uint8 (h, w, 3).
        values: float32 (h, w), positive where something spoke for the emotion.
        strength: the magnitude that gets the densest colour; above 0.

    Returns:
        A new RGB uint8 picture of the same size.
    """
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None]
    share = np.clip(values / max(strength, 1e-6), -1, 1)[..., None]
    tint = np.where(share > 0, np.array(FOR, np.float32), np.array(AGAINST, np.float32))
    mixed = grey + DENSEST * np.abs(share) * (tint - grey)
    return np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)


def overlay(
    image: Image,
    explanation: Explanation,
    *,
    origin: tuple[float, float] = (0.0, 0.0),
    scale: float = 1.0,
) -> Image:
    """Draws a map over its face in the picture, inside the square that the network saw.

    Args:
        image: RGB uint8 (height, width, 3): the picture, or a part of it at some scale.
        explanation: of a face of that picture; its ``square`` says where.
        origin: pixel of the picture that lies at the image's top left corner.
        scale: pixels of the image for each pixel of the picture.

    Returns:
        A new picture of the same size.

    Raises:
        UsageError: the explanation is of a crop, of which no place in a picture is known.
    """
    if explanation.square is None:
        raise UsageError(
            "This explanation is of a crop without a picture.", "Draw it with face_picture."
        )
    left, top, side = explanation.square
    x0, y0, length = (left - origin[0]) * scale, (top - origin[1]) * scale, side * scale
    height, width = image.shape[:2]
    columns = np.arange(max(0, floor(x0)), min(width, ceil(x0 + length)))
    rows = np.arange(max(0, floor(y0)), min(height, ceil(y0 + length)))
    drawn = image.copy()
    if len(columns) and len(rows):
        part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        values = explanation.sample((columns + 0.5 - x0) / length, (rows + 0.5 - y0) / length)
        drawn[part] = blend(drawn[part], values, explanation.strength)
    return drawn


def face_picture(face: Image, explanation: Explanation) -> Image:
    """A picture of one face: as the network's crop shows it, the same with its map, a legend.

    Args:
        face: the crop that was explained, RGB uint8 (side, side, 3).
        explanation: its explanation.

    Returns:
        RGB uint8, twice as wide as the face, which is enlarged where it is small.
    """
    side = max(TILE, face.shape[0])
    shown: Image = np.asarray(
        cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8
    )
    coloured = blend(shown, explanation.on_crop(side), explanation.strength)
    gap = np.full((side, max(4, side // 60), 3), 255, np.uint8)
    faces = np.hstack([shown, gap, coloured])
    return np.vstack([faces, legend(explanation, faces.shape[1])])


def legend(explanation: Explanation, width: int) -> Image:
    """What the colours mean: a title and a scale between the strongest contributions.

    Args:
        explanation: what is shown.
        width: in pixels, at least 200.

    Returns:
        RGB uint8 (height, width, 3).
    """
    width = max(200, width)
    size = max(12, min(20, width // 34))
    letters, pad = font(size), size * 3 // 4
    picture = PilImage.new("RGB", (width, 3 * size + 4 * pad), _PAPER)
    draw = ImageDraw.Draw(picture)
    title = f"What spoke for {explanation.emotion}, and what against it"
    while letters.getlength(title) > width - 2 * pad and size > 9:
        size -= 1
        letters = font(size)
    draw.text((pad, pad), title, fill=_INK, font=letters)
    ends = scale_ends(explanation)
    y = 2 * pad + 3 * size // 2
    room = [ceil(letters.getlength(end)) for end in ends]
    draw.text((pad, y), ends[0], fill=_INK, font=letters)
    draw.text((width - pad - room[1], y), ends[1], fill=_INK, font=letters)
    start, stop = 2 * pad + room[0], width - 2 * pad - room[1]
    if stop > start:
        bar = colour_bar(stop - start, size)
        picture.paste(PilImage.fromarray(bar), (start, y + size // 8))
    return np.asarray(picture, np.uint8)


def scale_ends(explanation: Explanation) -> tuple[str, str]:
    """The two ends of the scale in words, with the contribution to the logit."""
    strongest = f"{explanation.strength:.1f}"
    return f"against \N{MINUS SIGN}{strongest}", f"+{strongest} for"


def colour_bar(width: int, height: int) -> Image:
    """The colours from the strongest "against" to the strongest "for", over a medium grey."""
    ramp = np.tile(np.linspace(-1, 1, width, dtype=np.float32), (height, 1))
    return blend(np.full((height, width, 3), 150, np.uint8), ramp, 1.0)
