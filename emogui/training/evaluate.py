"""Measures a classifier on one split of a data set."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from emogui.errors import DatasetError
from emogui.labels import HEADS
from emogui.training.data import EmotionDataset, Face, Split
from emogui.training.intervals import Intervals, bootstrap
from emogui.training.metrics import Metrics, measure, to_label_order
from emogui.training.predictions import Predictions, row_name

BATCH: Final = 64
"""Faces that go through the network at a time."""

SPLITS: Final[Mapping[str, Split]] = {"public": Split.PUBLIC, "private": Split.PRIVATE}
"""The splits that can be evaluated, by their names on the command line."""

Track = Callable[[Iterable[int], int], Iterable[int]]
"""Passes on batch numbers and shows how many of the total are done."""


class Predictor(Protocol):
    """The part of a classifier that an evaluation needs."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes, in the order of the probabilities."""

    def predict(self, faces: Sequence[Face]) -> npt.NDArray[np.float32]:
        """Finished crops to probabilities (n, classes)."""


@dataclass(frozen=True)
class Averaged:
    """Figures of several passes a face, averaged.

    Attributes:
        method: ``"flip"``: the face and its mirror image.
        metrics: the figures.
        intervals: how far they can be trusted.
    """

    method: str
    metrics: Metrics
    intervals: Intervals


@dataclass(frozen=True)
class Evaluation:
    """The figures of one evaluation and all that is needed to repeat it.

    Attributes:
        metrics: one pass a face.
        intervals: how far these figures can be trusted.
        predictions: what the network said of each face, in the order of the label set.
        tta: the figures of several passes a face, where they were asked for; else None.
        label_set: ``"ferplus"`` (majority rows) or ``"fer2013"`` (all rows).
        split: ``"public"`` or ``"private"``.
        rows_sha256: digest of the faces and true classes, the same for every form of a data set.
        ms_per_face: wall time of the single pass, in batches of `BATCH`, in milliseconds.
        identity: the model, the data file, the commit, the command and the versions.
    """

    metrics: Metrics
    intervals: Intervals
    predictions: Predictions
    label_set: str
    split: str
    rows_sha256: str
    ms_per_face: float
    tta: Averaged | None = None
    identity: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """What ``metrics.json`` holds."""
        return {
            **_figures(self.metrics, self.intervals),
            "label_set": self.label_set,
            "split": self.split,
            "tta": self.tta
            and {"method": self.tta.method, **_figures(self.tta.metrics, self.tta.intervals)},
            "rows_sha256": self.rows_sha256,
            "ms_per_face": round(self.ms_per_face, 3),
            **self.identity,
        }


def _figures(metrics: Metrics, intervals: Intervals) -> dict[str, Any]:
    return {
        **metrics.as_dict(),
        "intervals": intervals.as_dict(),
        "ece_if_calibrated": intervals.ece_if_calibrated.as_dict(),
    }


def true_classes(rows: EmotionDataset, label_set: str) -> npt.NDArray[np.int64]:
    """The true class of each row, -1 where it does not count for the label set.

    Args:
        rows: any data set.
        label_set: ``"ferplus"``: rows on which over half of the FER+ votes agree;
            ``"fer2013"``: all rows with a FER-2013 label.
    """
    truth = rows.majority_label if label_set == "ferplus" else rows.fer2013
    return truth.astype(np.int64)


def select_rows(
    dataset: EmotionDataset, split: str, label_set: str
) -> tuple[EmotionDataset, npt.NDArray[np.int64]]:
    """The rows that count, and their true classes.

    Args:
        dataset: any data set.
        split: ``"public"`` or ``"private"``.
        label_set: ``"ferplus"`` or ``"fer2013"``, see :func:`true_classes`.

    Raises:
        DatasetError: there is no such row.
    """
    part = dataset.in_split(SPLITS[split])
    if len(part) == 0:
        raise DatasetError(
            f"{dataset.name}: there is no picture in the {split} split.",
            "Evaluation needs a data set with the rows PublicTest and PrivateTest, such as "
            "fer2013.csv.",
        )
    truth = true_classes(part, label_set)
    known = truth >= 0
    if not known.any():
        hint = (
            "Name the votes with --votes fer2013new.csv, or measure with --labels fer2013."
            if label_set == "ferplus"
            else "Measure with --labels ferplus."
        )
        raise DatasetError(
            f"{dataset.name}: no picture of the {split} split has a {label_set} label.", hint
        )
    return part.subset(known), truth[known]


