"""The one form in which training and evaluation see every face data set.

A data set is a table of rows: a finished face crop, the split it belongs to, its FER-2013 code,
and what FER+ says of it. The loaders in :mod:`emogui.training.datasets` make it from the files
that users have.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Final, TypeVar, overload

import numpy as np
import numpy.typing as npt

from emogui.errors import DatasetError
from emogui.labels import FER2013, FERPLUS

Face = npt.NDArray[np.uint8]
"""A finished face crop: grey (height, width) or RGB (height, width, 3), uint8."""

VOTE_COLUMNS: Final[tuple[str, ...]] = (*FERPLUS, "unknown", "NF")
"""The columns of a FER+ vote table: eight emotions, unknown, and NF (not a face)."""

LEAKED: Final = "leaked"
"""Key of `EmotionDataset.dropped`: Training rows whose picture is also a test picture."""
NO_EXPRESSION: Final = "no expression"
"""Key of `EmotionDataset.dropped`: pictures that the annotators gave no expression."""

_DROPPED: Final[dict[str, str]] = {
    LEAKED: "Training pictures equal to a test picture",
    NO_EXPRESSION: "pictures that the annotators gave no expression",
}

_T = TypeVar("_T")


class Split(IntEnum):
    """The three parts of FER-2013, by which every data set is divided.

    Models are trained on `TRAINING`, selected on `PUBLIC` and reported on `PRIVATE`.
    """

    TRAINING = 0
    PUBLIC = 1
    PRIVATE = 2

    @property
    def usage(self) -> str:
        """The split's name in the csv files: Training, PublicTest or PrivateTest."""
        return ("Training", "PublicTest", "PrivateTest")[self]


class Selection(Sequence[_T]):
    """Some items of another sequence, taken from it only when they are asked for."""

    def __init__(self, items: Sequence[_T], indices: npt.NDArray[np.intp]) -> None:
        self.items: Sequence[_T] = items
        self.indices: npt.NDArray[np.intp] = indices
        if isinstance(items, Selection):  # keep chains of subsets one step deep
            self.items, self.indices = items.items, items.indices[indices]

    def __len__(self) -> int:
        return len(self.indices)

    @overload
    def __getitem__(self, index: int) -> _T: ...
    @overload
    def __getitem__(self, index: slice) -> Selection[_T]: ...
    def __getitem__(self, index: int | slice) -> _T | Selection[_T]:
        if isinstance(index, slice):
            return Selection(self.items, self.indices[index])
        return self.items[int(self.indices[index])]


