"""Analyses all of a video file into files while the window stays free: the row that shows it."""

from __future__ import annotations

import threading
import tkinter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import cast

import ttkbootstrap as ttk

from emogui.bulk.whole import WholeVideoFiles, WholeVideoOutcome, analyze_whole
from emogui.errors import EmoguiError
from emogui.gui.context import Remove, ViewContext
from emogui.gui.dialogs.saving import ANALYSE, Saving, SavingDialog
from emogui.gui.engine import as_emogui_error
from emogui.gui.folders import described, open_folder
from emogui.gui.widgets.live_parts import LivePart
from emogui.gui.widgets.live_record import remember, saving_before
from emogui.gui.widgets.live_record_sign import clock
from emogui.labels import HEADS
from emogui.output.privacy import Hiding
from emogui.types import FrameResult

_SHOWN_EACH_S = 0.2


class WholeVideoJob:
    """One analysis in a thread of its own.

    Args:
        work: does it; called in the thread with ``tell`` and ``cancelled``, may raise.
    """

    def __init__(
        self,
        work: Callable[[Callable[[int, int | None], None], Callable[[], bool]], WholeVideoOutcome],
    ) -> None:
        self.outcome: WholeVideoOutcome | None = None
        self.error: EmoguiError | None = None
        self.began_at: float | None = None
        self._ended_at: float | None = None
        self.progress: tuple[int, int | None] = (0, None)
        self._work = work
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-whole-video", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        """Ends it after the frame that it is at; returns at once."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def rate(self) -> float:
        """Frames a second so far; 0 before the first."""
        if self.began_at is None or self.progress[0] < 2:
            return 0.0
        return self.progress[0] / max(1e-3, (self._ended_at or monotonic()) - self.began_at)

    def _tell(self, done: int, of: int | None) -> None:
        if self.began_at is None:  # the models are loaded by now
            self.began_at = monotonic()
        self.progress = done, of

    def _run(self) -> None:
        try:
            self.outcome = self._work(self._tell, self._cancelled.is_set)
        except Exception as error:
            self.error = as_emogui_error(error, "analysing the video")
        finally:
            self._ended_at = monotonic()


