"""How far a batch is: written about once a second, so that a killed one goes on from there."""

from __future__ import annotations

import base64
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from emogui.errors import EmoguiError
from emogui.output.files import cannot_write

_FORM: Final = 1


@dataclass(frozen=True, slots=True)
class Counts:
    """What a batch has done.

    Attributes:
        pictures, videos: inputs that were analysed, videos to their ends.
        frames: frames of videos.
        faces: rows of the table.
        failures: rows of the table of failures.
        failed_inputs: inputs of which nothing could be read, or that could not be read on.
    """

    pictures: int = 0
    videos: int = 0
    frames: int = 0
    faces: int = 0
    failures: int = 0
    failed_inputs: int = 0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A place in a batch at which everything before it is on the disk.

    Attributes:
        item: number of the input that is next, or in the middle of which this is.
        frame: the first frame of it that is not done; 0 at its start.
        sizes: file to its length in bytes here; what is behind it belongs to a run that was killed.
        part_start: where in ``faces.csv`` the rows begin that no Parquet part has.
        parts: how many Parquet parts there are.
        part_rows: rows from ``part_start`` on.
        counts: what was done.
        tracker: the state of the sequence within a video, as text; empty elsewhere.
        complete: whether nothing is left to do.
        seconds: what it took so far, all runs together.
    """

    item: int = 0
    frame: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    part_start: int = 0
    parts: int = 0
    part_rows: int = 0
    counts: Counts = field(default_factory=Counts)
    tracker: str = ""
    complete: bool = False
    seconds: float = 0.0

    @property
    def state(self) -> bytes:
        """The tracker's state, for ``SequenceAnalyzer.restore``; empty at an input's start."""
        return base64.b64decode(self.tracker)

    @staticmethod
    def as_text(state: bytes) -> str:
        """A tracker's state as it is stored."""
        return base64.b64encode(state).decode("ascii")

    def save(self, path: Path) -> None:
        """Writes it in the place of the one before, for good.

        Raises:
            EmoguiError: it cannot be written.
        """
        part = path.with_suffix(".new")
        try:
            with part.open("w", encoding="ascii") as file:
                json.dump({"form": _FORM, **asdict(self)}, file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            _sync_folder(path.parent)
        except OSError as error:
            raise cannot_write(path, error) from error

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Reads it; None where there is none.

        Raises:
            EmoguiError: it is damaged.
        """
        try:
            found: dict[str, Any] = json.loads(path.read_text(encoding="ascii"))
            if found.pop("form") != _FORM:
                raise ValueError("another version of emogui wrote it")
            return cls(**{**found, "counts": Counts(**found["counts"])})
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise EmoguiError(
                f"'{path}', which says how far the batch is, cannot be read: {error}.",
                "Start over with --restart, or in another folder.",
            ) from error


def _sync_folder(folder: Path) -> None:
    """Makes a new name last; not every system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