@dataclass(frozen=True, eq=False)
class EmotionDataset:
    """Faces with their labels.

    Attributes:
        name: what the summary calls the set, mostly its file or folder name.
        faces: n finished crops, an ndarray uint8 (n, height, width) or a sequence that decodes
            a file at each access and gives grey (h, w) or RGB (h, w, 3).
        split: uint8 (n,), values of `Split`.
        fer2013: int16 (n,), code in the order of `labels.FER2013`; -1 where a row has none.
        votes: (n, 10) raw counts of the FER+ taggers in the order of `VOTE_COLUMNS`, or None.
        ferplus: float32 (n, 8), target shares in the order of `labels.FERPLUS`; a row sums to 1,
            or is all zero where it has no FER+ target.
        sources: what names each row in errors and lists: its row (from 1) or relative path.
        dropped: why rows were left out, to how many.
        notes: what the reader of a figure from this set should know of how it was read.
    """

    name: str
    faces: Sequence[Face] | Face
    split: npt.NDArray[np.uint8]
    fer2013: npt.NDArray[np.int16]
    votes: npt.NDArray[np.uint8] | npt.NDArray[np.float32] | None
    ferplus: npt.NDArray[np.float32]
    sources: Sequence[str]
    dropped: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n = len(self.faces)
        shapes: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
            "split": (self.split.shape, (n,)),
            "fer2013": (self.fer2013.shape, (n,)),
            "ferplus": (self.ferplus.shape, (n, len(FERPLUS))),
            "sources": ((len(self.sources),), (n,)),
        }
        if self.votes is not None:
            shapes["votes"] = (self.votes.shape, (n, len(VOTE_COLUMNS)))
        for column, (came, expected) in shapes.items():
            if came != expected:
                raise DatasetError(
                    f"{self.name}: {n} faces need {column} of shape {expected}, not {came}."
                )

    def __len__(self) -> int:
        return len(self.split)

    @property
    def has_fer2013(self) -> bool:
        """Whether any row has a FER-2013 label."""
        return bool((self.fer2013 >= 0).any())

    @property
    def has_ferplus(self) -> bool:
        """Whether any row has a FER+ target."""
        return bool(self.kept.any())

    @property
    def kept(self) -> npt.NDArray[np.bool_]:
        """Bool (n,): the rows with a FER+ target."""
        return np.asarray(self.ferplus.any(axis=1))

    @property
    def majority(self) -> npt.NDArray[np.bool_]:
        """Bool (n,): the rows on which over half of the kept emotion votes agree."""
        return np.asarray(self.ferplus.max(axis=1, initial=0) > 0.5)

    @property
    def majority_label(self) -> npt.NDArray[np.int16]:
        """Int16 (n,): the emotion of each majority row in FER+ order, -1 elsewhere."""
        return np.where(self.majority, self.ferplus.argmax(axis=1), -1).astype(np.int16)

    def in_split(self, split: Split) -> EmotionDataset:
        """The rows of one split."""
        return self.subset(self.split == split)

    def subset(self, rows: npt.ArrayLike) -> EmotionDataset:
        """Some of the rows, in the order asked for; pictures in files are not read for it.

        Args:
            rows: a bool mask of shape (n,), or row indices.
        """
        chosen = np.asarray(rows)
        indices = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen.astype(np.intp)
        if chosen.dtype == np.bool_ and len(chosen) != len(self):
            raise ValueError(f"a mask for {len(self)} rows was expected, not for {len(chosen)}")
        faces = self.faces
        return replace(
            self,
            faces=faces[indices] if isinstance(faces, np.ndarray) else Selection(faces, indices),
            split=self.split[indices],
            fer2013=self.fer2013[indices],
            votes=None if self.votes is None else self.votes[indices],
            ferplus=self.ferplus[indices],
            sources=Selection(self.sources, indices),
        )

    def summary(self) -> str:
        """Rows by split, classes by head, what was dropped, and the notes, as a short text."""
        lines = [f"{self.name}: {len(self):,} faces"]
        for split in Split:
            part = self.split == split
            line = f"  {split.usage:<12}{int(part.sum()):>7,}"
            if self.has_ferplus:
                kept, majority = int(self.kept[part].sum()), int(self.majority[part].sum())
                line += f"   with a FER+ target {kept:,}, with a majority {majority:,}"
            lines.append(line)
        if self.has_fer2013:
            codes = self.fer2013[self.fer2013 >= 0]
            lines.append(f"  FER-2013: {_counts(FER2013, codes)}")
        if self.has_ferplus:
            labels = self.majority_label[self.majority]
            lines.append(f"  FER+ majority: {_counts(FERPLUS, labels)}")
        lines += [f"  Dropped: {n:,} {dropped_words(why)}" for why, n in self.dropped.items()]
        lines += [f"  Note: {note}" for note in self.notes]
        return "\n".join(lines)


def dropped_words(why: str) -> str:
    """A key of ``EmotionDataset.dropped`` in words."""
    return _DROPPED.get(why, why)


def _counts(words: Sequence[str], codes: npt.NDArray[Any]) -> str:
    numbers = np.bincount(codes, minlength=len(words))
    return ", ".join(f"{word} {n:,}" for word, n in zip(words, numbers, strict=True))


