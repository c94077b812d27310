"""What takes time in the Batch tab: the batch, its report, and looks at files, off Tk's thread."""

from __future__ import annotations

import logging
import tempfile
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING

from emogui import piped
from emogui.bulk import events
from emogui.bulk.found import Failure, FoundBatch, find_batch, read_failures
from emogui.bulk.options import BatchOptions
from emogui.bulk.words import shortened, words_of
from emogui.child import Child, program, why_it_ended
from emogui.errors import EmoguiError
from emogui.gui.context import ViewContext

if TYPE_CHECKING:
    from emogui.gui.batch_presenter import BatchPresenter

logger = logging.getLogger(__name__)

REPORT = "report.html"


class BatchWork:
    """The ``Work`` of a presenter.

    Args:
        context: see ``emogui.gui.context``.
        words: how emogui is started in a process of its own; tests give another program.
        browse: shows an HTML file, given its address; returns whether it could.

    Attributes:
        presenter: gets the answers; set by whoever makes both.
    """

    presenter: BatchPresenter

    def __init__(
        self,
        context: ViewContext,
        words: Sequence[str] | None = None,
        browse: Callable[[str], bool] = webbrowser.open,
    ) -> None:
        self._context, self._browse = context, browse
        self._words = list(words or program())
        self._batch: Child | None = None
        self._early: list[str] | None = []
        self._lock = Lock()
        self._report: Child | None = None
        self._threads: list[Thread] = []
        self._logs: tempfile.TemporaryDirectory[str] | None = None
        self._left = False

    # Folders

    def look(self, folder: str, ticket: int) -> None:
        def found(batch: FoundBatch | EmoguiError | None) -> None:
            self.presenter.looked(ticket, batch)

        self._context.submit(
            lambda: find_batch(folder), found, found, doing="looking into the folder"
        )

    def read_failures(self, folder: Path) -> None:
        def read(failures: tuple[Failure, ...]) -> None:
            self.presenter.failures_read(folder, failures)

        def failed(error: EmoguiError) -> None:
            logger.info("Failures cannot be shown: %s", error)
            read(())

        self._context.submit(
            lambda: read_failures(folder), read, failed, doing="reading the failures"
        )

    # The batch

    def begin(
        self, inputs: Sequence[str], folder: str, options: BatchOptions, *, restart: bool
    ) -> None:
        def words() -> list[str]:
            chosen = shortened(inputs, folder)
            return words_of(chosen, folder, options, restart=restart, progress="events")

        self._run(words, None)

    def go_on(self, found: FoundBatch) -> None:
        self._run(
            lambda: words_of(found.inputs, found.folder, found.options, progress="events"),
            found.beside or None,
        )

    def _run(self, words: Callable[[], list[str]], beside: str | None) -> None:
        log = self._log("batch.txt")
        self._batch, self._early = None, [piped.ATTACHED]

        def start(ready: list[str]) -> None:
            child = self._batch = Child([*self._words, *ready], log, beside)
            self._start(lambda: self._follow(child), "batch")

        self._context.submit(words, start, self.presenter.ended, doing="starting the batch")

    def _follow(self, child: Child) -> None:
        """Runs the batch to its end; in a thread."""
        last: events.Event | None = None

        def take(line: str) -> None:
            nonlocal last
            event = events.parse_event(line)
            if event is not None:
                last = event
                self._context.post(lambda: self.presenter.took(event))

        error: EmoguiError | None = None
        try:
            status = child.run(take, lambda _pid: self._greet(child))
        except EmoguiError as problem:
            error = None if child.killed else problem
        else:
            if isinstance(last, events.Failed):
                error = EmoguiError(last.message, last.hint)
            elif not isinstance(last, events.Stopped | events.Finished) and not child.killed:
                said = child.last_words() if status > 0 else ""
                error = EmoguiError(
                    f"The batch broke off: {said or why_it_ended(status)}",
                    "What was done is kept: “Go on” takes it up from there.",
                )
        if not self._left:
            self._context.post(lambda: self.presenter.ended(error))

    def pause(self) -> None:
        self._say(piped.PAUSE)

    def resume(self) -> None:
        self._say(piped.RESUME)

    def stop(self) -> None:
        self._say(piped.STOP)

    def kill(self) -> None:
        if self._batch is not None:
            self._batch.kill()

    def _say(self, word: str) -> None:
        with self._lock:
            if self._early is not None:  # its process is not there yet
                self._early.append(word)
                return
        if self._batch is not None:
            self._batch.say(word)

    def _greet(self, child: Child) -> None:
        """Tells a process that has just begun what was asked of it by then."""
        with self._lock:
            words, self._early = self._early or [], None
        for word in words:
            child.say(word)

    # Reports

    def report(self, folder: Path, *, pdf: bool, thumbnails: bool) -> None:
        words = [*self._words, "report", str(folder)]
        words += [*(["--pdf"] if pdf else []), *(["--thumbnails"] if thumbnails else [])]
        child = self._report = Child(words, self._log("report.txt"))
        self._start(lambda: self._make(child, folder / REPORT), "batch-report")

    def _make(self, child: Child, html: Path) -> None:
        """Makes a report and shows it; in a thread."""
        error: EmoguiError | None = None
        try:
            status = child.run(lambda _line: None)
            if status:
                said = child.last_words()
                error = EmoguiError(
                    "The report cannot be made.", said or f"{why_it_ended(status)}.".capitalize()
                )
            elif not self._browse(html.as_uri()):
                error = EmoguiError("No browser can be opened.", f"The report is '{html}'.")
        except EmoguiError as problem:
            error = problem
        except webbrowser.Error as problem:
            error = EmoguiError(f"The browser refuses: {problem}.", f"The report is '{html}'.")
        if self._left:
            return
        if error is None:
            self._context.post(self.presenter.reported)
        else:
            failure = error
            self._context.post(lambda: self.presenter.failed_to_report(failure))

    # Inside and the end

    def _start(self, target: Callable[[], None], name: str) -> None:
        thread = Thread(target=target, name=name, daemon=True)
        self._threads = [one for one in (*self._threads, thread) if one.is_alive() or one is thread]
        thread.start()

    def _log(self, name: str) -> Path:
        if self._logs is None:
            # A batch that is finishing while the window goes may still hold its log.
            self._logs = tempfile.TemporaryDirectory(
                prefix="emogui-batch-", ignore_cleanup_errors=True
            )
        return Path(self._logs.name) / name

    def close(self) -> None:
        """The window goes: a batch finishes what is under way and ends, a report ends at once."""
        self._left = True
        self.stop()
        if self._report is not None:
            self._report.kill()

    def is_closed(self) -> bool:
        """Whether nothing keeps the window; the batch itself may still be saving."""
        if self._logs is not None:
            self._logs.cleanup()
            self._logs = None
        return True
