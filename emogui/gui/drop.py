"""Files dropped on the window; without the tkdnd library the window simply takes none."""

from __future__ import annotations

import logging
import tkinter
from collections.abc import Callable
from typing import Any

logger = logging.getLogger(__name__)


def accept_files(widget: tkinter.Widget, opened: Callable[[tuple[str, ...]], None]) -> bool:
    """Lets files be dropped on a widget and all in it.

    Args:
        widget: what they are dropped on.
        opened: called with the paths.

    Returns:
        Whether this platform can.
    """
    try:
        from tkinterdnd2 import DND_FILES, TkinterDnD

        target: Any = widget
        TkinterDnD._require(target._root())
        target.drop_target_register(DND_FILES)
        target.dnd_bind("<<Drop>>", lambda event: opened(dropped_paths(widget, event.data)))
    except (ImportError, RuntimeError, tkinter.TclError, OSError) as error:
        logger.info("Drag and drop is not available: %s", error)
        return False
    return True


def dropped_paths(widget: tkinter.Misc, data: str) -> tuple[str, ...]:
    """The paths in tkdnd's list, in which names with blanks stand in braces."""
    from emogui.gui.exports import paths_in_text

    found: list[str] = []
    for one in widget.tk.splitlist(data):
        text = str(one)
        found += paths_in_text(text) if text.startswith("file://") else [text]
    return tuple(found)
