"""Puts a picture into the clipboard, with what each platform has. Runs in a worker."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from emogui.errors import EmoguiError
from emogui.types import Image

TIMEOUT_S = 10


def copy_image(image: Image) -> None:
    """Copies a picture.

    Args:
        image: RGB uint8 (height, width, 3).

    Raises:
        EmoguiError: this platform cannot, or a program for it is missing; the hint says which.
    """
    try:
        if sys.platform == "win32":
            _copy_windows(image)
        elif sys.platform == "darwin":
            _copy_mac(image)
        else:
            _copy_linux(image)
    except (OSError, subprocess.SubprocessError) as error:
        raise EmoguiError(
            f"The picture could not be copied: {error}.", "Save it to a file instead."
        ) from error


def _png(image: Image) -> bytes:
    from PIL import Image as PilImage

    buffer = io.BytesIO()
    PilImage.fromarray(image).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def _copy_linux(image: Image) -> None:
    wayland = bool(os.environ.get("WAYLAND_DISPLAY"))
    if wayland and shutil.which("wl-copy"):
        command = ["wl-copy", "--type", "image/png"]
    elif shutil.which("xclip"):
        command = ["xclip", "-selection", "clipboard", "-t", "image/png", "-i"]
    else:
        package = "wl-clipboard" if wayland else "xclip"
        raise EmoguiError(
            f"To copy pictures, the program {package} is needed.",
            f"Install it (on Debian and Ubuntu: sudo apt install {package}), or save to a file.",
        )
    # Both stay behind as the owner of the clipboard; with a pipe for their output we would wait
    # for their end.
    subprocess.run(
        command,
        input=_png(image),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=TIMEOUT_S,
        check=True,
    )


def _copy_mac(image: Image) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        path.write_bytes(_png(image))
        script = f'set the clipboard to (read (POSIX file "{path}") as «class PNGf»)'
        subprocess.run(
            ["osascript", "-e", script], capture_output=True, timeout=TIMEOUT_S, check=True
        )


def _copy_windows(image: Image) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        path.write_bytes(_png(image))
        script = (
            "Add-Type -AssemblyName System.Windows.Forms, System.Drawing; "
            f"$p = [Drawing.Image]::FromFile('{path}'); "
            "[Windows.Forms.Clipboard]::SetDataObject($p, $true); $p.Dispose()"
        )
        subprocess.run(
            ["powershell", "-NoProfile", "-STA", "-Command", script],
            capture_output=True,
            timeout=TIMEOUT_S,
            check=True,
        )
