"""The slider of a video: where it is, and where the user wants it to be."""

from __future__ import annotations

import tkinter
from collections.abc import Callable

from emogui.gui.context import ViewContext


class SeekBar(tkinter.Canvas):
    """A line with a knob; a click or a drag anywhere on it goes there.

    ttk's own slider goes by small steps where it is clicked beside its knob.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        sought: called with seconds while the knob is dragged, and once when it is let go.

    Attributes:
        dragging: whether the user holds the knob.
    """

    def __init__(
        self, parent: tkinter.Misc, context: ViewContext, sought: Callable[[float], None]
    ) -> None:
        self._context, self._sought = context, sought
        self._knob_px, self._line_px = context.px(7), context.px(4)
        super().__init__(
            parent,
            height=context.px(24),
            width=context.px(80),
            highlightthickness=context.px(2),
            borderwidth=0,
            takefocus=True,
            cursor="hand2",
        )
        self.dragging = False
        self._duration_s = self._position_s = 0.0
        self._drawn: tuple[float, int] | None = None
        self._track = self.create_line(0, 0, 0, 0, capstyle="round", width=self._line_px)
        self._done = self.create_line(0, 0, 0, 0, capstyle="round", width=self._line_px)
        self._knob = self.create_oval(0, 0, 0, 0, width=0)
        self.bind("<Configure>", lambda _event: self._draw())
        self.bind("<ButtonPress-1>", self._pressed)
        self.bind("<B1-Motion>", self._dragged)
        self.bind("<ButtonRelease-1>", self._released)
        self.restyle()

    @property
    def position_s(self) -> float:
        """Where the knob is, in seconds."""
        return self._position_s

    def show(self, position_s: float, duration_s: float) -> None:
        """Puts the knob where the video is, unless the user holds it."""
        self._duration_s = max(0.0, duration_s)
        if not self.dragging:
            self._position_s = position_s
            self._draw()

    def restyle(self) -> None:
        """Takes the colours of the present theme."""
        c = self._context.theme.colours
        self.configure(
            background=c.background, highlightbackground=c.background, highlightcolor=c.primary
        )
        self.itemconfigure(self._track, fill=c.line)
        self.itemconfigure(self._done, fill=c.primary)
        self.itemconfigure(self._knob, fill=c.primary)

    @property
    def _ends(self) -> tuple[float, float]:
        """Where the line begins and ends, in pixels."""
        inset = self._knob_px + 2 * int(str(self.cget("highlightthickness")))
        return inset, max(inset + 1, self.winfo_width() - inset)

    def place_of(self, time_s: float) -> float:
        """The pixel from the left at which a time lies."""
        left, right = self._ends
        share = time_s / self._duration_s if self._duration_s else 0.0
        return left + (right - left) * min(1.0, max(0.0, share))

    def _draw(self) -> None:
        x, middle = round(self.place_of(self._position_s), 1), self.winfo_height() / 2
        if self._drawn == (x, self.winfo_width()):
            return
        self._drawn = (x, self.winfo_width())
        (left, right), radius = self._ends, self._knob_px
        self.coords(self._track, left, middle, right, middle)
        self.coords(self._done, left, middle, x, middle)
        self.coords(self._knob, x - radius, middle - radius, x + radius, middle + radius)

    def _pressed(self, event: tkinter.Event[tkinter.Misc]) -> None:
        self.focus_set()
        if self._duration_s:
            self.dragging = True
            self._go(event.x)

    def _dragged(self, event: tkinter.Event[tkinter.Misc]) -> None:
        if self.dragging:
            self._go(event.x)

    def _released(self, event: tkinter.Event[tkinter.Misc]) -> None:
        if self.dragging:
            self.dragging = False
            self._go(event.x)

    def _go(self, x: float) -> None:
        left, right = self._ends
        share = min(1.0, max(0.0, (x - left) / (right - left)))
        self._position_s = share * self._duration_s
        self._draw()
        self._sought(self._position_s)
