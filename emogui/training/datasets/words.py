"""What the names of folders mean: emotions, codes and splits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from emogui.errors import DatasetError
from emogui.labels import AFFECTNET, FER2013, FERPLUS, canonical

_SYNONYMS: Final[dict[str, str]] = {
    "disgusted": "disgust",
    "fearful": "fear",
    "afraid": "fear",
    "scared": "fear",
    "surprised": "surprise",
    "contemptuous": "contempt",
}

_WORDS: Final[tuple[str, ...]] = tuple(dict.fromkeys((*FERPLUS, *FER2013, *AFFECTNET, *_SYNONYMS)))

_SPLITS: Final[dict[str, str]] = {
    "train": "train",
    "training": "train",
    "trainset": "train",
    "trainclass": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "valset": "val",
    "valclass": "val",
    "publictest": "val",
    "test": "test",
    "testing": "test",
    "testset": "test",
    "testclass": "test",
    "privatetest": "test",
}


def split_word(folder: str) -> str | None:
    """``"train"``, ``"val"`` or ``"test"`` where a folder's name means one, else None."""
    return _SPLITS.get(re.sub(r"[\W_]", "", folder.lower()))


def emotion(folder: str) -> str | None:
    """The FER+ word for a folder's name (``"0_Angry"`` -> ``"anger"``), or None."""
    word = re.sub(r"^\d+[\W_]+", "", folder.strip().lower())
    word = canonical(_SYNONYMS.get(word, word))
    return word if word in FERPLUS else None


def code(folder: str) -> int | None:
    """The number that a folder's name is (``"3"``, ``"class003"``), or None."""
    match = re.fullmatch(r"(?:class)?[\W_]?(\d{1,4})", folder.strip().lower())
    return int(match[1]) if match else None


def class_words(folders: Iterable[str], *, fer2013: bool, where: str) -> dict[str, str]:
    """What each class folder of one data set means.

    Args:
        folders: their names.
        fer2013: whether the pictures' names show that the set is FER-2013.
        where: the data set's name, for messages.

    Returns:
        Folder name to FER+ word.

    Raises:
        DatasetError: a name is unknown, or numbers could mean more than one set's codes.
    """
    names = sorted(set(folders))
    codes = {name: code(name) for name in names}
    if any(number is None for number in codes.values()):
        unknown = [name for name in names if emotion(name) is None]
        if unknown:
            raise DatasetError(
                f"{where}: unknown class folder {', '.join(map(repr, unknown[:5]))}.",
                f"Rename or remove it; understood are {', '.join(_WORDS)}, or AffectNet's "
                "codes 0-7.",
            )
        return {name: emotion(name) or "" for name in names}
    numbers = {number for number in codes.values() if number is not None}
    named_class = all(name.lower().startswith("class") for name in names)
    if fer2013 and max(numbers) < len(FER2013):
        order = FER2013
    elif max(numbers) < len(AFFECTNET) and (named_class or {0, 7} <= numbers):
        order = AFFECTNET
    else:
        raise DatasetError(
            f"{where}: it is not clear which emotions the class folders {', '.join(names[:9])} "
            "mean; FER-2013, AffectNet and RAF-DB number them differently.",
            f"Rename the folders to words: {', '.join(_WORDS)}.",
        )
    return {name: canonical(order[number]) for name, number in codes.items() if number is not None}
