"""The work list: which inputs a batch has, in what order, written down once."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final, TextIO

from emogui.errors import EmoguiError, UsageError
from emogui.media.listing import find_images, printable
from emogui.output.files import cannot_write, replacing
from emogui.output.records import csv_line, safe_cell

LIST_SUFFIXES: Final = frozenset({".csv", ".tsv", ".txt"})
"""An input that ends so is a list of paths."""

PATH_COLUMNS: Final = ("source", "path", "file", "filename", "image", "video")
"""Heads under which the paths of a table are looked for; else its first column has them."""

GROUP_COLUMN: Final = "group"
"""Head under which a table says to which group an input belongs."""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One input.

    Attributes:
        number: its place in the list, from 0.
        path: as it goes into the column ``source``.
        problem: why it cannot be read, where that is known already: a pattern without a match,
            a folder without pictures.
    """

    number: int
    path: str
    problem: str | None = None


class WorkList:
    """The inputs of a batch, in a file, so that they stay the same when it goes on.

    Iterating reads the file anew; what is in memory does not depend on its length.

    Args:
        path: a file that :meth:`write` has made.

    Raises:
        EmoguiError: it cannot be read.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @classmethod
    def write(
        cls,
        path: str | Path,
        table: str | Path,
        inputs: Sequence[str],
        *,
        any_suffix: bool = False,
        without: str | Path | None = None,
    ) -> int:
        """Lists what the inputs mean.

        Args:
            path: where the list goes.
            table: where ``number,source,group`` goes as CSV, for people and for the report. The
                group is that of :data:`GROUP_COLUMN` in a list of paths, else empty.
            inputs: pictures, videos, folders, patterns, and lists of paths (:data:`LIST_SUFFIXES`).
            any_suffix: take every file of a folder or pattern, whatever its suffix.
            without: a folder that is passed over: that of the results.

        Returns:
            How many items it has. An input that is named twice is there once.

        Raises:
            UsageError: a list of paths cannot be read.
            EmoguiError: a file cannot be written.
        """
        count = 0
        seen = _Seen(inputs)
        beside = f"{Path(without).absolute()}{os.sep}" if without is not None else None
        with ExitStack() as stack:
            # They get their names in the opposite order: the list first.
            files = [stack.enter_context(replacing(name)) for name in (table, path)]
            try:
                rows, lines = (
                    stack.enter_context(
                        name.open("w", encoding="utf-8", errors="backslashreplace", newline="")
                    )
                    for name in files
                )
                rows.write(csv_line(["number", "source", "group"]))
                for name, error, group in _expanded(inputs, any_suffix):
                    if name in seen or (beside and str(Path(name).absolute()).startswith(beside)):
                        continue
                    problem = None if error is None else str(error)
                    # ASCII: names whose bytes are not UTF-8 come back as they were.
                    lines.write(json.dumps([name, problem]) + "\n")
                    rows.write(csv_line([count, safe_cell(name), safe_cell(group)]))
                    count += 1
                lines.close()
                rows.close()
            except OSError as error:
                raise cannot_write(path, error) from error
        return count

    def __iter__(self) -> Iterator[WorkItem]:
        return self.items()

    def items(self, start: int = 0) -> Iterator[WorkItem]:
        """The items from a number on."""
        try:
            with self.path.open(encoding="ascii") as file:
                for number, line in enumerate(file):
                    if number >= start:
                        name, problem = json.loads(line)
                        yield WorkItem(number, name, problem)
        except (OSError, ValueError) as error:
            raise EmoguiError(
                f"The work list '{printable(self.path)}' cannot be read: {error}.",
                "Start the batch over with --restart, or in another folder.",
            ) from error


class _Seen:
    """Which names came before, by a hash of 64 bits each: a million take about 100 MB.

    Args:
        inputs: with a single one that is no list nothing can come twice.
    """

    def __init__(self, inputs: Sequence[str]) -> None:
        self._hashes: set[int] | None = set()
        if len(inputs) == 1 and Path(inputs[0]).suffix.lower() not in LIST_SUFFIXES:
            self._hashes = None

    def __contains__(self, name: str) -> bool:
        if self._hashes is None:
            return False
        data = os.path.normpath(name).encode("utf-8", "surrogatepass")
        value = int.from_bytes(blake2b(data, digest_size=8).digest(), "big")
        if value in self._hashes:
            return True
        self._hashes.add(value)
        return False


def _expanded(
    inputs: Sequence[str], any_suffix: bool
) -> Iterator[tuple[str, EmoguiError | None, str]]:
    for text in inputs:
        names = _listed(Path(text)) if _is_list(text) else iter([(text, "")])
        for name, group in names:
            for found, error in find_images([name], videos=True, any_suffix=any_suffix):
                yield found, error, group


def _is_list(text: str) -> bool:
    try:
        return Path(text).suffix.lower() in LIST_SUFFIXES and Path(text).is_file()
    except ValueError:
        return False


def _listed(path: Path) -> Iterator[tuple[str, str]]:
    """The paths in a table with their groups; relative ones are relative to its folder."""
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            yield from _paths(file, path)
    except (OSError, csv.Error) as error:
        raise UsageError(
            f"The list '{printable(path)}' cannot be read: {error}.",
            "Give a table with the paths in a column called source or path, or one path a line.",
        ) from error


def _paths(file: TextIO, path: Path) -> Iterator[tuple[str, str]]:
    head = file.readline()
    file.seek(0)
    delimiter = max(",;\t", key=head.count) if path.suffix.lower() != ".txt" else "\0"
    if delimiter == "\0":
        rows: Iterator[list[str]] = ([line.rstrip("\r\n")] for line in file)
    else:
        rows = csv.reader(file, delimiter=delimiter)
    column, grouped = 0, None
    for number, row in enumerate(rows):
        if not number and delimiter != "\0":
            names = [cell.strip().lower() for cell in row]
            known = [names.index(name) for name in PATH_COLUMNS if name in names]
            if known:
                column = known[0]
                grouped = names.index(GROUP_COLUMN) if GROUP_COLUMN in names else None
                continue
        if len(row) > column and row[column].strip():
            name = row[column]
            group = row[grouped].strip() if grouped is not None and len(row) > grouped else ""
            yield str(path.parent / name), group
