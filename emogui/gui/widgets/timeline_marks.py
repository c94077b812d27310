"""The flags of marked events on a strip chart."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tkinter.font import nametofont

from emogui.gui.context import ViewContext
from emogui.live.history import Mark

LONGEST = 22
"""Letters of a note that are shown; the mouse shows all."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Edges of a chart in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return max(1, self.right - self.left)


@dataclass(frozen=True, slots=True)
class _Flag:
    pole: int
    flag: int
    text: int


class MarkFlags:
    """Draws a flag with the note of each mark in sight.

    Args:
        canvas: where.
        context: see ``emogui.gui.context``.
    """

    def __init__(self, canvas: tkinter.Canvas, context: ViewContext) -> None:
        self._canvas, self._context = canvas, context
        self._flags: list[_Flag] = []
        self._shown: list[tuple[float, Mark]] = []
        self._top = 0
        self._font = nametofont("EmoguiSmall", root=canvas)

    def draw(
        self,
        marks: Sequence[Mark],
        x_of: Callable[[float], float],
        plot: Plot,
    ) -> None:
        """Draws the marks that lie within the chart.

        Args:
            marks: in the order of time.
            x_of: the place of a time in pixels.
            plot: the chart.
        """
        canvas, px = self._canvas, self._context.px
        places = [(x_of(mark.time_s), mark) for mark in marks]
        self._shown = [(x, mark) for x, mark in places if plot.left <= x <= plot.right + 1]
        while len(self._flags) < len(self._shown):
            self._flags.append(self._make())
        self._top = top = plot.top
        taken = float(plot.left)  # by flags and notes so far
        for number, ((x, mark), flag) in enumerate(zip(self._shown, self._flags, strict=False)):
            canvas.coords(flag.pole, x, top, x, plot.bottom)
            tip = top + px(5)
            canvas.coords(flag.flag, x, top, x + px(11), tip, x, top + px(10))
            words = mark.note if len(mark.note) <= LONGEST else mark.note[: LONGEST - 1] + "…"
            needs = px(18) + self._font.measure(words)
            after = self._shown[number + 1][0] if number + 1 < len(self._shown) else plot.right
            if x + needs < after:
                canvas.coords(flag.text, x + px(14), tip)
                canvas.itemconfigure(flag.text, text=words, anchor="w")
                taken = x + needs
            elif x - needs > taken:
                canvas.coords(flag.text, x - px(4), tip)
                canvas.itemconfigure(flag.text, text=words, anchor="e")
                taken = x
            else:
                canvas.itemconfigure(flag.text, text="")
                taken = x + px(12)
            self._set_state(flag, "normal")
        for flag in self._flags[len(self._shown) :]:
            self._set_state(flag, "hidden")

    @property
    def texts(self) -> list[str]:
        """What is written beside the flags in sight."""
        return [
            str(self._canvas.itemcget(flag.text, "text"))
            for flag in self._flags[: len(self._shown)]
        ]

    def at(self, x: float, y: float) -> Mark | None:
        """The mark whose flag is at a place."""
        return self.near(x) if 0 <= y - self._top <= self._context.px(14) else None

    def near(self, x: float) -> Mark | None:
        """The mark whose pole or flag is there."""
        px = self._context.px
        near = [(abs(at - x), mark) for at, mark in self._shown if -px(4) <= x - at <= px(11)]
        return min(near, key=lambda one: one[0])[1] if near else None

    def restyle(self) -> None:
        """Takes the colours of the present theme."""
        c = self._context.theme.colours
        for flag in self._flags:
            self._canvas.itemconfigure(flag.pole, fill=c.text)
            self._canvas.itemconfigure(flag.flag, fill=c.text)
            self._canvas.itemconfigure(flag.text, fill=c.text)

    def _make(self) -> _Flag:
        canvas, c = self._canvas, self._context.theme.colours
        return _Flag(
            canvas.create_line(0, 0, 0, 0, fill=c.text, dash=(3, 3), tags="over"),
            canvas.create_polygon(0, 0, 0, 0, 0, 0, fill=c.text, tags="over"),
            canvas.create_text(0, 0, anchor="w", fill=c.text, font="EmoguiSmall", tags="over"),
        )

    def _set_state(self, flag: _Flag, state: str) -> None:
        if self._canvas.itemcget(flag.pole, "state") != state:
            for item in (flag.pole, flag.flag, flag.text):
                self._canvas.itemconfigure(item, state=state)
