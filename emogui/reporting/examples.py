"""The faces worth a look: the most typical of each label, and the most doubtful."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import Final

from emogui.reporting.data import Example
from emogui.reporting.table import FaceRow

TYPICAL: Final = 3
"""Faces a label."""

DOUBTFUL: Final = 12
DOUBTFUL_MARGIN: Final = 0.5
"""A face that is not marked uncertain is doubtful if its emotion is less far ahead."""

_HELD: Final = 64
"""Faces of one source that are held until it ends: beyond, a crowd's weakest are forgotten."""


@dataclass(order=True, slots=True)
class _Candidate:
    # A heap's smallest goes first: the less fitting, and of equals the one that came later.
    fitness: float
    order: int
    row: FaceRow = field(compare=False)
    video: bool = field(compare=False, default=False)


class _Best:
    """The best few candidates."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._heap: list[_Candidate] = []

    def offer(self, candidate: _Candidate) -> None:
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, candidate)
        else:
            heapq.heappushpop(self._heap, candidate)

    def ranked(self) -> list[_Candidate]:
        return sorted(self._heap, reverse=True)


class Examples:
    """Chooses faces while the rows go by.

    Of a person in a video there is at most one for a label: neighbouring frames look alike.
    Typical are the faces with the highest confidence that are not marked uncertain; doubtful those
    whose two most probable labels are closest.

    Args:
        labels: of the table.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        self._labels = labels
        self._order = 0
        self._typical = [_Best(TYPICAL) for _ in labels]
        self._doubtful = _Best(DOUBTFUL)
        self._clear: dict[tuple[int, int], _Candidate] = {}
        self._close: dict[tuple[int, int], _Candidate] = {}

    def add(self, row: FaceRow) -> None:
        """Takes a row of the present source."""
        self._order -= 1
        key = (row.face_id, row.emotion)
        if not row.uncertain:
            _keep(self._clear, key, _Candidate(row.confidence, self._order, row))
        if row.uncertain or row.margin < DOUBTFUL_MARGIN:
            _keep(self._close, key, _Candidate(-row.margin, self._order, row))

    def end_source(self, *, video: bool) -> None:
        """The present source has ended."""
        for candidate in self._clear.values():
            candidate.video = video
            self._typical[candidate.row.emotion].offer(candidate)
        for candidate in self._close.values():
            candidate.video = video
            self._doubtful.offer(candidate)
        self._clear.clear()
        self._close.clear()

    def typical(self) -> tuple[Example, ...]:
        """A label after the other, the surest first."""
        return tuple(self._example(c) for best in self._typical for c in best.ranked())

    def doubtful(self) -> tuple[Example, ...]:
        """The closest call first."""
        return tuple(self._example(candidate) for candidate in self._doubtful.ranked())

    def _example(self, candidate: _Candidate) -> Example:
        row = candidate.row
        others = [n for n in range(len(self._labels)) if n != row.emotion]
        second = max(others, key=row.probabilities.__getitem__) if others else row.emotion
        return Example(
            row.source,
            row.frame,
            row.time_s,
            row.face_id,
            row.box,
            candidate.video,
            self._labels[row.emotion],
            row.confidence,
            row.margin,
            self._labels[second] if row.probabilities[second] > 0 else "",
            row.uncertain,
        )


def _keep(
    held: dict[tuple[int, int], _Candidate], key: tuple[int, int], candidate: _Candidate
) -> None:
    before = held.get(key)
    if before is None or candidate > before:
        held[key] = candidate
    if len(held) > _HELD:
        del held[min(held, key=held.__getitem__)]
