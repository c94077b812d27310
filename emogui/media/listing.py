"""Which pictures a list of files, folders and glob patterns means."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from emogui.errors import EmoguiError, ImageError
from emogui.media.content import holds_video
from emogui.media.source import VIDEO_SUFFIXES

# fmt: off
IMAGE_SUFFIXES: frozenset[str] = frozenset({
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".dib", ".gif", ".tif", ".tiff",
    ".heic", ".heif", ".avif", ".jp2", ".ppm", ".pgm", ".pbm", ".pnm",
})
# fmt: on
"""Suffixes (lower case, with the dot) by which pictures are found in folders."""

_SHARED_SUFFIXES = frozenset({".ts", ".mts"})
"""Videos, but TypeScript too."""

_SEPARATOR = f"[{re.escape(os.sep + (os.altsep or ''))}]"


def find_images(
    inputs: Sequence[str], *, videos: bool = False, any_suffix: bool = False
) -> Iterator[tuple[str, EmoguiError | None]]:
    """Finds the pictures that a list of files, folders and glob patterns means.

    Files are yielded as given, whatever their suffix. Folders are walked recursively in sorted
    order for files with a suffix of :data:`IMAGE_SUFFIXES`; hidden files and folders are passed
    over, and links to folders are not followed. Patterns may hold ``*``, ``?``, ``[...]`` and
    ``**``; they yield files, sorted, and only those with a picture's suffix unless the pattern
    itself spells the suffix out.

    Args:
        inputs: as the user typed them.
        videos: find videos in folders and by patterns too.
        any_suffix: find every file there, whatever its suffix.

    Yields:
        (path, None) for each picture or video, in the order of ``inputs``; (text, error) for an
        input that is not there, cannot be listed, or holds no picture.
    """
    wanted = _is_picture_or_video if videos else _is_picture
    if any_suffix:
        wanted = _is_any
    for text in inputs:
        try:
            is_folder, is_there = Path(text).is_dir(), os.path.lexists(text)
        except ValueError:
            is_folder = is_there = False
        if text and is_folder:
            yield from _walk(text, wanted)
        elif text and is_there:
            yield text, None
        elif glob.has_magic(text):
            yield from _match(text, wanted)
        else:
            yield text, not_there(printable(text))


def _walk(folder: str, wanted: Callable[[str], bool]) -> Iterator[tuple[str, EmoguiError | None]]:
    failures: list[OSError] = []
    count = 0
    for parent, folders, files in os.walk(folder, onerror=failures.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = str(Path(parent, name))
            if not name.startswith(".") and wanted(path):
                count += 1
                yield path, None
    for failure in failures:
        where = str(failure.filename or folder)
        yield (
            where,
            ImageError(
                f"The folder '{printable(where)}' cannot be listed: {reason(failure)}.",
                "Change its permissions, or leave it out.",
            ),
        )
    if not count and not failures:
        yield (
            folder,
            ImageError(
                f"The folder '{printable(folder)}' holds no picture.",
                f"Pictures are found by their suffix: {' '.join(sorted(IMAGE_SUFFIXES))}",
            ),
        )


def _match(pattern: str, wanted: Callable[[str], bool]) -> Iterator[tuple[str, EmoguiError | None]]:
    suffix = Path(pattern).suffix
    spelt_out = len(suffix) > 1 and not glob.has_magic(suffix)
    found = [
        path
        for path in sorted(_expand(pattern))
        if Path(path).is_file() and (spelt_out or wanted(path))
    ]
    for path in found:
        yield path, None
    if not found:
        yield (
            pattern,
            ImageError(
                f"The pattern '{printable(pattern)}' matches no picture.",
                "Check the folder in it; '**' stands for folders at any depth.",
            ),
        )


def _expand(pattern: str) -> set[str]:
    """The paths that a pattern means.

    Python's own ``**`` goes through links to folders, and with two that lead upwards it does not
    come to an end.
    """
    folders_at_any_depth = re.search(rf"(?:^|(?<={_SEPARATOR}))\*\*(?:{_SEPARATOR}+|$)", pattern)
    if folders_at_any_depth is None:
        return set(glob.glob(pattern))  # noqa: PTH207 - keeps "./"
    head, tail = pattern[: folders_at_any_depth.start()], pattern[folders_at_any_depth.end() :]
    found: set[str] = set()
    for base in glob.glob(head) if head else [""]:  # noqa: PTH207
        for parent, folders, _ in os.walk(base or "."):
            folders[:] = [name for name in folders if not name.startswith(".")]
            shown = parent if base else parent[2:]  # without the "./"
            # Pattern characters in the folder's own name stand for themselves.
            found |= _expand(os.path.join(glob.escape(shown), tail or "*"))  # noqa: PTH118
    return found


def _is_picture(path: str) -> bool:
    return Path(path).suffix.lower() in IMAGE_SUFFIXES


def _is_any(path: str) -> bool:
    return True


def _is_picture_or_video(path: str) -> bool:
    suffix = Path(path).suffix.lower()
    if suffix in _SHARED_SUFFIXES:
        return holds_video(Path(path), frozenset())
    return suffix in IMAGE_SUFFIXES or suffix in VIDEO_SUFFIXES


def printable(path: str | Path) -> str:
    """The path as text that any stream can print (file names may hold undecodable bytes)."""
    return str(path).encode("utf-8", "replace").decode("utf-8").replace("\0", "\\0")


def not_there(name: str) -> ImageError:
    """The error for a path where nothing is."""
    if re.match(r"(?i)(https?|ftp)://", name):
        return ImageError(
            f"'{name}' is an address, but a file was expected.",
            "Download the picture first, then open the file.",
        )
    return ImageError(
        f"There is no file or folder '{name}'." if name else "The path is empty.",
        "Check the spelling and the folder you are in.",
    )


def reason(error: BaseException) -> str:
    """What an exception says, in a form that fits inside a sentence."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).rstrip(".")
