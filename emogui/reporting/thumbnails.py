"""Small pictures of the faces worth a look, cut from sources that are still there.

They are made only where they are asked for: a report with faces in it is a picture of people, and
has to be kept like one.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image as PilImage

from emogui.errors import EmoguiError
from emogui.media.decoder import VideoFile
from emogui.media.image import load_image
from emogui.reporting.data import Example
from emogui.types import Image

SIDE: Final = 96
"""Pixels of a thumbnail's side."""

_AROUND: Final = 0.25
"""Of the box's longer side that is shown on each side of it."""


def with_thumbnails(examples: Sequence[Example], from_folder: str) -> tuple[Example, ...]:
    """The examples with their pictures, where the source can still be read.

    Args:
        examples: a few dozen at most; each is read anew.
        from_folder: the folder that relative sources are meant from; empty for the present one.
    """
    return tuple(replace(e, thumbnail=_thumbnail(e, from_folder)) for e in examples)


def _thumbnail(example: Example, from_folder: str) -> bytes | None:
    if example.box is None:
        return None
    for name in _names(example.source):
        path = Path(from_folder) / name
        with suppress(OSError, ValueError, MemoryError, EmoguiError):
            if not path.is_file():
                continue
            image = _frame(path, example.time_s) if example.video else load_image(path)
            return None if image is None else _cut(image, example)
    return None


def _names(source: str) -> tuple[str, ...]:
    """The table has an apostrophe before what a spreadsheet would take for a formula."""
    return (source, source[1:]) if source.startswith("'") else (source,)


def _frame(path: Path, time_s: float) -> Image | None:
    with VideoFile(os.fspath(path)) as video:
        if not video.seek(time_s):
            return None
        frame = video.next()
        return None if frame is None else frame.image()


def _cut(image: Image, example: Example) -> bytes | None:
    assert example.box is not None
    x, y, w, h = example.box
    height, width = image.shape[:2]
    if w < 1 or h < 1 or x >= width or y >= height or x + w <= 0 or y + h <= 0:
        return None  # another picture has come under that name
    side = round((1 + 2 * _AROUND) * max(w, h))
    left, top = x + w // 2 - side // 2, y + h // 2 - side // 2
    # Pillow fills with black what is beyond the picture's edges.
    cut = PilImage.fromarray(image).crop((left, top, left + side, top + side))
    small = cut.resize((SIDE, SIDE), PilImage.Resampling.LANCZOS)
    data = BytesIO()
    small.save(data, format="JPEG", quality=85)
    return data.getvalue()
