"""What every analyzer of pictures has; light enough to be named where none is loaded."""

from __future__ import annotations

from typing import Protocol

from emogui.types import FrameResult, Image


class PictureAnalyzer(Protocol):
    """The part of ``emogui.Analyzer`` that whoever analyses pictures one by one needs."""

    def analyze(
        self,
        image: Image,
        *,
        source: str = "",
        frame: int = 0,
        time_s: float = 0.0,
        long_side: int | None = None,
    ) -> FrameResult: ...
