"""The virtual environment in the project's root: made, filled, checked, mended."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import emogui
from emogui.setup_.console import CommandError, Console, SetupError, tail
from emogui.setup_.interpreter import OLDEST, Interpreter

STAMP: Final = "emogui-setup.json"
ROOM_GB: Final = 5.0

_NETWORK: Final = re.compile(
    "NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|"
    "ConnectionResetError|Network is unreachable|Connection refused|getaddrinfo failed|"
    "name resolution|Name or service not known|CERTIFICATE_VERIFY_FAILED|Read timed out",
)
_STEP: Final = re.compile(r"^\s*(Collecting|Downloading|Installing collected)\s+(\S+)")

_HEALTH: Final = """
import importlib.metadata as metadata, json
names = {(d.metadata["Name"] or "").lower().replace("_", "-") for d in metadata.distributions()}
trouble = ""
try:
    import cv2, tkinter, emogui
except Exception as error:
    trouble = f"{type(error).__name__}: {error}"
opencv = sorted(name for name in names if name.startswith("opencv-"))
print(json.dumps({"trouble": trouble, "opencv": opencv}))
"""


class Environment:
    """``.venv`` in a source tree.

    Args:
        root: the project's root.
        console: where the steps are shown.
    """

    def __init__(self, root: Path, console: Console) -> None:
        self.root = root
        self.folder = root / ".venv"
        self._console = console

    @property
    def bin(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        return self.bin / ("python.exe" if os.name == "nt" else "python")

    def script(self, name: str) -> Path:
        """The path of a program that a package has put into the environment."""
        return self.bin / (f"{name}.exe" if os.name == "nt" else name)

    def ready(self, extras: Sequence[str]) -> bool:
        """Whether everything is there and loads, so that nothing is left to do."""
        stamp = self._stamp()
        return (
            stamp.get("state") == "ready"
            and stamp.get("root") == str(self.root)
            and stamp.get("project") == self._project_sum()
            and set(extras) <= set(stamp.get("extras", []))
            and self.script("emogui").exists()
            and self._health() == {"trouble": "", "opencv": ["opencv-python"]}
        )

    def make(self, interpreter: Interpreter) -> None:
        """Makes the environment unless a usable one is there.

        One that an earlier, interrupted set-up left half made is replaced. One that this program
        has not made is used where it can be, and otherwise set aside, never deleted.

        Raises:
            SetupError: it could not be made.
        """
        if self.folder.exists() or self.folder.is_symlink():
            if self._usable():
                return
            self._clear_away()
        self._check_room()
        with self._console.step(f"Making .venv with {interpreter.name}"):
            self.folder.mkdir()
            self._write_stamp("making")
            command = [interpreter.path, "-m", "venv", "--prompt", "emogui", str(self.folder)]
            self._run(command, "The virtual environment could not be made.")
            self._write_stamp("made")

    def fill(self, extras: Sequence[str]) -> None:
        """Installs emogui in editable form with everything it needs.

        Raises:
            SetupError: the packages could not be downloaded or installed, or do not load.
        """
        before = self._stamp()
        mine = before.get("by") == "emogui.bootstrap"
        wanted = sorted({*extras, *before.get("extras", [])})
        target = f".[{','.join(wanted)}]" if wanted else "."
        title = "Installing the Python packages (about 1 GB, minutes)"
        if before.get("state") == "ready":
            title = "Bringing the Python packages up to date"
        with self._console.step(title):
            if mine:
                self._write_stamp("installing")
            try:
                self._pip("install", "--prefer-binary", "--editable", target)
                self._mend_opencv()
            except SetupError:
                if mine:  # pip has undone what it began
                    self._write_stamp(before["state"], before.get("extras", []))
                raise
        trouble = self._health()["trouble"]
        if trouble:
            raise SetupError(
                f"The packages are installed but do not load ({trouble}).",
                f"Delete {self.folder}, then run this command again.",
            )
        self._write_stamp("ready", wanted)

    def _usable(self) -> bool:
        """Whether the environment that is there can be filled."""
        stamp = self._stamp()
        runs = self._runs()
        if stamp.get("by") == "emogui.bootstrap":
            return (
                runs
                and stamp.get("state") in ("made", "ready")
                and stamp.get("root") == str(self.root)
                and (stamp["state"] == "made" or not self._health()["trouble"])
            )
        if runs:
            self._console.say(
                "- Using the .venv that is there; this command has not made it, and will add "
                "emogui's packages to it."
            )
        return runs

    def _clear_away(self) -> None:
        """Removes what this program has made, and sets aside what it has not."""
        if self._stamp().get("by") == "emogui.bootstrap" and not self.folder.is_symlink():
            with self._console.step("Removing a .venv that is broken or half made"):
                shutil.rmtree(self.folder)
            return
        aside = self.root / ".venv.aside"
        number = 1
        while aside.exists() or aside.is_symlink():
            number += 1
            aside = self.root / f".venv.aside-{number}"
        self.folder.rename(aside)
        self._console.say(
            "- The .venv that was there has no Python 3.11 or newer with Tk and pip, and this "
            f"command has not made it: it is now called {aside.name}, unchanged."
        )

    def _runs(self) -> bool:
        """Whether its Python starts, is new enough, and has pip and Tk."""
        code = f"import sys, pip, tkinter; sys.exit(sys.version_info < {OLDEST})"
        try:
            done = subprocess.run([self.python, "-c", code], capture_output=True, check=False)
        except OSError:
            return False
        return done.returncode == 0

    def _health(self) -> dict[str, Any]:
        """What does not load, and which OpenCV packages there are."""
        try:
            done = subprocess.run(
                [self.python, "-c", _HEALTH], capture_output=True, text=True, check=True
            )
            health: dict[str, Any] = json.loads(done.stdout)
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            return {"trouble": str(error), "opencv": []}
        return health

    def _mend_opencv(self) -> None:
        """Leaves opencv-python alone: several OpenCV packages overwrite each other's files."""
        found = self._health()["opencv"]
        if found == ["opencv-python"] or not found:
            return
        self._console.note(f"several OpenCV packages: {found}")
        if self._stamp().get("by") != "emogui.bootstrap":
            raise SetupError(
                f"The .venv that is there holds several OpenCV packages ({', '.join(found)}), "
                "which overwrite each other's files.",
                f"{self.python} -m pip uninstall {' '.join(found)}, then run this command again.",
            )
        self._pip("uninstall", "--yes", *found)
        self._pip("install", "--no-deps", "opencv-python>=4.14,<5")

    def _pip(self, verb: str, *words: str) -> None:
        command = [str(self.python), "-m", "pip", verb, *words, "--no-input"]
        command += ["--disable-pip-version-check"]
        if verb == "install":
            command += ["--progress-bar", "off"]
        self._run(command, "The Python packages could not be installed.")

    def _run(self, command: list[str], failure: str) -> None:
        clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONHOME", "PYTHONPATH")}
        clean.update(PIP_USER="0", PIP_ROOT_USER_ACTION="ignore", PYTHONUNBUFFERED="1")
        try:
            self._console.run(
                command, cwd=self.root, env=clean, progress=_pip_progress, failure=failure
            )
        except CommandError as error:
            raise _explained(failure, error.output, self._console.log) from error

    def _check_room(self) -> None:
        free = shutil.disk_usage(self.root).free / 1e9
        if free < ROOM_GB:
            raise SetupError(
                f"About {ROOM_GB:.0f} GB are needed for the packages, and {free:.1f} GB are free "
                f"where {self.root} lies.",
                "Make room, then run this command again.",
            )

    def _stamp(self) -> dict[str, Any]:
        try:
            stamp: Any = json.loads((self.folder / STAMP).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    def _write_stamp(self, state: str, extras: Sequence[str] = ()) -> None:
        """Records how far the environment is; one that is not ours stays not ours."""
        theirs = state == "ready" and self._stamp().get("by") != "emogui.bootstrap"
        stamp = {
            "by": "its user" if theirs else "emogui.bootstrap",
            "state": state,
            "root": str(self.root),
            "project": self._project_sum(),
            "extras": list(extras),
        }
        (self.folder / STAMP).write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")

    def _project_sum(self) -> str:
        """Changes when the packages must be installed again."""
        digest = hashlib.sha256((self.root / "pyproject.toml").read_bytes())
        digest.update(emogui.__version__.encode())
        return digest.hexdigest()


def _pip_progress(line: str) -> str | None:
    found = _STEP.match(line)
    if not found:
        return None
    if found[1] == "Installing collected":
        return "unpacking"
    return f"{found[1].lower()} {found[2].rsplit('/')[-1]}"


def _explained(failure: str, output: str, log: Path) -> SetupError:
    """The error to raise when a program has failed, from what it has printed."""
    whole = f"What was printed is in {log}."
    if "No space left on device" in output:
        return SetupError(f"{failure} The disk is full.", f"Make room and try again. {whole}")
    if _NETWORK.search(output):
        return SetupError(
            f"{failure} The package index could not be reached.",
            "Check the network (and HTTPS_PROXY, where a proxy is used), then run this command "
            f"again; what was downloaded is kept. {whole}",
        )
    advice = "Run this command again once the cause is gone."
    if "No matching distribution found" in output:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        advice = (
            f"A package has no build for Python {version} on this kind of computer; 64-bit Python "
            "3.11 to 3.14 on Linux, Windows or macOS has been provided for."
        )
    ending = f"{failure} The end of what was printed:\n\n{tail(output)}\n"
    return SetupError(ending, f"{advice} {whole}")
