"""Pictures in one folder per emotion, with or without split folders around them.

Which split a picture is in:

- Kaggle's names (``Training_1.jpg``, ``PublicTest_1.jpg``, ``PrivateTest_1.jpg``) tell it,
  wherever the file lies. Such a set is FER-2013: it has FER-2013 labels, and FER+ targets only
  from votes.
- Otherwise ``train`` is Training, ``val`` is PublicTest and ``test`` is PrivateTest. A ``test``
  without ``val`` is halved into the two by a hash of the relative path.
- Without split folders, a hash of the relative path puts 80% into Training and 10% into each
  test split. The hash is the same on every computer and does not change when files are added.

A set that is not FER-2013 has one label a picture, which stands for both heads: a share of 1 in
FER+, and the FER-2013 code (none for contempt). AffectNet's class folders, in words or as codes
0-7, are read in the same way; its published parts are ``train`` and ``val``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from emogui.errors import DatasetError
from emogui.labels import FER2013, FERPLUS, canonical
from emogui.training.data import EmotionDataset, Split, one_hot
from emogui.training.datasets import words
from emogui.training.datasets.files import PictureFiles, find_pictures, fraction, subfolders
from emogui.training.datasets.kaggle import in_csv_order, join_votes, parse_name
from emogui.training.datasets.votes import load_votes

_LAYOUT = (
    "Expected one folder per emotion (angry, happy, ...) with pictures in it, or such folders "
    "inside train, val and test."
)


@dataclass(frozen=True, slots=True)
class _Picture:
    name: str  # relative to the root, with slashes
    folder: str  # name of its class folder
    part: str | None  # "train", "val", "test", or None without split folders


def load_folder(root: Path, votes: Path | None = None) -> EmotionDataset:
    """Reads a folder of pictures.

    Args:
        root: the folder; one that holds nothing but another folder is looked through.
        votes: ``fer2013new.csv``, for pictures named as Kaggle names those of FER-2013.

    Raises:
        DatasetError: the folder is empty, a class is unknown or empty, or the votes do not fit.
    """
    from emogui.training.datasets import affectnet

    root = _descend(root)
    if affectnet.has_annotations(root):
        if votes is not None:
            raise DatasetError(
                f"{root.name} is AffectNet; FER+ votes belong to FER-2013.", "Leave the votes out."
            )
        return affectnet.load_annotations(root)
    pictures = _pictures(root)
    if not pictures:
        raise DatasetError(f"The folders in {root} hold no pictures.", _LAYOUT)
    names = [parse_name(picture.name) for picture in pictures]
    fer2013 = any(name is not None for name in names)
    meaning = words.class_words((p.folder for p in pictures), fer2013=fer2013, where=root.name)
    emotions = [meaning[picture.folder] for picture in pictures]
    notes: list[str] = []
    split = _splits(pictures, notes)
    if fer2013 and "contempt" in emotions:
        raise DatasetError(
            f"{root.name}: the pictures are named as those of FER-2013, which has no contempt.",
            "Rename the pictures, or move the contempt folder away.",
        )
    dataset = from_files(root, [p.name for p in pictures], emotions, split, notes)
    if not fer2013 and votes is None:
        return dataset
    dataset = in_csv_order(_without_ferplus(dataset))
    if votes is None:
        return dataset
    return join_votes(dataset, load_votes(votes), (votes.parent, root, root.parent))


def from_files(
    root: Path,
    names: Sequence[str],
    emotions: Sequence[str],
    split: Sequence[Split],
    notes: Sequence[str],
) -> EmotionDataset:
    """A data set of picture files with one FER+ word each, which stands for both heads."""
    fer2013 = {canonical(word): code for code, word in enumerate(FER2013)}
    codes = np.array([FERPLUS.index(emotion) for emotion in emotions], np.int16)
    return EmotionDataset(
        name=root.name,
        faces=PictureFiles(root, names),
        split=np.array(split, np.uint8),
        fer2013=np.array([fer2013.get(emotion, -1) for emotion in emotions], np.int16),
        votes=None,
        ferplus=one_hot(codes),
        sources=names,
        notes=tuple(notes),
    )


def hashed_split(name: str) -> Split:
    """Training for 80% of all names, PublicTest and PrivateTest for 10% each."""
    place = fraction(name)
    return Split.TRAINING if place < 0.8 else Split.PUBLIC if place < 0.9 else Split.PRIVATE


def _without_ferplus(dataset: EmotionDataset) -> EmotionDataset:
    return replace(dataset, ferplus=np.zeros_like(dataset.ferplus))


def _descend(root: Path) -> Path:
    """Looks through folders that hold one other folder only, as unpacking leaves them."""
    for _ in range(5):
        folders = subfolders(root)
        if len(folders) != 1 or _means_something(folders[0].name):
            break
        if any(p.is_file() and p.suffix.lower() in {".jpg", ".png"} for p in root.iterdir()):
            break
        root = folders[0]
    return root


def _means_something(folder: str) -> bool:
    known = (words.split_word(folder), words.emotion(folder), words.code(folder))
    return any(meaning is not None for meaning in known)


def _pictures(root: Path) -> list[_Picture]:
    folders = subfolders(root)
    if not folders:
        loose = bool(find_pictures(root, root))
        raise DatasetError(
            f"The pictures in {root} lie in no class folder."
            if loose
            else f"The folder {root} holds no class folders and no pictures.",
            _LAYOUT,
        )
    parts = {folder: words.split_word(folder.name) for folder in folders}
    if not any(parts.values()):
        return _in_classes(root, folders, None)
    pictures: list[_Picture] = []
    for folder, part in parts.items():
        if part is None:
            if find_pictures(root, folder):
                raise DatasetError(
                    f"The folder {folder.name} in {root} is none of train, val and test.",
                    "Move it away, or rename it.",
                )
            continue
        classes = subfolders(folder)
        if not classes:
            raise DatasetError(f"The folder {folder} has no class folders.", _LAYOUT)
        pictures += _in_classes(root, classes, part)
    return pictures


def _in_classes(root: Path, folders: Sequence[Path], part: str | None) -> list[_Picture]:
    pictures: list[_Picture] = []
    for folder in folders:
        names = find_pictures(root, folder)
        if not names and _means_something(folder.name):
            raise DatasetError(
                f"The folder {folder.relative_to(root).as_posix()} in {root} has no pictures.",
                "Remove it if the class is meant to be absent; else get the data set again.",
            )
        pictures += [_Picture(name, folder.name, part) for name in names]
    return pictures


def _splits(pictures: Sequence[_Picture], notes: list[str]) -> list[Split]:
    names = [parse_name(picture.name) for picture in pictures]
    unnamed = {p.part for p, name in zip(pictures, names, strict=True) if name is None}
    named = {name.split for name in names if name is not None}
    only_test = "val" not in unnamed and Split.PUBLIC not in named
    if None in unnamed:
        notes.append("divided 80/10/10 into Training, PublicTest and PrivateTest by file name")
    if "test" in unnamed and only_test:
        notes.append("no validation folder: test is halved into PublicTest and PrivateTest")
    if "val" in unnamed and "test" not in unnamed and Split.PRIVATE not in named:
        notes.append("no test set: val is PublicTest, and PrivateTest is empty")
    splits = []
    moved = 0
    for picture, name in zip(pictures, names, strict=True):
        if name is not None:
            splits.append(name.split)
            moved += picture.part is not None and (
                (picture.part == "train") != (name.split == Split.TRAINING)
            )
        elif picture.part is None:
            splits.append(hashed_split(picture.name))
        elif picture.part == "train":
            splits.append(Split.TRAINING)
        elif picture.part == "val" or (only_test and fraction(picture.name) < 0.5):
            splits.append(Split.PUBLIC)
        else:
            splits.append(Split.PRIVATE)
    if moved:
        notes.append(f"{moved:,} pictures lie in a folder of another split than their names tell")
    return splits
