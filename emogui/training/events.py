"""What a training says of itself, and what it can be told: the words of ``--progress json``.

The training writes *events* to its standard output, one JSON object a line, and reads *controls*
from its standard input, one word a line. Everything else it prints goes to standard error.

==========  ============================================================================
event       fields besides ``event``, its name
==========  ============================================================================
started     version, data, rows, public_rows, epochs or minutes (the other is null), batch,
            steps_per_epoch, backend, device, done, epoch, seconds, history
step        done, epoch, step, loss, seconds, pictures_per_second, seconds_left
evaluating  epoch: the epoch is done and is now measured on PublicTest
epoch       figures: a line of ``history.csv``
saved       done: a checkpoint was written
paused
resumed
stopped     done: it ended before its end; the same command goes on
finished    best_epoch, folder
failed      message, hint
said        text: a line for people
==========  ============================================================================

``done`` is how far the training is, 0 to 1; ``epoch`` counts from 1; ``seconds`` is time spent
training, without pauses; ``seconds_left`` is null until it can be told.

Controls are ``pause``, ``resume``, ``stop`` (a checkpoint is written, exit status 130) and
``attached``: whoever sends it is watching, and when standard input then ends, because the
watcher died, the training stops as if it had been told. Without it the end of standard input
means nothing, so that the events can be written to a file by a job in the background.

A later version may add events and fields: a reader passes over those that it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from emogui import piped

VERSION: Final = 1

ATTACHED: Final = piped.ATTACHED
PAUSE: Final = piped.PAUSE
RESUME: Final = piped.RESUME
STOP: Final = piped.STOP
STOPPED_STATUS: Final = piped.STOPPED_STATUS


@dataclass(frozen=True, slots=True)
class Started:
    """The training is ready and begins, or goes on from its checkpoint.

    Attributes:
        version: of these words.
        data: name of the data set.
        rows, public_rows: pictures it learns from, and that it selects by.
        epochs, minutes: what bounds it; the other one is None.
        batch: pictures a step.
        steps_per_epoch: steps that make an epoch.
        backend: what Keras runs on.
        device: accelerator or processor, by name; ``2 x`` before it where they are two.
        done: how far it was when it began.
        epoch: the epoch that comes, from 1.
        seconds: time spent training before.
        history: lines of ``history.csv`` so far.
    """

    data: str
    rows: int
    public_rows: int
    epochs: float | None
    minutes: float | None
    batch: int
    steps_per_epoch: int
    backend: str
    device: str
    done: float = 0.0
    epoch: int = 1
    seconds: float = 0.0
    history: Sequence[Mapping[str, float]] = ()
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Step:
    """Some steps were made.

    Attributes:
        done: how far the training is.
        epoch: the epoch it is in, from 1.
        step: steps made in it.
        loss: mean of the last few steps.
        seconds: time spent training.
        pictures_per_second: of late; None until it can be told.
        seconds_left: about; None until it can be told.
    """

    done: float
    epoch: int
    step: int
    loss: float
    seconds: float
    pictures_per_second: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Evaluating:
    """All steps of an epoch are made; the averaged network is measured on PublicTest."""

    epoch: int


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch is done; ``figures`` is its line of ``history.csv``."""

    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Saved:
    """A checkpoint was written; a kill loses what comes after it."""

    done: float


@dataclass(frozen=True, slots=True)
class Paused:
    """The training waits, as it was told."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The training goes on after a pause."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The training ended before its end, and its state is saved as far as there was one."""

    done: float


@dataclass(frozen=True, slots=True)
class Finished:
    """The training came to its end; the weights of ``best_epoch`` (from 1) lie in ``folder``."""

    best_epoch: int
    folder: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The training cannot start or go on."""

    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A line for people."""

    text: str = field(default="")


Event = (
    Started
    | Step
    | Evaluating
    | Epoch
    | Saved
    | Paused
    | Resumed
    | Stopped
    | Finished
    | Failed
    | Said
)

KINDS: Final[Mapping[str, type[Event]]] = {
    kind.__name__.lower(): kind
    for kind in (
        *(Started, Step, Evaluating, Epoch, Saved, Paused, Resumed, Stopped, Finished, Failed),
        Said,
    )
}


def format_event(event: Event) -> str:
    """An event as a line of JSON, without the line's end; what is no number becomes null."""
    return piped.format_event(event)


def parse_event(line: str) -> Event | None:
    """Reads a line; None where it is no event that this version knows.

    Fields that are missing or of another kind make a line unknown, further ones are passed over.
    """
    return piped.parse_event(line, KINDS, _checked)


def _checked(event: Event) -> None:
    """Checks that numbers are numbers.

    Raises:
        TypeError, ValueError, AttributeError: they are not.
    """
    match event:
        case Started():
            float(event.done), int(event.steps_per_epoch), int(event.rows), int(event.batch)
            [dict(row) for row in event.history]
        case Step():
            float(event.done), int(event.epoch), int(event.step), float(event.seconds)
        case Epoch():
            dict(event.figures)
        case Saved() | Stopped():
            float(event.done)
        case _:
            pass