class LiveWhole(LivePart):
    """See the module. It goes on when another source is started; one video at a time.

    Args:
        parent: where the row lies.
        context: see ``emogui.gui.context``.
        busy_changed: called with whether a video is being analysed, when that changed.

    Attributes:
        row: is put into place by whoever made this, and hides itself.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        busy_changed: Callable[[bool], None],
    ) -> None:
        px = context.px
        self.dialog: SavingDialog | None = None
        self.job: WholeVideoJob | None = None
        self._ending: list[WholeVideoJob] = []
        self._context, self._busy_changed = context, busy_changed
        self._name = ""
        self._files = WholeVideoFiles()
        self._unpoll: Remove | None = None
        self._shown_at = 0.0
        self.row = ttk.Frame(parent, padding=(px(12), 0, px(12), px(8)))
        self.row.columnconfigure(1, weight=1)
        self.words = ttk.Label(self.row, anchor="w")
        self.words.grid(row=0, column=0, columnspan=2, sticky="ew")
        self.bar = ttk.Progressbar(self.row)
        self.bar.grid(row=1, column=0, columnspan=2, sticky="ew", pady=(px(3), 0))
        self.cancel_button = ttk.Button(self.row, text="Cancel", command=self.cancel)
        self.cancel_button.grid(row=0, column=2, rowspan=2, padx=(px(10), 0))

    def ask(self, path: str) -> None:
        """Asks what to save of a video, then analyses it."""
        if self.job is not None:
            self._context.show_notice(f"{self._name} is still being analysed.", "Wait, or cancel.")
            return
        if self.dialog is not None and self.dialog.winfo_exists():
            self.dialog.dismiss()
        before = saving_before(self._context)
        if not self._context.settings.record_folder and Path(path).parent.is_dir():
            before = replace(before, folder=str(Path(path).absolute().parent))
        self.dialog = SavingDialog(
            cast(ttk.App, self.row.winfo_toplevel()),
            self._context.theme,
            ANALYSE,
            before,
            lambda folder: self._context.dialogs.open_folder("Folder for the results", folder),
            partial(self._begin, path),
        )

    def cancel(self) -> None:
        """Ends the analysis at once; what was written is kept."""
        if self.job is not None:
            self.job.cancel()
            self._finish(self.job, "Cancelled.")

    def hide(self) -> None:
        """Takes the row out of sight; it comes back where it was put."""
        self.row.grid_remove()

    def close(self) -> None:
        if self.job is not None:
            self.job.cancel()
        self._forget_poller()

    @property
    def closed(self) -> bool:
        jobs = [*self._ending, *([] if self.job is None else [self.job])]
        return not any(job.alive for job in jobs)

    def _begin(self, path: str, saving: Saving) -> None:
        remember(self._context, saving)
        labels = HEADS[self._context.choice.labels]
        files = partial(
            WholeVideoFiles.in_folder,
            saving.folder,
            path,
            results=saving.results,
            video=saving.video,
            labels=labels,
            hide=Hiding(saving.hide) if saving.hide else None,
        )
        started = partial(self._start, path)
        self._context.submit(files, started, doing="preparing the analysis")

    def _start(self, path: str, files: WholeVideoFiles) -> None:
        if self.job is not None:
            return
        choice = self._context.choice
        template = FrameResult(
            path, model=choice.model, detector=choice.detector, labels=choice.labels
        )

        def work(
            tell: Callable[[int, int | None], None], cancelled: Callable[[], bool]
        ) -> WholeVideoOutcome:
            analyzer = self._context.make_analyzer(choice)
            return analyze_whole(path, analyzer, files, template, tell=tell, cancelled=cancelled)

        self._context.clear_error()
        self._name, self._files = Path(path).name, files
        self.job = WholeVideoJob(work)
        self.job.start()
        self.words.configure(text=f"Analysing {self._name}: loading the models…")
        self.bar.configure(mode="determinate", value=0, maximum=1)
        self.row.grid()
        self._busy_changed(True)
        self._unpoll = self._context.on_poll(self._watch)

    def _watch(self) -> None:
        job = self.job
        if job is None:
            return
        if not job.alive:
            self._finish(job)
        elif monotonic() - self._shown_at > _SHOWN_EACH_S and job.progress[0]:
            self._shown_at = monotonic()
            self._show(job)

    def _show(self, job: WholeVideoJob) -> None:
        done, of = job.progress
        parts = [
            f"Analysing {self._name}: " + (f"{100 * done // of} %" if of else f"{done} frames")
        ]
        if of and job.rate:
            parts.append(f"{clock((of - done) / job.rate)} left")
        if job.rate:
            parts.append(f"{job.rate:.0f} frames a second")
        self.words.configure(text="  ·  ".join(parts))
        if of:
            self.bar.configure(value=min(1.0, done / of))

    def _finish(self, job: WholeVideoJob, said: str = "") -> None:
        self._forget_poller()
        self.job = None
        self._ending = [one for one in (*self._ending, job) if one.alive]
        self.row.grid_remove()
        self._busy_changed(False)
        paths = self._files.paths
        self._context.submit(
            lambda: [path for path in paths if path.exists()],
            lambda kept: self._tell(job, said, kept),
            doing="looking for the results",
        )

    def _tell(self, job: WholeVideoJob, said: str, kept: list[Path]) -> None:
        where = described(kept) if kept else ""
        button = ("Open folder", partial(self._show_folder, kept[0].parent)) if kept else None
        if job.error is not None and not job.cancelled:
            rest = f" Kept: {where}." if kept else ""
            error = EmoguiError(job.error.message, f"{job.error.hint}{rest}".lstrip())
            self._context.show_error(error, button)
            return
        done = job.progress[0]
        outcome = job.outcome
        if outcome is not None and outcome.failed:
            where += f". {outcome.failed} frames could not be analysed"
        for warning in outcome.warnings if outcome is not None else ():
            where += f". {warning[:1].upper()}{warning[1:].rstrip('.')}"
        rate = f" at {job.rate:.0f} frames a second" if job.rate and not said else ""
        self._context.show_notice(
            said or f"{self._name}: {done} frames analysed{rate}.", f"{where}.", button
        )

    def _show_folder(self, folder: Path) -> None:
        self._context.submit(lambda: open_folder(folder), doing="opening the folder")

    def _forget_poller(self) -> None:
        if self._unpoll is not None:
            self._unpoll()
            self._unpoll = None
