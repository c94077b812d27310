"""What keeps boxes from trembling and bars from flickering."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from emogui.tracking.kalman import Vector, side

SMOOTHING_S = 0.2
"""Time constant of the probabilities: after so many seconds 63 % of a change is shown. A clear
change of expression then turns the winner within 0.3 s."""

_REST_HZ = 1.0
"""Cutoff frequency for a box at rest."""

_PER_SPEED_HZ = 8.0
"""What a speed of one side of the box a second adds to the cutoff."""

_SPEED_HZ = 1.0
"""Cutoff frequency of the speed itself."""

_FORGET_S = 0.5
"""After a longer gap a box is shown where it is seen."""


class ProbabilitySmoother:
    """Exponential smoothing over time, however many frames there were in between."""

    def __init__(self) -> None:
        self._values: Mapping[str, float] | None = None
        self._time_s = 0.0

    @property
    def values(self) -> Mapping[str, float] | None:
        """What :meth:`update` gave last; None before."""
        return self._values

    def update(
        self, new: Mapping[str, float], time_s: float, time_constant_s: float = SMOOTHING_S
    ) -> Mapping[str, float]:
        """Takes in the probabilities of a frame.

        Args:
            new: emotion to probability.
            time_s: time of the frame in seconds.
            time_constant_s: in seconds; 0 for no smoothing.

        Returns:
            Emotion to smoothed probability; they sum to 1 if ``new`` does.
        """
        old, elapsed = self._values, max(0.0, time_s - self._time_s)
        self._time_s = time_s
        if old is None or time_constant_s <= 0 or new.keys() != old.keys():
            self._values = dict(new)  # of another head there is nothing to mix
        else:
            weight = 1.0 - math.exp(-elapsed / time_constant_s)
            self._values = {k: old[k] + weight * (new[k] - old[k]) for k in new}
        return self._values


class BoxSmoother:
    """The 1-Euro filter of one box (Casiez, Roussel and Vogel, CHI 2012).

    A box at rest is held still; the faster it moves the less it is smoothed. With speeds in
    sides of the box, the lag stays below 1 / (2 pi 8) = 2 % of a side at any speed.
    """

    def __init__(self, seen: Vector, time_s: float) -> None:
        self.shown: Vector = seen.copy()
        self._seen = seen
        self._speed: Vector = np.zeros(4)
        self._time_s = time_s

    def update(self, seen: Vector, time_s: float) -> Vector:
        """Where the box is to be shown, float64 (4,), given where it was seen."""
        elapsed = time_s - self._time_s
        if elapsed <= 0:
            return self.shown
        self._time_s = time_s
        if elapsed > _FORGET_S:
            self.shown, self._seen, self._speed = seen.copy(), seen, np.zeros(4)
            return self.shown
        size = side(seen)
        speed = (seen - self._seen) / elapsed / np.array([size, size, 1.0, 1.0])
        self._seen = seen
        self._speed = self._speed + _weight(_SPEED_HZ, elapsed) * (speed - self._speed)
        cutoff = _REST_HZ + _PER_SPEED_HZ * np.abs(self._speed)
        self.shown = self.shown + _weight(cutoff, elapsed) * (seen - self.shown)
        return self.shown


def _weight(cutoff_hz: Vector | float, elapsed: float) -> Vector:
    """Share of a new value that a low-pass filter of that cutoff takes."""
    return np.asarray(1.0 / (1.0 + 1.0 / (2 * math.pi * np.asarray(cutoff_hz) * elapsed)))
