"""What the window will need, made ahead while nothing else is to be done.

ttkbootstrap draws the pictures of a style or icon when a widget first has it, and the tabs that
are not shown at first bring many modules along. Both would hold up the click that first needs them.
"""

from __future__ import annotations

import importlib
import tkinter
from collections.abc import Callable
from functools import partial

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext

TABS = ("emogui.gui.views.live", "emogui.gui.views.train", "emogui.gui.views.batch")

ICONS = (
    "camera",
    "record-circle",
    "broadcast",
    "arrow-clockwise",
    "sliders",
    "pause-fill",
    "skip-start-fill",
    "skip-end-fill",
    "flag",
)
"""Of the Live tab's buttons; one that is not named here is drawn when the tab is opened."""


class Ahead:
    """Does a small step at each turn of the window's loop.

    Args:
        root: the main window.
        context: see ``emogui.gui.context``; a worker of it imports.
    """

    def __init__(self, root: tkinter.Misc, context: ViewContext) -> None:
        self._context = context
        self._importing = False
        self._steps: list[Callable[[], None]] = [
            self._import,
            *(partial(_draw_style, make) for make in _first_needed(root)),
        ]

    def turn(self) -> bool:
        """Does the next step; returns whether everything is done."""
        if self._steps:
            self._steps.pop(0)()
        return not self._steps and not self._importing

    def _import(self) -> None:
        def done(_outcome: object) -> None:
            self._importing = False

        self._importing = True
        # A failure shows, with its reason, when the tab is opened.
        self._context.submit(_import_tabs, done, done)


def _first_needed(root: tkinter.Misc) -> list[Callable[[], tkinter.Widget]]:
    """Makers of the widgets whose styles and icons the Live tab and the settings need first."""
    button = partial(ttk.Button, root)
    return [
        partial(ttk.Scale, root),
        partial(ttk.Checkbutton, root),
        partial(ttk.Combobox, root, state="readonly"),
        partial(ttk.Entry, root),
        partial(ttk.Menubutton, root, icon="three-dots"),
        partial(button, bootstyle="danger"),
        partial(button, icon="chevron-down", bootstyle="ghost"),
        partial(button, icon="play-fill", bootstyle="primary"),
        *(partial(button, icon=icon) for icon in ICONS),
    ]


def _import_tabs() -> None:
    for name in TABS:
        importlib.import_module(name)


def _draw_style(make: Callable[[], tkinter.Widget]) -> None:
    make().destroy()
