"""Names for pictures made from pictures."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

_LOSSY = frozenset({".jpg", ".jpeg", ".webp", ".heic", ".heif", ".avif"})


def place_of(path: str) -> str:
    """Where a path leads through all links, also those that lead in a circle."""
    try:
        return os.path.realpath(path)
    except ValueError:  # it holds a null character: nothing is there
        return path


def annotated_suffix(path: str) -> str:
    """The format for a changed copy of a picture: JPEG where the picture was lossy, else PNG."""
    return ".jpg" if Path(path).suffix.lower() in _LOSSY else ".png"


class OutputNames:
    """Names of files in one folder, all different, and never that of an input.

    Args:
        folder: where the files go; None where none are written.
        inputs: the pictures that are read.
    """

    def __init__(self, folder: str | None, inputs: Sequence[str]) -> None:
        self._folder = Path(folder or ".")
        self._used: set[Path] = set()
        self._inputs = set(map(place_of, inputs)) if folder else set()

    def of(self, path: str, what: str, suffix: str) -> Path:
        """A new name: ``STEM_WHAT.SUFFIX``, with a number where that is taken.

        Args:
            path: the picture it is made from.
            what: what it shows; characters that file systems refuse are left out.
            suffix: with its dot.
        """
        stem = Path(path).stem
        safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in what)
        number = 1
        while True:
            extra = f"-{number}" if number > 1 else ""
            name = self._folder / f"{stem}_{safe}{extra}{suffix}"
            # Names that differ in case alone are one file on Windows and macOS.
            key = Path(str(name).casefold())
            if key not in self._used and place_of(str(name)) not in self._inputs:
                self._used.add(key)
                return name
            number += 1
