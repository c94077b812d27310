"""Follows the faces of a video whose frames other threads have looked at already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
import numpy.typing as npt

from emogui.backend.analyzer import Analyzer
from emogui.bulk.checkpoint import Checkpoint
from emogui.bulk.options import BatchOptions
from emogui.tracking.sequence import SequenceAnalyzer
from emogui.types import Detection, FaceBox, FaceResult, Frame, FrameResult, Image


class VideoFollower:
    """One video's sequence.

    Args:
        analyzer: the detector and network.
        options: of the batch.

    Attributes:
        done: frames that were analysed, by this run.
        total: how many there are to analyse, as far as the file tells; else None.
    """

    def __init__(self, analyzer: Analyzer, options: BatchOptions) -> None:
        self._stages = _Ahead(analyzer)
        self._sequence = SequenceAnalyzer(
            self._stages,
            adaptive=False,
            smoothing_s=options.smoothing_s,
            long_side=options.video_side,
        )
        self.done = 0
        self.total: int | None = None

    @classmethod
    def resumed(cls, start: Checkpoint, analyzer: Analyzer, options: BatchOptions) -> Self:
        """The sequence that a checkpoint within a video was made of."""
        made = cls(analyzer, options)
        made._sequence.restore(start.state)
        return made

    def follow(self, frame: Frame, detections: Sequence[Detection], source: str) -> FrameResult:
        """The result of the next frame, in which the detector has found these, faint ones too."""
        self._stages.found = list(detections)
        return self._sequence(frame, source).result

    def state(self) -> bytes:
        """What `resumed` needs, within a checkpoint."""
        return self._sequence.state()


class _Ahead:
    """The stages of an analyzer, of which detection was done before."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self.found: list[Detection] = []

    @property
    def uncertain_below(self) -> float:
        return self._analyzer.uncertain_below

    def detect(
        self, image: Image, *, long_side: int | None = None, faint: bool = False
    ) -> list[Detection]:
        return self.found

    def clear_from(self, long_side: int | None) -> float:
        return self._analyzer.clear_from(long_side)

    def crops(self, image: Image, boxes: Sequence[FaceBox]) -> npt.NDArray[np.uint8]:
        return self._analyzer.crops(image, boxes)

    def classify(self, crops: npt.NDArray[np.uint8]) -> list[dict[str, float]]:
        return self._analyzer.classify(crops)

    def result(
        self,
        image: Image,
        faces: Sequence[FaceResult],
        *,
        source: str = "",
        frame: int = 0,
        time_s: float = 0.0,
        timings_ms: Mapping[str, float] | None = None,
    ) -> FrameResult:
        return self._analyzer.result(image, faces, source=source, frame=frame, time_s=time_s)
