"""The emotions of one face over time, kept so that any part of it can be drawn at once."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CHUNK_ROWS = 256
"""Rows are kept and forgotten so many at a time: 8.5 s of 30 frames a second, 11 KB."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some rows of a series, oldest first.

    Attributes:
        times: in seconds, float64 (rows,), ascending.
        segments: int32 (rows,): between rows of different segments the face was not seen.
        values: probabilities, float32 (rows, labels).
    """

    times: npt.NDArray[np.float64]
    segments: npt.NDArray[np.int32]
    values: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A stretch of time without a gap, as it is to be drawn.

    Attributes:
        times: in seconds, float64 (points,), ascending.
        values: mean probabilities, float32 (points, labels).
    """

    times: npt.NDArray[np.float64]
    values: npt.NDArray[np.float32]


class _Chunk:
    """Rows in arrays that were allocated for all of them; what is written never changes."""

    def __init__(self, labels: int) -> None:
        self.rows = 0
        self.times = np.empty(CHUNK_ROWS, np.float64)
        self.segments = np.empty(CHUNK_ROWS, np.int32)
        self.values = np.empty((CHUNK_ROWS, labels), np.float32)

    def part(self, first: int, last: int) -> Rows:
        return Rows(self.times[first:last], self.segments[first:last], self.values[first:last])


class Series:
    """Rows of one face, appended at the end and dropped from the beginning.

    Args:
        labels: the emotions, in the order of the probabilities.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self._chunks: deque[_Chunk] = deque()
        self._segment = 0

    def __len__(self) -> int:
        """How many chunks it holds."""
        return len(self._chunks)

    @property
    def first_s(self) -> float | None:
        """Time of the oldest row that is kept; None where there is none."""
        return float(self._chunks[0].times[0]) if self._chunks else None

    @property
    def last_s(self) -> float | None:
        """Time of the newest row."""
        return float(self._chunks[-1].times[self._chunks[-1].rows - 1]) if self._chunks else None

    def append(self, time_s: float, values: npt.NDArray[np.float32], *, gap: bool) -> bool:
        """Adds a row.

        Args:
            time_s: not before the newest row, else it is left out.
            values: probabilities, (labels,).
            gap: whether the face was out of sight since the row before.

        Returns:
            Whether it took a new chunk.
        """
        last = self.last_s
        if last is not None and time_s < last:
            return False
        self._segment += gap
        fresh = not self._chunks or self._chunks[-1].rows == CHUNK_ROWS
        if fresh:
            self._chunks.append(_Chunk(len(self.labels)))
        chunk = self._chunks[-1]
        chunk.times[chunk.rows] = time_s
        chunk.segments[chunk.rows] = self._segment
        chunk.values[chunk.rows] = values
        chunk.rows += 1
        return fresh

    def drop_first(self) -> None:
        """Forgets the oldest chunk."""
        self._chunks.popleft()

    def drop_before(self, time_s: float) -> int:
        """Forgets chunks all of whose rows are older; says how many."""
        dropped = 0
        while self._chunks and self._chunks[0].times[self._chunks[0].rows - 1] < time_s:
            self._chunks.popleft()
            dropped += 1
        return dropped

    def parts(self) -> list[Rows]:
        """All rows, as views that stay as they are whatever is appended or dropped later."""
        return [chunk.part(0, chunk.rows) for chunk in self._chunks]

    def between(self, begin_s: float, end_s: float) -> Rows:
        """The rows from ``begin_s`` to ``end_s``, both included."""
        found = []
        for chunk in self._chunks:
            times = chunk.times[: chunk.rows]
            if times[-1] < begin_s:
                continue
            if times[0] > end_s:
                break
            first, last = np.searchsorted(times, begin_s), np.searchsorted(times, end_s, "right")
            found.append(chunk.part(int(first), int(last)))
        if not found:
            return _Chunk(len(self.labels)).part(0, 0)
        return Rows(
            np.concatenate([part.times for part in found]),
            np.concatenate([part.segments for part in found]),
            np.concatenate([part.values for part in found]),
        )

    def near(self, time_s: float, within_s: float) -> Rows:
        """The one row that is nearest to a time, or none where all are farther away."""
        rows = self.between(time_s - within_s, time_s + within_s)
        if not len(rows.times):
            return rows
        index = int(np.argmin(np.abs(rows.times - time_s)))
        part = slice(index, index + 1)
        return Rows(rows.times[part], rows.segments[part], rows.values[part])

    def pieces(self, begin_s: float, end_s: float, column_s: float) -> list[Piece]:
        """What is to be drawn of a span of time, with one point for each column of the chart.

        Columns lie at multiples of their width, so that a chart that moves along does not
        shimmer. A gap narrower than a column is not to be seen at that width, and not shown.

        Args:
            begin_s: begin of the span; a column more on each side is included, so that lines
                run to the edges.
            end_s: its end.
            column_s: width of a column in seconds; what falls into one is averaged.
        """
        first = (np.floor(begin_s / column_s) - 1) * column_s
        return decimate(self.between(float(first), end_s + column_s), column_s)


def decimate(rows: Rows, column_s: float) -> list[Piece]:
    """Averages rows by columns of ``column_s`` seconds, and parts them at gaps."""
    count = len(rows.times)
    if not count:
        return []
    columns = np.floor(rows.times / column_s)
    new = np.empty(count, bool)
    new[0] = True
    new[1:] = (np.diff(columns) != 0) | (np.diff(rows.segments) != 0)
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:], count) - 1
    times, values = rows.times, rows.values
    if len(starts) < count:
        sizes = ends - starts + 1
        times = np.add.reduceat(rows.times, starts) / sizes
        values = np.add.reduceat(rows.values, starts, axis=0)
        values /= sizes[:, None].astype(np.float32)
    apart = rows.segments[starts[1:]] != rows.segments[ends[:-1]]
    apart &= rows.times[starts[1:]] - rows.times[ends[:-1]] > column_s
    edges = [0, *(np.flatnonzero(apart) + 1).tolist(), len(starts)]
    return [Piece(times[a:b], values[a:b]) for a, b in itertools.pairwise(edges)]
