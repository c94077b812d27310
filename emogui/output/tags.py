"""The filled tags that name the emotion of a face: their text, their picture, their place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil

import numpy as np
import numpy.typing as npt
from PIL import Image as PilImage
from PIL import ImageDraw

from emogui.output.fonts import font
from emogui.output.palette import colour, text_colour
from emogui.types import FaceBox, FaceResult, Image

SMALLEST_TEXT = 9
"""Letters below this height, in pixels, cannot be read."""


def tag_texts(face: FaceResult) -> tuple[str, ...]:
    """What a tag may say, from the fullest text to the shortest.

    An uncertain face has a question mark, so that the doubt does not depend on the line alone.
    """
    name = "".join(c if c.isprintable() else " " for c in face.emotion)
    mark = "?" if face.uncertain else ""
    return f"{name}{mark} {face.confidence * 100:.0f} %", f"{name}{mark}", f"{name[:3]}{mark}"


def make_tag(face: FaceResult, size: int, room: int) -> Image:
    """Draws the tag of a face.

    Args:
        face: its top emotion and probability are shown.
        size: height of the letters in pixels; made smaller where the tag would not fit.
        room: the widest the tag may be, in pixels.

    Returns:
        RGB uint8 (height, width, 3), read-only since it is cached; at most ``room`` wide unless
        even three of the smallest letters do not fit.
    """
    texts = tag_texts(face)
    for text in texts:
        fitting = _fit(text, size, room)
        if fitting:
            return _draw(text, face.emotion, fitting)
    return _draw(texts[-1], face.emotion, SMALLEST_TEXT)


def place_tag(
    tag: tuple[int, int],
    box: FaceBox,
    faces: Sequence[FaceBox],
    tags: Sequence[FaceBox],
    size: tuple[int, int],
    *,
    gap: int,
) -> FaceBox:
    """Finds where a tag lies best.

    It is always inside the picture (as far as it is not larger than that). Of the places around
    and in the face, the one wins that covers least: other tags count most, then other faces,
    then the face itself; among equals the first, above the face, does.

    Args:
        tag: its width and height.
        box: the face it belongs to.
        faces: the boxes of the other faces.
        tags: the tags already placed.
        size: width and height of the picture.
        gap: pixels to leave free for the frame of the face.
    """
    width, height = tag
    right, above, below = box.right - width, box.y - gap - height, box.bottom + gap
    places = [
        (box.x - gap, above),
        (right + gap, above),
        (box.x - gap, below),
        (right + gap, below),
        (box.x + (box.w - width) // 2, above),
        (box.right + gap, box.y),
        (box.x - gap - width, box.y),
        (box.right + gap, box.bottom - height),
        (box.x - gap - width, box.bottom - height),
        (box.x, box.bottom - height),
        (box.x, box.y),
    ]
    spots = np.array(places, np.float64)
    spots[:, 0] = np.clip(spots[:, 0], 0, max(0, size[0] - width))
    spots[:, 1] = np.clip(spots[:, 1], 0, max(0, size[1] - height))
    cost = (
        40 * _covered(spots, tag, tags)
        + 4 * _covered(spots, tag, faces)
        + _covered(spots, tag, [box])
    )
    x, y = spots[int(np.argmin(cost))]
    return FaceBox(int(x), int(y), width, height)


def _covered(
    spots: npt.NDArray[np.float64], tag: tuple[int, int], boxes: Sequence[FaceBox]
) -> npt.NDArray[np.float64]:
    """Pixels of the boxes that the tag covers at each of the spots (n, 2)."""
    if not boxes:
        return np.zeros(len(spots))
    edges = np.array([(b.x, b.y, b.right, b.bottom) for b in boxes], np.float64)
    left, top = spots[:, :1], spots[:, 1:]
    across = np.minimum(left + tag[0], edges[:, 2]) - np.maximum(left, edges[:, 0])
    down = np.minimum(top + tag[1], edges[:, 3]) - np.maximum(top, edges[:, 1])
    covered: npt.NDArray[np.float64] = (np.maximum(across, 0) * np.maximum(down, 0)).sum(axis=1)
    return covered


def _fit(text: str, size: int, room: int) -> int:
    """The height of letters at which the text fits, or 0 where none that can be read does."""
    width = _measure(text, size)
    if width <= room:
        return size
    smaller = min(size - 1, size * room // width)
    while smaller >= SMALLEST_TEXT and _measure(text, smaller) > room:
        smaller -= 1
    return smaller if smaller >= SMALLEST_TEXT else 0


@lru_cache(maxsize=2048)
def _measure(text: str, size: int) -> int:
    """Width of the tag that carries the text."""
    return ceil(font(size).getlength(text)) + 2 * _padding(size)


@lru_cache(maxsize=512)
def _draw(text: str, label: str, size: int) -> Image:
    """The tag as a picture; drawing text is slow, and in a video the same ones come again."""
    letters = font(size)
    ascent, descent = letters.getmetrics()
    padding = _padding(size)
    tag = PilImage.new("RGB", (_measure(text, size), ascent + descent + padding), colour(label))
    ImageDraw.Draw(tag).text((padding, padding // 2), text, fill=text_colour(label), font=letters)
    pixels = np.array(tag, np.uint8)
    pixels.setflags(write=False)
    return pixels


def _padding(size: int) -> int:
    return max(2, round(size * 0.35))
