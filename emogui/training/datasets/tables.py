"""Reads csv files row by row, with errors that say which row is wrong."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emogui.errors import DatasetError
from emogui.training.data import Split

USAGES: Final[dict[str, Split]] = {split.usage.lower(): split for split in Split}
"""The words of the ``Usage`` column, in lower case, to their split."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a csv file.

    Attributes:
        where: the file and row for an error message; rows are counted from 1, the header not.
        values: the fields of the columns asked for, stripped, in the order asked for.
    """

    where: str
    values: list[str]


def read_header(path: Path) -> list[str]:
    """The column names in the first line, stripped; empty where the file is.

    Raises:
        DatasetError: the file is not text or may not be read.
    """
    with _errors(path), path.open(encoding="utf-8-sig", newline="") as stream:
        line = stream.readline(10_000)
        return [name.strip() for name in next(csv.reader([line]), [])]


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """Yields the rows of a csv file; upper and lower case and blanks in its header do not matter.

    Raises:
        DatasetError: the file is empty or not text, a column is missing, or a row is too short.
    """
    with _errors(path), path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        header = [name.strip().lower() for name in next(reader, [])]
        if not header:
            raise DatasetError(f"{path.name} is empty.", "Choose a file that has rows.")
        missing = [name for name in columns if name.lower() not in header]
        if missing:
            raise DatasetError(
                f"{path.name} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}; "
                f"its first line reads: {', '.join(header)[:80]}.",
                f"The columns {', '.join(columns)} are needed, separated by commas.",
            )
        places = [header.index(name.lower()) for name in columns]
        number = 0
        for fields in reader:
            if not fields:
                continue
            number += 1
            where = f"{path.name}, row {number} (line {reader.line_num})"
            if len(fields) != len(header):
                raise DatasetError(
                    f"{where}: {len(fields)} fields, expected {len(header)}.",
                    "The row may be cut short; correct it or get the file again.",
                )
            yield Row(where, [fields[place].strip() for place in places])
        if not number:
            raise DatasetError(f"{path.name} has a header but no rows.", "Choose another file.")


def parse_usage(row: Row, text: str) -> Split:
    """The split that a ``Usage`` field names.

    Raises:
        DatasetError: it names none.
    """
    split = USAGES.get(text.lower())
    if split is None:
        raise DatasetError(
            f"{row.where}: unknown usage '{text[:40]}', expected Training, PublicTest or "
            "PrivateTest.",
            "Correct the row, or get the file again.",
        )
    return split


class _errors:  # noqa: N801 - used as a statement
    """Turns what reading a file can raise into a `DatasetError`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (UnicodeDecodeError, csv.Error)):
            raise DatasetError(
                f"{self.path.name} is not a text file with comma-separated values: {error}.",
                "If it is an archive, unpack it first; if a program wrote it, save it as UTF-8.",
            ) from error
        if isinstance(error, OSError):
            raise DatasetError(
                f"{self.path.name} cannot be read: {error.strerror or error}.",
                "Check the path and the file's permissions.",
            ) from error
