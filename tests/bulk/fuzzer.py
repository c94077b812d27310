"""Makes folders of damaged and hostile files from good pictures and videos."""

from __future__ import annotations

import os
import random
import struct
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image as PilImage

from emogui.types import Image

GOOD_EVERY: Final = 20
"""One file of so many is a good picture."""

_SUFFIXES: Final = (".jpg", ".png", ".webp", ".bmp", ".gif", ".tiff", ".mp4", ".mkv", ".avi", ".ts")
_NAMES: Final = ("a\nb", "\U0001f600 smile", 'quote"d', "comma,", "=1+1", "tab\t", " space ", "é")


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, rows: bytes, colour: int = 2) -> bytes:
    """A PNG whose header says anything; ``rows`` are packed as they are."""
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", head)
        + png_chunk(b"IDAT", zlib.compress(rows, 9))
        + png_chunk(b"IEND", b"")
    )


def bomb() -> bytes:
    """100 million pixels in 300 kB."""
    return png(10_000, 10_000, bytes(30_001) * 10_000)


def hostile() -> dict[str, bytes]:
    """Files that are made to take a reader down, by name."""
    thin = BytesIO()
    PilImage.fromarray(np.full((60_000, 1, 3), 90, np.uint8)).save(thin, "PNG")
    flat = BytesIO()
    PilImage.fromarray(np.full((1, 60_000, 3), 90, np.uint8)).save(flat, "JPEG")
    channels = struct.pack("<2sHI", b"II", 42, 8) + _tiff_entries()
    huge = b"P6\n60000 60000\n255\n" + bytes(1000)
    text = png(8, 8, bytes(25) * 8)
    text = text[:33] + png_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200 << 20), 9)) + text[33:]
    ftyp = struct.pack(">I4s4sI", 20, b"ftyp", b"isom", 512) + b"mp41"
    return {
        "bomb.png": bomb(),
        "thin.png": thin.getvalue(),
        "flat.jpg": flat.getvalue(),
        "channels.tiff": channels,
        "header.ppm": huge,
        "header.png": png(2**31 - 1, 2**31 - 1, b"\0"),
        "header.bmp": b"BM"
        + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 2**30, 2**30, 1, 24, 0, 0, 0, 0, 0, 0),
        "header.gif": b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + bytes(40),
        "text.png": text,
        "atom.mp4": ftyp + struct.pack(">I4sQ", 1, b"moov", 2**62) + bytes(64),
        "nest.mp4": ftyp
        + b"".join(struct.pack(">I4s", 8 * (400 - i), b"moov") for i in range(399)),
        "svg.jpg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "playlist.mp4": b"#EXTM3U\nhttp://127.0.0.1:9/none.ts\n",
    }


def _tiff_entries() -> bytes:
    """An uncompressed TIFF of 32 x 32 pixels of 16 channels."""
    side, count = 32, 16
    entries = [
        (256, 3, 1, side),
        (257, 3, 1, side),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 200),
        (277, 3, 1, count),
        (278, 3, 1, side),
        (279, 4, 1, side * side * count),
        (284, 3, 1, 1),
    ]
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = struct.pack("<H", len(entries)) + packed + bytes(4)
    return head.ljust(192, b"\0") + bytes(range(256)) * (side * side * count // 256)


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 8, 200))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def flipped_head(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 4, 20))):
        changed[chance.randrange(min(400, len(changed)))] = chance.randrange(256)
    return bytes(changed)


def spliced(data: bytes, chance: random.Random) -> bytes:
    at, to = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[:at] + data[to:] + data[at:to]


_DAMAGE: Final[tuple[Callable[[bytes, random.Random], bytes], ...]] = (
    cut,
    flipped,
    flipped,
    flipped_head,
    flipped_head,
    spliced,
    lambda data, chance: b"",
)


def make_folder(folder: Path, sources: Sequence[Path], image: Image, count: int) -> list[str]:
    """Fills a folder.

    Args:
        folder: empty.
        sources: good files, to be damaged.
        image: what the good pictures show.
        count: files, links included.

    Returns:
        The paths of the good pictures among them.
    """
    chance = random.Random(7)
    good = []
    originals = [(path.suffix, path.read_bytes()) for path in sources]
    for name, data in hostile().items():
        (folder / name).write_bytes(data)
    _links(folder)
    number = len(list(folder.iterdir()))
    while number < count:
        name = f"{number:04d}{chance.choice(_NAMES) if number % 9 == 0 else ''}"
        if number % GOOD_EVERY == 0:
            path = folder / f"{name}.png"
            PilImage.fromarray(np.roll(image, number, axis=1)).save(path)
            good.append(str(path))
        else:
            suffix, data = chance.choice(originals)
            for _ in range(chance.choice((1, 1, 2))):
                data = chance.choice(_DAMAGE)(data, chance) if data else data
            if chance.random() < 0.2:
                suffix = chance.choice(_SUFFIXES)
            (folder / f"{name}{suffix}").write_bytes(data)
        number += 1
    return good


def _links(folder: Path) -> None:
    """Links in a circle, to nothing, to the folder itself; a pipe; what may not be read."""
    (folder / "circle.jpg").symlink_to(folder / "elcric.jpg")
    (folder / "elcric.jpg").symlink_to(folder / "circle.jpg")
    (folder / "nothing.png").symlink_to(folder / "gone.png")
    (folder / "self").symlink_to(folder, target_is_directory=True)
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.jpg")
    locked = folder / "locked.png"
    locked.write_bytes(b"\x89PNG\r\n\x1a\n")
    locked.chmod(0)
    (folder / os.fsdecode(b"bytes-\xff\xfe.png")).symlink_to("locked.png")
