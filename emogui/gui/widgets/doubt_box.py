"""Says that a result is doubtful, and why."""

from __future__ import annotations

import tkinter

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.types import FaceResult


class DoubtBox(ttk.Frame):
    """A heading and the reason on a warning's ground.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        padding: between the words and its edge, in logical pixels.
    """

    def __init__(self, parent: tkinter.Misc, context: ViewContext, padding: int) -> None:
        super().__init__(parent, style="WarningSoft.TFrame", padding=context.px(padding))
        self._around = context.px(2 * padding + 8)
        self.reason = ""
        heading = "This result is doubtful"
        ttk.Label(self, text=heading, style="WarningSoftBold.TLabel").pack(anchor="w")
        self._reason = ttk.Label(self, style="WarningSoft.TLabel", justify="left")
        self._reason.pack(anchor="w")

    def say(self, face: FaceResult) -> None:
        """Writes why a face is uncertain; a change costs a new layout, so only where it is one."""
        reason = face.uncertain_reason or "the network is not sure"
        reason = reason[:1].upper() + reason[1:].rstrip(".") + "."
        if reason != self.reason:
            self.reason = reason
            self._reason.configure(text=reason)

    def wrap(self, width: int) -> None:
        """Breaks the lines so that it is as wide as that, in pixels."""
        self._reason.configure(wraplength=max(80, width - self._around))
