"""When a plain letter is a shortcut, and when it is text or belongs to another shortcut."""

from __future__ import annotations

import tkinter
import tkinter.ttk
from typing import Final

PLAIN_LETTERS: Final = frozenset(
    {"timeline_mark", "video_back", "video_forward", "video_slower", "video_faster", "video_play"}
)
"""Actions whose shortcut is a letter alone."""

_PRESSED_BY_SPACE = (
    tkinter.ttk.Button,
    tkinter.ttk.Checkbutton,
    tkinter.ttk.Radiobutton,
    tkinter.ttk.Menubutton,
    tkinter.ttk.Combobox,
    tkinter.ttk.Notebook,
)

_CONTROL, _MOD1 = 0x4, 0x8  # Tk's bits: Control, and Alt on X11 or Command on a Mac
_ALT_WINDOWS = 0x20000


def is_text(event: tkinter.Event[tkinter.Misc]) -> bool:
    """Whether a letter is meant for a field or button, or pressed together with Control or Alt."""
    if int(event.state) & (_CONTROL | _MOD1 | _ALT_WINDOWS):
        return True
    widget = event.widget
    if event.keysym == "space" and isinstance(widget, _PRESSED_BY_SPACE):
        return True
    if isinstance(widget, tkinter.Entry | tkinter.Text):
        return str(widget.cget("state")) not in ("readonly", "disabled")
    return False
