"""How far the figures of an evaluation can be trusted. NumPy alone; nothing here knows a network.

- Percentile bootstrap intervals over faces (Efron and Tibshirani, 1993, "An Introduction to the
  Bootstrap").
- The expected calibration error that a perfectly calibrated network would show on as many faces:
  the error is a sum of absolute differences, so chance alone keeps it above 0. After the
  consistency resampling of Bröcker and Smith, 2007, "Increasing the Reliability of Reliability
  Diagrams".
- The exact test of McNemar, 1947, "Note on the sampling error of the difference between
  correlated proportions or percentages", for two networks on the same faces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emogui.training.metrics import (
    ECE_BINS,
    Array,
    Labels,
    brier_scores,
    checked,
    ece_bin,
    frequent_classes,
    log_losses,
)

RESAMPLES: Final = 2000
LEVEL: Final = 0.95
NUMBERS_AT_ONCE: Final = 2_000_000
"""Resamples are drawn in chunks of about so many faces, which bounds the memory."""

FIGURES: Final = (
    *("accuracy", "balanced_accuracy", "balanced_six", "macro_f1", "nll", "brier", "ece"),
)
"""The figures that get an interval, named as in `Metrics`."""

Hits = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Interval:
    """From the lower to the upper bound, both within."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"[{self.low:.4f}, {self.high:.4f}]"


@dataclass(frozen=True, slots=True)
class ExpectedEce:
    """The ECE of a perfectly calibrated network: its mean, and where `LEVEL` of its values lie."""

    mean: float
    interval: Interval

    def as_dict(self) -> dict[str, float]:
        return {"mean": self.mean, "low": self.interval.low, "high": self.interval.high}


@dataclass(frozen=True)
class Intervals:
    """Intervals of one evaluation.

    Attributes:
        figures: name in `FIGURES` to its interval; ``balanced_six`` only where it is measured.
            That of the ECE lies high, since drawing faces again adds chance to a figure that
            chance can only raise: read it beside ``ece_if_calibrated``.
        ece_if_calibrated: what the ECE would be if every confidence were true.
        resamples: how often the faces were drawn.
        seed: of the random numbers.
    """

    figures: Mapping[str, Interval]
    ece_if_calibrated: ExpectedEce
    resamples: int
    seed: int

    def as_dict(self) -> dict[str, Any]:
        """What ``metrics.json`` holds as ``intervals``: figure to [low, high]."""
        return {
            "method": "percentile bootstrap over faces",
            "level": LEVEL,
            "resamples": self.resamples,
            "seed": self.seed,
            **{name: [found.low, found.high] for name, found in self.figures.items()},
        }


@dataclass(frozen=True, slots=True)
class McNemar:
    """Two networks on the same faces.

    Attributes:
        only_first: faces that only the first network recognises.
        only_second: faces that only the second one recognises.
        p: probability of a split at least as uneven if both erred equally often, two-sided.
    """

    only_first: int
    only_second: int
    p: float


