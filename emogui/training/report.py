"""The figures of a finished run, read back from what ``emogui evaluate`` wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from emogui.errors import TrainingError
from emogui.training.runs import EVALUATION, Run

HEADLINES: Final[Mapping[str, str]] = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "balanced_six": "Balanced, six classes",
    "macro_f1": "Macro F1",
    "ece": "ECE (15 bins)",
}
"""Figures of ``metrics.json`` to their names, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; ``low`` and ``high`` bound its 95 % interval, None where there is none."""

    name: str
    title: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Of one class: faces, precision, recall and F1."""

    label: str
    n: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class HeadReport:
    """A network measured on one label set.

    Attributes:
        labels: ``"ferplus"`` or ``"fer2013"``.
        split: ``"public"``.
        n: faces.
        figures: the headline figures.
        classes: a line for each class.
        folder: has ``confusion.png`` and ``reliability.png``.
    """

    labels: str
    split: str
    n: int
    figures: Sequence[Figure]
    classes: Sequence[ClassFigures]
    folder: Path


@dataclass(frozen=True, slots=True)
class RunReport:
    """What came of a run."""

    run: Run
    heads: Sequence[HeadReport]


def read_report(run: Run) -> RunReport:
    """Reads the report of a finished run.

    Raises:
        TrainingError: a file of it is missing or damaged.
    """
    heads = []
    for path in sorted((run.folder / EVALUATION).glob("*/metrics.json")):
        try:
            heads.append(_head(json.loads(path.read_text(encoding="utf-8")), path.parent))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TrainingError(
                f"'{path}' cannot be read: {error}.", "Measure again with 'emogui evaluate'."
            ) from error
    if not heads:
        raise TrainingError(
            f"The training '{run.plan.name}' has no figures.", "Measure with 'emogui evaluate'."
        )
    heads.sort(key=lambda head: head.labels != "ferplus")
    return RunReport(run, heads)


def _head(plain: Mapping[str, Any], folder: Path) -> HeadReport:
    intervals = plain.get("intervals", {})
    figures = []
    for name, title in HEADLINES.items():
        if plain.get(name) is not None:
            low, high = intervals.get(name) or (None, None)
            figures.append(Figure(name, title, float(plain[name]), low, high))
    classes = [
        ClassFigures(label, int(c["n"]), *(float(c[k]) for k in ("precision", "recall", "f1")))
        for label, c in plain["per_class"].items()
    ]
    return HeadReport(plain["label_set"], plain["split"], int(plain["n"]), figures, classes, folder)
