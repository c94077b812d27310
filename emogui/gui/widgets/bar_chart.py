"""The probabilities of one face as bars, each with its number; always in the same order."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from dataclasses import dataclass
from tkinter.font import nametofont

from emogui.gui.context import ViewContext
from emogui.output import palette
from emogui.types import FaceResult

ROW, LOW_ROW = 29, 21
"""Height of a row in logical pixels, usually and where there is little room."""


@dataclass(frozen=True, slots=True)
class _Row:
    label: int
    track: int
    bar: int
    number: int


class BarChart(tkinter.Canvas):
    """Shows the probabilities of a face; bars are moved, never made anew for the same labels.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        picked: called with the label of a row that is clicked; None where nothing happens then.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        picked: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(parent, highlightthickness=0, borderwidth=0, width=context.px(280))
        self._context = context
        self._rows: list[_Row] = []
        self._row = ROW
        self._labels: tuple[str, ...] = ()
        self._face: FaceResult | None = None
        self._marked: str | None = None
        self._mark = self.create_rectangle(0, 0, 0, 0, width=1, state="hidden")
        self._plain = nametofont("TkDefaultFont", root=self)
        self._bold = nametofont("EmoguiBold", root=self)
        self.bind("<Configure>", lambda _event: self._draw())
        if picked is not None:
            self.configure(cursor="hand2")
            self.bind("<ButtonRelease-1>", lambda event: self._clicked(event, picked))
        self.restyle()

    def show(self, face: FaceResult | None) -> None:
        """Shows a face, or nothing."""
        self._face = face
        labels = () if face is None else tuple(face.probabilities)
        if labels != self._labels:
            self._labels = labels
            for row in self._rows:
                self.delete(row.label, row.track, row.bar, row.number)
            self._rows = [self._make_row() for _ in labels]
            self._set_height()
        self._draw()

    def mark(self, label: str | None) -> None:
        """Marks the row of a label, or none."""
        if label != self._marked:
            self._marked = label
            self._draw()

    @property
    def marked(self) -> str | None:
        """The label whose row is marked."""
        return self._marked

    def row_middle(self, label: str) -> int:
        """Where the row of a label lies, in pixels from the top."""
        return int(self._context.px(self._row) * (self._labels.index(label) + 0.5))

    def _clicked(self, event: tkinter.Event[tkinter.Misc], picked: Callable[[str], None]) -> None:
        row = event.y // self._context.px(self._row)
        if 0 <= row < len(self._labels) and 0 <= event.x < self.winfo_width():
            picked(self._labels[row])

    def set_low(self, low: bool) -> None:
        """Makes the rows lower, for a small window."""
        row = LOW_ROW if low else ROW
        if row != self._row:
            self._row = row
            self._set_height()
            self._draw()

    def _set_height(self) -> None:
        self.configure(height=max(1, self._context.px(self._row) * len(self._labels)))

    def numbers(self) -> dict[str, str]:
        """The numbers as written, by label."""
        return {
            label: str(self.itemcget(row.number, "text"))
            for label, row in zip(self._labels, self._rows, strict=True)
        }

    def restyle(self) -> None:
        """Takes the colours of the present theme."""
        self.configure(background=self._context.theme.colours.background)
        self._draw()

    def _make_row(self) -> _Row:
        return _Row(
            self.create_text(0, 0, anchor="w"),
            self.create_rectangle(0, 0, 0, 0, width=0),
            self.create_rectangle(0, 0, 0, 0, width=1),
            self.create_text(0, 0, anchor="e"),
        )

    def _draw(self) -> None:
        if self._face is None:
            return
        c, px = self._context.theme.colours, self._context.px
        height, thick = px(self._row), px(16 if self._row == ROW else 13)
        left = max(self._bold.measure(label) for label in self._labels) + px(16)
        room = self._bold.measure("100.0 %") + px(11)
        full = max(px(20), self.winfo_width() - left - room)
        top = self._face.emotion
        if self._marked in self._labels:
            y = self._labels.index(self._marked) * height
            self.coords(self._mark, 0, y + 1, self.winfo_width() - 1, y + height - 2)
            self.itemconfigure(self._mark, state="normal", fill=c.info_soft, outline=c.primary)
        else:
            self.itemconfigure(self._mark, state="hidden")
        for index, (label, row) in enumerate(zip(self._labels, self._rows, strict=True)):
            value = self._face.probabilities[label]
            middle = index * height + height / 2
            font = self._bold if label == top else self._plain
            self.coords(row.label, px(4), middle)
            self.itemconfigure(row.label, text=label, font=font, fill=c.text)
            edges = (middle - thick / 2, middle + thick / 2)
            self.coords(row.track, left, edges[0], left + full, edges[1])
            self.itemconfigure(row.track, fill=c.track)
            end = left + max(px(2), full * min(1.0, value))
            self.coords(row.bar, left, edges[0], end, edges[1])
            tint = palette.hex(label)
            self.itemconfigure(row.bar, fill=tint, outline=c.muted)
            self.coords(row.number, self.winfo_width() - px(4), middle)
            self.itemconfigure(row.number, text=f"{value * 100:.1f} %", font=font, fill=c.text)
