"""How a batch that works goes on, as the Batch tab shows it. Knows no Tk."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from emogui.bulk import events
from emogui.bulk.found import Failure, FoundBatch
from emogui.bulk.options import BatchOptions


class Doing(Enum):
    """What a batch does at the moment."""

    PREPARING = auto()
    WORKING = auto()
    PAUSING = auto()
    PAUSED = auto()
    STOPPING = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a batch, or what it has so far.

    Attributes:
        folder: of the results.
        complete: whether all inputs are done.
        done, total: inputs.
        pictures, videos, frames, faces, failures: see ``emogui.bulk.checkpoint.Counts``.
        hidden: whether it hides faces, so that no report may show them.
    """

    folder: Path
    complete: bool
    done: int
    total: int
    pictures: int = 0
    videos: int = 0
    frames: int = 0
    faces: int = 0
    failures: int = 0
    hidden: bool = False

    @classmethod
    def of_found(cls, found: FoundBatch) -> Outcome:
        """The state of a batch that lies in a folder."""
        counts = found.counts
        return cls(
            found.folder, found.complete, found.done, found.total, counts.pictures, counts.videos,
            counts.frames, counts.faces, counts.failures, bool(found.options.hide),
        )  # fmt: skip


@dataclass(slots=True)
class BatchProgress:
    """Takes the events of a batch, one after another.

    Attributes:
        folder: of the results.
        options: what is done.
        doing: at the moment.
        total: inputs; 0 before they are listed.
        now: the last that was told; None before.
        done: inputs that are done.
        failures: the first of them, with their reasons; ``now`` counts all.
        warning: what was wrong with the last input that was analysed all the same.
        outcome: what came of it, once it has ended by itself or was stopped.
        error: why it could not start or go on.
    """

    folder: Path
    options: BatchOptions
    doing: Doing = Doing.PREPARING
    total: int = 0
    done: int = 0
    now: events.Advanced | None = None
    failures: tuple[Failure, ...] = ()
    warning: str = ""
    outcome: Outcome | None = None
    error: events.Failed | None = None

    @property
    def share(self) -> float | None:
        """Inputs done, with the share of the video under way, 0 to 1; None while not known."""
        if not self.total:
            return None
        within = 0.0
        if self.now is not None and self.now.frames:
            within = min(1.0, self.now.frame / self.now.frames)
        return min(1.0, (self.done + within) / self.total)

    @property
    def failed(self) -> int:
        """How many failures there are."""
        return self.now.failures if self.now is not None else len(self.failures)

    @property
    def can_pause(self) -> bool:
        return self.doing is Doing.WORKING

    @property
    def paused(self) -> bool:
        """Whether it rests, or is about to."""
        return self.doing in (Doing.PAUSING, Doing.PAUSED)

    def take(self, event: events.Event) -> None:
        """One event."""
        match event:
            case events.Started():
                self.total, self.done = event.total, event.done
                self._do(Doing.WORKING)
            case events.Advanced():
                self.now, self.done, self.total = event, event.done, event.total
                self._do(Doing.WORKING)
            case events.Warned(text):
                self.warning = text
            case events.Paused():
                if self.doing is not Doing.STOPPING:
                    self.doing = Doing.PAUSED
            case events.Resumed():
                if self.doing is not Doing.STOPPING:
                    self.doing = Doing.WORKING
            case events.Failed():
                self.error = event
            case events.Stopped() | events.Finished():
                self._end(event)

    def _end(self, event: events.Stopped | events.Finished) -> None:
        complete = isinstance(event, events.Finished)
        self.outcome = Outcome(
            self.folder,
            complete,
            event.total if isinstance(event, events.Finished) else event.done,
            event.total,
            event.pictures,
            event.videos,
            event.frames,
            event.faces,
            event.failures,
            bool(self.options.hide),
        )

    def _do(self, doing: Doing) -> None:
        """What it does, unless something else was asked of it meanwhile."""
        if self.doing is Doing.PREPARING:
            self.doing = doing
