"""The probabilities of one face as bars, each with its number; always in the same order."""

from __future__ import annotations

import tkinter
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
    """Shows the probabilities of a face; bars are moved, never made anew for the same labels."""

    def __init__(self, parent: tkinter.Misc, context: ViewContext) -> None:
        super().__init__(parent, highlightthickness=0, borderwidth=0, width=context.px(280))
        self._context = context
        self._rows: list[_Row] = []
        self._row = ROW
        self._labels: tuple[str, ...] = ()
        self._face: FaceResult | None = None
        self._plain = nametofont("TkDefaultFont", root=self)
        self._bold = nametofont("EmoguiBold", root=self)
        self.bind("<Configure>", lambda _event: self._draw())
        self.restyle()

    def show(self, face: FaceResult | None) -> None:
        """Shows a face, or nothing."""
        self._face = face
        labels = () if face is None else tuple(face.probabilities)
        if labels != self._labels:
            self._labels = labels
            self.delete("all")
            self._rows = [self._make_row() for _ in labels]
            self._set_height()
        self._draw()

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
        left = max(self._bold.measure(label) for label in self._labels) + px(14)
        room = self._bold.measure("100.0 %") + px(8)
        full = max(px(20), self.winfo_width() - left - room)
        top = self._face.emotion
        for index, (label, row) in enumerate(zip(self._labels, self._rows, strict=True)):
            value = self._face.probabilities[label]
            middle = index * height + height / 2
            font = self._bold if label == top else self._plain
            self.coords(row.label, px(2), middle)
            self.itemconfigure(row.label, text=label, font=font, fill=c.text)
            edges = (middle - thick / 2, middle + thick / 2)
            self.coords(row.track, left, edges[0], left + full, edges[1])
            self.itemconfigure(row.track, fill=c.track)
            end = left + max(px(2), full * min(1.0, value))
            self.coords(row.bar, left, edges[0], end, edges[1])
            tint = palette.hex(label)
            self.itemconfigure(row.bar, fill=tint, outline=c.muted)
            self.coords(row.number, self.winfo_width() - 1, middle)
            self.itemconfigure(row.number, text=f"{value * 100:.1f} %", font=font, fill=c.text)
