"""Writing files so that a failure leaves nothing half done and says what to do."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from PIL import Image as PilImage

from emogui.errors import EmoguiError
from emogui.types import Image

_HINTS: Final[dict[int | None, str]] = {
    errno.ENOENT: "Make its folder first, or choose another one.",
    errno.ENOTDIR: "Choose a place inside a folder.",
    errno.EISDIR: "Give the name of a file, not of a folder.",
    errno.EACCES: "Choose a folder in which you may write.",
    errno.EPERM: "Choose a folder in which you may write.",
    errno.EROFS: "Choose a folder in which you may write.",
    errno.ENOSPC: "The disk is full: free some space, or choose another disk.",
    errno.EDQUOT: "Your share of the disk is full: free some space, or choose another disk.",
    errno.EFBIG: "The disk takes no larger file: choose another disk.",
    errno.EEXIST: "Choose another name.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}
_DEFAULT_HINT: Final = "Choose another place and try again."

PICTURE_FORMATS: Final[dict[str, tuple[str, dict[str, object]]]] = {
    ".png": ("PNG", {"compress_level": 3}),
    ".jpg": ("JPEG", {"quality": 95}),
    ".jpeg": ("JPEG", {"quality": 95}),
    ".webp": ("WEBP", {"quality": 95}),
    ".bmp": ("BMP", {}),
    ".tif": ("TIFF", {"compression": "tiff_deflate"}),
    ".tiff": ("TIFF", {"compression": "tiff_deflate"}),
}
"""Suffix to Pillow's format and options, for pictures that are saved."""


def cannot_write(path: str | Path, error: OSError) -> EmoguiError:
    """The error to raise when a file cannot be written: why, and what to do about it."""
    reason = error.strerror or str(error) or type(error).__name__
    return EmoguiError(f"Cannot write '{path}': {reason}.", _HINTS.get(error.errno, _DEFAULT_HINT))


def make_folder(path: str | Path) -> Path:
    """Makes a folder and its parents where they are missing.

    Raises:
        EmoguiError: it cannot be made, or a file of that name is in the way.
    """
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise EmoguiError(
            f"'{folder}' is a file; a folder was expected.", "Choose another name."
        ) from error
    except OSError as error:
        raise cannot_write(folder, error) from error
    return folder


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Gives a temporary name to write a whole file to; it gets its real name at the end.

    A reader sees the old file or the new one, never a part. Where the block fails, the old file
    stays and the temporary one is removed.

    Raises:
        EmoguiError: the file cannot be written (no such folder, not allowed, disk full).
    """
    target = Path(path)
    try:
        # A link stays a link; what it points to is replaced. Unlike Path.resolve, this leaves
        # links that lead in a circle for the system to refuse.
        target = Path(os.path.realpath(target))
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    except OSError as error:
        raise cannot_write(path, error) from error
    part = target.with_name(f".emogui-{secrets.token_hex(6)}{target.suffix}")
    try:
        yield part
        part.replace(target)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Writes a whole text file in UTF-8.

    Raises:
        EmoguiError: it cannot be written.
    """
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


def save_image(image: Image, path: str | Path) -> None:
    """Saves a picture in the format that the file's suffix names.

    Args:
        image: RGB uint8 (height, width, 3).
        path: ending in .png, .jpg, .jpeg, .webp, .bmp, .tif or .tiff.

    Raises:
        EmoguiError: the suffix is none of these, or the file cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in PICTURE_FORMATS:
        raise EmoguiError(
            f"Pictures are saved as {', '.join(PICTURE_FORMATS)}; got '{Path(path).name}'.",
            "Choose a name with one of these endings.",
        )
    form, options = PICTURE_FORMATS[suffix]
    with replacing(path) as part:
        PilImage.fromarray(image).save(part, format=form, **options)
