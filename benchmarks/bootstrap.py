"""Bootstrap intervals of figures and of their paired differences.

Rows (or, where several belong to one face, whole faces) are drawn with replacement; all figures of
one benchmark see the same draws, so that differences are paired.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with the ends of its 95 % percentile interval."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0

    def text(self, form: str = "{:+.3f}") -> str:
        return f"{form.format(self.value)} ({form.format(self.low)} to {form.format(self.high)})"


class Resamples:
    """How often each of n rows is drawn in each resample.

    Args:
        n: number of rows.
        groups: integers (n,): rows with the same one are drawn together. None: each by itself.
        count: number of resamples.
        seed: of the draws.
    """

    def __init__(
        self, n: int, groups: npt.ArrayLike | None = None, *, count: int = 2000, seed: int = 0
    ) -> None:
        labels = np.arange(n) if groups is None else np.unique(groups, return_inverse=True)[1]
        size = int(labels.max()) + 1
        drawn = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=count)
        # The first line is the sample itself: each figure is computed by one rule.
        self.weights = np.vstack([np.ones((1, n)), drawn[:, labels]]).astype(np.float64)

    def mean(self, values: npt.ArrayLike) -> Array:
        """Mean of the values (n,) in the sample and in each resample: (1 + count,)."""
        total: Array = self.weights @ np.asarray(values, np.float64)
        return total / self.weights.sum(axis=1)

    def mean_recall(
        self, correct: npt.ArrayLike, truth: npt.NDArray[np.int64], classes: npt.ArrayLike
    ) -> Array:
        """Mean recall of some classes in the sample and in each resample: (1 + count,).

        A class that a resample does not hold is left out of its mean.
        """
        member = (truth[:, None] == np.asarray(classes)[None, :]).astype(np.float64)
        held = self.weights @ member
        hits = self.weights @ (member * np.asarray(correct, np.float64)[:, None])
        recall = np.divide(hits, held, out=np.full_like(hits, np.nan), where=held > 0)
        result: Array = np.nanmean(recall, axis=1)
        return result


def estimate(figures: Array) -> Estimate:
    """A figure in the sample and in its resamples (1 + count,) to the figure and its interval."""
    low, high = np.percentile(figures[1:], [2.5, 97.5])
    return Estimate(float(figures[0]), float(low), float(high))
