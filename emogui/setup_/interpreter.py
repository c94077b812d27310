"""Finds the Python that the environment is made of: new enough, with Tk and venv."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

OLDEST: Final = (3, 11)
TRIED_WITH: Final = (11, 12, 13, 14)
"""Minor versions of Python 3 for which all dependencies have wheels."""

_PROBE: Final = """
import json, sys
def has(*names):
    try:
        for name in names:
            __import__(name)
    except ImportError:
        return False
    return True
print(json.dumps({
    "path": getattr(sys, "_base_executable", None) or sys.executable,
    "version": list(sys.version_info[:3]),
    "tk": has("tkinter"),
    "venv": has("venv", "ensurepip"),
}))
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python that is installed.

    Attributes:
        path: its executable.
        version: such as (3, 11, 2).
        tk: whether tkinter can be imported.
        venv: whether it can make environments with pip in them.
    """

    path: str
    version: tuple[int, int, int]
    tk: bool
    venv: bool

    @property
    def complete(self) -> bool:
        return self.tk and self.venv

    @property
    def name(self) -> str:
        """Such as ``"Python 3.11.2 (/usr/bin/python3)"``."""
        return f"Python {'.'.join(map(str, self.version))} ({self.path})"

    @property
    def packaged(self) -> bool:
        """Whether the system's package manager owns it, and so can complete it."""
        return os.name == "posix" and str(Path(self.path).resolve()).startswith("/usr/bin/")


def probe(path: str) -> Interpreter | None:
    """Asks a Python what it has; None when it does not run (such as an idle pyenv shim)."""
    try:
        answer = subprocess.run(
            [path, "-c", _PROBE], capture_output=True, text=True, timeout=60, check=True
        )
        facts = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    major, minor, micro = facts["version"]
    return Interpreter(facts["path"], (major, minor, micro), facts["tk"], facts["venv"])


def current() -> Interpreter:
    """The Python that runs this, or the one its virtual environment was made of."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    found = probe(base) or probe(sys.executable)
    if found is None:  # only a Python embedded in another program comes here
        major, minor, micro = sys.version_info[:3]
        return Interpreter(sys.executable, (major, minor, micro), tk=False, venv=False)
    return found


def others(known: Interpreter, folders: Iterable[str] = ("/usr/bin",)) -> Iterator[Interpreter]:
    """The other Pythons of this computer that are new enough, the system's own first."""
    search = os.pathsep.join([*folders, os.environ.get("PATH", "")])
    seen = {Path(known.path).resolve()}
    for name in ("python3", *(f"python3.{minor}" for minor in TRIED_WITH)):
        path = shutil.which(name, path=search)
        found = probe(path) if path else None
        if found is None or Path(found.path).resolve() in seen:
            continue
        seen.add(Path(found.path).resolve())
        if found.version >= OLDEST:
            yield found
