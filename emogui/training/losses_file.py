"""The training loss over a run, kept beside its other files so that its curve outlives a window.

A line is ``position,loss``; the position is in epochs, 2.5 in the middle of the third.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

FILE: Final = "losses.csv"
EACH_S: Final = 3.0
"""Least time between two lines."""
MOST: Final = 800
"""Points that are kept in memory; a curve has no more pixels."""

Point = tuple[float, float]


class LossFile:
    """Adds to the file of a run; a disk that is full costs points of the curve, nothing else."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._written_at = float("-inf")

    def add(self, position: float, loss: float | None) -> None:
        """Adds a point unless the last one is young."""
        now = time.monotonic()
        if loss is None or now - self._written_at < EACH_S:
            return
        self._written_at = now
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{position:.4f},{loss:.5g}\n")
        except OSError:
            return


def read_losses(folder: Path, before: float = float("inf")) -> list[Point]:
    """Reads the curve of a run.

    Args:
        folder: of the run.
        before: position up to which it counts; a training that goes on from a checkpoint makes
            what came after it once more.
    """
    points: list[Point] = []
    try:
        lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return points
    for line in lines:
        try:
            position, loss = map(float, line.split(","))
        except ValueError:
            continue  # the end of a file whose writer was killed
        while points and points[-1][0] >= position:
            points.pop()
        if position <= before:
            points.append((position, loss))
    return thinned(points)


def thinned(points: Sequence[Point]) -> list[Point]:
    """The same curve with ``MOST`` points at most: neighbours are averaged."""
    found = list(points)
    while len(found) > MOST:
        pairs = zip(found[::2], found[1::2], strict=False)
        found = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairs]
    return found
