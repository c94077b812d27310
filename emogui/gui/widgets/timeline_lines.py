"""The lines of a strip chart: a pool of Canvas items that are moved, never made anew."""

from __future__ import annotations

import tkinter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from emogui.live.series import Piece
from emogui.output import palette

LEAST_CONTRAST = 3.0
"""Of a line against what lies behind it, as WCAG 2 asks for graphics."""


def line_colour(label: str, background: str) -> str:
    """The colour of an emotion, lighter or darker where it would hardly be seen.

    Args:
        label: of any class set.
        background: ``#rrggbb``.
    """
    behind = (int(background[1:3], 16), int(background[3:5], 16), int(background[5:7], 16))
    colour = palette.colour(label)
    dark = palette.contrast(palette.WHITE, behind) > palette.contrast(palette.BLACK, behind)
    towards = np.array(palette.WHITE if dark else palette.BLACK, np.float64)
    for share in np.linspace(0.0, 1.0, 21):
        mixed = np.round(np.array(colour) * (1 - share) + towards * share).astype(int).tolist()
        red, green, blue = mixed
        if palette.contrast((red, green, blue), behind) >= LEAST_CONTRAST:
            break
    return palette.to_hex((red, green, blue))


class LinePool:
    """Draws pieces of several lines, and the stretches of time that they cover.

    Args:
        canvas: where; its items get the tags ``seen`` and ``line``.
    """

    def __init__(self, canvas: tkinter.Canvas) -> None:
        self._canvas = canvas
        self._lines: list[list[int]] = []
        self._seen: list[int] = []
        self._shown = 0

    @property
    def shown(self) -> int:
        """How many pieces each line has at present."""
        return self._shown

    def items(self, line: int) -> list[int]:
        """The items of a line that are in sight."""
        return self._lines[line][: self._shown] if line < len(self._lines) else []

    def style(self, colours: Sequence[str], width: float, behind: str) -> None:
        """Sets how many lines there are, their colours, and that of the time they cover."""
        for items in self._lines[len(colours) :]:
            self._canvas.delete(*items)
        del self._lines[len(colours) :]
        while len(self._lines) < len(colours):
            self._lines.append([])
        self._colours, self._width, self._behind = tuple(colours), width, behind
        for items, colour in zip(self._lines, colours, strict=True):
            for item in items:
                self._canvas.itemconfigure(item, fill=colour, width=width)
        for item in self._seen:
            self._canvas.itemconfigure(item, fill=behind)

    def draw(
        self,
        pieces: Sequence[Piece],
        x: tuple[float, float],
        y: tuple[float, float],
        area: tuple[float, float],
    ) -> bool:
        """Moves the lines.

        Args:
            pieces: their values have a column for each line.
            x: factor and offset that make pixels of times.
            y: factor and offset that make pixels of values.
            area: top and bottom of the chart in pixels.

        Returns:
            Whether it made items, which then lie above all others.
        """
        canvas, made = self._canvas, False
        for number, piece in enumerate(pieces):
            left = piece.times * x[0] + x[1]
            if len(left) == 1:  # a single moment is a short dash
                left = np.array([left[0] - 1.0, left[0] + 1.0])
            points = np.empty((len(self._lines), len(left), 2))
            points[:, :, 0] = left
            points[:, :, 1] = piece.values.T * y[0] + y[1]
            self._cover(number, left, area)
            for line, items in enumerate(self._lines):
                if number == len(items):
                    items.append(self._make_line(line))
                    made = True
                canvas.coords(items[number], points[line].ravel().tolist())
        self._show(len(pieces))
        return made

    def _cover(self, number: int, x: npt.NDArray[np.float64], area: tuple[float, float]) -> None:
        canvas = self._canvas
        if number == len(self._seen):
            self._seen.append(
                canvas.create_rectangle(0, 0, 0, 0, width=0, fill=self._behind, tags="seen")
            )
        canvas.coords(self._seen[number], float(x[0]), area[0], float(x[-1]) + 1, area[1])

    def _make_line(self, line: int) -> int:
        return self._canvas.create_line(
            0, 0, 0, 0,
            fill=self._colours[line],
            width=self._width,
            joinstyle="round",
            capstyle="round",
            tags="line",
        )  # fmt: skip

    def _show(self, count: int) -> None:
        """Shows so many pieces of each line, and hides the others."""
        if count == self._shown:
            return
        first, last = sorted((count, self._shown))
        state = "normal" if count > self._shown else "hidden"
        for items in (self._seen, *self._lines):
            for item in items[first:last]:
                self._canvas.itemconfigure(item, state=state)
        self._shown = count
