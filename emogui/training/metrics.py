"""Figures that say how good probabilities are. NumPy alone; nothing here knows a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from emogui.labels import canonical

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

ECE_BINS = 15
"""Bins of equal width over the confidence, 0 to 1, for the expected calibration error."""

RARE_CLASSES = ("contempt", "disgust")
"""Too few majority rows of FER+ (19 and 21 of PrivateTest) to judge a network by."""

SMALLEST_PROBABILITY = 1e-7
"""Probabilities are raised to this before their logarithm, about the resolution of float32."""


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How well one class is recognised; a ratio without any case to divide by is 0."""

    label: str
    n: int
    predicted: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Faces whose top probability lies in (low, high]: how many, how sure, how often right."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Metrics:
    """All figures of one evaluation.

    Attributes:
        labels: the classes, in the order of `confusion`.
        n: number of faces.
        accuracy: share of faces whose most probable class is the true one.
        balanced_accuracy: mean recall of the classes that are present.
        balanced_six: the same without `RARE_CLASSES`; None for labels that lack one of them.
        macro_precision, macro_recall, macro_f1: means over the classes that are present or
            predicted, as scikit-learn takes them.
        nll: mean negative log-likelihood of the true class, natural logarithm.
        brier: mean over faces of the squared differences summed over classes, 0 to 2.
        ece: expected calibration error of the top probability, in `ECE_BINS` bins.
        per_class: one entry for each label.
        confusion: int64 (classes, classes), true class by row, predicted class by column.
        reliability: the bins of `ece`; `accuracy` and `confidence` are 0 in an empty one.
    """

    labels: tuple[str, ...]
    n: int
    accuracy: float
    balanced_accuracy: float
    balanced_six: float | None
    macro_precision: float
    macro_recall: float
    macro_f1: float
    nll: float
    brier: float
    ece: float
    per_class: tuple[ClassFigures, ...]
    confusion: npt.NDArray[np.int64]
    reliability: tuple[ReliabilityBin, ...]

    def as_dict(self) -> dict[str, Any]:
        """The figures as plain numbers, lists and dictionaries, in full precision."""
        return {
            "accuracy": self.accuracy,
            "balanced_accuracy": self.balanced_accuracy,
            "balanced_six": self.balanced_six,
            "macro_precision": self.macro_precision,
            "macro_recall": self.macro_recall,
            "macro_f1": self.macro_f1,
            "nll": self.nll,
            "brier": self.brier,
            "ece": self.ece,
            "n": self.n,
            "labels": list(self.labels),
            "per_class": {
                c.label: {
                    "n": c.n,
                    "predicted": c.predicted,
                    "precision": c.precision,
                    "recall": c.recall,
                    "f1": c.f1,
                }
                for c in self.per_class
            },
            "confusion": self.confusion.tolist(),
            "reliability": [
                {
                    "low": b.low,
                    "high": b.high,
                    "n": b.n,
                    "confidence": b.confidence,
                    "accuracy": b.accuracy,
                }
                for b in self.reliability
            ],
        }


def to_label_order(
    probabilities: npt.ArrayLike, given: Sequence[str], wanted: Sequence[str]
) -> Array:
    """Brings probabilities from one label order into another, by what the words mean.

    Args:
        probabilities: (n, len(given)).
        given: the labels of the columns, of any class set.
        wanted: the labels of the result.

    Returns:
        float64 (n, len(wanted)). A class that the network does not know gets probability 0 and
        can only be wrong; what the network gave to classes that are not wanted is shared out
        over the rest by scaling each row to a sum of 1.

    Raises:
        ValueError: the shape does not fit, or no wanted label is among the given ones.
    """
    table = np.asarray(probabilities, np.float64)
    if table.ndim != 2 or table.shape[1] != len(given):
        raise ValueError(f"expected probabilities (n, {len(given)}), got {table.shape}")
    places = {canonical(label): column for column, label in enumerate(given)}
    columns = [places.get(canonical(label)) for label in wanted]
    known = [(i, column) for i, column in enumerate(columns) if column is not None]
    if not known:
        raise ValueError(f"none of {', '.join(wanted)} is among {', '.join(given)}")
    result = np.zeros((len(table), len(wanted)))
    for i, column in known:
        result[:, i] = table[:, column]
    if len(known) < len(given):
        total = result.sum(axis=1, keepdims=True)
        result = np.divide(result, total, out=np.zeros_like(result), where=total > 0)
    return result


