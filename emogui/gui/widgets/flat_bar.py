"""A progress bar of two rectangles.

ttkbootstrap's bar is drawn of pictures: each change of a wide one takes 25 ms, which this one
does in less than one. That counts where a bar moves several times a second.
"""

from __future__ import annotations

import tkinter
from typing import Final

from emogui.gui.context import ViewContext

TURN_MS: Final = 40
HEIGHT: Final = 8
PIECE: Final = 0.25
"""Share of the bar that runs to and fro while nobody knows how far something is."""


class FlatBar(tkinter.Canvas):
    """Shows a share, or that something goes on.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
    """

    def __init__(self, parent: tkinter.Misc, context: ViewContext) -> None:
        super().__init__(
            parent, height=context.px(HEIGHT), width=10, highlightthickness=0, borderwidth=0
        )
        self._context = context
        self.share: float | None = 0.0
        self._turns = 0
        self._after: str | None = None
        self._bar = self.create_rectangle(0, 0, 0, 0, width=0)
        self.bind("<Configure>", lambda _event: self._draw())
        self.bind("<Destroy>", lambda _event: self._stop())
        context.on_theme(self.restyle)
        self.restyle()

    def set(self, share: float | None) -> None:
        """Shows a share from 0 to 1; None for something without a known end."""
        if share == self.share:
            return
        self.share = share
        self._stop()
        if share is None:
            self._turn()
        else:
            self._draw()

    def restyle(self) -> None:
        """Takes the colours of the present theme."""
        if self.winfo_exists():
            self.configure(background=self._context.theme.colours.track)
            self.itemconfigure(self._bar, fill=self._context.theme.colours.primary)

    def _turn(self) -> None:
        self._turns += 1
        self._draw()
        self._after = self.after(TURN_MS, self._turn)

    def _stop(self) -> None:
        if self._after is not None:
            self.after_cancel(self._after)
            self._after = None

    def _draw(self) -> None:
        width, height = self.winfo_width(), self.winfo_height()
        first, last = 0.0, self.share or 0.0
        if self.share is None:
            way = self._turns % 100 / 50
            first = (1 - PIECE) * (way if way <= 1 else 2 - way)
            last = first + PIECE
        self.coords(self._bar, width * first, 0, width * last, height)
