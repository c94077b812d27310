"""Pictures in: whatever file a user has becomes one kind of array.

Every decoder goes through :func:`load_image` or :func:`decode_image`, so that the rest of emogui
only ever sees RGB ``uint8`` of shape (height, width, 3), upright as the camera was held.
"""

from __future__ import annotations

import io
import re
import threading
import warnings
from importlib import import_module
from pathlib import Path
from typing import IO

import numpy as np

from emogui.errors import EmoguiError, ImageError
from emogui.media.listing import IMAGE_SUFFIXES, find_images, not_there, printable, reason
from emogui.media.pixels import over_white, three_channels, to_8_bit, to_rgb, turned
from emogui.types import Image

__all__ = ["IMAGE_SUFFIXES", "MAX_PIXELS", "decode_image", "find_images", "load_image"]

MAX_PIXELS = 120_000_000
"""Larger pictures are refused: 120 megapixels take 360 MB as RGB alone."""

_FORMATS_TEXT = "JPEG, PNG, WebP, BMP, GIF, TIFF, HEIC, AVIF, JPEG 2000 and PNM"
_CONVERT_HINT = "Open it in a picture program and save it as JPEG or PNG."
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_ORIENTATION_TAG = 0x0112
_warning_filter = threading.Lock()


def load_image(path: str | Path) -> Image:
    """Reads a picture from a file.

    Args:
        path: JPEG, PNG, WebP, BMP, GIF or animated WebP (first frame), TIFF (first page), HEIC,
            AVIF, JPEG 2000 or PNM; the content decides, not the suffix.

    Returns:
        RGB uint8 (height, width, 3) after EXIF rotation. Transparent parts lie over white. Grey
        and colour of 16 bits are scaled linearly (65535 becomes 255). Floating point is taken as
        0 to 1, or as 0 to 255 or 0 to 65535 where the values reach further.

    Raises:
        ImageError: the file is missing, cannot be read, is not a picture, is damaged, or has
            more than :data:`MAX_PIXELS` pixels.
    """
    name = printable(path)
    try:
        target = Path(path)
        if target.is_dir():
            raise ImageError(
                f"Expected a picture, but '{name}' is a folder.",
                "Name a picture inside it.",
            )
        if target.exists() and not target.is_file():
            raise ImageError(f"Expected a picture, but '{name}' is not an ordinary file.")
        with target.open("rb") as stream:
            return _decode(stream, name)
    except EmoguiError:
        raise
    except FileNotFoundError:
        raise not_there(name) from None
    except PermissionError:
        raise ImageError(
            f"'{name}' may not be read: permission denied.",
            "Change the file's permissions, or copy it to a folder of your own.",
        ) from None
    except (OSError, ValueError) as error:
        # ValueError: a path with a null character in it.
        raise ImageError(
            f"'{name}' cannot be opened: {reason(error)}.", "Check the path and the disk."
        ) from error


def decode_image(data: bytes, name: str) -> Image:
    """Decodes a picture held in memory.

    Args:
        data: the content of a picture file, as for :func:`load_image`.
        name: what to call the picture in messages.

    Returns:
        As :func:`load_image`.

    Raises:
        ImageError: as :func:`load_image`, as far as it applies.
    """
    return _decode(io.BytesIO(data), printable(name))


def _decode(stream: IO[bytes], name: str) -> Image:
    head = stream.read(64)
    stream.seek(0)
    file_format = _sniff(head)
    if not head:
        raise ImageError(f"'{name}' is empty (0 bytes).", "Copy or download it again.")
    if file_format is None:
        raise ImageError(
            f"'{name}' is not a picture that can be read; expected {_FORMATS_TEXT}, "
            f"got {_guess(head)}.",
            _CONVERT_HINT,
        )
    try:
        return _decode_as(file_format, stream, name)
    except EmoguiError:
        raise
    except MemoryError:
        raise ImageError(
            f"There is not enough memory to open '{name}'.", "Close other programs or scale it."
        ) from None
    except Exception as error:
        # Decoders raise whatever a damaged file leads them to: OSError, SyntaxError, IndexError,
        # struct.error, zlib.error, ...
        raise ImageError(
            f"'{name}' begins like a {file_format} picture but is damaged or cut off "
            f"({reason(error)}).",
            "Copy or download it again, or open and save it in a picture program.",
        ) from error


