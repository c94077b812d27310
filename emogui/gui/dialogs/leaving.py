"""Asks what becomes of a training when its window is closed."""

from __future__ import annotations

from collections.abc import Callable

import ttkbootstrap as ttk

from emogui.gui.dialogs.base import Dialog
from emogui.gui.theme import Theme


class LeavingDialog(Dialog):
    """Closes the window and keeps the training for later, or leaves everything as it is.

    Args:
        root: the main window.
        theme: for colours and sizes.
        leave: closes the window; the training saves itself and ends.
    """

    def __init__(self, root: ttk.App, theme: Theme, leave: Callable[[], None]) -> None:
        super().__init__(root, theme, "emogui: a training is under way")
        self.paragraph(
            "A training is under way",
            "It can be kept for later: it saves its state and ends, and the Train tab offers to "
            "resume it the next time. Nothing that was learned is lost.",
            400,
        )
        self.keep_button = self.add_button(
            "Keep for later and close", lambda: self._keep(leave), default=True
        )
        self.stay_button = self.add_button("Go on training", self.dismiss)
        self.present()

    def _keep(self, leave: Callable[[], None]) -> None:
        self.dismiss()
        leave()