def evaluate(
    predictor: Predictor,
    dataset: EmotionDataset,
    split: str,
    label_set: str,
    *,
    tta: str = "none",
    track: Track = lambda batches, _: batches,
) -> Evaluation:
    """Measures a classifier: one pass a face, and averaged over flips apart where asked for.

    Args:
        predictor: the classifier; its labels are brought into the order of the label set, and a
            class that it does not know is counted wrong.
        dataset: the faces.
        split: ``"public"`` or ``"private"``.
        label_set: ``"ferplus"`` or ``"fer2013"``, see :func:`select_rows`.
        tta: ``"none"``, or ``"flip"`` to also average each face with its mirror image.
        track: shows the progress.

    Raises:
        DatasetError: no row to measure on, or a picture that cannot be read.
    """
    rows, truth = select_rows(dataset, split, label_set)
    digest = hashlib.sha256(truth.astype("<i8").tobytes())
    single, flipped = [], []
    seconds = 0.0
    starts = range(0, len(rows), BATCH)
    for start in track(starts, len(starts)):
        faces = list(rows.faces[start : start + BATCH])
        for face in faces:
            digest.update(repr(face.shape).encode())
            digest.update(np.ascontiguousarray(face).tobytes())
        before = perf_counter()
        single.append(predictor.predict(faces))
        seconds += perf_counter() - before
        if tta == "flip":
            flipped.append(predictor.predict([np.ascontiguousarray(f[:, ::-1]) for f in faces]))
    wanted = HEADS[label_set]
    once = np.concatenate(single)
    plain = to_label_order(once, predictor.labels, wanted)
    averaged = None
    if flipped:
        both = to_label_order((once + np.concatenate(flipped)) / 2, predictor.labels, wanted)
        averaged = Averaged("flip", measure(both, truth, wanted), bootstrap(both, truth, wanted))
    return Evaluation(
        metrics=measure(plain, truth, wanted),
        intervals=bootstrap(plain, truth, wanted),
        predictions=Predictions(
            rows=tuple(map(row_name, rows.sources)),
            labels=wanted,
            probabilities=plain,
            truth=tuple(wanted[true] for true in truth),
        ),
        label_set=label_set,
        split=split,
        rows_sha256=digest.hexdigest(),
        ms_per_face=1000 * seconds / len(rows),
        tta=averaged,
    )


def report(evaluation: Evaluation) -> str:
    """The figures as a text for people."""
    metrics = evaluation.metrics
    rows = "majority rows" if evaluation.label_set == "ferplus" else "all rows"
    lines = [
        f"{evaluation.label_set} labels, {evaluation.split} split, {rows}: "
        f"{metrics.n:,} faces, {evaluation.ms_per_face:.1f} ms a face",
        "",
        *_totals(metrics, evaluation.intervals),
        "",
        f"{'class':<12}{'n':>7}{'precision':>11}{'recall':>9}{'F1':>9}",
    ]
    lines += [
        f"{c.label:<12}{c.n:>7,}{c.precision:>11.4f}{c.recall:>9.4f}{c.f1:>9.4f}"
        for c in metrics.per_class
    ]
    if evaluation.tta is not None:
        averaged = evaluation.tta
        lines += ["", f"averaged over {averaged.method}s (test-time augmentation):"]
        lines += _totals(averaged.metrics, averaged.intervals)
    return "\n".join(lines)


TITLES: Final[Mapping[str, str]] = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "balanced_six": "balanced, six",
    "macro_precision": "macro precision",
    "macro_recall": "macro recall",
    "macro_f1": "macro F1",
    "nll": "NLL",
    "brier": "Brier",
    "ece": "ECE (15 bins)",
}
"""Figures of `Metrics` to their names for people, in the order in which they are told."""


def _totals(metrics: Metrics, intervals: Intervals) -> list[str]:
    lines = [f"{'':<18}{'':>8}   95 % interval"]
    for name, title in TITLES.items():
        value, interval = getattr(metrics, name), intervals.figures.get(name)
        if value is not None:
            lines.append(f"{title:<18}{value:>8.4f}" + (f"   {interval}" if interval else ""))
    expected = intervals.ece_if_calibrated
    lines.append(f"{'  if calibrated':<18}{expected.mean:>8.4f}   {expected.interval}")
    return lines
