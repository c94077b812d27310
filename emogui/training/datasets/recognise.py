"""Tells by looking which form a data set has, and reads it."""

from __future__ import annotations

from pathlib import Path

from emogui.errors import DatasetError
from emogui.training.data import EmotionDataset


def read(path: Path, votes: Path | None) -> EmotionDataset:
    """Reads a data set; see `emogui.training.datasets.load_dataset`."""
    if path.suffix.lower() == ".npz":
        from emogui.training.datasets.npz import load_npz

        return load_npz(path)
    raise DatasetError(f"{path} is no data set that emogui knows.")
