"""Opens the result files of a run that was killed, up to their last whole line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from emogui.errors import EmoguiError
from emogui.labels import HEADS
from emogui.output.records import CSV_COLUMNS
from emogui.types import FaceBox, FaceResult, FrameResult

_LONGEST_RECORD: Final = 1 << 24
"""Bytes; what a broken file holds without a line's end is not read beyond this."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a result file holds.

    Attributes:
        path: the file.
        records: whole lines of JSON, or rows of a table without its head.
        size: length in bytes up to the end of the last whole one.
        broken: bytes after it that belong to none.
    """

    path: Path
    records: int
    size: int
    broken: int


def inspect(path: str | Path, *, table: bool | None = None) -> Recovered:
    """Finds the last whole line of a result file and leaves the file as it is.

    Args:
        path: JSON Lines or a table, as emogui writes them.
        table: which of them; None goes by the name.

    Raises:
        EmoguiError: it cannot be read, or it is no result file at all.
    """
    path = Path(path)
    table = is_table(path) if table is None else table
    count = 0
    end = 0
    for _, _, stop in _records(path, table):
        count, end = count + 1, stop
    total = path.stat().st_size
    if total and not count and _is_something_else(path, table):
        raise EmoguiError(
            f"'{path}' holds no results of emogui.", "Choose another file, or a new name."
        )
    return Recovered(path, max(0, count - table), end, total - end)


def recover(path: str | Path, *, table: bool | None = None) -> Recovered:
    """Cuts off what a killed program or a lost disk left of a line at the end of a result file.

    Args:
        path: the file.
        table: see `inspect`.

    Raises:
        EmoguiError: the file cannot be read or changed, or is no result file at all; it is not
            changed then.
    """
    found = inspect(path, table=table)
    if found.broken:
        try:
            with found.path.open("r+b") as file:
                file.truncate(found.size)
        except OSError as error:
            raise EmoguiError(
                f"Cannot mend '{path}': {error.strerror}.", "Copy it to where you may write."
            ) from error
    return found


def read_results(path: str | Path) -> Iterator[FrameResult]:
    """Reads a JSON Lines file that emogui wrote, one result at a time.

    Lines that are not whole (at the end of a killed run, or where a disk lost a block) are
    passed over. The file has no landmarks, which are None, and does not name the head:
    it is the one whose labels the faces have.

    Raises:
        EmoguiError: the file cannot be read.
    """
    for record, _, _ in _records(Path(path), False):
        if isinstance(record, dict):
            yield _result(record)


def csv_labels(path: str | Path) -> tuple[str, ...] | None:
    """The labels in the head of a table; None where it has no whole head."""
    for record, _, _ in _records(Path(path), True):
        return tuple(name.removeprefix("p_") for name in record[len(CSV_COLUMNS) :])
    return None


def is_table(path: Path) -> bool:
    """Whether a result file is a table, going by its name."""
    return path.suffix.lower() == ".csv"


def _is_something_else(path: Path, table: bool) -> bool:
    """Whether a file without a whole record is not merely one that was killed at once."""
    with path.open("rb") as file:
        start = file.read(_LONGEST_RECORD)
    mine = b"source," if table else b'{"source"'
    if not start.strip(b"\0"):  # blocks that a computer without power never filled
        return False
    return b"\n" in start or not mine.startswith(start[: len(mine)])


def _records(path: Path, table: bool) -> Iterator[tuple[Any, int, int]]:
    """The whole records of a file: what each says, and where it starts and ends in bytes."""
    read = _rows(path) if table else _lines(path)
    try:
        yield from read
    except OSError as error:
        raise EmoguiError(
            f"'{path}' cannot be read: {error.strerror}.", "Check the path and its permissions."
        ) from error


def _lines(path: Path) -> Iterator[tuple[dict[str, Any], int, int]]:
    end = 0
    with path.open("rb") as file:
        while line := file.readline(_LONGEST_RECORD):
            start, end = end, end + len(line)
            if line.endswith(b"\n"):
                try:
                    record = json.loads(line)
                except ValueError:  # also of bytes that are not UTF-8
                    continue
                if isinstance(record, dict) and "faces" in record:
                    yield record, start, end


def _rows(path: Path) -> Iterator[tuple[list[str], int, int]]:
    """A cell may hold a line's end; then its quotes are open there."""
    width = start = end = 0
    pending = b""
    with path.open("rb") as file:
        while line := file.readline(_LONGEST_RECORD):
            end += len(line)
            pending += line
            if len(pending) > _LONGEST_RECORD:
                return
            if pending.count(b'"') % 2 or not line.endswith(b"\n"):
                continue
            row = _row(pending)
            if not width and tuple(row[: len(CSV_COLUMNS)]) == CSV_COLUMNS:
                width = len(row)
            if width and len(row) == width:
                yield row, start, end
            start, pending = end, b""


def _row(line: bytes) -> list[str]:
    try:
        return next(csv.reader([line.decode("utf-8").removesuffix("\n")]), [])
    except (ValueError, csv.Error):
        return []


def _result(record: dict[str, Any]) -> FrameResult:
    faces = tuple(
        FaceResult(
            face["face_id"],
            FaceBox(**face["box"]),
            face["detection_score"],
            None,
            face["probabilities"],
            face["uncertain"],
            face["uncertain_reason"],
        )
        for face in record["faces"]
    )
    labels = set(faces[0].probabilities) if faces else None
    head = next((name for name, known in HEADS.items() if set(known) == labels), "ferplus")
    return FrameResult(
        source=record["source"],
        frame=record["frame"],
        time_s=record["time_s"],
        width=record["width"],
        height=record["height"],
        faces=faces,
        model=record["model"],
        detector=record["detector"],
        labels=head,
        timings_ms=record["timings_ms"],
        error=record["error"],
    )
