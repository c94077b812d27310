"""A small FER-2013 that tests write in each of the forms that users have."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import PIL.Image
import pytest

from emogui.labels import FER2013, FERPLUS
from emogui.training.data import VOTE_COLUMNS, Split

LEAKED_ROW, NAMELESS_ROW = 3, 5


@dataclass(frozen=True)
class SmallFer:
    """28 rows: 14 Training, 7 of each test split, every class in each; one row is leaked."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]
    usage: npt.NDArray[np.uint8]
    votes: npt.NDArray[np.uint8]

    def npz(self, path: Path, **changes: Any) -> Path:
        """Writes the shared form; a change of None leaves that key out."""
        arrays: dict[str, Any] = {
            "images": self.images,
            "labels": self.labels,
            "usage": self.usage,
            "ferplus_votes": self.votes,
            "ferplus_columns": np.array(VOTE_COLUMNS),
        } | changes
        np.savez(path, **{key: value for key, value in arrays.items() if value is not None})
        return path

    def csv_rows(self) -> list[str]:
        return [
            f"{label},{' '.join(map(str, image.ravel().tolist()))},{Split(usage).usage}"
            for label, image, usage in zip(self.labels, self.images, self.usage, strict=True)
        ]

    def csv(self, path: Path) -> Path:
        path.write_text("\n".join(["emotion,pixels,Usage", *self.csv_rows()]) + "\n")
        return path

    def icml_csv(self, path: Path) -> Path:
        rows = [row.split(",") for row in self.csv_rows()]
        lines = ["emotion, Usage, pixels", *(f"{e},{u},{p}" for e, p, u in rows)]
        path.write_text("\n".join(lines) + "\n")
        return path

    def votes_rows(self) -> list[str]:
        return [
            f"{Split(usage).usage},{'' if row == NAMELESS_ROW else f'fer{row:07d}.png'},"
            + ",".join(map(str, counts.tolist()))
            for row, (usage, counts) in enumerate(zip(self.usage, self.votes, strict=True))
        ]

    def votes_csv(self, path: Path) -> Path:
        header = "Usage,Image name," + ",".join(VOTE_COLUMNS)
        path.write_text("\n".join([header, *self.votes_rows()]) + "\n")
        return path

    def folders(self, root: Path, numbers: Sequence[int] | None = None, ext: str = "png") -> Path:
        """Writes train/angry/Training_1.png and so on; the numbers are the rows unless given."""
        for row, image in enumerate(self.images):
            split = Split(int(self.usage[row]))
            place = root / ("test" if split else "train") / FER2013[self.labels[row]]
            place.mkdir(parents=True, exist_ok=True)
            number = row if numbers is None else numbers[row]
            PIL.Image.fromarray(image).save(place / f"{split.usage}_{number}.{ext}")
        return root


@pytest.fixture(scope="session")
def small_fer() -> SmallFer:
    rng = np.random.default_rng(7)
    labels = np.array([0, 1, 2, 3, 4, 5, 6] * 4, np.uint8)
    usage = np.array([0] * 14 + [1] * 7 + [2] * 7, np.uint8)
    # Smooth pictures, so that JPEG changes them little, as it does faces.
    coarse = rng.integers(20, 236, (28, 6, 6)).astype(np.uint8)
    images = np.stack(
        [
            np.asarray(PIL.Image.fromarray(c).resize((48, 48), PIL.Image.Resampling.BICUBIC))
            for c in coarse
        ]
    )
    images[LEAKED_ROW] = images[17]  # a Training picture that is also a PublicTest picture
    votes = np.stack([rng.multinomial(10, p) for p in rng.dirichlet([0.4] * 10, 28)])
    votes[:4] = [
        [9, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        [4, 0, 0, 1, 4, 0, 0, 0, 1, 0],
        [0, 6, 0, 0, 4, 0, 0, 0, 0, 0],
        [0, 8, 2, 0, 0, 0, 0, 0, 0, 0],
    ]
    votes[NAMELESS_ROW] = [0] * 9 + [10]
    return SmallFer(images, labels, usage, votes.astype(np.uint8))


@pytest.fixture(scope="session")
def random_faces(tmp_path_factory) -> Path:
    """48 random faces with votes, in the form of the project's own npz."""
    rng = np.random.default_rng(0)
    n = 48
    votes = np.zeros((n, 10), np.uint8)
    votes[np.arange(n), rng.integers(0, len(FERPLUS), n)] = 10
    path = tmp_path_factory.mktemp("data") / "faces.npz"
    np.savez(
        path,
        images=rng.integers(0, 256, (n, 48, 48), np.uint8),
        labels=rng.integers(0, 7, n).astype(np.uint8),
        usage=np.array([0] * 32 + [1] * 8 + [2] * 8, np.uint8),
        ferplus_votes=votes,
        ferplus_columns=np.array([*FERPLUS, "unknown", "NF"]),
        row_flags=np.zeros(n, np.uint8),
    )
    return path


@pytest.fixture(scope="session")
def shared_npz() -> Path:
    """The real FER-2013 with votes, where EMOGUI_DATA names the folder that holds it."""
    folder = os.environ.get("EMOGUI_DATA")
    if not folder:
        pytest.skip("EMOGUI_DATA is not set")
    for path in (Path(folder) / "fer2013.npz", Path(folder) / "data" / "fer2013.npz"):
        if path.is_file():
            return path
    pytest.skip(f"no fer2013.npz in {folder}")
