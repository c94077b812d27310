"""Where a box is and how it moves: a Kalman filter with velocities that die away.

The centre (x, y) and the logarithms of width and height are filtered, each by itself, since
their noise is independent. A velocity follows an Ornstein-Uhlenbeck process (Singer, "Estimating
optimal tracking filter performance for manned maneuvering targets", 1970): over short times it
is constant, and a face that is out of sight comes to rest instead of running out of the picture.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from emogui.types import FaceBox

Vector: TypeAlias = npt.NDArray[np.float64]
"""float64 (4,): centre x, centre y in pixels, log width, log height."""

_LASTS_S = np.array([0.4, 0.4, 0.15, 0.15])
"""After so many seconds out of sight 37 % of a velocity are left; a face that is being covered
seems to shrink, which must not go on."""

_NOISE = np.array([0.025, 0.025, 0.04, 0.04])
"""Standard deviation of a detector's boxes; of the centre in sides of the box."""

_DRIVE = np.array([8.0, 8.0, 1.0, 1.0])
"""Variance that a velocity gains a second; of the centre in squared sides of the box."""

_FIRST_SPEED = np.array([1.0, 1.0, 0.3, 0.3])
"""Standard deviation of the velocity of a face that was seen once."""


def to_vector(box: FaceBox) -> Vector:
    """A box as the filters take it."""
    w, h = max(box.w, 1), max(box.h, 1)
    return np.array([box.x + box.w / 2, box.y + box.h / 2, math.log(w), math.log(h)])


def to_box(vector: Vector) -> FaceBox:
    """The box of a vector, in whole pixels; it may reach outside the picture."""
    w, h = math.exp(min(vector[2], 12.0)), math.exp(min(vector[3], 12.0))
    left, top = vector[0] - w / 2, vector[1] - h / 2
    x, y = round(left), round(top)
    return FaceBox(x, y, max(1, round(left + w) - x), max(1, round(top + h) - y))


def side(vector: Vector) -> float:
    """Mean side of the box in pixels: the square root of its area."""
    return math.exp(min((vector[2] + vector[3]) / 2, 12.0))


class BoxFilter:
    """The Kalman filter of one box.

    Args:
        seen: where it was seen first.
        time_s: when.

    Attributes:
        place: float64 (4,), the estimate at ``time_s``.
        velocity: float64 (4,), its change a second.
        time_s: the time of the last step, in seconds.
    """

    def __init__(self, seen: Vector, time_s: float) -> None:
        scale = _scale(seen)
        self.place: Vector = seen.copy()
        self.velocity: Vector = np.zeros(4)
        self.time_s = time_s
        # Covariance of place and velocity, for each of the four: [[p, c], [c, v]].
        self._p = (_NOISE * scale) ** 2
        self._c = np.zeros(4)
        self._v = (_FIRST_SPEED * scale) ** 2

    def ahead(self, time_s: float) -> Vector:
        """The place to be expected at a later time; changes nothing."""
        return self.place + self.velocity * travelled_s(max(0.0, time_s - self.time_s))

    def predict(self, time_s: float) -> None:
        """Steps to a later time."""
        elapsed = time_s - self.time_s
        if elapsed <= 0:
            return
        self.time_s = time_s
        reach, decay = travelled_s(elapsed), _left(elapsed)
        drive = _DRIVE * _scale(self.place) ** 2
        self.place = self.place + self.velocity * reach
        self.velocity = self.velocity * decay
        self._p = self._p + 2 * reach * self._c + reach**2 * self._v + drive * elapsed**3 / 3
        self._c = decay * (self._c + reach * self._v) + drive * elapsed**2 / 2
        self._v = decay**2 * self._v + drive * elapsed

    def correct(self, seen: Vector) -> None:
        """Takes in where the box was seen at the present time."""
        noise = (_NOISE * _scale(seen)) ** 2
        off = seen - self.place
        gain_place, gain_velocity = self._p / (self._p + noise), self._c / (self._p + noise)
        self.place = self.place + gain_place * off
        self.velocity = self.velocity + gain_velocity * off
        self._v = self._v - gain_velocity * self._c
        self._p = (1 - gain_place) * self._p
        self._c = (1 - gain_place) * self._c


@lru_cache(maxsize=8)  # all faces of a frame ask for the same
def travelled_s(elapsed: float) -> Vector:
    """Seconds of each velocity that are travelled in that time, which may be negative."""
    reach = np.asarray(math.copysign(1.0, elapsed) * _LASTS_S * (1 - _left(abs(elapsed))))
    reach.flags.writeable = False
    return reach


@lru_cache(maxsize=8)
def _left(elapsed: float) -> Vector:
    """What is left of each velocity after that time, 0 to 1."""
    left = np.asarray(np.exp(-elapsed / _LASTS_S))
    left.flags.writeable = False
    return left


def _scale(vector: Vector) -> Vector:
    size = side(vector)
    return np.array([size, size, 1.0, 1.0])