def _sniff(head: bytes) -> str | None:
    """The name Pillow gives to the format that a file with these first bytes has, or None."""
    starts: tuple[tuple[bytes, str], ...] = (
        (b"\xff\xd8\xff", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"GIF87a", "GIF"),
        (b"GIF89a", "GIF"),
        (b"BM", "BMP"),
        (b"II*\0", "TIFF"),
        (b"MM\0*", "TIFF"),
        (b"II+\0", "TIFF"),
        (b"MM\0+", "TIFF"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG2000"),
        (b"\xff\x4f\xff\x51", "JPEG2000"),
    )
    for start, file_format in starts:
        if head.startswith(start):
            return file_format
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        brands = {head[i : i + 4] for i in range(8, min(len(head), _box_size(head)) - 3, 4)}
        if brands & _AVIF_BRANDS:
            return "AVIF"
        if brands & _HEIF_BRANDS:
            return "HEIF"
    if re.match(rb"P[1-6][\s#]", head):
        return "PPM"
    return None


def _box_size(head: bytes) -> int:
    return int.from_bytes(head[:4], "big") or len(head)


def _guess(head: bytes) -> str:
    known = (
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", "a ZIP archive or an office document"),
        (b"<svg", "an SVG drawing"),
        (b"<!DOCTYPE", "a web page"),
        (b"<html", "a web page"),
    )
    for start, what in known:
        if head.lstrip().lower().startswith(start.lower()):
            return what
    if head[4:8] == b"ftyp" or head.startswith(b"\x1aE\xdf\xa3") or head[8:12] == b"AVI ":
        return "a video"
    # UTF-8 text has no control characters other than white space.
    if not any(byte < 32 and byte not in b"\t\n\r\f" for byte in head):
        return "text"
    return "a file of an unknown kind"


_PLUGINS = {
    "JPEG": "PIL.JpegImagePlugin",
    "PNG": "PIL.PngImagePlugin",
    "GIF": "PIL.GifImagePlugin",
    "BMP": "PIL.BmpImagePlugin",
    "TIFF": "PIL.TiffImagePlugin",
    "JPEG2000": "PIL.Jpeg2KImagePlugin",
    "WEBP": "PIL.WebPImagePlugin",
    "AVIF": "PIL.AvifImagePlugin",
    "PPM": "PIL.PpmImagePlugin",
}


def _register(file_format: str, name: str) -> None:
    """Makes Pillow know one format; importing all its plugins would cost start-up time."""
    if file_format == "HEIF" or (file_format == "AVIF" and not _pillow_reads_avif()):
        try:
            import pillow_heif
        except ImportError:
            raise ImageError(
                f"'{name}' is a {file_format} picture, and the library that reads those is "
                "missing.",
                "Install it: python3 -m pip install pillow-heif",
            ) from None
        pillow_heif.register_heif_opener()
        return
    import_module(_PLUGINS[file_format])


def _pillow_reads_avif() -> bool:
    from PIL import features

    return bool(features.check("avif"))


def _decode_as(file_format: str, stream: IO[bytes], name: str) -> Image:
    from PIL import Image as PILImage
    from PIL import UnidentifiedImageError

    _register(file_format, name)
    try:
        # Pillow warns from 89 megapixels on; the limit here is our own, checked right below.
        with _warning_filter, warnings.catch_warnings():
            warnings.simplefilter("ignore", PILImage.DecompressionBombWarning)
            # Without MPO, Pillow reads the first picture of a multi-picture JPEG, as wished.
            picture = PILImage.open(stream, formats=[file_format])
    except PILImage.DecompressionBombError as error:
        found = re.search(r"\d+", str(error))
        raise _too_large(name, int(found.group()) if found else 2 * MAX_PIXELS) from None
    except UnidentifiedImageError:
        if file_format != "TIFF":
            raise
        stream.seek(0)
        return _decode_rare_tiff(stream, name)
    with picture:
        width, height = picture.size
        if width * height > MAX_PIXELS:
            raise _too_large(name, width * height, f"{width} x {height}, ")
        picture.load()
        try:
            orientation = picture.getexif().get(_ORIENTATION_TAG, 1)
        except Exception:
            # Damaged EXIF data is no reason to refuse a picture that decodes.
            orientation = 1
        return turned(to_rgb(picture), orientation)


def _too_large(name: str, pixels: int, size: str = "") -> ImageError:
    return ImageError(
        f"'{name}' is too large: {size}{pixels / 1e6:,.0f} megapixels; expected at most "
        f"{MAX_PIXELS // 1_000_000}.",
        "Scale it down in a picture program first.",
    )


def _decode_rare_tiff(stream: IO[bytes], name: str) -> Image:
    """TIFF pixel forms that Pillow lacks, such as RGB in floating point, through OpenCV."""
    import cv2
    from PIL import TiffImagePlugin

    data = stream.read()
    header_size = 16 if data[2:3] == b"+" or data[3:4] == b"+" else 8  # BigTIFF or TIFF
    tags = TiffImagePlugin.ImageFileDirectory_v2(data[:header_size])
    reader = io.BytesIO(data)
    reader.seek(tags.next)
    tags.load(reader)
    width, height = int(tags.get(256, 0)), int(tags.get(257, 0))
    if width * height > MAX_PIXELS:
        raise _too_large(name, width * height, f"{width} x {height}, ")
    array = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if array is None:
        raise ValueError("a form of TIFF that is not supported")
    if array.ndim == 3 and array.shape[2] >= 3:
        order = [2, 1, 0, 3][: array.shape[2]]
        array = array[:, :, order]
    scaled = to_8_bit(array)
    if scaled.ndim == 3 and scaled.shape[2] == 4:
        scaled = over_white(scaled)
    # OpenCV has applied a TIFF's orientation already only for IMREAD_COLOR, not here.
    return turned(three_channels(scaled), int(tags.get(_ORIENTATION_TAG, 1)))
