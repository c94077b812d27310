"""How quick a training is, and how long it will take."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

WINDOW_S: Final = 20.0
"""Seconds of training over which the pace is taken."""


class Pace:
    """Told how far a training is after its steps; all times are spent training, in seconds.

    Args:
        stages: (side of the pictures, share of the training at which it ends), ascending.
        epochs, minutes: what bounds the training; the other one is None.
        rows: pictures an epoch.
    """

    def __init__(
        self,
        stages: Sequence[tuple[int, float]],
        *,
        epochs: float | None,
        minutes: float | None,
        rows: int,
    ) -> None:
        self._stages, self._epochs, self._minutes, self._rows = stages, epochs, minutes, rows
        self._seen: deque[tuple[float, int, int]] = deque()
        self._measuring: float | None = None

    def stepped(self, seconds: float, pictures: int, size: int) -> None:
        """Some steps were made.

        Args:
            seconds: time spent training.
            pictures: seen in all.
            size: side of the pictures of the last step.
        """
        seen = self._seen
        if seen and seen[-1][2] != size:
            seen.clear()  # larger pictures take longer: the pace before says nothing
        seen.append((seconds, pictures, size))
        while len(seen) > 2 and seconds - seen[0][0] > WINDOW_S:
            seen.popleft()

    def measured(self, seconds: float) -> None:
        """Measuring an epoch on PublicTest took so long."""
        self._measuring = seconds

    @property
    def pictures_per_second(self) -> float | None:
        """Of late; None until two moments are known."""
        if len(self._seen) < 2:
            return None
        (began, first, _), (ended, last, _) = self._seen[0], self._seen[-1]
        return (last - first) / (ended - began) if ended > began else None

    def seconds_left(self, done: float) -> float | None:
        """About, with the time for measuring; None until the pace is known.

        The time of a picture is taken to grow with the number of its pixels.
        """
        rate = self.pictures_per_second
        if self._minutes is not None:
            left = 60 * self._minutes * (1 - done)
            epochs = left * (rate or 0.0) / self._rows
        else:
            if rate is None or self._epochs is None:
                return None
            epochs = self._epochs * (1 - done)
            now = self._seen[-1][2]
            left, at = 0.0, done
            for size, end in self._stages:
                if end > at:
                    share = end - at
                    left += share * self._epochs * self._rows / rate * (size / now) ** 2
                    at = end
        return left + (self._measuring or 0.0) * max(1.0, epochs)
