"""How frames of a live source are analysed."""

from __future__ import annotations

from typing import Protocol

from emogui.live.session import Analyze
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
