"""What emogui needs of the system, and the command that installs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emogui.setup_.console import CommandError, Console, SetupError, tail
from emogui.setup_.interpreter import Interpreter, current, others

LIBRARIES: Final[dict[str, str]] = {"libGL.so.1": "gl", "libgthread-2.0.so.0": "glib"}
"""Shared libraries that opencv-python loads from the system, and what to ask for."""

_LOADS: Final = """
import ctypes, sys
for name in sys.argv[1:]:
    try:
        ctypes.CDLL(name)
    except OSError:
        print(name)
"""


@dataclass(frozen=True)
class PackageManager:
    """How a Linux distribution installs things.

    Attributes:
        program: its name.
        command: the shell command, up to the names of the packages.
        packages: need to package name; ``{v}`` is the Python's version, such as 3.12.
    """

    program: str
    command: str
    packages: dict[str, str]


MANAGERS: Final = (
    PackageManager(
        "apt-get",
        "sudo apt-get update && sudo apt-get install -y",
        {
            "tk": "python3-tk",
            "venv": "python3-venv",
            "gl": "libgl1",
            "glib": "libglib2.0-0",
            "xvfb": "xvfb",
        },
    ),
    PackageManager(
        "dnf",
        "sudo dnf install -y",
        {
            "tk": "python3-tkinter",
            "venv": "python3-libs",
            "gl": "mesa-libGL",
            "glib": "glib2",
            "xvfb": "xorg-x11-server-Xvfb",
        },
    ),
    PackageManager(
        "pacman",
        "sudo pacman -S --needed",
        {
            "tk": "tk",
            "venv": "python",
            "gl": "libglvnd",
            "glib": "glib2",
            "xvfb": "xorg-server-xvfb",
        },
    ),
    PackageManager(
        "zypper",
        "sudo zypper install",
        {
            "tk": "python3-tk",
            "venv": "python3",
            "gl": "Mesa-libGL1",
            "glib": "libgthread-2_0-0",
            "xvfb": "xorg-x11-server-Xvfb",
        },
    ),
)


def package_manager() -> PackageManager | None:
    """The package manager of this computer, if it is one that is known."""
    return next((manager for manager in MANAGERS if shutil.which(manager.program)), None)


def administrator() -> list[str] | None:
    """The words before a command that needs rights: none for root, sudo where it asks nothing.

    Returns:
        None where this user may not install packages without typing a password.
    """
    if os.name != "posix":
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        asked = subprocess.run(
            ["sudo", "-n", "true"], capture_output=True, stdin=subprocess.DEVNULL, check=False
        )
        if asked.returncode == 0:
            return ["sudo", "-n"]
    return None


def choose() -> tuple[Interpreter, str]:
    """Chooses the Python to go on with, and says why where it is not the one that was called.

    The one that was called comes first, even if packages must complete it; another one is taken
    where that cannot be done, as for one that pyenv has built without Tk.

    Raises:
        SetupError: no Python has Tk, and no package can bring it.
    """
    mine = current()
    if mine.complete:
        return mine, ""
    apt = shutil.which("apt-get") is not None
    can_install = apt and administrator() is not None
    if mine.packaged and can_install:
        return mine, ""
    found = list(others(mine))
    lack = "Tk" if not mine.tk else "the venv module"
    for other in found:
        if other.complete:
            return other, f"{mine.name} has no {lack}; going on with {other.name}."
    if mine.packaged and package_manager():
        return mine, ""  # its packages are asked for
    for other in found:
        if other.packaged and package_manager():
            return other, f"{mine.name} has no {lack}; going on with {other.name}."
    raise SetupError(f"{mine.name} was built without {lack}, which the window needs.", _no_tk(mine))


def _no_tk(python: Interpreter) -> str:
    version = f"{python.version[0]}.{python.version[1]}"
    if sys.platform == "darwin":
        return (
            f"With Homebrew's Python: brew install python-tk@{version}. "
            "The Python of https://www.python.org/downloads/macos/ has Tk."
        )
    if sys.platform == "win32":
        return (
            "Run the installer of https://www.python.org/downloads/windows/ again, choose "
            "'Modify' and tick 'tcl/tk and IDLE'."
        )
    return "Use the system's Python 3.11 or newer with its Tk package (python3-tk on Debian)."


def needs(python: Interpreter, *, display: bool) -> list[str]:
    """What is missing on this computer: of ``tk``, ``venv``, ``gl``, ``glib`` and ``xvfb``.

    Args:
        python: the Python to go on with.
        display: whether a virtual display is needed too.
    """
    missing = []
    if not python.tk:
        missing.append("tk")
    if not python.venv:
        missing.append("venv")
    if sys.platform.startswith("linux"):
        tried = subprocess.run(
            [python.path, "-c", _LOADS, *LIBRARIES], capture_output=True, text=True, check=False
        )
        missing += [LIBRARIES[name] for name in tried.stdout.split() if name in LIBRARIES]
    if display and lacks_xvfb():
        missing.append("xvfb")
    return missing


def lacks_xvfb() -> bool:
    """Whether a virtual display cannot be started; Windows and macOS have a real one."""
    return sys.platform.startswith("linux") and not shutil.which("Xvfb")


def packages(manager: PackageManager, missing: Sequence[str], python: Interpreter) -> list[str]:
    """The names of the packages that bring what is missing."""
    names = [manager.packages[need] for need in missing]
    if manager.program == "apt-get" and not _is_default(python):
        # A second Python, such as those of the deadsnakes archive, has packages of its own.
        version = f"python{python.version[0]}.{python.version[1]}"
        names = [name.replace("python3", version) for name in names]
    return names


def _is_default(python: Interpreter) -> bool:
    return Path(python.path).resolve() == Path("/usr/bin/python3").resolve()


def install(console: Console, missing: Sequence[str], python: Interpreter, root: Path) -> None:
    """Installs what is missing through apt, or says exactly what to type.

    Raises:
        SetupError: this user may not install packages, or they could not be installed.
    """
    manager = package_manager()
    if manager is None:
        raise SetupError(
            f"The system lacks {_in_words(missing)}, and no package manager that is known here "
            "was found.",
            "Install it, then run this command again.",
        )
    names = packages(manager, missing, python)
    by_hand = f"{manager.command} {' '.join(names)}"
    rights = administrator()
    if manager.program != "apt-get" or rights is None:
        raise SetupError(
            f"The system lacks {_in_words(missing)}, and installing it needs an administrator.",
            f"Nothing has been changed. Run this, then the same command again:\n\n    {by_hand}",
        )
    apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    apt += ["-o", "DPkg::Lock::Timeout=300", "-y", "-q"]
    with console.step(f"Installing {' '.join(names)} of the system"):
        try:
            # Old lists name packages that are gone; should this fail, the lists there may do.
            console.run([*apt, "update"], cwd=root, failure="apt-get update has failed.")
        except CommandError as error:
            console.note(str(error))
        try:
            console.run(
                [*apt, "install", "--no-install-recommends", *names],
                cwd=root,
                failure="The system's packages could not be installed.",
            )
        except CommandError as error:
            raise SetupError(
                f"{error.message}\n\n{tail(error.output)}\n",
                f"Try it by hand, then run this command again:\n\n    {by_hand}",
            ) from error


def _in_words(missing: Sequence[str]) -> str:
    words = {
        "tk": "Tk for Python",
        "venv": "Python's venv",
        "gl": "the graphics library libGL",
        "glib": "the library GLib",
        "xvfb": "the virtual display Xvfb",
    }
    return ", ".join(words[need] for need in missing)
