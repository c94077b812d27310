"""When a plain letter is a shortcut, and when it is text or belongs to another shortcut."""

from __future__ import annotations

import tkinter
from typing import Final

PLAIN_LETTERS: Final = frozenset({"timeline_mark"})
"""Actions whose shortcut is a letter alone."""

_CONTROL, _MOD1 = 0x4, 0x8  # Tk's bits: Control, and Alt on X11 or Command on a Mac
_ALT_WINDOWS = 0x20000


def is_text(event: tkinter.Event[tkinter.Misc]) -> bool:
    """Whether a letter is typed into a field, or pressed together with Control or Alt."""
    if int(event.state) & (_CONTROL | _MOD1 | _ALT_WINDOWS):
        return True
    widget = event.widget
    if isinstance(widget, tkinter.Entry | tkinter.Text):
        return str(widget.cget("state")) not in ("readonly", "disabled")
    return False
