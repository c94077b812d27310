"""Faces that are pictures in files: found, decoded when asked for, divided by their names."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import overload

import numpy as np

from emogui.errors import DatasetError, ImageError
from emogui.training.data import Face, Selection


class PictureFiles(Sequence[Face]):
    """Picture files, decoded at each access: grey (h, w) where R = G = B, else RGB (h, w, 3)."""

    def __init__(self, root: Path, names: Sequence[str]) -> None:
        self.root = root
        self.names = names

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> Face: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Face]: ...
    def __getitem__(self, index: int | slice) -> Face | Sequence[Face]:
        from emogui.media.image import load_image

        if isinstance(index, slice):
            return Selection(self, np.arange(len(self))[index])
        name = self.names[index]
        try:
            image = load_image(self.root / name)
        except ImageError as error:
            raise DatasetError(
                f"The picture {name} in {self.root} cannot be read: {error.message}",
                "Remove the file, or get the data set again.",
            ) from error
        grey = image[..., 0]
        if np.array_equal(grey, image[..., 1]) and np.array_equal(grey, image[..., 2]):
            return np.ascontiguousarray(grey)
        return image


def find_pictures(root: Path, folder: Path) -> list[str]:
    """The pictures in a folder and below, as sorted paths relative to root, with slashes."""
    from emogui.media.image import IMAGE_SUFFIXES

    found = []
    for place, folders, files in os.walk(folder, followlinks=True):
        folders[:] = sorted(name for name in folders if not hidden(name))
        found += [
            (Path(place) / name).relative_to(root).as_posix()
            for name in files
            if Path(name).suffix.lower() in IMAGE_SUFFIXES and not hidden(name)
        ]
    return sorted(found)


def subfolders(folder: Path) -> list[Path]:
    """The folders in a folder, sorted, without hidden ones and what archive programs leave."""
    try:
        return sorted(p for p in folder.iterdir() if p.is_dir() and not hidden(p.name))
    except OSError as error:
        raise DatasetError(
            f"The folder {folder} cannot be read: {error.strerror or error}.",
            "Check its permissions.",
        ) from error


def hidden(name: str) -> bool:
    """Whether a file or folder is none of the user's."""
    return name.startswith(".") or name == "__MACOSX"


def fraction(name: str) -> float:
    """A number in [0, 1) that depends on the name alone, the same on every computer."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
