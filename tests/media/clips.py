"""Makes small videos of known content: frame n has the grey value of ``level(n)``."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from emogui.types import Image

TICKS = 1000
"""Time stamps are in milliseconds."""


def level(n: int) -> int:
    """The grey value of frame ``n``; 25 different ones."""
    return 20 + 9 * (n % 25)


def picture(n: int, width: int = 96, height: int = 64) -> Image:
    return np.full((height, width, 3), level(n), np.uint8)


def number(image: Image) -> int:
    """Which frame a picture is, modulo 25."""
    return round((float(image.mean()) - 20) / 9)


def make_clip(
    path: Path,
    times_ms: Sequence[int],
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    size: tuple[int, int] = (96, 64),
    gop: int = 10,
    options: dict[str, str] | None = None,
    container: str | None = None,
    pictures: Sequence[Image] | None = None,
    rotation: float | None = None,
    ticks: int = TICKS,
) -> Path:
    """Writes a clip whose frame n is shown at ``times_ms[n]``."""
    with av.open(str(path), "w", format=container) as file:
        stream = file.add_stream(codec, rate=25)
        stream.width, stream.height = size
        stream.pix_fmt = pix_fmt
        stream.codec_context.time_base = Fraction(1, ticks)
        stream.gop_size = gop
        stream.options = options or {}
        if rotation is not None:
            stream.set_display_rotation(rotation)
        for n, stamp in enumerate(times_ms):
            image = picture(n, *size) if pictures is None else pictures[n]
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = stamp * ticks // TICKS, Fraction(1, ticks)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path
