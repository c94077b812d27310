"""What emogui needs of the computer: Python, its packages, Tk, a display, cameras, room."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from emogui import paths
from emogui.doctor.finding import NEEDED, OPTIONAL, Finding, in_python, pip, version

ENOUGH_ROOM_GB: Final = 0.5
DEVICES: Final = Path("/dev")


def python() -> Iterator[Finding]:
    """The Python that runs this."""
    yield Finding("Python", "ok", f"{platform.python_version()} ({sys.executable})")


def needed_packages() -> Iterator[Finding]:
    """The packages that emogui cannot do without."""
    for name, versions in NEEDED.items():
        there = version(name)
        if there:
            yield Finding(name, "ok", there)
        else:
            yield Finding(name, "missing", "is not installed", pip(f"'{name}{versions}'"))


def optional_packages() -> Iterator[Finding]:
    """The packages that some of emogui needs."""
    for name, (versions, use) in OPTIONAL.items():
        there = version(name)
        if there:
            yield Finding(name, "ok", there)
        else:
            text = f"is not installed; needed for {use}"
            yield Finding(name, "optional", text, pip(f"'{name}{versions}'"))


def tk() -> Iterator[Finding]:
    """Tk, and a display to show a window on."""
    done, said = in_python("import tkinter; print(tkinter.Tcl().eval('info patchlevel'))")
    if not done:
        yield Finding("Tk", "missing", f"Python cannot load it ({said})", _install_tk())
        return
    yield Finding("Tk", "ok", said)
    done, said = in_python(
        "import tkinter; r = tkinter.Tk(); r.withdraw(); "
        "print(r.winfo_screenwidth(), 'x', r.winfo_screenheight(), sep='')"
    )
    if done:
        yield Finding("Display", "ok", f"{said} px")
        return
    mend = "Log in at the computer's own screen."
    if sys.platform.startswith("linux"):
        mend = (
            "Log in at the computer's own screen, use 'ssh -X', or try 'xvfb-run emogui'. "
            "'emogui analyze' needs no display."
        )
    yield Finding("Display", "missing", f"no window can be opened ({said})", mend)


def room() -> Iterator[Finding]:
    """Room on the disk for what the user saves."""
    folder = paths.user_data()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    text = f"{free:.1f} GB free for settings and networks ({folder})"
    if free >= ENOUGH_ROOM_GB:
        yield Finding("Disk", "ok", text)
    else:
        yield Finding("Disk", "optional", text, f"Make room on the disk of {folder}.")


def cameras() -> Iterator[Finding]:
    """Whether the cameras may be used; none of them is opened."""
    if not sys.platform.startswith("linux"):
        yield Finding("Camera", "ok", "the system asks when a camera is first used")
        return
    devices = sorted(DEVICES.glob("video*"))
    closed = [str(device) for device in devices if not os.access(device, os.R_OK | os.W_OK)]
    if closed:
        yield Finding(
            "Camera",
            "optional",
            f"this user may not use {', '.join(closed)}",
            'sudo usermod -aG video "$USER", then log in again',
        )
    elif devices:
        yield Finding("Camera", "ok", ", ".join(map(str, devices)))
    else:
        yield Finding("Camera", "optional", "none was found; pictures and videos need none")


def _install_tk() -> str:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if sys.platform == "darwin":
        return f"brew install python-tk@{version}"
    if sys.platform == "win32":
        return "Run Python's installer again, choose 'Modify' and tick 'tcl/tk and IDLE'."
    if sys.base_prefix == "/usr":
        return "sudo apt-get install -y python3-tk"
    return (
        f"The Python of {sys.base_prefix} was built without Tk: make the environment with the "
        "system's Python, after sudo apt-get install -y python3-tk python3-venv"
    )
