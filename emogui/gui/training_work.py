"""What takes time in the Train tab: checks, runs and reports, outside Tk's thread."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from emogui.child import Child, program, python, why_it_ended
from emogui.errors import EmoguiError, TrainingError
from emogui.gui.context import ViewContext
from emogui.training.data_check import CheckFailed, check_command, parse_check
from emogui.training.losses_file import read_losses
from emogui.training.report import read_report
from emogui.training.runs import Run, RunPlan, create_run, free_name, list_runs, remove_run
from emogui.training.supervisor import Message, Supervisor

if TYPE_CHECKING:
    from emogui.gui.training_presenter import TrainingPresenter

logger = logging.getLogger(__name__)

NOT_FILES = ("none", "imagenet")


class TrainingWork:
    """The ``Work`` of a presenter.

    Args:
        context: see ``emogui.gui.context``.
        words: how emogui is started in a process of its own; tests give another program.

    Attributes:
        presenter: gets the answers; set by whoever makes both.
    """

    presenter: TrainingPresenter

    def __init__(self, context: ViewContext, words: Sequence[str] | None = None) -> None:
        self._context = context
        self._words = list(words or program())
        self._check: Child | None = None
        self._checks: list[Thread] = []
        self._supervisor: Supervisor | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    # Data sets

    def check(self, data: str, votes: str, ticket: int) -> None:
        folder = self._sheets()
        command = check_command(python(), data, votes, folder / f"sheet-{ticket}.png")
        child = self._check = Child(command, folder / "log.txt")
        thread = Thread(
            target=self._checking, args=(child, ticket), name="train-check", daemon=True
        )
        self._checks = [one for one in (*self._checks, thread) if one.is_alive() or one is thread]
        thread.start()

    def cancel_check(self) -> None:
        if self._check is not None:
            self._check.kill()
            self._check = None

    def _checking(self, child: Child, ticket: int) -> None:
        answered = False

        def take(line: str) -> None:
            nonlocal answered
            event = parse_check(line)
            if event is not None:
                answered = True
                self._context.post(lambda: self.presenter.data.checked(ticket, event))

        def fail(message: str, hint: str) -> None:
            event = CheckFailed(message, hint)
            self._context.post(lambda: self.presenter.data.checked(ticket, event))

        try:
            status = child.run(take)
        except EmoguiError as error:
            fail(error.message, error.hint)
            return
        if child.killed:
            return
        if status not in (0, 1) or not answered:
            said = child.last_words()
            fail(
                f"The check of the data set broke off: {why_it_ended(status)}.",
                said or "It may be short of memory: close other programs, and check again.",
            )

    def _sheets(self) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="emogui-train-")
        return Path(self._folder.name)

    # Runs

    def look_up(self) -> None:
        def look() -> tuple[list[Run], str]:
            return list_runs(), free_name("my-network")

        def found(outcome: tuple[list[Run], str]) -> None:
            self.presenter.propose_name(outcome[1])
            self.presenter.found(outcome[0])

        self._context.submit(look, found, doing="looking for trainings")

    def begin(self, plan: RunPlan) -> None:
        def make() -> Run:
            return create_run(replace(plan, init=resolved_start(plan.init)))

        self._context.submit(
            make, self._start, self.presenter.failed_to_begin, doing="starting the training"
        )

    def go_on(self, run: Run) -> None:
        self._start(run)

    def _start(self, run: Run) -> None:
        def tell(message: Message) -> None:
            self._context.post(lambda: self.presenter.take(message))

        supervisor = self._supervisor = Supervisor(run, tell, self._words)

        def read() -> list[tuple[float, float]]:
            return read_losses(run.folder, before=_position(run))

        def started(losses: list[tuple[float, float]]) -> None:
            self.presenter.began(run, losses)
            supervisor.start()

        self._context.submit(read, started, doing="reading the training")

    def pause(self) -> None:
        self._tell(lambda one: one.pause())

    def resume(self) -> None:
        self._tell(lambda one: one.resume())

    def stop(self) -> None:
        self._tell(lambda one: one.stop())

    def kill(self) -> None:
        self._tell(lambda one: one.kill())

    def _tell(self, call: Callable[[Supervisor], None]) -> None:
        if self._supervisor is not None:
            call(self._supervisor)

    # Reports

    def read_report(self, run: Run) -> None:
        def read() -> None:
            report, losses = read_report(run), read_losses(run.folder)
            self._context.post(lambda: self.presenter.reported(report, losses))

        self._context.submit(
            read, None, self.presenter.failed_to_report, doing="reading the figures"
        )

    def remove(self, run: Run) -> None:
        def work() -> None:
            try:
                remove_run(run)
            finally:
                self._context.post(self.look_up)

        self._context.submit(work, doing="deleting the training")

    # The end

    def close(self) -> None:
        """The window goes: a training saves itself and ends, a check ends at once."""
        self.cancel_check()
        self._tell(lambda one: one.leave())

    def is_closed(self) -> bool:
        """Whether no thread of it is left; the training itself may still be saving."""
        busy = any(one.is_alive() for one in self._checks)
        if not busy and self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        return not busy


def resolved_start(start: str) -> str:
    """What ``--init`` takes: the file of a network of the list, anything else as it is.

    Raises:
        EmoguiError: the network has no ``.keras`` file, or there is no such file.
    """
    if start in NOT_FILES or Path(start).is_file():
        return start
    from emogui.backend.store import load_model_info

    if Path(start).is_dir() and not (Path(start) / "model.json").is_file():
        if (Path(start) / "best.npz").is_file():
            return start  # the folder of a training
        raise TrainingError(
            f"'{start}' holds neither a network nor a training to start from.",
            "Choose a network of the list, or a .keras, .weights.h5 or .npz file.",
        )
    info = load_model_info(start)
    info.file("keras")
    return str(info.path)


def _position(run: Run) -> float:
    """Where a run is by its checkpoint, in epochs."""
    if run.done >= 1 or not run.done:
        return float("inf") if run.done else 0.0
    if run.plan.epochs:
        return run.done * run.plan.epochs
    return len(run.history) + 1.0
