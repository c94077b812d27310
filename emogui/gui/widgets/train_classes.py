"""The classes of a data set: how many pictures each has, and what some of them look like."""

from __future__ import annotations

import logging
import tkinter
from tkinter.font import nametofont

from PIL import Image as PilImage
from PIL import ImageTk

from emogui.gui.catalogue import head_title
from emogui.gui.context import ViewContext
from emogui.training.data_check import CELL, GAP, DataReport, HeadCounts

logger = logging.getLogger(__name__)

ROW = 46
"""Height of a line with samples, in logical pixels; a line without is half as high."""


class ClassTable(tkinter.Canvas):
    """A line a class: its name, its numbers of pictures, and samples of the Training pictures.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``; a worker of it reads the contact sheet.
    """

    def __init__(self, parent: tkinter.Misc, context: ViewContext) -> None:
        super().__init__(parent, highlightthickness=0, borderwidth=0, height=1, width=10)
        self._context = context
        self._report: DataReport | None = None
        self._sheet: PilImage.Image | None = None
        self._photo: ImageTk.PhotoImage | None = None
        self._plain = nametofont("TkDefaultFont", root=self)
        self._bold = nametofont("EmoguiBold", root=self)
        self._small = nametofont("EmoguiSmall", root=self)
        self.bind("<Configure>", lambda _event: self.draw())
        context.on_theme(self.draw)
        self.draw()

    def show(self, report: DataReport | None) -> None:
        """Shows the counts at once, and the samples when they are read."""
        if report is self._report:
            return
        self._report, self._sheet, self._photo = report, None, None
        self.draw()
        if report is not None and report.sheet:
            row = self._context.px(ROW)
            self._context.submit(
                lambda: _read(report.sheet, len(report.sheet_labels), row),
                lambda sheet: self._take(report, sheet),
                lambda error: logger.info("No contact sheet: %s", error),
                doing="reading the contact sheet",
            )

    @property
    def has_samples(self) -> bool:
        """Whether samples are shown."""
        return self._photo is not None

    def _take(self, report: DataReport, sheet: PilImage.Image) -> None:
        if report is self._report:
            self._sheet = sheet
            self.draw()

    def draw(self) -> None:
        """Draws everything anew, in the colours of the present theme."""
        if not self.winfo_exists():
            return
        self.delete("all")
        px, report = self._context.px, self._report
        self.configure(background=self._context.theme.colours.background)
        y = 0
        if report is not None:
            for number, head in enumerate(report.heads):
                sampled = number == 0 and bool(report.sheet_labels)
                y = self._head(head, y, sampled=sampled) + px(14)
        wanted = max(1, y)
        if int(str(self.cget("height"))) != wanted:
            self.configure(height=wanted)

    def _head(self, head: HeadCounts, y: int, *, sampled: bool) -> int:
        """Draws one label set; returns where it ends."""
        px, colours = self._context.px, self._context.theme.colours
        second, samples = px(158), px(240)
        line = self._plain.metrics("linespace")
        self.create_text(
            0, y, text=head_title(head.head), anchor="nw", fill=colours.text, font=self._bold
        )
        for right, text in ((second, "Training"), (samples - px(12), "PublicTest")):
            self.create_text(right, y, text=text, anchor="ne", fill=colours.muted, font=self._small)
        y += line + px(6)
        row = px(ROW) if sampled else px(ROW) // 2
        if sampled and self._sheet is not None:
            self._samples(self._sheet, samples, y)
        most = max(1, *head.training)
        for label, training, public in zip(head.labels, head.training, head.public, strict=True):
            # The samples fill the upper part of their line; the rest is the gap to the next.
            middle = y + row * (CELL / (CELL + GAP) if sampled else 1.0) / 2
            numbers = (
                (second, f"{training:,}", colours.text if training else colours.danger),
                (samples - px(12), f"{public:,}", colours.muted),
            )
            self.create_text(0, middle, text=label, anchor="w", fill=colours.text, font=self._plain)
            for right, text, colour in numbers:
                self.create_text(
                    right, middle, text=text, anchor="e", fill=colour, font=self._plain
                )
            if not sampled:
                self._bar(samples, middle, training / most)
            y += row
        return y

    def _samples(self, sheet: PilImage.Image, left: int, top: int) -> None:
        """As many samples of each class as there is room for."""
        step = self._context.px(ROW)
        columns = max(1, min(sheet.width // step, (self.winfo_width() - left + GAP) // step))
        if self._photo is None or self._photo.width() != columns * step:
            part = sheet.crop((0, 0, columns * step, sheet.height))
            self._photo = ImageTk.PhotoImage(part, master=self)
        self.create_image(left, top, image=self._photo, anchor="nw", tags="samples")

    def _bar(self, left: int, middle: float, share: float) -> None:
        """How many a class has beside the largest one."""
        px, colours = self._context.px, self._context.theme.colours
        right = max(left + px(20), self.winfo_width() - px(8))
        high = px(5)
        self.create_rectangle(
            left, middle - high, right, middle + high, fill=colours.track, width=0
        )
        if share:
            end = left + max(2, (right - left) * share)
            self.create_rectangle(
                left, middle - high, end, middle + high, fill=colours.primary, width=0
            )


def _read(path: str, lines: int, row: int) -> PilImage.Image:
    """The contact sheet, each line as high as a line of the table."""
    with PilImage.open(path) as file:
        sheet = file.convert("RGBA")
    height = lines * row
    width = round(sheet.width * height / sheet.height)
    return sheet.resize((width, height), PilImage.Resampling.LANCZOS)
