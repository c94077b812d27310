"""Several networks on the same faces: their figures in one table, each against the first."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emogui.training.intervals import (
    Interval,
    Intervals,
    McNemar,
    bootstrap,
    mcnemar,
    paired_difference,
)
from emogui.training.metrics import Metrics, measure

FIGURES: Final[Mapping[str, str]] = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced",
    "balanced_six": "six",
    "macro_f1": "macro F1",
    "ece": "ECE",
    "nll": "NLL",
    "brier": "Brier",
}
"""Figures of `Metrics` in the order of the table, with the heads of their columns."""


@dataclass(frozen=True, eq=False)
class Contestant:
    """One network of a comparison.

    Attributes:
        name: by which the user called it.
        probabilities: float64 (n, classes), in the order of the label set.
        megabytes: size of the files that it runs from, in 10^6 bytes; None where not known.
        ms_per_face: wall time in milliseconds, in batches; None where it was not run here.
        identity: the files with their sums, or whatever else tells it from another one.
    """

    name: str
    probabilities: npt.NDArray[np.float64]
    megabytes: float | None = None
    ms_per_face: float | None = None
    identity: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """A contestant with its figures."""

    contestant: Contestant
    metrics: Metrics
    intervals: Intervals

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.contestant.name,
            **{name: getattr(self.metrics, name) for name in FIGURES},
            "ece_if_calibrated": self.intervals.ece_if_calibrated.as_dict(),
            "recall": {c.label: {"n": c.n, "recall": c.recall} for c in self.metrics.per_class},
            "megabytes": self.contestant.megabytes,
            "ms_per_face": self.contestant.ms_per_face,
            "intervals": self.intervals.as_dict(),
            **self.contestant.identity,
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """A contestant against the first one.

    Attributes:
        name: of the contestant.
        accuracy: how much more often it is right than the first one, -1 to 1.
        interval: of that, the faces drawn in pairs.
        test: McNemar's, the first contestant first.
        probabilities: mean over faces and classes of the absolute difference of probabilities.
        same_winner: share of the faces that both give the same class.
    """

    name: str
    accuracy: float
    interval: Interval
    test: McNemar
    probabilities: float
    same_winner: float

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "accuracy_difference": self.accuracy,
            "accuracy_difference_interval": [self.interval.low, self.interval.high],
            "mcnemar": {
                "only_first": self.test.only_first,
                "only_this": self.test.only_second,
                "p": self.test.p,
            },
            "mean_absolute_difference": self.probabilities,
            "same_winner": self.same_winner,
        }


@dataclass(frozen=True)
class Comparison:
    """A comparison and all that is needed to repeat it.

    Attributes:
        standings: the contestants, as they were named.
        differences: all but the first, against the first.
        label_set, split: see :class:`emogui.training.evaluate.Evaluation`.
        identity: the data, the commit, the command and the versions.
    """

    standings: tuple[Standing, ...]
    differences: tuple[Difference, ...]
    label_set: str
    split: str
    identity: Mapping[str, Any] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Number of faces."""
        return self.standings[0].metrics.n

    def as_dict(self) -> dict[str, Any]:
        """What ``comparison.json`` holds."""
        return {
            "label_set": self.label_set,
            "split": self.split,
            "n": self.n,
            "models": [standing.as_dict() for standing in self.standings],
            "against_first": [difference.as_dict() for difference in self.differences],
            **self.identity,
        }

    def as_csv(self) -> str:
        """The table as text, a line a network, with its comparison to the first one."""
        others = {d.name: d for d in self.differences}
        buffer = io.StringIO()
        lines = [_line(standing, self.n, others) for standing in self.standings]
        # The last line has all columns where there is any comparison.
        writer = csv.DictWriter(buffer, list(lines[-1]), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
        return buffer.getvalue()


def _line(standing: Standing, n: int, others: Mapping[str, Difference]) -> dict[str, Any]:
    contestant = standing.contestant
    line: dict[str, Any] = {"model": contestant.name, "n": n}
    for name in FIGURES:
        interval = standing.intervals.figures.get(name)
        line[name] = getattr(standing.metrics, name)
        line[f"{name}_low"] = interval and interval.low
        line[f"{name}_high"] = interval and interval.high
    line |= {"megabytes": contestant.megabytes, "ms_per_face": contestant.ms_per_face}
    if contestant.name in others:
        other = others[contestant.name]
        line |= {
            "accuracy_difference": other.accuracy,
            "accuracy_difference_low": other.interval.low,
            "accuracy_difference_high": other.interval.high,
            "only_first": other.test.only_first,
            "only_this": other.test.only_second,
            "mcnemar_p": other.test.p,
            "mean_absolute_difference": other.probabilities,
            "same_winner": other.same_winner,
        }
    return line


def compare(
    contestants: Sequence[Contestant],
    truth: npt.NDArray[np.int64],
    labels: Sequence[str],
    *,
    label_set: str,
    split: str,
    identity: Mapping[str, Any] | None = None,
) -> Comparison:
    """Compares networks on the same faces.

    Args:
        contestants: one or more, with different names; all others are set against the first.
        truth: int64 (n,), the true classes, indices into ``labels``.
        labels: the classes, in the order of the probabilities' columns.
        label_set: for the record.
        split: for the record.
        identity: for the record.

    Raises:
        ValueError: there is none, or the shapes or values do not fit.
    """
    if not contestants:
        raise ValueError("one contestant or more were expected")
    standings = tuple(
        Standing(
            c,
            measure(c.probabilities, truth, labels),
            bootstrap(c.probabilities, truth, labels),
        )
        for c in contestants
    )
    first = contestants[0].probabilities
    return Comparison(
        standings=standings,
        differences=tuple(_against(c, first, truth) for c in contestants[1:]),
        label_set=label_set,
        split=split,
        identity=identity or {},
    )


def _against(
    contestant: Contestant, first: npt.NDArray[np.float64], truth: npt.NDArray[np.int64]
) -> Difference:
    mine, theirs = contestant.probabilities.argmax(axis=1), first.argmax(axis=1)
    right, right_first = mine == truth, theirs == truth
    return Difference(
        name=contestant.name,
        accuracy=float(right.mean() - right_first.mean()),
        interval=paired_difference(right_first, right),
        test=mcnemar(right_first, right),
        probabilities=float(np.abs(contestant.probabilities - first).mean()),
        same_winner=float((mine == theirs).mean()),
    )
