"""The names beside a strip chart's lines, with the values at the mouse."""

from __future__ import annotations

import tkinter
from collections.abc import Sequence
from tkinter.font import nametofont

from emogui.gui.context import ViewContext


class TimelineLegend:
    """Rows of a swatch, a name and a value at the right of the chart.

    Args:
        canvas: where they are drawn.
        context: see ``emogui.gui.context``.
    """

    def __init__(self, canvas: tkinter.Canvas, context: ViewContext) -> None:
        self._canvas, self._context = canvas, context
        self._labels: tuple[str, ...] = ()
        self._rows: list[tuple[int, int, int]] = []
        self._shown: list[str] = []
        self._width = context.px(20)

    @property
    def width(self) -> int:
        """What it takes at the right edge, in pixels."""
        return self._width

    @property
    def values(self) -> dict[str, str]:
        """The values as written, by label; empty where none are shown."""
        return {label: text for label, text in zip(self._labels, self._shown, strict=True) if text}

    def set_rows(self, labels: Sequence[str], colours: Sequence[str]) -> None:
        """Names the lines, each with its colour."""
        canvas, c = self._canvas, self._context.theme.colours
        for row in self._rows:
            canvas.delete(*row)
        self._labels, self._shown = tuple(labels), ["" for _ in labels]
        self._rows = [
            (
                canvas.create_line(0, 0, 0, 0, fill=colour, width=self._context.px(3), tags="over"),
                canvas.create_text(
                    0, 0, anchor="w", text=label, fill=c.text, font="EmoguiSmall", tags="over"
                ),
                canvas.create_text(0, 0, anchor="e", fill=c.text, font="EmoguiSmall", tags="over"),
            )
            for label, colour in zip(labels, colours, strict=True)
        ]
        font, px = nametofont("EmoguiSmall", root=canvas), self._context.px
        names = max((font.measure(label) for label in labels), default=0)
        self._width = px(14 + 12 + 5 + 10 + 6) + names + font.measure("100 %")

    def place(self, left: float, right: float, top: float, bottom: float) -> None:
        """Spreads the rows over a part of the canvas, in pixels."""
        px = self._context.px
        height = min(px(20), (bottom - top) / max(1, len(self._rows)))
        top += max(0.0, (bottom - top - height * len(self._rows)) / 2)
        for number, (swatch, name, value) in enumerate(self._rows):
            y = top + (number + 0.5) * height
            self._canvas.coords(swatch, left, y, left + px(12), y)
            self._canvas.coords(name, left + px(17), y)
            self._canvas.coords(value, right, y)

    def show(self, values: Sequence[float] | None) -> None:
        """Shows the value of each line, or none."""
        texts = ["" for _ in self._labels]
        if values is not None:
            one = len(values) == 1  # the valence is no share
            texts = [f"{value:+.2f}" if one else f"{value * 100:.0f} %" for value in values]
        if texts != self._shown:
            self._shown = texts
            for text, row in zip(texts, self._rows, strict=True):
                self._canvas.itemconfigure(row[2], text=text)
