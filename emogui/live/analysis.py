"""How frames of a live source are analysed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from emogui.live.session import Analyze, Judging
from emogui.types import Frame, FrameResult, Image

LIVE_LONG_SIDE = 320
"""Long side at which faces are looked for, in pixels: a quarter of the time of 640, and faces
before a camera are large."""


class PictureAnalyzer(Protocol):
    """The part of ``emogui.Analyzer`` that is used here."""

    def analyze(
        self,
        image: Image,
        *,
        source: str = "",
        frame: int = 0,
        time_s: float = 0.0,
        long_side: int | None = None,
    ) -> FrameResult: ...


def frame_analysis(analyzer: PictureAnalyzer, source: str = "") -> Analyze:
    """What a `LiveSession` does with each frame.

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


class LazyAnalysis:
    """An analysis whose models are loaded with its first frame, in the inference thread.

    Several sessions may use it one after another; while the thread of a former one is still in
    it, the next one waits.

    Args:
        load: makes the analyzer; slow, may raise.
        source: name of the source in the results; may be set at any time.
    """

    def __init__(self, load: Callable[[], PictureAnalyzer], source: str = "") -> None:
        self.source = source
        self._load = load
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

    def __call__(self, frame: Frame) -> FrameResult:
        """Analyses a frame.

        Raises:
            EmoguiError: the models cannot be loaded. Loading is tried once, not for each frame.
        """
        with self._lock:
            if self._failure is not None:
                raise self._failure
            if self._analyzer is None:
                try:
                    self._analyzer = self._load()
                except Exception as error:
                    self._failure = error
                    raise
            return frame_analysis(self._analyzer, self.source)(frame)
