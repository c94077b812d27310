"""The page of a finished training: how good the network is, and what to do with it."""

from __future__ import annotations

import logging
import tkinter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final, Protocol

import ttkbootstrap as ttk
from PIL import Image as PilImage
from PIL import ImageTk

from emogui.gui import training_words as words
from emogui.gui.catalogue import head_title
from emogui.gui.context import ViewContext
from emogui.gui.widgets.scrolled import Scrolled
from emogui.gui.widgets.train_progress import Curves
from emogui.gui.widgets.wrapped import Wrapped
from emogui.training.losses_file import Point
from emogui.training.report import HeadReport, RunReport
from emogui.training.runs import Run

logger = logging.getLogger(__name__)

NARROW: Final = 860
PICTURE: Final = 430
"""Side of the confusion matrix, in logical pixels at most."""


class ReportActions(Protocol):
    """What the page's buttons do."""

    def use_network(self, run: Run, head: str) -> None: ...
    def open_folder(self, run: Run) -> None: ...
    def back(self) -> None: ...


class ReportPage(ttk.Frame):
    """See the module.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``; a worker of it reads pictures.
        actions: what the buttons do.
    """

    def __init__(self, parent: tkinter.Misc, context: ViewContext, actions: ReportActions) -> None:
        super().__init__(parent)
        px = context.px
        self._context, self._actions = context, actions
        self.report: RunReport | None = None
        self._head: HeadReport | None = None
        self._photo: ImageTk.PhotoImage | None = None
        self._narrow: bool | None = None
        self.rowconfigure(1, weight=1)
        self.columnconfigure(0, weight=1)
        bar = ttk.Frame(self, padding=(px(16), px(10), px(16), px(6)))
        bar.grid(row=0, column=0, sticky="ew")
        bar.columnconfigure(0, weight=1)
        self.title = ttk.Label(bar, font="EmoguiLarge", anchor="w")
        self.title.grid(row=0, column=0, sticky="ew")
        self.heads = ttk.Combobox(bar, state="readonly", width=12)
        self.heads.bind("<<ComboboxSelected>>", lambda _event: self._picked())
        self.use_button = ttk.Button(
            bar, text="Use this network", icon="check-lg", bootstyle="primary", command=self._use
        )
        self.folder_button = ttk.Button(bar, text="Open folder", command=self._open)
        self.back_button = ttk.Button(bar, text="Train another", command=actions.back)
        for column, widget in enumerate(
            (self.heads, self.use_button, self.folder_button, self.back_button), 1
        ):
            widget.grid(row=0, column=column, padx=(px(8), 0))
        self.scroll = Scrolled(self, context)
        self.scroll.grid(row=1, column=0, sticky="nsew")
        body = self.scroll.body
        body.configure(padding=(px(16), px(2), px(16), px(14)))
        self.left, self.right = ttk.Frame(body), ttk.Frame(body)
        for side in (self.left, self.right):
            side.columnconfigure(0, weight=1)
        self.said = Wrapped(self.left, style="Muted.TLabel")
        self.said.grid(row=0, column=0, sticky="ew", pady=(0, px(8)))
        self.figures = self._table(1, "Figure", ("Value", "95 % interval"), (80, 130))
        columns = ("Faces", "Precision", "Recall", "F1")
        self.classes = self._table(2, "Class", columns, (64, 78, 66, 66))
        self.curves = Curves(body, context)
        self.picture = ttk.Label(self.right, anchor="n")
        self.picture.grid(row=0, column=0, sticky="new")
        self.scroll.bind("<Configure>", lambda event: self._fit(event.width))
        self._fit(px(NARROW))

    def _table(
        self, row: int, first: str, columns: tuple[str, ...], widths: Sequence[int]
    ) -> ttk.Treeview:
        px = self._context.px
        table = ttk.Treeview(
            self.left, columns=columns, show="tree headings", selectmode="none", height=1,
            takefocus=False,
        )  # fmt: skip
        table.heading("#0", text=first, anchor="w")
        table.column("#0", width=px(160), minwidth=px(90), stretch=True)
        for name, width in zip(columns, widths, strict=True):
            table.heading(name, text=name, anchor="e")
            table.column(name, width=px(width), minwidth=px(40), anchor="e", stretch=False)
        table.grid(row=row, column=0, sticky="ew", pady=(0, px(12)))
        return table

    def show(self, report: RunReport, losses: Sequence[Point]) -> None:
        """Shows a report, its first label set."""
        if report is self.report:
            return
        self.report = report
        self.title.configure(text=words.run_title(report.run))
        titles = [head_title(head.labels) for head in report.heads]
        self.heads.configure(values=titles)
        self.heads.current(0)
        history = report.run.history
        scores = [(row.get("score", 0.0), row["epoch"]) for row in history if "epoch" in row]
        best = max(scores, key=lambda pair: pair[0])[1] if scores else None
        self.curves.show(losses, history, None, best)
        self.scroll.to_top()
        self._show_head(report.heads[0])

    def _picked(self) -> None:
        if self.report is not None:
            self._show_head(self.report.heads[self.heads.current()])

    def _show_head(self, head: HeadReport) -> None:
        self._head = head
        rows = "where over half of the votes agree" if head.labels == "ferplus" else "all of them"
        self.said.say(
            f"Measured on PublicTest, {head.n:,} faces ({rows}), by the fast form of the network. "
            "The best epoch was chosen on the same faces: on others it will do a little worse."
        )
        figures = []
        for figure in head.figures:
            known = figure.low is not None and figure.high is not None
            interval = f"{figure.low:.3f} to {figure.high:.3f}" if known else ""
            figures.append((figure.title, (f"{figure.value:.4f}", interval)))
        _fill(self.figures, figures)
        _fill(
            self.classes,
            [
                (c.label, (f"{c.n:,}", f"{c.precision:.3f}", f"{c.recall:.3f}", f"{c.f1:.3f}"))
                for c in head.classes
            ],
        )
        self._photo = None
        self.picture.configure(image="", text="")
        side = self._context.px(PICTURE)
        self._context.submit(
            partial(_read, head.folder / "confusion.png", side),
            partial(self._show_picture, head),
            lambda error: logger.info("No confusion matrix: %s", error),
            doing="reading the confusion matrix",
        )

    def _show_picture(self, head: HeadReport, picture: PilImage.Image) -> None:
        if head is self._head:
            self._photo = ImageTk.PhotoImage(picture, master=self)
            self.picture.configure(image=self._photo)

    @property
    def has_picture(self) -> bool:
        """Whether the confusion matrix is shown."""
        return self._photo is not None

    def _use(self) -> None:
        if self.report is not None and self._head is not None:
            self._actions.use_network(self.report.run, self._head.labels)

    def _open(self) -> None:
        if self.report is not None:
            self._actions.open_folder(self.report.run)

    def _fit(self, width: int) -> None:
        narrow = width < self._context.px(NARROW)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        px, body = self._context.px, self.scroll.body
        body.columnconfigure(0, weight=1)
        body.columnconfigure(1, weight=0)
        self.left.grid(row=0, column=0, sticky="new")
        self.right.grid(
            row=1 if narrow else 0, column=0 if narrow else 1, sticky="nw",
            padx=0 if narrow else (px(24), 0),
        )  # fmt: skip
        self.curves.grid(
            row=2 if narrow else 1, column=0, columnspan=1 if narrow else 2, sticky="nsew",
            pady=(px(12), 0),
        )  # fmt: skip


def _fill(table: ttk.Treeview, rows: Sequence[tuple[str, Sequence[str]]]) -> None:
    table.delete(*table.get_children())
    for text, values in rows:
        table.insert("", "end", text=text, values=tuple(values))
    table.configure(height=len(rows))


def _read(path: Path, side: int) -> PilImage.Image:
    """A picture, no larger than that; it has a ground of its own in either theme."""
    with PilImage.open(path) as file:
        picture = file.convert("RGB")
    picture.thumbnail((side, side), PilImage.Resampling.LANCZOS)
    return picture
