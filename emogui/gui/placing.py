"""Where the main window lies: its remembered place, and whether it is maximised."""

from __future__ import annotations

import logging
import re
import tkinter

logger = logging.getLogger(__name__)


def place_on_screen(root: tkinter.Tk, geometry: str) -> bool:
    """Applies a remembered geometry unless it is malformed or off the screen."""
    match = re.fullmatch(r"(\d+)x(\d+)\+(-?\d+)\+(-?\d+)", geometry)
    if match is None:
        return False
    width, height, x, y = (int(part) for part in match.groups())
    seen = -width + 120 < x < root.winfo_vrootwidth() - 80 and y >= -10
    if not seen or y > root.winfo_vrootheight() - 80 or width < 200 or height < 200:
        return False
    root.geometry(geometry)
    return True


def maximize(root: tkinter.Tk) -> None:
    """Maximises the window where the window manager can."""
    try:
        if root.tk.call("tk", "windowingsystem") == "x11":
            root.attributes("-zoomed", True)
        else:
            root.state("zoomed")
    except tkinter.TclError:
        logger.info("This window manager cannot maximise windows")


def is_maximized(root: tkinter.Tk) -> bool:
    """Whether the window is maximised."""
    try:
        if root.tk.call("tk", "windowingsystem") == "x11":
            return bool(root.attributes("-zoomed"))
        return root.state() == "zoomed"
    except tkinter.TclError:
        return False
