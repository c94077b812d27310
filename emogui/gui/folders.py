"""Folders of the user: where recordings go at first, and showing one in the file manager."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from emogui.errors import EmoguiError


def videos_folder() -> str:
    """The user's folder for videos, as the system calls it; else the home folder."""
    home = Path.home()
    for name in ("Videos", "Movies"):
        if (home / name).is_dir():
            return str(home / name)
    return str(home)


def described(paths: Sequence[Path]) -> str:
    """Files side by side in a few words: ``"talk.jsonl, .csv and .mp4 in /home/ann/Videos"``."""
    first, *others = paths
    named = [one.suffix if one.stem == first.stem else one.name for one in others]
    *most, last = [first.name, *named]
    files = f"{', '.join(most)} and {last}" if most else last
    return f"{files} in {first.parent}"


def open_folder(path: str | Path) -> None:
    """Shows a folder in the file manager; for a worker.

    Raises:
        EmoguiError: the system has nothing to show it with.
    """
    try:
        if sys.platform == "win32":
            os.startfile(path)
        else:
            command = "open" if sys.platform == "darwin" else "xdg-open"
            subprocess.Popen(
                [command, str(path)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
    except OSError as error:
        raise EmoguiError(
            f"The folder '{path}' cannot be shown.", "Open it in your file manager."
        ) from error
