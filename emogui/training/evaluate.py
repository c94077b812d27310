"""Measures a classifier on one split of a data set."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from emogui.errors import DatasetError
from emogui.labels import HEADS
from emogui.training.data import EmotionDataset, Face, Split
from emogui.training.metrics import Metrics, measure, to_label_order

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
class Evaluation:
    """The figures of one evaluation and all that is needed to repeat it.

    Attributes:
        metrics: one pass a face.
        tta: how often-repeated passes were averaged (``"flip"``) to their figures; else None.
        label_set: ``"ferplus"`` (majority rows) or ``"fer2013"`` (all rows).
        split: ``"public"`` or ``"private"``.
        rows_sha256: digest of the faces and true classes, the same for every form of a data set.
        ms_per_face: wall time of the single pass, in milliseconds.
        identity: the model, the data file, the commit, the command and the versions.
    """

    metrics: Metrics
    label_set: str
    split: str
    rows_sha256: str
    ms_per_face: float
    tta: tuple[str, Metrics] | None = None
    identity: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """What ``metrics.json`` holds."""
        tta = None if self.tta is None else {"method": self.tta[0], **self.tta[1].as_dict()}
        return {
            **self.metrics.as_dict(),
            "label_set": self.label_set,
            "split": self.split,
            "tta": tta,
            "rows_sha256": self.rows_sha256,
            "ms_per_face": round(self.ms_per_face, 3),
            **self.identity,
        }


def select_rows(
    dataset: EmotionDataset, split: str, label_set: str
) -> tuple[EmotionDataset, npt.NDArray[np.int64]]:
    """The rows that count, and their true classes.

    Args:
        dataset: any data set.
        split: ``"public"`` or ``"private"``.
        label_set: ``"ferplus"``: rows on which over half of the FER+ votes agree;
            ``"fer2013"``: all rows with a FER-2013 label.

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
    truth = part.majority_label if label_set == "ferplus" else part.fer2013
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
    return part.subset(known), truth[known].astype(np.int64)


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

    def figures(probabilities: npt.NDArray[Any]) -> Metrics:
        return measure(to_label_order(probabilities, predictor.labels, wanted), truth, wanted)

    plain = np.concatenate(single)
    averaged = None
    if flipped:
        averaged = ("flip", figures((plain + np.concatenate(flipped)) / 2))
    return Evaluation(
        metrics=figures(plain),
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
        *_totals(metrics),
        "",
        f"{'class':<12}{'n':>7}{'precision':>11}{'recall':>9}{'F1':>9}",
    ]
    lines += [
        f"{c.label:<12}{c.n:>7,}{c.precision:>11.4f}{c.recall:>9.4f}{c.f1:>9.4f}"
        for c in metrics.per_class
    ]
    if evaluation.tta is not None:
        method, averaged = evaluation.tta
        lines += ["", f"averaged over {method}s (test-time augmentation):", *_totals(averaged)]
    return "\n".join(lines)


def _totals(metrics: Metrics) -> list[str]:
    named = {
        "accuracy": metrics.accuracy,
        "balanced accuracy": metrics.balanced_accuracy,
        "macro precision": metrics.macro_precision,
        "macro recall": metrics.macro_recall,
        "macro F1": metrics.macro_f1,
        "NLL": metrics.nll,
        "Brier": metrics.brier,
        "ECE (15 bins)": metrics.ece,
    }
    return [f"{name:<18}{value:>8.4f}" for name, value in named.items()]


def describe_data(path: str | Path, votes: str | Path | None) -> dict[str, Any]:
    """What identifies the data: file names and, for files, their sha256."""
    return {
        "file": Path(path).name,
        "sha256": _file_sha256(Path(path)),
        "votes": None if votes is None else Path(votes).name,
        "votes_sha256": None if votes is None else _file_sha256(Path(votes)),
    }


def _file_sha256(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def source_commit() -> str | None:
    """The commit of the source tree that is running; None for an installed package.

    ``+changes`` is added when files of the package differ from it.
    """
    import subprocess

    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(root), *words],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
        return done.stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no", "--", "emogui")
        return git("rev-parse", "HEAD") + ("+changes" if changed else "")
    except (OSError, subprocess.SubprocessError):
        return None


def versions(packages: Iterable[str] = ("numpy", "opencv-python", "openvino")) -> dict[str, str]:
    """Versions of Python and of the packages that take part."""
    import platform
    from importlib import metadata

    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
