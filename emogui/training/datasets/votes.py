"""The FER+ votes, ``fer2013new.csv``, and how they join the rows of FER-2013.

The file has one row for each row of ``fer2013.csv``, in the same order: ``Usage``, ``Image name``
(empty where the FER+ authors dropped the picture; such rows are all voted NF) and ten counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from emogui.errors import DatasetError
from emogui.labels import FER2013, FERPLUS, canonical
from emogui.training.data import VOTE_COLUMNS, EmotionDataset, Split, ferplus_shares
from emogui.training.datasets.tables import parse_usage, read_rows

_COUNTS = {str(count): count for count in range(256)}
# FER-2013's label wins the FER+ majority on 66% of the rows; of rows joined at random, on 20%.
_LEAST_AGREEMENT = 0.4
_ENOUGH_ROWS = 100


@dataclass(frozen=True, eq=False)
class Votes:
    """A votes file.

    Attributes:
        name: the file's name.
        split: uint8 (n,), values of `Split`.
        counts: uint8 (n, 10), in the order of `VOTE_COLUMNS`.
    """

    name: str
    split: npt.NDArray[np.uint8]
    counts: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.split)


def load_votes(path: Path) -> Votes:
    """Reads ``fer2013new.csv``.

    Raises:
        DatasetError: the file or a row of it is wrong; the message says which and how.
    """
    if not path.is_file():
        raise DatasetError(
            f"The votes file {path} is not there." if not path.exists() else f"{path} is no file.",
            "Name the file fer2013new.csv of FER+.",
        )
    splits, counts = list[int](), list[list[int]]()
    for row in read_rows(path, ("Usage", *VOTE_COLUMNS)):
        usage, *votes = row.values
        splits.append(parse_usage(row, usage))
        try:
            counts.append([_COUNTS[vote] for vote in votes])
        except KeyError:
            column = next(i for i, vote in enumerate(votes) if vote not in _COUNTS)
            raise DatasetError(
                f"{row.where}: {VOTE_COLUMNS[column]} is '{votes[column][:20]}', expected the "
                "number of taggers, a whole number.",
                "Correct the row, or get the file again.",
            ) from None
    return Votes(path.name, np.array(splits, np.uint8), np.array(counts, np.uint8))


def join_by_row(dataset: EmotionDataset, votes: Votes) -> EmotionDataset:
    """Gives each row of a whole FER-2013 csv or npz the votes in the same place.

    Raises:
        DatasetError: the files differ in length or usage, or belong to different sets.
    """
    if len(votes) != len(dataset):
        raise DatasetError(
            f"{votes.name} has {len(votes):,} rows, {dataset.name} has {len(dataset):,}.",
            "Votes are joined row by row, so both files must be whole and in their first order.",
        )
    differ = np.flatnonzero(votes.split != dataset.split)
    if len(differ):
        row = int(differ[0])
        raise DatasetError(
            f"Row {row + 1} is {Split(votes.split[row]).usage} in {votes.name} but "
            f"{Split(dataset.split[row]).usage} in {dataset.name} ({len(differ):,} rows differ).",
            "The votes belong to another set or order; use both files as they were published.",
        )
    return with_votes(dataset, votes.name, votes.counts)


def with_votes(dataset: EmotionDataset, name: str, counts: npt.NDArray[np.uint8]) -> EmotionDataset:
    """Sets votes and FER+ targets, after checking that the two label sets agree as they should.

    Raises:
        DatasetError: they agree no more than labels of different pictures do.
    """
    joined = replace(dataset, votes=counts, ferplus=ferplus_shares(counts)[0])
    share = agreement(joined)
    if share is not None and share < _LEAST_AGREEMENT:
        raise DatasetError(
            f"The votes in {name} do not fit the pictures of {dataset.name}: they agree with the "
            f"FER-2013 label on {share:.0%} of the rows, where 66% is usual.",
            "One of the two was put into another order; use both files as they were published.",
        )
    return joined


def agreement(dataset: EmotionDataset) -> float | None:
    """The share of majority rows on which FER+ and FER-2013 agree; None where rows are few."""
    fits = np.array([FERPLUS.index(canonical(word)) for word in FER2013])
    rows = dataset.majority & (dataset.fer2013 >= 0)
    if rows.sum() < _ENOUGH_ROWS:
        return None
    return float((fits[dataset.fer2013[rows]] == dataset.majority_label[rows]).mean())
