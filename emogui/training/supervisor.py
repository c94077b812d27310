"""Takes a run from its first step to the network in the list, each part in a process of its own.

Training, export, calibration and evaluation are the commands of emogui; a crash of one leaves
whoever started it standing. What is done is noted in the run's folder, so that a run that was
interrupted anywhere goes on from there.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from emogui import paths
from emogui.child import Child, program, why_it_ended
from emogui.errors import EmoguiError, TrainingError
from emogui.training import events
from emogui.training.losses_file import LossFile
from emogui.training.runs import (
    EVALUATION,
    LOG,
    Phase,
    Run,
    is_busy,
    load_run,
    lock,
    set_phase,
    unlock,
)

logger = logging.getLogger(__name__)

STAGED = "export"
"""Folder of a run in which the network is made, before it is moved among the user's."""


@dataclass(frozen=True, slots=True)
class PhaseBegan:
    """The run does something else now."""

    phase: Phase


@dataclass(frozen=True, slots=True)
class NetworkReady:
    """The network lies among the user's and can be chosen; it is not measured yet."""

    name: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing of the run works any more.

    Attributes:
        run: as it lies in its folder now.
        error: why it ended, where nobody asked for it.
    """

    run: Run
    error: EmoguiError | None = None


Message = events.Event | PhaseBegan | NetworkReady | Ended


class _Stopped(Exception):  # noqa: N818 - as KeyboardInterrupt, it is no error
    """The run was told to stop."""


class Supervisor:
    """One run, in a thread of its own. Every method returns at once.

    Args:
        run: new, or to go on with.
        tell: gets each message, in that thread.
        words: how emogui is started; see :func:`emogui.child.program`.
    """

    def __init__(
        self, run: Run, tell: Callable[[Message], None], words: Sequence[str] | None = None
    ) -> None:
        self.run = run
        self._tell, self._words = tell, list(words or program())
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._training = False
        self._stopping = self._left = False
        self._thread = threading.Thread(target=self._work, name="train-supervisor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether something of the run still works for this window."""
        return self._thread.is_alive()

    def pause(self) -> None:
        """Has the training wait after its present step."""
        self._say(events.PAUSE)

    def resume(self) -> None:
        """Has it go on."""
        self._say(events.RESUME)

    def stop(self) -> None:
        """Ends the run so that it can go on another time: the training with a checkpoint.

        What comes after the training is short and is simply begun again.
        """
        with self._lock:
            self._stopping = True
            child, training = self._child, self._training
        if child is not None:
            if training:
                child.say(events.STOP)
            else:
                child.kill()

    def kill(self) -> None:
        """Ends the run at once; what was done since its last checkpoint is lost."""
        with self._lock:
            self._stopping = True
            child = self._child
        if child is not None:
            child.kill()

    def leave(self) -> None:
        """As ``stop``, and tells nothing any more: the window is going.

        The training saves itself and ends, whether the window is still there or not.
        """
        self._left = True
        self.stop()

    # In the thread

    def _work(self) -> None:
        error: EmoguiError | None = None
        try:
            self._go_through()
        except _Stopped:
            pass
        except EmoguiError as problem:
            error = problem
        except Exception as problem:
            logger.exception("The supervisor of a training failed")
            error = TrainingError(
                f"Something unforeseen ended the training: {type(problem).__name__}: {problem}.",
                f"Resume it; the details are in '{self.run.folder / LOG}'.",
            )
        with contextlib.suppress(EmoguiError):
            self.run = load_run(self.run.folder)
        self._send(Ended(self.run, error))

    def _go_through(self) -> None:
        if is_busy(self.run.folder):
            raise TrainingError(
                f"'{self.run.plan.name}' is still at work in another process.",
                "It may be saving its state: wait a moment, or close the other window.",
            )
        steps = {
            Phase.TRAIN: self._train,
            Phase.EXPORT: self._export,
            Phase.CALIBRATE: self._calibrate,
            Phase.EVALUATE: self._evaluate,
        }
        order = list(Phase)
        for phase in order[order.index(self.run.phase) : -1]:
            self._send(PhaseBegan(phase))
            steps[phase]()
            set_phase(self.run, order[order.index(phase) + 1])
        self._send(PhaseBegan(Phase.DONE))

    def _train(self) -> None:
        ended: list[events.Event] = []
        losses, steps = LossFile(self.run.folder), [1]

        def take(line: str) -> None:
            event = events.parse_event(line)
            if event is None:
                return
            if isinstance(event, events.Started):
                steps.append(event.steps_per_epoch)
            if isinstance(event, events.Step):
                losses.add(event.epoch - 1 + event.step / steps[-1], event.loss)
            if isinstance(event, events.Finished | events.Stopped | events.Failed):
                ended.append(event)
            if not isinstance(event, events.Failed):
                self._send(event)

        with self._lock:
            self._training = True
        try:
            status, child = self._run_child(self.run.plan.train_command(self.run.folder), take)
        finally:
            with self._lock:
                self._training = False
        last = ended[-1] if ended else None
        if isinstance(last, events.Finished) and status == 0:
            return
        if self._stopping or isinstance(last, events.Stopped):
            raise _Stopped
        if isinstance(last, events.Failed):
            raise TrainingError(last.message, last.hint)
        raise _crash("The training", status, child)

    def _export(self) -> None:
        plan = self.run.plan
        target = paths.user_models() / plan.name
        if (target / "model.json").is_file():
            return  # the run was ended between the move and the note of it
        staged = self.run.folder / STAGED / plan.name
        shutil.rmtree(staged, ignore_errors=True)
        self._command(
            "The export",
            ["export", str(self.run.folder), *plan.data_options, "--output", str(staged)]
            + (["--title", plan.title] if plan.title else []),
        )
        # Moved when it is whole, so that the list of networks never has half of one.
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(target, ignore_errors=True)
            staged.replace(target)
        except OSError as error:
            raise TrainingError(
                f"The network cannot be moved to '{target}': {error.strerror or error}.",
                f"It lies in '{staged}'; move it by hand, or resume the run.",
            ) from error
        self._send(NetworkReady(plan.name))

    def _calibrate(self) -> None:
        plan = self.run.plan
        self._command("The calibration", ["calibrate", "--model", plan.name, *plan.data_options])

    def _evaluate(self) -> None:
        from emogui.backend.store import load_model_info

        plan = self.run.plan
        for head in load_model_info(plan.name).heads:
            output = self.run.folder / EVALUATION / head
            words = ["evaluate", "--model", plan.name, *plan.data_options, "--split", "public"]
            words += ["--labels", head, "--record", "--output", str(output)]
            self._command("The evaluation", words)

    def _command(self, what: str, words: Sequence[str]) -> None:
        """Runs a command that says nothing to programs.

        Raises:
            TrainingError: it failed.
        """
        status, child = self._run_child(words, lambda _line: None)
        if self._stopping:
            raise _Stopped
        if status:
            raise _crash(what, status, child)

    def _run_child(self, words: Sequence[str], take: Callable[[str], None]) -> tuple[int, Child]:
        folder = self.run.folder
        child = Child([*self._words, *words], folder / LOG)
        with self._lock:
            if self._stopping:
                raise _Stopped
            self._child = child

        def started(pid: int) -> None:
            with contextlib.suppress(OSError):
                lock(folder, pid)
            child.say(events.ATTACHED)
            if self._stopping:  # told between the two
                child.say(events.STOP)

        try:
            return child.run(take, started), child
        finally:
            with self._lock:
                self._child = None
            unlock(folder)

    def _say(self, word: str) -> None:
        with self._lock:
            child = self._child if self._training else None
        if child is not None:
            child.say(word)

    def _send(self, message: Message) -> None:
        if not self._left:
            self._tell(message)


def _crash(what: str, status: int, child: Child) -> TrainingError:
    words = child.last_words()
    if status > 0 and words:
        return TrainingError(f"{what} failed: {words}", "Mend it, then resume: nothing is lost.")
    memory = " It may be short of memory: close other programs." if status < 0 else ""
    return TrainingError(
        f"{what} was interrupted: {why_it_ended(status)}.",
        f"Resume goes on from its last checkpoint.{memory}",
    )
