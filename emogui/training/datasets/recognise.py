"""Tells by looking which form a data set has, and reads it.

| what | form |
|---|---|
| a file that begins as a zip archive does | FER-2013 in an ``.npz``: :mod:`.npz` |
| any other file | ``fer2013.csv`` or ``icml_face_data.csv``: :mod:`.fer2013_csv` |
| a folder with ``images`` and ``annotations`` | AffectNet: :mod:`.affectnet` |
| any other folder | a folder per emotion, FER-2013's of Kaggle among them: :mod:`.folders` |
"""

from __future__ import annotations

from pathlib import Path

from emogui.errors import DatasetError
from emogui.training.data import EmotionDataset


def read(path: Path, votes: Path | None) -> EmotionDataset:
    """Reads a data set; see `emogui.training.datasets.load_dataset`."""
    from emogui.training.datasets.votes import join_by_row, load_votes

    if path.is_dir():
        from emogui.training.datasets.folders import load_folder

        return load_folder(path.resolve(), votes)
    if not path.is_file():
        raise DatasetError(
            f"There is no data set at {path}.",
            "Name fer2013.csv, an .npz, or a folder with one folder of pictures per emotion.",
        )
    table = None if votes is None else load_votes(votes)  # quick, so its errors come first
    dataset = _read_file(path)
    return dataset if table is None else join_by_row(dataset, table)


def _read_file(path: Path) -> EmotionDataset:
    head = _head(path)
    if path.suffix.lower() == ".npz" or head.startswith(b"PK"):
        from emogui.training.datasets.npz import load_npz

        return load_npz(path)
    if head.startswith((b"\x1f\x8b", b"7z", b"Rar!", b"BZh")):
        raise DatasetError(f"{path.name} is an archive.", "Unpack it first.")
    from emogui.training.datasets.fer2013_csv import load_csv
    from emogui.training.datasets.tables import read_header

    columns = {name.lower() for name in read_header(path)}
    if {"image name", "nf"} <= columns and "pixels" not in columns:
        raise DatasetError(
            f"{path.name} holds FER+ votes and no pictures.",
            "Give fer2013.csv as the data and this file as the votes.",
        )
    return load_csv(path)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(8)
    except OSError as error:
        raise DatasetError(
            f"{path} cannot be read: {error.strerror or error}.", "Check the file's permissions."
        ) from error