def ferplus_shares(
    votes: npt.NDArray[Any],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Turns raw FER+ votes into training targets.

    A single vote for an emotion counts as noise and becomes 0. A row is kept when fewer than
    five taggers saw no face, some emotion is left, and no more taggers said "unknown" than
    named the largest emotion. It is a majority row when its largest emotion has over half of
    the emotion votes left.

    Args:
        votes: (n, 10) raw counts in the order of `VOTE_COLUMNS`.

    Returns:
        shares: float32 (n, 8), rows sum to 1, all zero where not kept; kept: bool (n,);
        majority: bool (n,), a part of kept.
    """
    emotions: npt.NDArray[np.float32] = votes[:, : len(FERPLUS)].astype(np.float32)
    unknown, no_face = votes[:, len(FERPLUS)], votes[:, len(FERPLUS) + 1]
    emotions[emotions <= 1] = 0
    total, largest = emotions.sum(axis=1), emotions.max(axis=1, initial=0)
    kept = (no_face < 5) & (total > 0) & (unknown <= largest)
    shares = (emotions / np.where(total > 0, total, 1)[:, None]).astype(np.float32)
    shares[~kept] = 0
    return shares, kept, kept & (2 * largest > total)


def one_hot(codes: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.float32]:
    """Shares float32 (n, 8) of rows that have one emotion each; all zero where the code is -1."""
    shares = np.zeros((len(codes), len(FERPLUS)), np.float32)
    labelled = np.flatnonzero(codes >= 0)
    shares[labelled, codes[labelled]] = 1
    return shares


Track = Callable[[int, int], None]
"""Told how many pictures of how many were looked at."""


def drop_leaked(dataset: EmotionDataset, track: Track | None = None) -> EmotionDataset:
    """Leaves out Training rows whose picture equals a PublicTest or PrivateTest picture.

    Pictures are compared pixel by pixel after decoding, one at a time, so that a set of files
    larger than memory can be searched. The number left out is added to ``dropped``.

    Args:
        dataset: any data set.
        track: called now and then.

    Raises:
        DatasetError: a picture cannot be decoded; the message names it.
    """
    training = dataset.split == Split.TRAINING
    others = np.flatnonzero(~training)
    candidates = np.flatnonzero(training) if len(others) else np.empty(0, np.intp)
    total = len(others) + len(candidates)
    tests = set(_tracked(_digests(dataset, others), track, 0, total))
    digests = _tracked(_digests(dataset, candidates), track, len(others), total)
    leaked = [row for row, digest in zip(candidates, digests, strict=True) if digest in tests]
    keep = np.ones(len(dataset), np.bool_)
    keep[leaked] = False
    dropped = dict(dataset.dropped)
    dropped[LEAKED] = dropped.get(LEAKED, 0) + len(leaked)
    return replace(dataset.subset(keep), dropped=MappingProxyType(dropped))


def _tracked(
    digests: Iterable[bytes], track: Track | None, before: int, total: int
) -> Iterable[bytes]:
    for number, digest in enumerate(digests, before + 1):
        if track is not None and (number % 512 == 0 or number == total):
            track(number, total)
        yield digest


def _digests(dataset: EmotionDataset, rows: npt.NDArray[np.intp]) -> Iterable[bytes]:
    """The digests of those rows' pictures, in order."""
    faces = dataset.faces

    def digest(row: int) -> bytes:
        face = faces[row]
        return hashlib.blake2b(
            repr(face.shape).encode() + np.ascontiguousarray(face).tobytes(), digest_size=16
        ).digest()

    if isinstance(faces, np.ndarray):
        return map(digest, rows.tolist())
    return _in_threads(digest, rows.tolist())


def _in_threads(digest: Callable[[int], bytes], rows: Sequence[int]) -> Iterable[bytes]:
    """Decoding releases the interpreter lock, so threads read files side by side."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        for start in range(0, len(rows), 1024):  # a bounded number of pictures waits at a time
            yield from pool.map(digest, rows[start : start + 1024])