def measure(probabilities: npt.ArrayLike, truth: npt.ArrayLike, labels: Sequence[str]) -> Metrics:
    """Compares probabilities with the true classes.

    Args:
        probabilities: (n, classes), n at least 1, finite, 0 to 1, rows that sum to 1.
        truth: integers (n,), indices into ``labels``.
        labels: the classes, in the order of the columns.

    Raises:
        ValueError: shapes or values are not as described.
    """
    table, true = checked(probabilities, truth, len(labels))
    n, classes = table.shape
    predicted: Labels = table.argmax(axis=1)
    confusion = np.bincount(true * classes + predicted, minlength=classes * classes).reshape(
        classes, classes
    )
    hits = np.diag(confusion).astype(np.float64)
    actual, guessed = confusion.sum(axis=1), confusion.sum(axis=0)
    recall, precision = _ratio(hits, actual), _ratio(hits, guessed)
    f1 = _ratio(2 * hits, actual + guessed)
    seen = (actual + guessed) > 0
    reliability = _reliability(table.max(axis=1), predicted == true)
    frequent = frequent_classes(labels)
    judged = frequent[actual[frequent] > 0]
    return Metrics(
        labels=tuple(labels),
        n=n,
        accuracy=float(hits.sum() / n),
        balanced_accuracy=float(recall[actual > 0].mean()),
        balanced_six=float(recall[judged].mean()) if len(judged) else None,
        macro_precision=float(precision[seen].mean()),
        macro_recall=float(recall[seen].mean()),
        macro_f1=float(f1[seen].mean()),
        nll=float(log_losses(table, true).mean()),
        brier=float(brier_scores(table, true).mean()),
        ece=float(sum(b.n * abs(b.accuracy - b.confidence) for b in reliability) / n),
        per_class=tuple(
            ClassFigures(
                label,
                int(actual[i]),
                int(guessed[i]),
                float(precision[i]),
                float(recall[i]),
                float(f1[i]),
            )
            for i, label in enumerate(labels)
        ),
        confusion=confusion.astype(np.int64),
        reliability=reliability,
    )


def frequent_classes(labels: Sequence[str]) -> npt.NDArray[np.intp]:
    """Indices of the classes of `Metrics.balanced_six`; none where a rare class is no label."""
    named = [canonical(label) for label in labels]
    if not all(rare in named for rare in RARE_CLASSES):
        return np.empty(0, np.intp)
    return np.array([i for i, label in enumerate(named) if label not in RARE_CLASSES], np.intp)


def log_losses(table: Array, true: Labels) -> Array:
    """Negative log-likelihood of each face's true class, natural logarithm, float64 (n,)."""
    of_true = table[np.arange(len(table)), true]
    losses: Array = -np.log(np.maximum(of_true, SMALLEST_PROBABILITY))
    return losses


def brier_scores(table: Array, true: Labels) -> Array:
    """Squared differences to the true class, summed over classes, float64 (n,), 0 to 2."""
    target = np.zeros_like(table)
    target[np.arange(len(table)), true] = 1
    scores: Array = ((table - target) ** 2).sum(axis=1)
    return scores


def ece_bin(confidence: Array) -> npt.NDArray[np.intp]:
    """The bin (low, high] of each top probability, 0 to `ECE_BINS` - 1."""
    edges = np.linspace(0, 1, ECE_BINS + 1)
    return np.clip(np.digitize(confidence, edges, right=True) - 1, 0, ECE_BINS - 1)


def checked(
    probabilities: npt.ArrayLike, truth: npt.ArrayLike, classes: int
) -> tuple[Array, Labels]:
    """Probabilities as float64 and true classes as int64.

    Raises:
        ValueError: shapes or values are not those that :func:`measure` describes.
    """
    table, true = np.asarray(probabilities, np.float64), np.asarray(truth)
    if table.ndim != 2 or table.shape[1] != classes or len(table) == 0:
        raise ValueError(f"expected probabilities (n, {classes}), n > 0, got {table.shape}")
    if true.shape != (len(table),) or not np.issubdtype(true.dtype, np.integer):
        raise ValueError(f"expected {len(table)} integer labels, got {true.dtype} {true.shape}")
    if true.min() < 0 or true.max() >= classes:
        raise ValueError(f"labels must be 0 to {classes - 1}, got {true.min()} to {true.max()}")
    if not np.isfinite(table).all() or table.min() < 0 or table.max() > 1 + 1e-4:
        raise ValueError("probabilities must be finite and 0 to 1")
    return table, true.astype(np.int64)


def _ratio(part: Array, whole: npt.NDArray[Any]) -> Array:
    """Part over whole, 0 where there is no whole."""
    ratio: Array = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return ratio


def _reliability(confidence: Array, correct: npt.NDArray[np.bool_]) -> tuple[ReliabilityBin, ...]:
    """Sorts faces into bins (low, high] of equal width by their top probability."""
    edges = np.linspace(0, 1, ECE_BINS + 1)
    place = ece_bin(confidence)
    bins = []
    for i in range(ECE_BINS):
        inside = place == i
        count = int(inside.sum())
        bins.append(
            ReliabilityBin(
                low=float(edges[i]),
                high=float(edges[i + 1]),
                n=count,
                confidence=float(confidence[inside].mean()) if count else 0.0,
                accuracy=float(correct[inside].mean()) if count else 0.0,
            )
        )
    return tuple(bins)
