"""FER-2013 as Kaggle gives it: ``fer2013.csv`` and ``icml_face_data.csv``.

Columns ``emotion`` (0-6), ``pixels`` (48 x 48 numbers, row by row, separated by blanks) and
``Usage``; ``icml_face_data.csv`` has them in another order and with blanks in its header.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from emogui.errors import DatasetError
from emogui.labels import FER2013
from emogui.training.data import EmotionDataset, one_hot
from emogui.training.datasets.npz import SIDE
from emogui.training.datasets.tables import Row, parse_usage, read_rows

COLUMNS = ("emotion", "pixels", "Usage")
_CODES = {str(code): code for code in range(len(FER2013))}


def load_csv(path: Path) -> EmotionDataset:
    """Reads the file; its rows have FER-2013 labels and no FER+ votes.

    Raises:
        DatasetError: the file or a row of it is wrong; the message says which and how.
    """
    pixels, codes, splits = bytearray(), list[int](), list[int]()
    with warnings.catch_warnings():
        # NumPy only warns of text that is no number; as an error it can be told to the user.
        warnings.simplefilter("error", DeprecationWarning)
        for row in read_rows(path, COLUMNS):
            emotion, picture, usage = row.values
            if emotion not in _CODES:
                known = ", ".join(f"{code} {word}" for code, word in enumerate(FER2013))
                raise DatasetError(
                    f"{row.where}: unknown emotion code '{emotion[:40]}'.",
                    f"The codes are {known}.",
                )
            codes.append(_CODES[emotion])
            splits.append(parse_usage(row, usage))
            pixels += _parse(row, picture)
    n = len(codes)
    return EmotionDataset(
        name=path.name,
        faces=np.frombuffer(pixels, np.uint8).reshape(n, SIDE, SIDE),
        split=np.array(splits, np.uint8),
        fer2013=np.array(codes, np.int16),
        votes=None,
        ferplus=one_hot(np.full(n, -1)),
        sources=[f"row {row}" for row in range(1, n + 1)],
    )


def _parse(row: Row, text: str) -> bytes:
    try:
        values = np.fromstring(text, np.int64, sep=" ")
    except (DeprecationWarning, ValueError):
        values = np.empty(0, np.int64)
    if len(values) != SIDE * SIDE or values.min() < 0 or values.max() > 255:
        raise _wrong_pixels(row, text)
    return values.astype(np.uint8).tobytes()


def _wrong_pixels(row: Row, text: str) -> DatasetError:
    words = text.split()
    for place, word in enumerate(words, 1):
        if not (word.isascii() and word.isdigit() and int(word) <= 255):
            return DatasetError(
                f"{row.where}: pixel {place} is '{word[:20]}', expected a whole number 0 to 255.",
                "Correct the row, or get the file again.",
            )
    return DatasetError(
        f"{row.where}: {len(words):,} pixels, expected {SIDE * SIDE:,} ({SIDE} x {SIDE}).",
        "The row may be cut short; get the file again.",
    )
