"""Asks what becomes of work that goes on when its window is closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

import ttkbootstrap as ttk

from emogui.gui.dialogs.base import Dialog
from emogui.gui.theme import Theme

AtWork = Literal["training", "batch"]

_KEPT: Final[dict[AtWork, str]] = {
    "training": "It can be kept for later: it saves its state and ends, and the Train tab offers "
    "to resume it the next time. Nothing that was learned is lost.",
    "batch": "It can be kept for later: it finishes what is under way and ends, and the Batch tab "
    "offers to go on the next time. No row that was written is lost.",
}


class LeavingDialog(Dialog):
    """Closes the window and keeps the work for later, or leaves everything as it is.

    Args:
        root: the main window.
        theme: for colours and sizes.
        at_work: what goes on.
        leave: closes the window; what goes on saves itself and ends.
    """

    def __init__(
        self,
        root: ttk.App,
        theme: Theme,
        at_work: Sequence[AtWork],
        leave: Callable[[], None],
    ) -> None:
        what = " and ".join(f"a {one}" for one in at_work)
        verb = "is" if len(at_work) == 1 else "are"
        title = f"{what} {verb} under way"
        super().__init__(root, theme, f"emogui: {title}")
        for one in at_work:
            self.paragraph(f"A {one} is under way", _KEPT[one], 400)
        self.keep_button = self.add_button(
            "Keep for later and close", lambda: self._keep(leave), default=True
        )
        going_on = "Go on training" if list(at_work) == ["training"] else "Go on"
        self.stay_button = self.add_button(going_on, self.dismiss)
        self.present()

    def _keep(self, leave: Callable[[], None]) -> None:
        self.dismiss()
        leave()
