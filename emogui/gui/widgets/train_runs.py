"""Trainings that can be resumed, and those that have a report."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from functools import partial

import ttkbootstrap as ttk

from emogui.gui import training_words as words
from emogui.gui.context import ViewContext
from emogui.training.runs import Run

SHOWN = 4
"""Runs of each kind that are shown; the others stay in their folders."""


class RunList(ttk.Frame):
    """A line a run, with what can be done with it. Takes no room where there is none.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        go_on: resumes a run.
        report: shows the report of one.
        remove: deletes one, after a question.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        go_on: Callable[[Run], None],
        report: Callable[[Run], None],
        remove: Callable[[Run], None],
    ) -> None:
        super().__init__(parent)
        self._px = context.px
        self._go_on, self._report, self._remove = go_on, report, remove
        self._shown: list[tuple[object, ...]] = []
        self.buttons: dict[tuple[str, str], ttk.Button] = {}
        self.columnconfigure(0, weight=1)

    def show(self, unfinished: Sequence[Run], finished: Sequence[Run], *, free: bool) -> None:
        """Shows these.

        Args:
            unfinished: those that can be resumed.
            finished: those with a report.
            free: whether one can be resumed now.
        """
        shown: list[tuple[object, ...]] = [
            (run.folder, run.done, run.phase, run.busy, free)
            for run in (*unfinished[:SHOWN], *finished[:SHOWN])
        ]
        if shown == self._shown:
            return
        self._shown = shown
        self.buttons.clear()
        for child in self.winfo_children():
            child.destroy()
        row = self._group("Unfinished trainings", unfinished[:SHOWN], 0, free=free)
        self._group("Finished trainings", finished[:SHOWN], row, free=free)
        if not shown:  # an empty frame keeps the height that it had
            self.configure(height=1)

    def _group(self, title: str, runs: Sequence[Run], row: int, *, free: bool) -> int:
        px = self._px
        if not runs:
            return row
        ttk.Label(self, text=title, font="EmoguiBold").grid(
            row=row, column=0, columnspan=3, sticky="w", pady=(px(8) if row else 0, px(2))
        )
        for number, run in enumerate(runs, row + 1):
            facts = words.unfinished(run) if not run.finished else words.when(run.created)
            ttk.Label(self, text=f"{words.run_title(run)}  ·  {facts}", style="Muted.TLabel").grid(
                row=number, column=0, sticky="w", pady=px(2)
            )
            first = "Report" if run.finished else "Resume"
            self._button(
                run, first, number, 1, self._report if run.finished else self._go_on,
                on=run.finished or (free and not run.busy),
            )  # fmt: skip
            self._button(run, "Delete…", number, 2, self._remove, on=not run.busy)
        return row + len(runs) + 1

    def _button(
        self, run: Run, text: str, row: int, column: int, do: Callable[[Run], None], *, on: bool
    ) -> None:
        px = self._px
        button = ttk.Button(
            self, text=text, command=partial(do, run), padding=(px(8), px(2)),
            state="normal" if on else "disabled",
        )  # fmt: skip
        button.grid(row=row, column=column, sticky="ew", padx=(px(6), 0), pady=px(2))
        self.buttons[(run.plan.name, text)] = button
