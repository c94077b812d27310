"""Learning curves on a Canvas: one chart, its lines over the epochs, the newest values beside."""

from __future__ import annotations

import math
import tkinter
from collections.abc import Sequence
from dataclasses import dataclass
from tkinter.font import nametofont
from typing import Final

from emogui.gui.context import ViewContext

Point = tuple[float, float]

LIGHT_LINES: Final = ("#2659b2", "#b3560b", "#1d7a4f", "#7a3e9d")
DARK_LINES: Final = ("#7da7f0", "#f0a35a", "#62c794", "#c79be6")
"""Four colours that differ for any kind of colour vision in lightness, and have 3:1 and more
against the background; lines are named beside their ends in any case."""

DASHES: Final[tuple[tuple[int, ...], ...]] = ((), (7, 3), (2, 3), (9, 3, 2, 3))


@dataclass(frozen=True, slots=True)
class Curve:
    """One line.

    Attributes:
        name: beside its newest value.
        points: (epochs, value), ascending in epochs.
        best: position of a point to mark; None for none.
    """

    name: str
    points: Sequence[Point]
    best: float | None = None


class CurveChart(tkinter.Canvas):
    """Draws curves; the axes fit what there is.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        title: above the chart.
        percent: whether the values are shares.
    """

    def __init__(
        self, parent: tkinter.Misc, context: ViewContext, title: str, *, percent: bool = False
    ) -> None:
        super().__init__(
            parent, highlightthickness=0, borderwidth=0, width=context.px(300),
            height=context.px(220),
        )  # fmt: skip
        self._context, self._title, self._percent = context, title, percent
        self._curves: Sequence[Curve] = ()
        self._epochs: float | None = None
        self._empty = ""
        self._small = nametofont("EmoguiSmall", root=self)
        self._bold = nametofont("EmoguiBold", root=self)
        self.bind("<Configure>", lambda _event: self.draw())

    def show(self, curves: Sequence[Curve], epochs: float | None, empty: str = "") -> None:
        """Shows curves.

        Args:
            curves: four at most.
            epochs: where the axis ends; None where nobody knows.
            empty: what stands there while no curve has a point.
        """
        shown = tuple(curves), epochs, empty
        if shown != (self._curves, self._epochs, self._empty):
            self._curves, self._epochs, self._empty = shown
            self.draw()

    @property
    def lines(self) -> int:
        """How many curves are drawn."""
        return len(self.find_withtag("line"))

    def draw(self) -> None:
        """Draws everything anew, in the colours of the present theme."""
        self.delete("all")
        colours, px = self._context.theme.colours, self._context.px
        self.configure(background=colours.background)
        width, height = self.winfo_width(), self.winfo_height()
        if width < px(80) or height < px(80):
            return
        self.create_text(
            0, 0, text=self._title, anchor="nw", fill=colours.text, font=self._bold, tags="title"
        )
        top = self._bold.metrics("linespace") + self._legend(width) + px(10)
        left, right = px(44), width - px(10)
        bottom = height - self._small.metrics("linespace") - px(8)
        values = [value for curve in self._curves for _, value in curve.points]
        if not values:
            self.create_rectangle(left, top, right, bottom, outline=colours.line)
            self.create_text(
                (left + right) / 2, (top + bottom) / 2, text=self._empty, width=right - left - 20,
                fill=colours.muted, font=self._small, justify="center",
            )  # fmt: skip
            return
        longest = max(point[0] for curve in self._curves for point in curve.points)
        end = max(self._epochs or 0.0, longest, 1.0)
        low, high, ticks = scale_of(min(values), max(values), percent=self._percent)

        def place(point: Point) -> Point:
            x = left + (right - left) * point[0] / end
            return x, bottom - (bottom - top) * (point[1] - low) / (high - low)

        for tick in ticks:
            y = place((0, tick))[1]
            self.create_line(left, y, right, y, fill=colours.line)
            self.create_text(
                left - px(6), y, text=self._number(tick, ticks), anchor="e", fill=colours.muted,
                font=self._small,
            )  # fmt: skip
        for epoch in epoch_ticks(end, (right - left) / px(46)):
            x = place((epoch, low))[0]
            self.create_line(x, bottom, x, bottom + px(3), fill=colours.muted)
            self.create_text(
                x, bottom + px(4), text=f"{epoch:g}", anchor="n", fill=colours.muted,
                font=self._small,
            )  # fmt: skip
        for index, curve in enumerate(self._curves):
            self._line(index, curve, place)

    def _legend(self, width: int) -> int:
        """Names and newest values under the title; returns the height."""
        colours, px = self._context.theme.colours, self._context.px
        x, y = 0, self._bold.metrics("linespace") + px(2)
        line, lines = self._small.metrics("linespace") + px(2), 1
        for index, curve in enumerate(self._curves):
            if not curve.points:
                continue
            value = curve.points[-1][1]
            shown = f"{100 * value:.1f} %" if self._percent else f"{value:.3f}"
            text = f"{curve.name}  {shown}"
            room = px(26) + self._small.measure(text) + px(14)
            if x and x + room > width:
                x, lines = 0, lines + 1
            middle = y + (lines - 1) * line + line / 2
            self.create_line(
                x, middle, x + px(20), middle, fill=self._colour(index), width=px(2),
                dash=DASHES[index % 4],
            )  # fmt: skip
            self.create_text(
                x + px(26), middle, text=text, anchor="w", fill=colours.text, font=self._small
            )
            x += room
        return lines * line

    def _line(self, index: int, curve: Curve, place: object) -> None:
        assert callable(place)
        points = [place(point) for point in curve.points]
        colour, px = self._colour(index), self._context.px
        if len(points) > 1:
            self.create_line(
                *[number for point in points for number in point],
                fill=colour, width=px(2), dash=DASHES[index % 4], joinstyle="round", tags="line",
            )  # fmt: skip
        if len(points) <= 30:
            for x, y in points:
                self._dot(x, y, px(3 if len(points) < 3 else 2), colour)
        marked = [p for p in curve.points if p[0] == curve.best]
        if marked:
            x, y = place(marked[0])
            self.create_oval(
                x - px(5), y - px(5), x + px(5), y + px(5), outline=colour, width=px(2), tags="best"
            )

    def _dot(self, x: float, y: float, radius: int, colour: str) -> None:
        self.create_oval(
            x - radius, y - radius, x + radius, y + radius, fill=colour, outline="", tags="dot"
        )

    def _colour(self, index: int) -> str:
        lines = DARK_LINES if self._context.theme.mode == "dark" else LIGHT_LINES
        return lines[index % 4]

    def _number(self, tick: float, ticks: Sequence[float]) -> str:
        factor = 100 if self._percent else 1
        step = factor * (ticks[1] - ticks[0])
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        return f"{factor * tick:.{digits}f}" + (" %" if self._percent else "")


def scale_of(
    low: float, high: float, *, percent: bool = False
) -> tuple[float, float, tuple[float, ...]]:
    """The ends of an axis, and round numbers on it.

    Args:
        low: of the values.
        high: of the values.
        percent: whether they are shares, which never leave 0 to 1.

    Returns:
        Bottom, top (above the bottom), and four to eight numbers from the one to the other.
    """
    span = max(high - low, 0.02 if percent else 1e-3 * max(abs(high), 1.0))
    raw = span / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * f for f in (1, 2, 5, 10) if power * f >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if percent:
        first, last = max(0, first), min(round(1 / step), last)
    if last <= first:
        last = first + 1
    ticks = tuple(step * number for number in range(first, last + 1))
    return ticks[0], ticks[-1], ticks


def epoch_ticks(end: float, most: float) -> list[float]:
    """Whole epochs to write below an axis from 0 to ``end``; about ``most`` of them at most."""
    step = 1
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000):
        if end / step <= max(2.0, most):
            break
    return [float(epoch) for epoch in range(0, math.floor(end) + 1, step)]
