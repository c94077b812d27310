"""FER-2013 as folders of Kaggle's pictures, and how the FER+ votes join them.

Kaggle's files are named by split and a number: ``Training_3908.jpg``, ``PublicTest_94416517.jpg``.
In the folders that Kaggle offers the number is arbitrary (up to eight digits, in no relation to
the csv's order), so that ``fer2013new.csv``, which goes by the csv's order, says nothing of them
by itself. Folders that people write from the csv mostly carry the row. Hence, in this order:

1. The number is the row of the csv, from 0: every file's split agrees with that row's ``Usage``.
2. It is the row within the split, from 0, where every number is small enough for that.
3. The pictures are compared with those of ``fer2013.csv`` or ``icml_face_data.csv``, when it lies
   beside the votes or in the folder: the nearest picture of the same split and label is the row.

In each case FER+ and FER-2013 labels must then agree as often as they do in the real set.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from emogui.errors import DatasetError
from emogui.labels import FER2013
from emogui.training.data import EmotionDataset, Split
from emogui.training.datasets.npz import SIDE
from emogui.training.datasets.tables import USAGES
from emogui.training.datasets.votes import Votes, with_votes

_NAME = re.compile(r"(training|publictest|privatetest)_(\d+)(.*)", re.IGNORECASE)
_CSV_NAMES = ("fer2013.csv", "icml_face_data.csv")
# JPEG changes a grey value by 2 on average, and rarely by 6; two different faces differ by 40.
_MOST_DIFFERENCE = 16.0
_NEAR = 16


@dataclass(frozen=True, slots=True)
class KaggleName:
    """What a file name such as ``PublicTest_123.jpg`` says.

    Attributes:
        split: the part of FER-2013.
        number: the number after it.
        copy: True where more follows, as in ``Training_123(1).jpg``.
    """

    split: Split
    number: int
    copy: bool


def parse_name(name: str) -> KaggleName | None:
    """Reads a picture's file name; None where it is not one of Kaggle's."""
    match = _NAME.fullmatch(Path(name).stem)
    if match is None:
        return None
    return KaggleName(USAGES[match[1].lower()], int(match[2]), bool(match[3]))


def join_votes(dataset: EmotionDataset, votes: Votes, beside: Sequence[Path]) -> EmotionDataset:
    """Gives Kaggle-named pictures the votes of their rows, and puts them in that order.

    Args:
        dataset: pictures in files; `sources` are their names.
        votes: all rows of the votes file.
        beside: folders in which ``fer2013.csv`` may lie.

    Raises:
        DatasetError: a name is not Kaggle's, or the pictures' rows cannot be told.
    """
    parsed = [parse_name(source) for source in dataset.sources]
    names = [name for name in parsed if name is not None]
    if len(names) != len(dataset):
        odd = dataset.sources[parsed.index(None)]
        raise DatasetError(
            f"The picture {odd} in {dataset.name} does not tell its row of {votes.name}.",
            "Votes join pictures that are named as Kaggle names them: Training_123.jpg, "
            "PublicTest_123.jpg, PrivateTest_123.jpg. Without such names, leave the votes out.",
        )
    rows = _rows_by_number(names, votes)
    if rows is None:
        rows = _rows_by_picture(dataset, votes, beside)
    order = np.argsort(rows, kind="stable")
    return with_votes(dataset.subset(order), votes.name, votes.counts[rows[order]])


def _rows_by_number(names: Sequence[KaggleName], votes: Votes) -> npt.NDArray[np.intp] | None:
    numbers = np.array([name.number for name in names], np.int64)
    split = np.array([name.split for name in names], np.uint8)
    if len({(name.split, name.number) for name in names}) < len(names):
        return None  # copies: Training_1.jpg and Training_1(1).jpg cannot both be the row
    if numbers.max() < len(votes) and np.array_equal(votes.split[numbers], split):
        return numbers.astype(np.intp)
    rows = np.empty(len(names), np.intp)
    for part in Split:
        within = np.flatnonzero(votes.split == part)
        chosen = split == part
        if numbers[chosen].max(initial=-1) >= len(within):
            return None
        rows[chosen] = within[numbers[chosen]]
    return rows


def _rows_by_picture(
    dataset: EmotionDataset, votes: Votes, beside: Sequence[Path]
) -> npt.NDArray[np.intp]:
    table = next((p for b in beside for n in _CSV_NAMES if (p := b / n).is_file()), None)
    if table is None:
        raise DatasetError(
            f"The numbers in the picture names of {dataset.name} (such as {dataset.sources[0]}) "
            f"are not rows of {votes.name}.",
            "Kaggle numbers its pictures in another order than the csv. Put fer2013.csv beside "
            f"{votes.name}, so that the pictures can be compared with its rows, or give "
            "fer2013.csv itself as the data.",
        )
    from emogui.training.datasets.fer2013_csv import load_csv
    from emogui.training.datasets.votes import join_by_row

    reference = join_by_row(load_csv(table), votes)
    rows = np.empty(len(dataset), np.intp)
    for split in Split:
        for label in np.unique(dataset.fer2013):
            mine = np.flatnonzero((dataset.split == split) & (dataset.fer2013 == label))
            theirs = np.flatnonzero((reference.split == split) & (reference.fer2013 == label))
            if len(mine) > len(theirs):
                raise DatasetError(
                    f"{dataset.name} has {len(mine):,} pictures of {split.usage}, "
                    f"{FER2013[label]}; {reference.name} has {len(theirs):,}.",
                    "The folder and the csv are different sets, or pictures were copied.",
                )
            if len(mine):
                rows[mine] = theirs[_nearest(dataset, mine, reference, theirs)]
    return rows


def _nearest(
    dataset: EmotionDataset,
    mine: npt.NDArray[np.intp],
    reference: EmotionDataset,
    theirs: npt.NDArray[np.intp],
) -> npt.NDArray[np.intp]:
    """For each of my pictures the place in theirs of the most similar one, each used once."""
    known = np.asarray(reference.faces)[theirs]
    small = _shrunk(known)
    squares = (small**2).sum(axis=1)
    few = min(_NEAR, len(theirs))
    used = np.zeros(len(theirs), np.bool_)
    places = np.empty(len(mine), np.intp)
    for start in range(0, len(mine), 256):
        rows = mine[start : start + 256].tolist()
        faces = np.stack([_grey(dataset, row) for row in rows])
        # The shrunk pictures find the few that come near, with a sixteenth of the work.
        closeness = 2 * _shrunk(faces) @ small.T - squares
        for i, (row, face) in enumerate(zip(rows, faces, strict=True)):
            # Equal pictures are in the csv more than once: take the first that is still free.
            near = np.sort(np.argpartition(-closeness[i], few - 1)[:few])
            near = near[~used[near]]
            difference = np.sqrt(((known[near] - face) ** 2).mean(axis=(1, 2)))
            if difference.min(initial=np.inf) > _MOST_DIFFERENCE:
                raise DatasetError(
                    f"The picture {dataset.sources[row]} of {dataset.name} is not among those of "
                    f"its split and label in {reference.name}.",
                    "The folder and the csv are different sets, or the picture was moved, copied "
                    "or changed.",
                )
            places[start + i] = near[difference.argmin()]
            used[places[start + i]] = True
    return places


def _shrunk(faces: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
    """The means of blocks of 4 x 4 pixels, float32 (n, 144)."""
    blocks = faces.reshape(len(faces), SIDE // 4, 4, SIDE // 4, 4)
    means: npt.NDArray[np.float32] = blocks.mean(axis=(2, 4), dtype=np.float32)
    return means.reshape(len(faces), -1)


def _grey(dataset: EmotionDataset, row: int) -> npt.NDArray[np.float32]:
    face = dataset.faces[row]
    if face.shape[:2] != (SIDE, SIDE):
        raise DatasetError(
            f"The picture {dataset.sources[row]} of {dataset.name} has {face.shape[1]} x "
            f"{face.shape[0]} pixels, expected {SIDE} x {SIDE} as in FER-2013.",
            "Votes belong to FER-2013 alone; leave them out for another set.",
        )
    grey: npt.NDArray[np.float32] = face.astype(np.float32)
    return grey if grey.ndim == 2 else np.asarray(grey.mean(axis=2), np.float32)


def in_csv_order(dataset: EmotionDataset) -> EmotionDataset:
    """The rows by split, then by number: the csv's order where the numbers are its rows."""

    def key(row: int) -> tuple[int, int, str]:
        name = parse_name(dataset.sources[row])
        return (int(dataset.split[row]), name.number if name else -1, dataset.sources[row])

    return dataset.subset(np.array(sorted(range(len(dataset)), key=key), np.intp))
