"""Finds the faces of frames for which there is no result of their own, or none yet."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from emogui.tracking.results import TrackedResult
from emogui.types import Frame, FrameResult

PATIENCE_S: Final = 0.5
"""A frame waits so long for its result, and a result tells so far ahead or back where faces are."""

_KEPT: Final = 256


@dataclass(frozen=True, slots=True)
class _Placed:
    captured_at: float
    epoch: int
    tracked: TrackedResult


class Placing:
    """The results of late, by the frames they were made from; for one thread."""

    def __init__(self) -> None:
        self._results: deque[_Placed] = deque(maxlen=_KEPT)

    def add(self, captured_at: float, epoch: int, tracked: TrackedResult) -> None:
        """Takes in the next result, and when and in which jump its frame was captured."""
        self._results.append(_Placed(captured_at, epoch, tracked))

    def knows(self, frame: Frame) -> bool:
        """Whether waiting longer would tell nothing more about a frame."""
        return bool(self._results) and self._results[-1].captured_at >= frame.captured_at

    def result_of(self, frame: Frame) -> FrameResult | None:
        """The result of a frame, or that of its nearest neighbour carried to it.

        Returns:
            None where there is none within half a second, or only of pictures of another size.
        """
        near = [
            one
            for one in self._results
            if one.epoch == frame.epoch
            and abs(one.captured_at - frame.captured_at) <= PATIENCE_S
            and (one.tracked.result.height, one.tracked.result.width) == frame.image.shape[:2]
        ]
        if not near:
            return None
        best = min(near, key=lambda one: abs(one.captured_at - frame.captured_at))
        if best.captured_at == frame.captured_at:
            return best.tracked.result
        return replace(best.tracked.at(frame.time_s), frame=frame.index, time_s=frame.time_s)
