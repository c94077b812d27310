"""What a folder of results holds: a batch that can go on, one that is done, or neither."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any, Final

from emogui.bulk.checkpoint import Checkpoint, Counts
from emogui.bulk.lock import WORK, is_busy
from emogui.bulk.options import BatchOptions
from emogui.bulk.writer import FAILED
from emogui.errors import EmoguiError, UsageError

MOST_FAILURES: Final = 500
_MOST_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Failure:
    """A line of ``failures.csv``.

    Attributes:
        source: path of the input.
        frame: of its video, where a frame failed; "" elsewhere.
        reason: why.
    """

    source: str
    frame: str
    reason: str


@dataclass(frozen=True, slots=True)
class FoundBatch:
    """A batch in its folder.

    Attributes:
        folder: of the results.
        inputs: as they were given.
        beside: folder that relative inputs are relative to; "" where all are absolute.
        options: as they were given.
        done, total: inputs, by the last checkpoint.
        counts: what was done by then.
        complete: whether nothing is left to do.
        busy: whether another process is at work in it.
        begun: whether anything of it is done.
    """

    folder: Path
    inputs: tuple[str, ...]
    beside: str
    options: BatchOptions
    done: int
    total: int
    counts: Counts
    complete: bool
    busy: bool = False
    begun: bool = True


def find_batch(folder: str | Path) -> FoundBatch | None:
    """The batch in a folder; None where there is none, or one that never began.

    Raises:
        EmoguiError: what is there is damaged.
    """
    folder = Path(folder)
    path = folder / WORK / "settings.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        asked = dict(found["asked"])
        inputs = tuple(str(one) for one in asked.pop("inputs"))
        beside = str(asked.pop("from folder", ""))
        known = {field.name for field in fields(BatchOptions)}
        if unknown := set(asked) - known:
            raise ValueError(f"'{min(unknown)}' is unknown here")
        asked["subtitles"] = tuple(asked.get("subtitles", ()))
        options, total = BatchOptions(**asked), int(found["total"])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, UsageError) as error:
        raise EmoguiError(
            f"The batch in '{folder}' cannot be read: {error}.",
            "Another version of emogui may have begun it. Choose another folder.",
        ) from error
    state = Checkpoint.load(folder / WORK / "state.json")
    if state is None:
        return FoundBatch(
            folder, inputs, beside, options, 0, total, Counts(), False, is_busy(folder), False
        )
    return FoundBatch(
        folder, inputs, beside, options, state.item, total, state.counts, state.complete,
        is_busy(folder),
    )  # fmt: skip


def read_failures(folder: str | Path, most: int = MOST_FAILURES) -> tuple[Failure, ...]:
    """The first lines of a batch's table of failures, while it is written, too.

    Raises:
        EmoguiError: it is there, but cannot be read.
    """
    path = Path(folder) / FAILED
    try:
        with path.open("rb") as file:
            read = file.read(_MOST_BYTES)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise EmoguiError(f"'{path}' cannot be read: {error.strerror or error}.") from error
    text = read[: read.rfind(b"\n") + 1].decode("utf-8", "replace")
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        return tuple(Failure(*row) for row in islice(rows, 1, most + 1) if len(row) == 3)
    except csv.Error as error:
        raise EmoguiError(f"'{path}' cannot be read: {error}.") from error
