"""FER-2013, with or without FER+ votes, in one NumPy ``.npz`` file.

Keys: ``images`` uint8 (n, 48, 48) grey; ``labels`` integer (n,), FER-2013 codes 0-6 (-1 for none);
``usage`` integer (n,), 0 Training, 1 PublicTest, 2 PrivateTest; and, where the file has votes,
``ferplus_votes`` unsigned integer (n, 10) with ``ferplus_columns``, the names of its columns.
Rows are in the order of ``fer2013.csv``. Other keys are ignored.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from emogui.errors import DatasetError
from emogui.labels import FER2013
from emogui.training.data import VOTE_COLUMNS, EmotionDataset, Split, ferplus_shares, one_hot

SIDE = 48
"""Width and height of a FER-2013 picture, in pixels."""

_KEYS = ("images", "labels", "usage")
_VOTE_KEYS = ("ferplus_votes", "ferplus_columns")


def load_npz(path: Path) -> EmotionDataset:
    """Reads the file.

    Raises:
        DatasetError: it is no ``.npz``, a key is missing, or an array has a wrong dtype, shape
            or value.
    """
    arrays = _read(path)
    missing = [key for key in _KEYS if key not in arrays]
    if missing:
        raise DatasetError(
            f"{path.name} lacks {_listed(missing)}; it has {_listed(sorted(arrays)) or 'nothing'}.",
            "An .npz data set needs images (n, 48, 48), labels (n,) and usage (n,).",
        )
    images, n = arrays["images"], len(arrays["images"]) if arrays["images"].ndim else 0
    if images.dtype != np.uint8 or images.shape != (n, SIDE, SIDE):
        raise _wrong(path, "images", images, f"uint8 (n, {SIDE}, {SIDE})")
    if n == 0:
        raise DatasetError(f"{path.name} holds no pictures.", "Choose a file that has rows.")
    labels = _codes(path, "labels", arrays["labels"], n, range(-1, len(FER2013)))
    usage = _codes(path, "usage", arrays["usage"], n, range(len(Split)))
    votes = _votes(path, arrays, n)
    return EmotionDataset(
        name=path.name,
        faces=images,
        split=usage.astype(np.uint8),
        fer2013=labels.astype(np.int16),
        votes=votes,
        ferplus=one_hot(np.full(n, -1)) if votes is None else ferplus_shares(votes)[0],
        sources=[f"row {row}" for row in range(1, n + 1)],
    )


def _read(path: Path) -> dict[str, npt.NDArray[Any]]:
    wanted = {*_KEYS, *_VOTE_KEYS}
    try:
        # NumPy leaves a file open that it cannot read, so it is not the one to open it.
        with path.open("rb") as stream:
            archive = np.load(stream, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise DatasetError(
                    f"{path.name} holds no named arrays, as an .npz data set has.",
                    "Write it with numpy.savez.",
                )
            return {key: archive[key] for key in archive.files if key in wanted}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DatasetError(
            f"{path.name} cannot be read as an .npz data set: {error}",
            "The file may be damaged or only partly downloaded; get it again.",
        ) from error


def _codes(
    path: Path, key: str, array: npt.NDArray[Any], n: int, allowed: range
) -> npt.NDArray[np.integer[Any]]:
    if not np.issubdtype(array.dtype, np.integer) or array.shape != (n,):
        raise _wrong(path, key, array, f"integer ({n},)")
    wrong = np.flatnonzero((array < allowed[0]) | (array > allowed[-1]))
    if len(wrong):
        raise DatasetError(
            f"{path.name}, row {wrong[0] + 1}: {key} is {array[wrong[0]]}, "
            f"expected {allowed[0]} to {allowed[-1]}.",
            f"{len(wrong):,} of {n:,} rows are wrong; correct the file.",
        )
    return array


def _votes(
    path: Path, arrays: Mapping[str, npt.NDArray[Any]], n: int
) -> npt.NDArray[np.uint8] | None:
    if "ferplus_votes" not in arrays:
        return None
    votes = arrays["ferplus_votes"]
    if not np.issubdtype(votes.dtype, np.unsignedinteger) or votes.shape != (n, len(VOTE_COLUMNS)):
        raise _wrong(path, "ferplus_votes", votes, f"uint8 ({n}, {len(VOTE_COLUMNS)})")
    columns = [str(name) for name in arrays.get("ferplus_columns", np.array(VOTE_COLUMNS)).ravel()]
    if sorted(columns) != sorted(VOTE_COLUMNS):
        raise DatasetError(
            f"{path.name}: ferplus_columns is {_listed(columns)}, expected {_listed(VOTE_COLUMNS)}."
        )
    return votes[:, [columns.index(name) for name in VOTE_COLUMNS]].astype(np.uint8)


def _wrong(path: Path, key: str, array: npt.NDArray[Any], expected: str) -> DatasetError:
    return DatasetError(
        f"{path.name}: {key} is {array.dtype} {array.shape}, expected {expected}.",
        "Write the file again with arrays of that type and shape.",
    )


def _listed(words: Any) -> str:
    return ", ".join(words)
