"""What a live session hands to whoever watches it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from emogui.errors import EmoguiError
from emogui.live.statistics import LiveStatistics
from emogui.tracking.results import TrackedResult
from emogui.types import Frame, FrameResult


class LiveState(Enum):
    """How far a session is; the last three are final."""

    OPENING = auto()
    RUNNING = auto()
    ENDED = auto()
    FAILED = auto()
    STOPPED = auto()

    @property
    def final(self) -> bool:
        return self in (LiveState.ENDED, LiveState.FAILED, LiveState.STOPPED)


@dataclass(frozen=True, slots=True, eq=False)
class Analysed:
    """A result with the frame that it was made from.

    Attributes:
        frame: the frame.
        result: its faces carry the numbers of their tracks, smoothed boxes and probabilities.
        tracked: the result with how its faces move.
        sequence: rises within a session whenever the numbers of faces begin anew.
    """

    frame: Frame
    result: FrameResult
    tracked: TrackedResult | None = None
    sequence: int = 0

    def at(self, time_s: float) -> FrameResult:
        """The result carried to a frame of that time, see `TrackedResult.at`; cheap."""
        return self.result if self.tracked is None else self.tracked.at(time_s)


@dataclass(frozen=True, slots=True, eq=False)
class LiveUpdate:
    """What ``poll`` hands out.

    Attributes:
        session: number of the session, unique in the process.
        state: how far it is.
        source_name, is_camera: of the source, once it is open; ``""`` and None before.
        frame: the newest frame, or None before the first.
        newest: the newest result with its frame; None before the first and while the analysis
            is off. The faces carry the numbers of their tracks and smoothed probabilities.
        statistics: counts and rates.
        error: why the session failed.
        analysis_error: why a frame could not be analysed; handed out once for each analysis
            that was set, however often it fails.
    """

    session: int
    state: LiveState
    source_name: str
    is_camera: bool | None
    frame: Frame | None
    newest: Analysed | None
    statistics: LiveStatistics
    error: EmoguiError | None = None
    analysis_error: EmoguiError | None = None
