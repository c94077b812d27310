"""A strip chart of emotions over time, drawn on a Canvas whose items are only moved."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from tkinter.font import nametofont

import numpy as np

from emogui.gui.context import ViewContext
from emogui.gui.widgets.timeline_legend import TimelineLegend
from emogui.gui.widgets.timeline_lines import LinePool, line_colour
from emogui.gui.widgets.timeline_marks import MarkFlags, Plot
from emogui.gui.widgets.timeline_window import clock, ticks
from emogui.live.history import History, Mark
from emogui.live.series import Piece, Series
from emogui.live.valence import valence_weights

MOST_COLUMNS = 640
"""Points of a line; more would not look smoother, and cost time."""

VALENCE = "valence"


class TimelineStrip(tkinter.Canvas):
    """Shows a series of a history; see the module.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        history: where marks and the times of the source come from.
        changed: called when it is to be drawn again: the mouse moved, the size changed.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        history: History,
        changed: Callable[[], None],
    ) -> None:
        super().__init__(
            parent, borderwidth=0, highlightthickness=context.px(1), takefocus=True, width=1
        )
        self._context, self._history, self._changed = context, history, changed
        self._labels: tuple[str, ...] = ()
        self._valence = False
        self._hover: int | None = None
        self._view = (0.0, 60.0)
        self._linespace = int(nametofont("EmoguiSmall", root=self).metrics("linespace"))
        self._lines = LinePool(self)
        self._grid = [self.create_line(0, 0, 0, 0, tags="grid") for _ in range(3)]
        self._values = [self.create_text(0, 0, anchor="e", tags="over") for _ in range(3)]
        self._covers = [self.create_rectangle(0, 0, 0, 0, width=0, tags="cover") for _ in range(4)]
        self.tag_raise("over")
        self._times: list[int] = []
        self._cursor = self.create_line(0, 0, 0, 0, state="hidden", tags="over")
        self._said = self.create_text(0, 0, anchor="nw", tags="over")
        self._empty = self.create_text(0, 0, tags="over")
        self._legend = TimelineLegend(self, context)
        self._flags = MarkFlags(self, context)
        self.bind("<Configure>", self._resized)
        self.bind("<Motion>", self._moved)
        self.bind("<Leave>", self._left)
        self.restyle()

    # What is shown

    @property
    def pieces_shown(self) -> int:
        """How many stretches without a gap are in sight."""
        return self._lines.shown

    @property
    def labels(self) -> tuple[str, ...]:
        """What has a line."""
        return self._labels

    @property
    def said(self) -> str:
        """What stands at the top of the chart."""
        return str(self.itemcget(self._said, "text"))

    @property
    def read_out(self) -> dict[str, str]:
        """The values at the mouse, by label; empty where it is elsewhere."""
        return self._legend.values

    @property
    def marks_shown(self) -> list[str]:
        """What is written beside the flags in sight."""
        return self._flags.texts

    def line(self, label: str) -> list[list[float]]:
        """The pieces of a line as x and y in turn, in pixels."""
        items = self._lines.items(self._labels.index(label))
        return [[float(number) for number in self.coords(item)] for item in items]

    def time_at(self, x: float) -> float:
        """The time at a place of the chart, by the history's clock."""
        plot = self.plot
        begin, end = self._view
        return end - (plot.right - x) * (end - begin) / plot.width

    def x_of(self, time_s: float) -> float:
        """The place of a time, in pixels."""
        plot = self.plot
        begin, end = self._view
        return plot.right - (end - time_s) * plot.width / (end - begin)

    def mark_at(self, x: float, y: float) -> Mark | None:
        """The mark whose flag is at a place."""
        return self._flags.at(x, y)

    # Drawing

    def draw(
        self, series: Series | None, end_s: float, span_s: float, *, valence: bool, said: str
    ) -> None:
        """Draws a stretch of time.

        Args:
            series: whose values; None where there are none yet.
            end_s: the right edge, by the history's clock.
            span_s: the width of the chart in seconds.
            valence: one line of the valence instead of one for each emotion.
            said: stands at the top of the chart while the mouse is elsewhere.
        """
        plot = self.plot
        if plot.width < 40 or plot.bottom - plot.top < 20:
            return
        labels = self._labels if series is None else (VALENCE,) if valence else series.labels
        if labels != self._labels or valence != self._valence:
            self._labels, self._valence = labels, valence
            self._style_lines()
        pixels = plot.width / span_s
        end_s = np.ceil(end_s * pixels) / pixels  # whole pixels: what is drawn does not tremble
        self._view = (float(end_s - span_s), float(end_s))
        column_s = max(self._context.px(1.25) / pixels, span_s / MOST_COLUMNS)
        pieces = [] if series is None else series.pieces(*self._view, column_s)
        if series is not None and valence:
            weights = valence_weights(series.labels)[:, None]
            pieces = [Piece(piece.times, piece.values @ weights) for piece in pieces]
        low = -1.0 if valence else 0.0
        scale = (plot.top - plot.bottom) / (1.0 - low)
        made = self._lines.draw(
            pieces,
            (pixels, float(plot.right - end_s * pixels)),
            (scale, plot.bottom - low * scale),
            (plot.top, plot.bottom),
        )
        if made:
            self.tag_lower("line", "cover")
            self.tag_lower("grid", "line")
            self.tag_lower("seen", "grid")
        self._draw_times(pixels)
        self._flags.draw(self._history.marks, self.x_of, plot)
        self._draw_hover(series, column_s, said)
        state = "hidden" if pieces or self._history.marks else "normal"
        self.itemconfigure(self._empty, state=state)

    def moves(self, end_s: float, span_s: float) -> bool:
        """Whether the chart would move by a pixel, if it were drawn with that right edge."""
        begin, end = self._view
        pixels = self.plot.width / span_s
        same = abs(end - begin - span_s) < 1e-6
        return not same or np.ceil(end_s * pixels) != round(end * pixels)

    def layout(self) -> None:
        """Puts what does not move in its place; after a change of size or kind."""
        plot, px, c = self.plot, self._context.px, self._context.theme.colours
        width, height = self.winfo_width(), self.winfo_height()
        texts = ("+1", "0", "−1") if self._valence else ("100 %", "50 %", "0")
        for grid, value, text, share in zip(
            self._grid, self._values, texts, (0.0, 0.5, 1.0), strict=True
        ):
            y = plot.top + share * (plot.bottom - plot.top)
            self.coords(grid, plot.left, y, plot.right, y)
            self.coords(value, plot.left - px(6), y)
            self.itemconfigure(value, text=text, fill=c.muted, font="EmoguiSmall")
        self.coords(self._covers[0], 0, 0, plot.left, height)
        self.coords(self._covers[1], plot.right + 1, 0, width, height)
        self.coords(self._covers[2], plot.left, 0, plot.right + 1, plot.top)
        self.coords(self._covers[3], plot.left, plot.bottom + 1, plot.right + 1, height)
        self.coords(self._said, plot.left + px(4), 0)
        self.coords(self._empty, (plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2)
        self._legend.place(plot.right + px(14), width - px(6), 0, height)

    def restyle(self) -> None:
        """Takes the colours of the present theme."""
        c, px = self._context.theme.colours, self._context.px
        self.configure(
            background=c.track,
            highlightthickness=px(1),  # a change of theme takes it away
            highlightbackground=c.background,
            highlightcolor=c.primary,
        )
        for item in self._covers:
            self.itemconfigure(item, fill=c.background)
        for item in self._grid:
            self.itemconfigure(item, fill=c.line)
        self.itemconfigure(self._cursor, fill=c.muted)
        self.itemconfigure(self._said, fill=c.text, font="EmoguiSmall")
        self.itemconfigure(
            self._empty, fill=c.muted, text="How the face appeared over time comes here.",
            font="TkDefaultFont", width=px(420), justify="center",
        )  # fmt: skip
        for item in self._times:
            self.itemconfigure(item, fill=c.muted)
        self._flags.restyle()
        self._style_lines()

    def _style_lines(self) -> None:
        c, px = self._context.theme.colours, self._context.px
        colours = [
            c.primary if label == VALENCE else line_colour(label, c.background)
            for label in self._labels
        ]
        self._lines.style(colours, px(1.75), c.background)
        self._legend.set_rows(self._labels, colours)
        self.layout()

    @property
    def plot(self) -> Plot:
        """Edges of the chart."""
        px = self._context.px
        edge = px(1)
        return Plot(
            px(48) + edge,
            self._linespace + px(3),
            self.winfo_width() - edge - self._legend.width,
            self.winfo_height() - edge - self._linespace - px(3),
        )

    def _draw_times(self, pixels: float) -> None:
        plot, c = self.plot, self._context.theme.colours
        begin, end = self._view
        found = ticks(self._history.sections, begin, end, self._context.px(72) / pixels)
        for number, tick in enumerate(found):
            if number == len(self._times):
                self._times.append(
                    self.create_text(0, 0, anchor="n", font="EmoguiSmall", tags="time")
                )
            item = self._times[number]
            # Half of a label would lie beside the chart.
            half = self._context.px(16)
            x = min(max(self.x_of(tick.time_s), plot.left + half), plot.right - half)
            self.coords(item, x, plot.bottom + self._context.px(2))
            self.itemconfigure(item, text=tick.text, fill=c.muted, state="normal")
        for item in self._times[len(found) :]:
            self.itemconfigure(item, state="hidden")

    def _draw_hover(self, series: Series | None, column_s: float, said: str) -> None:
        plot, x = self.plot, self._hover
        if x is None or not plot.left <= x <= plot.right:
            self.itemconfigure(self._cursor, state="hidden")
            self.itemconfigure(self._said, text=said)
            self._legend.show(None)
            return
        self.coords(self._cursor, x, plot.top, x, plot.bottom)
        self.itemconfigure(self._cursor, state="normal")
        time_s = self.time_at(x)
        source_s, _source = self._history.source_time(time_s)
        words = clock(source_s, tenths=True)
        mark = self._flags.near(x)
        if mark is not None:
            words = f"{clock(mark.source_s, tenths=True)}  {mark.note or 'marked'}"
        values = self._values_at(series, time_s, column_s)
        if series is not None and values is None and mark is None:
            words += "  no face"
        self.itemconfigure(self._said, text=words)
        self._legend.show(values)

    def _values_at(
        self, series: Series | None, time_s: float, column_s: float
    ) -> Sequence[float] | None:
        row = None if series is None else series.near(time_s, max(column_s, 0.1))
        if series is None or row is None or not len(row.times):
            return None
        values = row.values[0]
        if self._valence:
            return [float(values @ valence_weights(series.labels))]
        return [float(value) for value in values]

    # The mouse and the size

    def _resized(self, _event: object) -> None:
        self.layout()
        self._changed()

    def _moved(self, event: tkinter.Event[tkinter.Misc]) -> None:
        self._hover = event.x
        self.configure(cursor="hand2" if self.mark_at(event.x, event.y) is not None else "")
        self._changed()

    def _left(self, _event: object) -> None:
        self._hover = None
        self._changed()
