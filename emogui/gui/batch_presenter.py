"""The Batch tab as a state machine: what was chosen, what works, what came of it. Knows no Tk.

The view shows what stands here after each call of ``changed`` and does what the user asks by
calling the methods; what takes time is done by ``Work``, which answers by calling the methods
under "Answers of the work", on the same thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from emogui.bulk import events
from emogui.bulk.found import MOST_FAILURES, Failure, FoundBatch
from emogui.bulk.options import BatchOptions
from emogui.errors import EmoguiError
from emogui.gui.batch_form import BatchForm, options_of, problems_of, proposed_folder
from emogui.gui.batch_progress import BatchProgress, Doing, Outcome
from emogui.gui.choice import Choice


class Page(Enum):
    """What the tab shows."""

    SETUP = auto()
    RUN = auto()
    DONE = auto()


class Work(Protocol):
    """What takes time; each returns at once."""

    def look(self, folder: str, ticket: int) -> None:
        """Looks for a batch in a folder; answers with ``looked``."""

    def begin(
        self, inputs: Sequence[str], folder: str, options: BatchOptions, *, restart: bool
    ) -> None:
        """Starts a batch; answers with ``took`` and ``ended``."""

    def go_on(self, found: FoundBatch) -> None:
        """Goes on with one; answers likewise."""

    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...

    def read_failures(self, folder: Path) -> None:
        """Reads the table of failures; answers with ``failures_read``."""

    def report(self, folder: Path, *, pdf: bool, thumbnails: bool) -> None:
        """Makes a report and shows it; answers with ``reported`` or ``failed_to_report``."""


class BatchPresenter:
    """See the module.

    Args:
        work: does what takes time.
        choice: network and detector, as they are chosen now.
        changed: called after every change.
        tell: shows an error.

    Attributes:
        inputs: absolute paths, in the order in which they were added.
        output: folder for the results; "" for none.
        found: the batch that lies there.
        fault: why what lies there cannot be read.
        looking: whether that is being found out.
        form: the fields.
        page: what is shown.
        progress: of the batch that works.
        outcome: what the page of results shows, ``failures`` with it.
        reporting: whether a report is being made.
    """

    def __init__(
        self,
        work: Work,
        choice: Callable[[], Choice] = Choice,
        changed: Callable[[], None] = lambda: None,
        tell: Callable[[EmoguiError], None] = lambda _error: None,
    ) -> None:
        self._work, self._choice = work, choice
        self.changed, self.tell = changed, tell
        self.inputs: tuple[str, ...] = ()
        self.output = ""
        self.found: FoundBatch | None = None
        self.fault: EmoguiError | None = None
        self.looking = False
        self.form = BatchForm()
        self.page = Page.SETUP
        self.progress: BatchProgress | None = None
        self.outcome: Outcome | None = None
        self.failures: tuple[Failure, ...] = ()
        self.reporting = False
        self._ticket = 0
        self._chose_output = False
        self._reading = False

    # What the user chooses

    def add(self, paths: Sequence[str]) -> None:
        """Adds inputs; what is there already is not added again. Proposes a folder."""
        added = [os.path.abspath(path) for path in paths if path]  # noqa: PTH100 - keeps links
        self.inputs = tuple(dict.fromkeys((*self.inputs, *added)))
        if self.inputs and not self._chose_output:
            self._take_output(proposed_folder(self.inputs))
        self.changed()

    def remove(self, numbers: Collection[int]) -> None:
        """Takes inputs off the list by their places in it."""
        self.inputs = tuple(one for i, one in enumerate(self.inputs) if i not in numbers)
        self.changed()

    def choose_output(self, folder: str) -> None:
        """Takes a folder for the results, and looks whether a batch lies there."""
        self._chose_output = bool(folder)
        self._take_output(os.path.abspath(folder) if folder else "")  # noqa: PTH100
        self.changed()

    def _take_output(self, folder: str) -> None:
        self.output = folder
        self.look_again()

    def look_again(self) -> None:
        """Looks anew what lies in the folder for the results."""
        self.found = self.fault = None
        self._ticket += 1
        self.looking = bool(self.output)
        if self.output:
            self._work.look(self.output, self._ticket)
        self.changed()

    def recheck(self) -> None:
        """Looks again without forgetting what was found: another process may have ended there."""
        if self.output and not (self.looking or self.running):
            self._work.look(self.output, self._ticket)

    def edit(self, **fields: object) -> None:
        """Changes fields of the form."""
        form = replace(self.form, **fields)  # type: ignore[arg-type]
        if form != self.form:
            self.form = form
            self.changed()

    # Whether it can start

    @property
    def running(self) -> bool:
        """Whether a batch works, or is paused."""
        return self.progress is not None

    @property
    def why_not(self) -> str:
        """Why no batch can be started; empty where one can."""
        busy = self.found is not None and self.found.busy
        for hinders, why in (
            (self.running, "A batch is under way."),
            (
                not self.inputs,
                "Add pictures, videos or folders: with the buttons, or drop them here.",
            ),
            (not self.output, "Choose a folder for the results."),
            (
                self.output in self.inputs,
                "The results need a folder of their own, which is not one of the inputs.",
            ),
            (self.looking, "Looking into the folder for the results…"),
            (busy, "A batch is at work in this folder, started by another window or terminal."),
        ):
            if hinders:
                return why
        return next(iter(problems_of(self.form).values()), "")

    @property
    def can_go_on(self) -> bool:
        """Whether the folder holds a batch that was interrupted."""
        found = self.found
        return not self.running and found is not None and not (found.complete or found.busy)

    @property
    def replaces(self) -> bool:
        """Whether a start throws away what an earlier batch has written."""
        return self.fault is not None or (self.found is not None and self.found.begun)

    # The batch

    def start(self) -> None:
        """Starts the batch as chosen; where it cannot be, says why."""
        why = self.why_not
        if why:
            self.tell(EmoguiError(f"The batch cannot be started. {why}"))
            return
        options = options_of(self.form, self._choice())
        self._began(Path(self.output), options)
        self._work.begin(self.inputs, self.output, options, restart=self.replaces)
        self.changed()

    def go_on(self) -> None:
        """Goes on with the batch in the folder for the results, with its inputs and options."""
        if not self.can_go_on or self.found is None:
            return
        found = self.found
        self._began(found.folder, found.options)
        assert self.progress is not None
        self.progress.total, self.progress.done = found.total, found.done
        self._work.go_on(found)
        self.changed()

    def _began(self, folder: Path, options: BatchOptions) -> None:
        self.progress = BatchProgress(folder, options)
        self.page = Page.RUN
        self._reading = False

    def pause_or_go_on(self) -> None:
        """Pauses the batch, or lets it go on."""
        progress = self.progress
        if progress is None:
            return
        if progress.paused:
            progress.doing = Doing.WORKING
            self._work.resume()
        elif progress.can_pause:
            progress.doing = Doing.PAUSING
            self._work.pause()
        self.changed()

    def stop(self) -> None:
        """Ends the batch so that it can go on; asked once more, ends it at once."""
        progress = self.progress
        if progress is None:
            return
        if progress.doing is Doing.STOPPING:
            self._work.kill()
        else:
            progress.doing = Doing.STOPPING
            self._work.stop()
        self.changed()

    # Results

    def show_results(self) -> None:
        """Shows what lies in the folder for the results."""
        if self.found is not None and not self.running:
            self.outcome = Outcome.of_found(self.found)
            self.failures = ()
            self._work.read_failures(self.found.folder)
            self.page = Page.DONE
            self.changed()

    def back(self) -> None:
        """From the results to what is chosen next."""
        self.page = Page.RUN if self.running else Page.SETUP
        self.outcome = None
        self.changed()

    def make_report(self, *, pdf: bool, thumbnails: bool) -> None:
        """Makes a report of the results that are shown."""
        if self.outcome is not None and not self.reporting:
            self.reporting = True
            shown = thumbnails and not self.outcome.hidden
            self._work.report(self.outcome.folder, pdf=pdf, thumbnails=shown)
            self.changed()

    # Answers of the work

    def looked(self, ticket: int, found: FoundBatch | EmoguiError | None) -> None:
        """What lies in a folder; the answer for another folder is dropped."""
        if ticket != self._ticket:
            return
        self.looking = False
        self.found = self.fault = None
        if isinstance(found, EmoguiError):
            self.fault = found
        else:
            self.found = found
        self.changed()

    def took(self, event: events.Event) -> None:
        """An event of the batch."""
        progress = self.progress
        if progress is None:
            return
        progress.take(event)
        self._read_more(progress)
        self.changed()

    def _read_more(self, progress: BatchProgress) -> None:
        """Reads the failures, where there are more than are known."""
        known = len(progress.failures)
        if not self._reading and known < min(progress.failed, MOST_FAILURES):
            self._reading = True
            self._work.read_failures(progress.folder)

    def failures_read(self, folder: Path, failures: tuple[Failure, ...]) -> None:
        """The table of failures."""
        self._reading = False
        if self.progress is not None and self.progress.folder == folder:
            self.progress.failures = failures
        if self.outcome is not None and self.outcome.folder == folder:
            self.failures = failures
        self.changed()

    def ended(self, error: EmoguiError | None) -> None:
        """The process of the batch is over.

        Args:
            error: why, where it neither came to its end nor was stopped.
        """
        progress = self.progress
        if progress is None:
            return
        self.progress = None
        self.outcome = progress.outcome
        self.failures = progress.failures
        self._chose_output = True
        self._take_output(str(progress.folder))
        if progress.outcome is not None:
            self.page = Page.DONE
            self._work.read_failures(progress.folder)
        else:
            self.page = Page.SETUP
            if error is not None:
                self.tell(error)
        self.changed()

    def reported(self) -> None:
        """The report is made and shown."""
        self.reporting = False
        self.changed()

    def failed_to_report(self, error: EmoguiError) -> None:
        """It could not be made, or not be shown."""
        self.reporting = False
        self.tell(error)
        self.changed()
