"""The sign over the live picture that says that results are published, and to whom."""

from __future__ import annotations

import tkinter
from collections.abc import Sequence
from typing import Any

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.live.publish.publisher import PublisherStatus

BLUE, BROWN, WHITE = "#1f5fa8", "#9a4a00", "#ffffff"
"""The same in every theme; brown where results leave this computer."""


class PublishSign(tkinter.Frame):
    """A sign with a line for each publisher, at the upper right corner of its parent.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        above: another sign in that corner, below which it is when both are in sight.
    """

    def __init__(self, parent: tkinter.Misc, context: ViewContext, above: tkinter.Misc) -> None:
        super().__init__(parent)
        px = context.px
        self._inset, self._between, self._above = px(12), px(6), above
        self._y = -1
        self._icon: Any = None  # drawn when first seen, so that the tab opens at once
        self._picture = tkinter.Label(self)
        self._picture.pack(side="left", anchor="n", padx=(px(8), px(4)), pady=px(4))
        self._words = tkinter.Label(
            self,
            foreground=WHITE,
            font="EmoguiBold",
            anchor="w",
            justify="left",
            wraplength=px(340),
        )
        self._words.pack(side="left", padx=(0, px(10)), pady=px(4))
        self._shown: tuple[str, bool] = ("", False)

    @property
    def visible(self) -> bool:
        return bool(self.winfo_manager())

    @property
    def text(self) -> str:
        """What it says, for example ``"ws://127.0.0.1:8765  ·  2 receivers"``."""
        return self._shown[0]

    def show(self, statuses: Sequence[PublisherStatus], *, leaves: bool) -> None:
        """Shows how the publishers stand.

        Args:
            statuses: of those that run.
            leaves: whether results leave this computer.
        """
        lines = [line_of(status) for status in statuses]
        if leaves:
            lines.append("Results leave this computer")
        shown = ("\n".join(lines), leaves)
        if shown != self._shown:
            self._shown = shown
            colour = BROWN if leaves else BLUE
            for one in (self, self._picture, self._words):
                one.configure(background=colour)
            self._words.configure(text=shown[0])
        y = self._inset
        if self._above.winfo_manager():
            y += self._above.winfo_reqheight() + self._between
        if self._icon is None:
            self._icon = ttk.Icon("broadcast", size=16, color=WHITE)
            self._picture.configure(image=self._icon)
        if not self.visible or y != self._y:
            self._y = y
            self.place(relx=1.0, x=-self._inset, y=y, anchor="ne")
            self.lift()

    def hide(self) -> None:
        self._shown = ("", False)
        self.place_forget()


def line_of(status: PublisherStatus) -> str:
    """A publisher in a line."""
    number = status.receivers
    if number is None:
        return status.where
    if status.where.startswith("LSL"):  # which does not tell how many
        return f"{status.where}  ·  {'received' if number else 'nobody listens'}"
    return f"{status.where}  ·  {number} receiver{'' if number == 1 else 's'}"
