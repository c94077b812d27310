"""How frames of a live source are analysed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from emogui.backend.picture_analyzer import PictureAnalyzer
from emogui.tracking.results import ResultTracker, TrackedResult
from emogui.tracking.sequence import FRAME_SIDE, SequenceAnalyzer
from emogui.tracking.smoothing import SMOOTHING_S
from emogui.tracking.stages import Stages
from emogui.types import Frame, FrameResult

LIVE_LONG_SIDE = FRAME_SIDE

Analyze = Callable[[Frame], FrameResult]
"""Finds the faces of one frame, for itself."""


class FrameSequence(Protocol):
    """Follows the faces of consecutive frames.

    Attributes:
        smoothing_s: time constant of the probabilities in seconds; 0 for none.
    """

    smoothing_s: float

    @property
    def given(self) -> int:
        """How many numbers were given to faces so far."""
        ...

    def look_ahead(self, frame: Frame) -> None:
        """Does what it can for a frame that comes soon, in the thread that reads it."""
        ...

    def __call__(self, frame: Frame) -> TrackedResult: ...


@runtime_checkable
class Judging(Protocol):
    """An analysis that tells when a face is uncertain, so that smoothed faces are judged too.

    Attributes:
        uncertain_below: lowest top probability that is not doubtful; None while not known.
    """

    @property
    def uncertain_below(self) -> float | None: ...


@runtime_checkable
class Loading(Protocol):
    """An analysis with models to be loaded, in the inference thread, and sequences of its own."""

    @property
    def loaded(self) -> bool: ...

    def load(self, frame: Frame) -> None:
        """Loads the models and tries them on a frame, so that the next is not slow."""
        ...

    def sequence(self) -> FrameSequence:
        """A new sequence; the models are loaded by then."""
        ...


def frame_analysis(analyzer: PictureAnalyzer, source: str = "") -> Analyze:
    """An analysis of frames one by one.

    Args:
        analyzer: used in the inference thread alone.
        source: name of the source in the results.
    """

    def analyze(frame: Frame) -> FrameResult:
        return analyzer.analyze(
            frame.image,
            source=source,
            frame=frame.index,
            time_s=frame.time_s,
            long_side=LIVE_LONG_SIDE,
        )

    return analyze


class SeparateFrames:
    """A sequence whose frames are analysed one by one; faces are followed by their boxes."""

    def __init__(self, analyze: Analyze) -> None:
        self.smoothing_s = SMOOTHING_S
        self._analyze = analyze
        self._tracker = ResultTracker()

    @property
    def given(self) -> int:
        return self._tracker.given

    def look_ahead(self, frame: Frame) -> None:
        pass  # a frame is analysed in one piece

    def __call__(self, frame: Frame) -> TrackedResult:
        found = self._analyze(frame)
        below = self._analyze.uncertain_below if isinstance(self._analyze, Judging) else None
        self._tracker.smoothing_s = self.smoothing_s
        return self._tracker.update(found, frame.time_s, below)


def sequence_of(analyze: Analyze) -> FrameSequence:
    """A new sequence of whatever kind an analysis offers."""
    return analyze.sequence() if isinstance(analyze, Loading) else SeparateFrames(analyze)


class LazyAnalysis:
    """An analysis whose models are loaded with its first frame, in the inference thread.

    Several sessions may use it one after another; while the thread of a former one is still in
    it, the next one waits.

    Args:
        load: makes the analyzer; slow, may raise.
        source: name of the source in the results; may be set at any time.
        adaptive: see `SequenceAnalyzer`.
    """

    def __init__(
        self, load: Callable[[], PictureAnalyzer], source: str = "", *, adaptive: bool = True
    ) -> None:
        self.source = source
        self._load = load
        self._adaptive = adaptive
        self._lock = threading.Lock()
        self._analyzer: PictureAnalyzer | None = None
        self._failure: Exception | None = None

    @property
    def loaded(self) -> bool:
        """Whether the models are in memory."""
        return self._analyzer is not None

    @property
    def uncertain_below(self) -> float | None:
        """Lowest top probability that is not doubtful, where the analyzer tells it."""
        analyzer = self._analyzer
        return analyzer.uncertain_below if isinstance(analyzer, Judging) else None

    def load(self, frame: Frame) -> None:
        """Loads the models, if they are not in memory, and tries them on a frame.

        Raises:
            EmoguiError: they cannot be loaded. That is tried once, not for each frame.
        """
        with self._lock:
            fresh = self._analyzer is None
            analyzer = self._loaded_analyzer()
            if fresh and isinstance(analyzer, Stages):
                SequenceAnalyzer(analyzer)(frame)

    def sequence(self) -> FrameSequence:
        """A new sequence.

        Raises:
            EmoguiError: the models cannot be loaded.
        """
        with self._lock:
            analyzer = self._loaded_analyzer()
        if isinstance(analyzer, Stages):
            return _LockedSequence(self, SequenceAnalyzer(analyzer, adaptive=self._adaptive))
        return SeparateFrames(self)

    def __call__(self, frame: Frame) -> FrameResult:
        """Analyses a frame by itself.

        Raises:
            EmoguiError: the models cannot be loaded.
        """
        with self._lock:
            return frame_analysis(self._loaded_analyzer(), self.source)(frame)

    def _loaded_analyzer(self) -> PictureAnalyzer:
        if self._failure is not None:
            raise self._failure
        if self._analyzer is None:
            try:
                self._analyzer = self._load()
            except Exception as error:
                self._failure = error
                raise
        return self._analyzer


class _LockedSequence:
    """A sequence of a `LazyAnalysis`, whose analyzer serves one thread at a time."""

    def __init__(self, owner: LazyAnalysis, follow: SequenceAnalyzer) -> None:
        self._owner, self._follow = owner, follow

    @property
    def smoothing_s(self) -> float:
        return self._follow.smoothing_s

    @smoothing_s.setter
    def smoothing_s(self, value: float) -> None:
        self._follow.smoothing_s = value

    @property
    def given(self) -> int:
        return self._follow.given

    def look_ahead(self, frame: Frame) -> None:
        self._follow.look_ahead(frame)  # not locked: the network is to run meanwhile

    def __call__(self, frame: Frame) -> TrackedResult:
        with self._owner._lock:
            return self._follow(frame, self._owner.source)
