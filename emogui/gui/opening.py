"""Which of the files that were opened or dropped are videos, for the Live tab."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from emogui.media.source import VIDEO_SUFFIXES

_PICTURES_TOO = frozenset({".gif"})
"""Most of these are pictures; in the Live tab they are played."""


def videos_among(paths: Sequence[str], *, on_live: bool) -> list[str]:
    """The videos of a list of files, by their suffixes.

    Args:
        paths: of files and folders.
        on_live: whether the Live tab is in front.
    """
    suffixes = VIDEO_SUFFIXES if on_live else VIDEO_SUFFIXES - _PICTURES_TOO
    return [path for path in paths if Path(path).suffix.lower() in suffixes]
