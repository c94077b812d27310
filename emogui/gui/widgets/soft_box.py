"""A heading and a text on a coloured ground, with buttons below where there are any."""

from __future__ import annotations

import tkinter

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.gui.widgets.wrapped import Wrapped


class SoftBox(ttk.Frame):
    """See the module.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        kind: ``"Danger"``, ``"Warning"`` or ``"Info"``.
    """

    def __init__(self, parent: tkinter.Misc, context: ViewContext, kind: str) -> None:
        super().__init__(parent, style=f"{kind}Soft.TFrame", padding=context.px(10))
        self.heading = Wrapped(self, style=f"{kind}SoftBold.TLabel")
        self.text = Wrapped(self, style=f"{kind}Soft.TLabel")
        self.heading.pack(fill="x")
        self.text.pack(fill="x")
        self.row = ttk.Frame(self, style=f"{kind}Soft.TFrame")
