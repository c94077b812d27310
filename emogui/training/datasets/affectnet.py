"""AffectNet as it is given to researchers: pictures, and annotations as NumPy files.

``train_set/images/123.jpg`` with ``train_set/annotations/123_exp.npy``, and the same in
``val_set``. The annotation is one number, or its text: 0 neutral, 1 happy, 2 sad, 3 surprise,
4 fear, 5 disgust, 6 anger, 7 contempt; 8 (none), 9 (uncertain) and 10 (no face) are left out and
counted. AffectNet's test set is not published: ``val_set`` is read as PublicTest, and PrivateTest
is empty.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from emogui.errors import DatasetError
from emogui.labels import AFFECTNET, canonical
from emogui.training.data import NO_EXPRESSION, EmotionDataset, Split
from emogui.training.datasets import words
from emogui.training.datasets.files import find_pictures, subfolders

_SPLITS: Final = {"train": Split.TRAINING, "val": Split.PUBLIC, "test": Split.PRIVATE}
_LAST_CODE = 10


def has_annotations(root: Path) -> bool:
    """Whether the folder, or a split folder in it, has the folder ``annotations``."""
    return any((folder / "annotations").is_dir() for folder in (root, *subfolders(root)))


def load_annotations(root: Path) -> EmotionDataset:
    """Reads the folder; one without split folders is divided 80/10/10 by a hash of the names.

    Raises:
        DatasetError: a folder is missing or empty, or an annotation is missing or wrong.
    """
    from emogui.training.datasets.folders import from_files, hashed_split

    notes: list[str] = []
    if (root / "annotations").is_dir():
        parts: dict[Path, Split | None] = {root: None}
        notes.append("divided 80/10/10 into Training, PublicTest and PrivateTest by file name")
    else:
        parts = {folder: _split(folder) for folder in subfolders(root)}
    names, emotions, splits = list[str](), list[str](), list[Split]()
    left_out: Counter[str] = Counter()
    for folder, split in parts.items():
        pictures = find_pictures(root, folder / "images") if (folder / "images").is_dir() else []
        if not pictures:
            raise DatasetError(
                f"{folder} has no pictures in its folder images.",
                "AffectNet needs images/123.jpg beside annotations/123_exp.npy.",
            )
        for name in pictures:
            code = _code(root, folder, name)
            if code >= len(AFFECTNET):
                left_out[NO_EXPRESSION] += 1
                continue
            names.append(name)
            emotions.append(canonical(AFFECTNET[code]))
            splits.append(hashed_split(name) if split is None else split)
    if not names:
        raise DatasetError(f"No picture of {root} has an expression.", "Choose another folder.")
    if None not in parts.values() and Split.PRIVATE not in splits:
        notes.append("no test set: val_set is PublicTest, and PrivateTest is empty")
    dataset = from_files(root, names, emotions, splits, notes)
    return replace(dataset, dropped=MappingProxyType(dict(left_out)))


def _split(folder: Path) -> Split:
    split = words.split_word(folder.name)
    if split is None:
        raise DatasetError(
            f"The folder {folder.name} in {folder.parent} is none of train_set and val_set.",
            "Move it away, or rename it.",
        )
    return _SPLITS[split]


def _code(root: Path, folder: Path, name: str) -> int:
    annotation = folder / "annotations" / f"{Path(name).stem}_exp.npy"
    shown = annotation.relative_to(root).as_posix()
    try:
        value = np.load(annotation, allow_pickle=False)
        code = int(value.item())
    except FileNotFoundError:
        raise DatasetError(
            f"The picture {name} in {root} has no annotation {shown}.",
            "Remove the picture, or get the annotations again.",
        ) from None
    except (OSError, ValueError, EOFError, AttributeError) as error:
        raise DatasetError(
            f"The annotation {shown} in {root} cannot be read: {error}.",
            "It should hold one number 0 to 10; get the data set again.",
        ) from error
    if not 0 <= code <= _LAST_CODE:
        raise DatasetError(
            f"The annotation {shown} in {root} is {code}, expected 0 to {_LAST_CODE}.",
            "Correct or remove it.",
        )
    return code
