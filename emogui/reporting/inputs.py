"""The groups of the inputs, joined to the table of faces by the source."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

MOST_GROUPS: Final = 1000
"""More different names than this are no groups: what is beyond is left out of the report."""


class InputList:
    """``inputs.csv`` of a batch, which has the inputs in the order in which they are analysed.

    Both files are read side by side, so that neither has to be in memory.

    Args:
        path: the file; where it is missing or damaged, nothing is known.

    Attributes:
        total: how many inputs it has; None where it cannot be read.
        groups: name to its number of inputs; empty where no input has a group.
        left_out: how many groups are beyond `MOST_GROUPS`.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self.total: int | None = None
        self.groups: Counter[str] = Counter()
        beyond: set[int] = set()
        count = 0
        for _, group in self._rows():
            count += 1
            if not group:
                continue
            if group in self.groups or len(self.groups) < MOST_GROUPS:
                self.groups[group] += 1
            elif len(beyond) < MOST_GROUPS:
                beyond.add(hash(group))
        self.left_out = len(beyond)
        if count or self._path.is_file():
            self.total = count
        self._following = self._rows()
        self._by_name: dict[str, str] | None = None

    def group_of(self, source: str) -> str | None:
        """The group of a source, "" for none; None where the source is not in the list.

        Asked in the order of the list this takes no memory.
        """
        if self._by_name is None:
            for name, group in self._following:
                if name == source:
                    return group
            # Somebody has sorted the table of faces: now it does take memory.
            self._by_name = {}
            for name, group in self._rows():
                self._by_name.setdefault(name, group)
        return self._by_name.get(source)

    def _rows(self) -> Iterator[tuple[str, str]]:
        with (
            suppress(OSError, csv.Error),
            self._path.open(encoding="utf-8", errors="replace", newline="") as file,
        ):
            for row in csv.DictReader(file):
                name = row.get("source")
                if name:
                    yield name, (row.get("group") or "").strip()