def bootstrap(
    probabilities: npt.ArrayLike,
    truth: npt.ArrayLike,
    labels: Sequence[str],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Intervals:
    """Intervals for the headline figures, as if other faces of the kind had been tested.

    All figures are functions of sums over faces, so a resample is a row of counts, and all
    resamples are a product of matrices.

    Args:
        probabilities: (n, classes), see :func:`emogui.training.metrics.measure`.
        truth: integers (n,).
        labels: the classes, in the order of the columns.
        resamples: how often n faces are drawn with replacement.
        seed: of the random numbers; the same gives the same intervals.

    Raises:
        ValueError: shapes or values are not as described.
    """
    table, true = checked(probabilities, truth, len(labels))
    rng = np.random.default_rng(seed)
    features = _features(table, true)
    sums = np.concatenate([c @ features for c in _counts(len(table), resamples, rng)])
    drawn = _figures(sums, labels)
    return Intervals(
        figures={name: _interval(values) for name, values in drawn.items()},
        ece_if_calibrated=expected_ece(table.max(axis=1), resamples=resamples, seed=seed),
        resamples=resamples,
        seed=seed,
    )


def expected_ece(
    confidence: npt.ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0
) -> ExpectedEce:
    """The ECE that chance alone gives: each face is right as often as its confidence says.

    Args:
        confidence: top probabilities (n,), 0 to 1.
        resamples: how often right and wrong are drawn.
        seed: of the random numbers.
    """
    sure = np.asarray(confidence, np.float64)
    rng = np.random.default_rng(seed)
    bins = np.eye(ECE_BINS)[ece_bin(sure)]
    parts = []
    for size in _chunks(len(sure), resamples):
        gaps = (rng.random((size, len(sure))) < sure) - sure
        parts.append(np.abs(gaps @ bins).sum(axis=1) / len(sure))
    found = np.concatenate(parts)
    return ExpectedEce(float(found.mean()), _interval(found))


def paired_difference(
    first: Hits, second: Hits, *, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """Interval of how much more often the second network is right, the faces drawn in pairs.

    Args:
        first: bool (n,), whether the first network is right about each face.
        second: bool (n,), the same for the second one.
        resamples: how often n faces are drawn with replacement.
        seed: of the random numbers.
    """
    n = len(first)
    gained, lost = int((second & ~first).sum()), int((first & ~second).sum())
    shares = np.array([gained, lost, n - gained - lost]) / n
    # Only three kinds of faces matter, so drawing faces is drawing the numbers of these kinds.
    drawn = np.random.default_rng(seed).multinomial(n, shares, size=resamples)
    return _interval((drawn[:, 0] - drawn[:, 1]) / n)


def mcnemar(first: Hits, second: Hits) -> McNemar:
    """The exact test: a coin for each face that only one of two networks recognises.

    Args:
        first: bool (n,), whether the first network is right about each face.
        second: bool (n,), the same for the second one.
    """
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    coins, fewer = only_first + only_second, min(only_first, only_second)
    ways, term = 0, 1
    for k in range(fewer + 1):  # whole numbers, so that no p is too small to be told
        ways += term
        term = term * (coins - k) // (k + 1)
    return McNemar(only_first, only_second, min(1.0, 2 * ways / 2**coins))


def _chunks(n: int, resamples: int) -> Iterator[int]:
    """Sizes of the chunks in which resamples of n faces are drawn."""
    size = max(1, NUMBERS_AT_ONCE // n)
    for start in range(0, resamples, size):
        yield min(size, resamples - start)


def _counts(n: int, resamples: int, rng: np.random.Generator) -> Iterator[Array]:
    """How often each face is drawn: float64 (resamples of the chunk, n)."""
    for size in _chunks(n, resamples):
        drawn = rng.integers(n, size=(size, n)) + n * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)


def _features(table: Array, true: Labels) -> Array:
    """What of a face is summed: its cell of the confusion, NLL, Brier, its gap in its ECE bin."""
    classes = table.shape[1]
    predicted, confidence = table.argmax(axis=1), table.max(axis=1)
    cells = np.eye(classes * classes)[true * classes + predicted]
    gaps = np.eye(ECE_BINS)[ece_bin(confidence)] * ((predicted == true) - confidence)[:, None]
    scores = np.stack([log_losses(table, true), brier_scores(table, true)], axis=1)
    return np.concatenate([cells, scores, gaps], axis=1)


def _figures(sums: Array, labels: Sequence[str]) -> dict[str, Array]:
    """The figures of each row of summed features, defined as in `measure`: name to (rows,)."""
    classes = len(labels)
    confusion = sums[:, : classes * classes].reshape(-1, classes, classes)
    nll, brier = sums[:, classes * classes], sums[:, classes * classes + 1]
    gaps = sums[:, classes * classes + 2 :]
    hits = np.diagonal(confusion, axis1=1, axis2=2)
    actual, guessed = confusion.sum(axis=2), confusion.sum(axis=1)
    n = actual.sum(axis=1)
    recall = hits / np.maximum(actual, 1)
    seen = actual + guessed
    figures = {
        "accuracy": hits.sum(axis=1) / n,
        "balanced_accuracy": _mean_where(recall, actual > 0),
        "macro_f1": _mean_where(2 * hits / np.maximum(seen, 1), seen > 0),
        "nll": nll / n,
        "brier": brier / n,
        "ece": np.abs(gaps).sum(axis=1) / n,
    }
    frequent = frequent_classes(labels)
    if (actual[:, frequent] > 0).any():
        figures["balanced_six"] = _mean_where(recall[:, frequent], actual[:, frequent] > 0)
    return {name: figures[name] for name in FIGURES if name in figures}


def _mean_where(values: Array, counted: Hits) -> Array:
    """Mean of the counted values of each row; NaN for a row without any."""
    number = counted.sum(axis=1)
    total = np.where(counted, values, 0).sum(axis=1)
    means: Array = np.divide(total, number, out=np.full(len(total), np.nan), where=number > 0)
    return means


def _interval(values: Array) -> Interval:
    tail = (1 - LEVEL) / 2
    low, high = np.nanquantile(values, [tail, 1 - tail])
    return Interval(float(low), float(high))
