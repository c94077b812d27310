"""How a run that works goes on, as the Train tab shows it. Knows no Tk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from emogui.training import events
from emogui.training.losses_file import Point, thinned
from emogui.training.runs import Phase, Run
from emogui.training.supervisor import Message, NetworkReady, PhaseBegan


class Doing(Enum):
    """What a run does at the moment."""

    PREPARING = auto()
    TRAINING = auto()
    MEASURING = auto()
    PAUSING = auto()
    PAUSED = auto()
    STOPPING = auto()
    FINISHING = auto()


@dataclass(slots=True)
class RunProgress:
    """Takes the messages of a supervisor, one after another.

    Attributes:
        run: what works.
        doing: at the moment.
        phase: of the run.
        started: what the training said first; None before.
        done: how far the training is, 0 to 1.
        epoch: the epoch it is in, from 1; ``step`` how many steps of it are made.
        rate: pictures a second; None while not known.
        seconds_left: of the training; None while not known.
        seconds: spent training.
        loss: of late.
        losses: (position in epochs, loss).
        history: lines of ``history.csv``.
        said: the last line for people.
        saved_at: how far the last checkpoint is; None before the first.
        network: name of the network once it can be chosen.
    """

    run: Run
    doing: Doing = Doing.PREPARING
    phase: Phase = Phase.TRAIN
    started: events.Started | None = None
    done: float = 0.0
    epoch: int = 1
    step: int = 0
    rate: float | None = None
    seconds_left: float | None = None
    seconds: float = 0.0
    loss: float | None = None
    losses: list[Point] = field(default_factory=list)
    history: list[Mapping[str, float]] = field(default_factory=list)
    said: str = ""
    saved_at: float | None = None
    network: str = ""

    @property
    def epoch_done(self) -> float:
        """Share of the present epoch, 0 to 1."""
        if self.started is None:
            return 0.0
        return min(1.0, self.step / self.started.steps_per_epoch)

    @property
    def position(self) -> float:
        """Where the training is, in epochs."""
        return self.epoch - 1 + self.epoch_done

    @property
    def can_pause(self) -> bool:
        return self.doing in (Doing.TRAINING, Doing.MEASURING)

    @property
    def paused(self) -> bool:
        """Whether it rests, or is about to."""
        return self.doing in (Doing.PAUSING, Doing.PAUSED)

    def take(self, message: Message) -> None:  # noqa: PLR0912 - a line for each message
        """One message; of ``Ended`` and ``Failed`` the presenter takes care."""
        match message:
            case PhaseBegan(phase):
                self.phase = phase
                if phase is not Phase.TRAIN and self.doing is not Doing.STOPPING:
                    self.doing, self.done = Doing.FINISHING, 1.0
            case NetworkReady(name):
                self.network = name
            case events.Started():
                self._start(message)
            case events.Step():
                self._step(message)
            case events.Evaluating():
                self._do(Doing.MEASURING)
            case events.Epoch(figures):
                self.history.append(figures)
                self._do(Doing.TRAINING)
            case events.Saved(done):
                self.saved_at = done
            case events.Paused():
                if self.doing is not Doing.STOPPING:
                    self.doing = Doing.PAUSED
            case events.Resumed():
                if self.doing is not Doing.STOPPING:
                    self.doing = Doing.TRAINING
            case events.Said(text):
                self.said = text
            case _:
                pass

    def _start(self, started: events.Started) -> None:
        self.started = started
        self.done, self.epoch, self.seconds = started.done, started.epoch, started.seconds
        self.history = list(started.history)
        self._do(Doing.TRAINING)

    def _step(self, step: events.Step) -> None:
        self.done, self.epoch, self.step = step.done, step.epoch, step.step
        self.rate, self.seconds_left = step.pictures_per_second, step.seconds_left
        self.seconds, self.loss = step.seconds, step.loss
        if step.loss is not None:
            self.losses = thinned([*self.losses, (self.position, step.loss)])
        self._do(Doing.TRAINING)

    def _do(self, doing: Doing) -> None:
        """What the training does, unless something else was asked of it meanwhile."""
        if self.doing not in (Doing.PAUSING, Doing.PAUSED, Doing.STOPPING):
            self.doing = doing
