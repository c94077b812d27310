"""How fast a batch is of late, and how long it will take."""

from __future__ import annotations

from collections import deque
from typing import Final

WINDOW_S: Final = 60.0
"""The rate is that of the last so many seconds: an hour of small pictures says nothing about
the videos that come after it."""

SAMPLE_S: Final = 0.5
LEAST_S: Final = 2.0
"""Before that nothing is told."""


class Pace:
    """Takes where a batch is, at rising moments.

    Args:
        total: inputs.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._samples: deque[tuple[float, float, int]] = deque()

    def add(self, seconds: float, position: float, pieces: int) -> None:
        """Takes a place.

        Args:
            seconds: of work, pauses left out.
            position: inputs that are done, with the share of the video that is under way.
            pieces: pictures and frames that are done.
        """
        samples = self._samples
        if len(samples) > 1 and seconds - samples[-2][0] < SAMPLE_S:
            samples.pop()  # the last one is always the newest; those before lie apart
        samples.append((seconds, position, pieces))
        while len(samples) > 2 and seconds - samples[0][0] > WINDOW_S:
            samples.popleft()

    @property
    def per_second(self) -> float | None:
        """Pictures and frames a second; None until it can be told."""
        seconds = self._span()
        return None if seconds is None else (self._samples[-1][2] - self._samples[0][2]) / seconds

    @property
    def seconds_left(self) -> float | None:
        """About; None until it can be told."""
        seconds = self._span()
        if seconds is None:
            return None
        made = self._samples[-1][1] - self._samples[0][1]
        left = max(0.0, self._total - self._samples[-1][1])
        return left / made * seconds if made > 0 else None

    def seconds_left_with(self, frame: int, frames: int | None) -> float | None:
        """The same, and at least what is left of the video that is under way.

        Args:
            frame: frames of it that are done.
            frames: all of them; None where there is no video, or nobody knows.
        """
        left, pace = self.seconds_left, self.per_second
        if left is None or not frames or not pace:
            return left
        return max(left, (frames - frame) / pace)

    def _span(self) -> float | None:
        if len(self._samples) < 2:
            return None
        seconds = self._samples[-1][0] - self._samples[0][0]
        return seconds if seconds >= LEAST_S else None
