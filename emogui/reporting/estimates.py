"""Means over sources with their intervals.

The faces of one video are nearly the same face over and over, so they are not drawn one by one:
each source counts once, by the mean of its faces, and sources are drawn (the percentile bootstrap
of Efron and Tibshirani, 1993, "An Introduction to the Bootstrap").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

RESAMPLES: Final = 2000
SEED: Final = 2013
LEVEL: Final = 0.95

FEWEST: Final = 5
"""Under so many sources there is no interval: it would be far too narrow."""

DRAWN: Final = 2000
"""From so many sources on, the interval is that of the normal distribution: the bootstrap's is
the same to the digits that are shown, and would need all of them in memory."""

_NORMAL: Final = 1.959964

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over sources, with its 95 % interval where there are at least `FEWEST` of them."""

    mean: float
    low: float | None = None
    high: float | None = None


class SourceMeans:
    """Takes the means of one source after another; its memory does not grow beyond a bound.

    Args:
        size: how many figures each source has.
        name: of the group; it makes the random numbers its own, whatever other groups there are.
    """

    def __init__(self, size: int, name: str = "") -> None:
        self._name = name
        self.count = 0
        self._drawn: list[Vector] = []
        self._mean: Vector = np.zeros(size)
        self._squares: Vector = np.zeros(size)

    def add(self, values: Vector) -> None:
        """Adds a source: float64 (size,)."""
        self.count += 1
        if self.count <= DRAWN:
            self._drawn.append(values)
        else:
            self._drawn.clear()
        # Welford's way, which loses no digits.
        before = values - self._mean
        self._mean = self._mean + before / self.count
        self._squares = self._squares + before * (values - self._mean)

    def estimates(self) -> tuple[Estimate, ...]:
        """The mean of each figure, with its interval."""
        if not self.count:
            return tuple(Estimate(0.0) for _ in self._mean)
        if self.count < FEWEST:
            return tuple(Estimate(float(mean)) for mean in self._mean)
        low, high = self._bootstrap() if self._drawn else self._normal()
        return tuple(
            Estimate(float(m), float(a), float(b))
            for m, a, b in zip(self._mean, low, high, strict=True)
        )

    def _bootstrap(self) -> tuple[Vector, Vector]:
        values = np.stack(self._drawn)
        chance = np.random.default_rng([SEED, crc32(self._name.encode("utf-8", "replace"))])
        means = np.empty((RESAMPLES, values.shape[1]))
        at_once = max(1, 500_000 // len(values))
        for start in range(0, RESAMPLES, at_once):
            stop = min(RESAMPLES, start + at_once)
            chosen = chance.integers(len(values), size=(stop - start, len(values)))
            means[start:stop] = values[chosen].mean(axis=1)
        low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        return low, high

    def _normal(self) -> tuple[Vector, Vector]:
        error = np.sqrt(self._squares / (self.count - 1) / self.count)
        return (
            np.clip(self._mean - _NORMAL * error, 0, 1),
            np.clip(self._mean + _NORMAL * error, 0, 1),
        )
