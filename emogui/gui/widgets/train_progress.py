"""The page of a run that works: how far it is, its curves, pause and cancel."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from typing import Final

import ttkbootstrap as ttk

from emogui.gui import training_words as words
from emogui.gui.context import ViewContext
from emogui.gui.training_progress import Doing, RunProgress
from emogui.gui.widgets.flat_bar import FlatBar
from emogui.gui.widgets.scrolled import Scrolled
from emogui.gui.widgets.train_curves import Curve, CurveChart
from emogui.gui.widgets.wrapped import Wrapped
from emogui.training.losses_file import Point

ACCURACIES: Final = {
    "ferplus_accuracy": "FER+ accuracy",
    "ferplus_balanced_six": "FER+ balanced, six",
    "fer2013_accuracy": "FER-2013 accuracy",
}
"""Columns of ``history.csv``, of PublicTest, to the names of their lines."""

ON_TRAINING: Final = {
    "train_ferplus_accuracy": "FER+ on Training",
    "train_fer2013_accuracy": "FER-2013 on Training",
}
"""Likewise of Training rows; the first that there is shows how far the network learns by heart."""

LOW: Final = 190
"""Height of a chart, in logical pixels, at least."""

NARROW: Final = 720
"""Logical pixels of width below which the charts lie one below the other."""


class Curves(ttk.Frame):
    """Loss and accuracies, side by side or one below the other.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
    """

    def __init__(self, parent: tkinter.Misc, context: ViewContext) -> None:
        super().__init__(parent)
        self._context = context
        self.loss = CurveChart(self, context, "Training loss by epoch")
        self.accuracy = CurveChart(self, context, "Accuracy on PublicTest by epoch", percent=True)
        self._narrow: bool | None = None
        self._height = 0
        self.bind("<Configure>", lambda event: self._fit(event.width))
        self._fit(context.px(NARROW))
        context.on_theme(self.restyle)

    def show(
        self,
        losses: Sequence[Point],
        history: Sequence[object],
        epochs: float | None,
        best: float | None = None,
    ) -> None:
        """Shows both charts.

        Args:
            losses: (position in epochs, loss).
            history: lines of ``history.csv``.
            epochs: where the axes end; None where nobody knows.
            best: the epoch whose weights are kept.
        """
        rows = [row for row in history if isinstance(row, dict)]
        self.loss.show([Curve("Loss", tuple(losses))], epochs, "Comes with the first steps.")
        curves = []
        learned = next((c for c in ON_TRAINING if any(c in row for row in rows)), "")
        shown = ACCURACIES | ({learned: ON_TRAINING[learned]} if learned else {})
        for column, name in shown.items():
            points = tuple(
                (row["epoch"], row[column]) for row in rows if row.get(column) is not None
            )
            if points:
                curves.append(Curve(name, points, best))
        self.accuracy.show(curves, epochs, "Comes when the first epoch is done.")

    def set_height(self, height: int) -> None:
        """Makes the charts as high as that, side by side; they stay high enough to be read."""
        if height != self._height:
            self._height = height
            for chart in (self.loss, self.accuracy):
                chart.configure(height=max(height, self._context.px(LOW)))

    def restyle(self) -> None:
        if self.winfo_exists():
            self.loss.draw()
            self.accuracy.draw()

    def _fit(self, width: int) -> None:
        narrow = width < self._context.px(NARROW)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        px = self._context.px
        self.columnconfigure(0, weight=1, uniform="" if narrow else "chart")
        self.columnconfigure(1, weight=0 if narrow else 1, uniform="" if narrow else "chart")
        self.rowconfigure(0, weight=1)
        self.rowconfigure(1, weight=1 if narrow else 0)
        self.loss.grid(row=0, column=0, sticky="nsew")
        self.accuracy.grid(
            row=1 if narrow else 0, column=0 if narrow else 1, sticky="nsew",
            padx=0 if narrow else (px(20), 0), pady=(px(12), 0) if narrow else 0,
        )  # fmt: skip


class ProgressPage(ttk.Frame):
    """See the module.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        pause: pauses, or goes on.
        stop: cancels.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        pause: Callable[[], None],
        stop: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        px = context.px
        self._context = context
        self._buttons: tuple[str, str, bool, bool] = ("", "", True, True)
        self.rowconfigure(1, weight=1)
        self.columnconfigure(0, weight=1)
        head = ttk.Frame(self, padding=(px(16), px(10), px(16), px(6)))
        head.grid(row=0, column=0, sticky="ew")
        head.columnconfigure(0, weight=1)
        self.title = ttk.Label(head, font="EmoguiLarge", anchor="w")
        self.title.grid(row=0, column=0, sticky="ew")
        self.doing = Wrapped(head, style="Muted.TLabel")
        self.doing.grid(row=1, column=0, sticky="ew")
        self.pause_button = ttk.Button(
            head, text="Pause", icon="pause-fill", bootstyle="primary", command=pause, width=8
        )
        self.pause_button.grid(row=0, column=1, rowspan=2, padx=(px(12), 0))
        self.stop_button = ttk.Button(head, text="Cancel", command=stop, width=9)
        self.stop_button.grid(row=0, column=2, rowspan=2, padx=(px(8), 0))
        self.scroll = Scrolled(self, context)
        self.scroll.grid(row=1, column=0, sticky="nsew")
        body = self.scroll.body
        body.configure(padding=(px(16), px(4), px(16), px(12)))
        body.columnconfigure(1, weight=1)
        self.total_bar, self.total_words = self._bar(body, 0, "All")
        self.epoch_bar, self.epoch_words = self._bar(body, 1, "Epoch")
        self.figures = Wrapped(body, style="Muted.TLabel")
        self.figures.grid(row=2, column=0, columnspan=3, sticky="ew", pady=(px(4), px(10)))
        self.curves = Curves(body, context)
        self.curves.grid(row=3, column=0, columnspan=3, sticky="ew")
        self.scroll.bind("<Configure>", lambda event: self._fill(event.height))
        ttk.ToolTip(self.pause_button, text="Pause or resume the training", delay=600)
        ttk.ToolTip(
            self.stop_button, text="Save the training's state and end it; it can be resumed",
            delay=600,
        )  # fmt: skip

    def _fill(self, height: int) -> None:
        """Gives the charts the height that is left."""
        above = self.curves.winfo_y() or self._context.px(110)
        self.curves.set_height(height - above - self._context.px(16))

    def _bar(self, body: ttk.Frame, row: int, text: str) -> tuple[FlatBar, ttk.Label]:
        px = self._context.px
        ttk.Label(body, text=text, width=6).grid(row=row, column=0, sticky="w", pady=px(3))
        bar = FlatBar(body, self._context)
        bar.grid(row=row, column=1, sticky="ew", padx=px(8))
        said = ttk.Label(body, width=22, anchor="e")
        said.grid(row=row, column=2, sticky="e")
        return bar, said

    def show(self, progress: RunProgress) -> None:
        """Shows how far the run is."""
        plan, started = progress.run.plan, progress.started
        self.title.configure(text=words.run_title(progress.run))
        self.doing.say(words.doing(progress))
        busy = progress.doing in (Doing.PREPARING, Doing.FINISHING)
        self.total_bar.set(None if busy else progress.done)
        self.total_words.configure(text=words.total(progress))
        self.epoch_bar.set(progress.epoch_done)
        self.epoch_words.configure(text=words.epoch(progress))
        self.figures.say(words.figures(progress))
        epochs = started.epochs if started is not None else plan.epochs
        self.curves.show(progress.losses, progress.history, epochs)
        self._show_buttons(progress)

    def _show_buttons(self, progress: RunProgress) -> None:
        stopping = progress.doing is Doing.STOPPING
        wanted = (
            "Resume" if progress.paused else "Pause",
            "End now" if stopping else "Cancel",
            progress.paused or progress.can_pause,
            True,
        )
        if wanted == self._buttons:
            return
        self._buttons = wanted
        self.pause_button.configure(
            text=wanted[0], icon="play-fill" if progress.paused else "pause-fill",
            state="normal" if wanted[2] else "disabled",
        )  # fmt: skip
        self.stop_button.configure(text=wanted[1])
