"""The stages of a picture's analysis, one by one, and what each takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from emogui.types import Detection, FaceBox, FaceResult, FrameResult, Image


@runtime_checkable
class Stages(Protocol):
    """The stages of ``emogui.Analyzer``, one by one."""

    @property
    def uncertain_below(self) -> float: ...

    def detect(
        self, image: Image, *, long_side: int | None = None, faint: bool = False
    ) -> list[Detection]: ...

    def clear_from(self, long_side: int | None) -> float: ...

    def crops(self, image: Image, boxes: Sequence[FaceBox]) -> npt.NDArray[np.uint8]: ...

    def classify(self, crops: npt.NDArray[np.uint8]) -> list[dict[str, float]]: ...

    def result(
        self,
        image: Image,
        faces: Sequence[FaceResult],
        *,
        source: str = "",
        frame: int = 0,
        time_s: float = 0.0,
        timings_ms: Mapping[str, float] | None = None,
    ) -> FrameResult: ...


class StageClock:
    """Adds up what the stages of a frame take.

    Args:
        clock: tells seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._last = clock()
        self._ms = {"detect": 0.0, "track": 0.0, "crop": 0.0, "classify": 0.0}

    def stop(self, stage: str) -> float:
        """Puts the time since the last stop down to a stage; returns its milliseconds."""
        now = self._clock()
        taken, self._last = 1e3 * (now - self._last), now
        self._ms[stage] += taken
        return taken

    def add(self, stage: str, ms: float) -> None:
        """Adds milliseconds that a stage took before, in another thread."""
        self._ms[stage] += ms

    def timings_ms(self) -> dict[str, float]:
        """Stage to milliseconds, as in ``FrameResult.timings_ms``, with their ``total``."""
        return {**self._ms, "total": sum(self._ms.values())}
