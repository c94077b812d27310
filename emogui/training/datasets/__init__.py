"""Loaders for the face data sets that users have; `load_dataset` recognises the form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emogui.training.data import EmotionDataset, Track

__all__ = ["load_dataset"]


def load_dataset(
    path: str | Path,
    *,
    votes: str | Path | None = None,
    keep_leaked: bool = False,
    track: Track | None = None,
) -> EmotionDataset:
    """Reads a data set of any known form.

    See :mod:`emogui.training.datasets.recognise` for the forms and how they are told apart.

    Args:
        path: an ``.npz`` or ``.csv`` file, or a folder of pictures.
        votes: FER+'s ``fer2013new.csv``, joined to a FER-2013 csv, npz or Kaggle folder.
        keep_leaked: keep Training pictures that are also test pictures; they are dropped
            (and counted in ``dropped``) unless this is set.
        track: told how many pictures were compared for that, of how many.

    Raises:
        DatasetError: the path is of no known form, or a row, file or folder in it is wrong.
    """
    from emogui.training.data import drop_leaked
    from emogui.training.datasets.recognise import read

    dataset = read(Path(path).expanduser(), None if votes is None else Path(votes).expanduser())
    return dataset if keep_leaked else drop_leaked(dataset, track)
