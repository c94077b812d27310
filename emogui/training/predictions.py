"""Predictions as a table that any program can make: ``predictions.csv``.

The columns, in any order:

- ``row``: what names the face in its data set: its number from 1, in the order of ``fer2013.csv``
  and of an ``.npz``, or the relative path of its picture in folders.
- one column for each class, named by its label in any of emogui's class sets (``happy`` and
  ``happiness`` are the same): the probability, 0 to 1. A row's sum may miss 1 by `SLACK`, for
  programs that round; it is then scaled to 1. A class without a column has probability 0.
- ``true``, ``predicted``: labels, for people. ``true`` may be left out; where it is given it must
  agree with the data set. ``predicted`` is not read.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from emogui.errors import DatasetError
from emogui.labels import AFFECTNET, FER2013, FERPLUS, canonical
from emogui.training.metrics import to_label_order

SLACK: Final = 0.05
"""How far a row of probabilities may be from a sum of 1."""

KNOWN: Final = frozenset({*FERPLUS, *FER2013, *AFFECTNET})
OTHER_COLUMNS: Final = ("row", "true", "predicted")
FORM_HINT: Final = (
    "The columns are row, one for each label, and if you like true and predicted; "
    "'emogui evaluate --output DIR' writes such a file."
)


@dataclass(frozen=True, eq=False)
class Predictions:
    """Probabilities for the faces of a data set.

    Attributes:
        rows: n names of faces, see :func:`row_name`.
        labels: the classes, in the order of the columns.
        probabilities: float64 (n, classes), rows that sum to 1.
        truth: the true labels, n words; None where they are not known.
    """

    rows: tuple[str, ...]
    labels: tuple[str, ...]
    probabilities: npt.NDArray[np.float64]
    truth: tuple[str, ...] | None = None

    def winner(self, place: int) -> tuple[str, float]:
        """The most probable class of a face, and its probability."""
        best = int(self.probabilities[place].argmax())
        return self.labels[best], float(self.probabilities[place, best])

    def true(self, place: int) -> str:
        """The true label of a face; empty where it is not known."""
        return self.truth[place] if self.truth else ""

    def mistakes(self) -> npt.NDArray[np.intp]:
        """Places of the faces whose winner is not the true label, the surest mistakes first."""
        wrong = [
            i for i in range(len(self.rows)) if self.true(i) and self.winner(i)[0] != self.true(i)
        ]
        confidence = self.probabilities[wrong].max(axis=1) if wrong else np.empty(0)
        return np.array(wrong, np.intp)[np.argsort(-confidence, kind="stable")]

    def as_csv(self) -> str:
        """The table as text; the numbers are those of float32, undiminished."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow([*OTHER_COLUMNS, *self.labels])
        for place, (row, line) in enumerate(zip(self.rows, self.probabilities, strict=True)):
            numbers = [f"{p:.9g}" for p in line]
            writer.writerow([row, self.true(place), self.winner(place)[0], *numbers])
        return buffer.getvalue()

    def for_rows(
        self, rows: Sequence[str], truth: npt.NDArray[np.int64], labels: Sequence[str], name: str
    ) -> npt.NDArray[np.float64]:
        """The probabilities for the faces of an evaluation, once they have proved to be the same.

        Args:
            rows: m names of faces; predictions for more than these are passed over.
            truth: int64 (m,), their true classes, indices into ``labels``.
            labels: the classes asked for.
            name: of the predictions, for errors.

        Returns:
            float64 (m, len(labels)), see :func:`emogui.training.metrics.to_label_order`.

        Raises:
            DatasetError: faces are missing, or have another true label.
        """
        place = {row: i for i, row in enumerate(self.rows)}
        missing = [row for row in rows if row not in place]
        if missing:
            raise DatasetError(
                f"'{name}' has other rows: {len(missing):,} of the {len(rows):,} asked for are not "
                f"in it, the first is '{missing[0]}'.",
                "Make it with the same --data, --split and --labels.",
            )
        order = [place[row] for row in rows]
        if self.truth is not None:
            for row, i, true in zip(rows, order, truth, strict=True):
                there, here = self.truth[i], labels[int(true)]
                if there and canonical(there) != canonical(here):
                    raise DatasetError(
                        f"'{name}' says that row '{row}' is {there}, the data set says {here}.",
                        "It was made with other --labels, or from another data set.",
                    )
        return to_label_order(self.probabilities[order], self.labels, labels)


def row_name(source: str) -> str:
    """What names a face: ``"row 28710"`` -> ``"28710"``, a relative path as it is.

    Args:
        source: an entry of `EmotionDataset.sources`.
    """
    return source.removeprefix("row ")


def read_predictions(path: str | Path) -> Predictions:
    """Reads a ``predictions.csv``, of whichever program.

    Raises:
        DatasetError: it cannot be read, or is not as this module describes; names the line.
    """
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            header = [column.strip() for column in next(reader, [])]
            labels = _labels(header, path)
            lines = [(reader.line_num, line) for line in reader if line]
    except OSError as error:
        raise DatasetError(
            f"'{path}' cannot be read: {error.strerror or error}.", "Check the path."
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"'{path}' is no csv file in UTF-8: {error}.", FORM_HINT) from error
    if not lines:
        raise DatasetError(f"'{path}' holds no predictions.", FORM_HINT)
    columns = [header.index(label) for label in labels]
    table = np.array([_numbers(path, n, line, header, columns) for n, line in lines])
    rows = tuple(line[header.index("row")].strip() for _, line in lines)
    twice, times = Counter(rows).most_common(1)[0]
    if times > 1:
        raise DatasetError(f"'{path}' has row '{twice}' twice.", "Give each face once.")
    truth = None
    if "true" in header:
        truth = tuple(line[header.index("true")].strip() for _, line in lines)
    return Predictions(rows, labels, table / table.sum(axis=1, keepdims=True), truth)


def _labels(header: Sequence[str], path: str | Path) -> tuple[str, ...]:
    """The columns that are classes."""
    labels = tuple(column for column in header if column not in OTHER_COLUMNS)
    if "row" not in header or not labels:
        raise DatasetError(f"'{path}' is no table of predictions.", FORM_HINT)
    unknown = [label for label in labels if label not in KNOWN]
    if unknown:
        raise DatasetError(
            f"'{path}' has columns that are no labels: {', '.join(unknown)}.",
            f"Labels are {', '.join(sorted(KNOWN))}.",
        )
    if len({canonical(label) for label in labels}) < len(labels):
        raise DatasetError(f"'{path}' has two columns for one class.", FORM_HINT)
    return labels


def _numbers(
    path: str | Path, number: int, line: Sequence[str], header: Sequence[str], columns: list[int]
) -> list[float]:
    """The probabilities of one line."""
    if len(line) != len(header):
        raise DatasetError(
            f"'{path}', line {number}: {len(header)} columns were expected, {len(line)} came."
        )
    try:
        values = [float(line[column]) for column in columns]
    except ValueError as error:
        raise DatasetError(f"'{path}', line {number}: {error}.", FORM_HINT) from error
    if not all(0 <= value <= 1 + SLACK for value in values) or abs(sum(values) - 1) > SLACK:
        raise DatasetError(
            f"'{path}', line {number}: probabilities from 0 to 1 with a sum of 1 were expected; "
            f"their sum is {sum(values):.3f}.",
            "Give the numbers after the softmax.",
        )
    return values
