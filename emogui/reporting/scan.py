"""One pass over the table of faces: every figure of the report, in bounded memory."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from emogui.media.source import VIDEO_SUFFIXES
from emogui.reporting.data import (
    GroupRow,
    LabelCount,
    SourceRow,
    VideoPeople,
)
from emogui.reporting.estimates import SourceMeans
from emogui.reporting.examples import Examples
from emogui.reporting.inputs import InputList
from emogui.reporting.table import FaceRow, FaceTable
from emogui.reporting.tracks import Tracks

T = TypeVar("T")

LEADING: Final = 20
"""Sources in the table of sources."""

TIMELINES: Final = 8
"""Videos whose people are shown over time."""

PEOPLE: Final = 5
"""People a video that are shown."""

GROUPS: Final = 30
"""Groups that are shown."""

_PER_PICTURE: Final = ((1, "1"), (2, "2"), (5, "3 to 5"), (10, "6 to 10"), (None, "more than 10"))


class Scan:
    """Everything the table of faces tells.

    Args:
        table: it is read here.
        inputs: for the groups.

    Attributes:
        faces, sources: rows, and sources with a row.
        videos: sources that are videos.
        unmatched: sources that the list of inputs lacks, where there are groups.
        examples: the faces worth a look.
    """

    def __init__(self, table: FaceTable, inputs: InputList) -> None:
        self._labels, self._inputs = table.labels, inputs
        size = len(self._labels)
        self._has_time = table.has_time
        self.faces = self.sources = self.videos = self.unmatched = 0
        self._counts, self._uncertain = [0] * size, [0] * size
        self._overall = SourceMeans(size + 1)
        self._groups: dict[str, SourceMeans] = {}
        self._group_faces: dict[str, int] = {}
        self._pictures = [0] * len(_PER_PICTURE)
        self._leading: list[tuple[int, int, SourceRow]] = []
        self._tracks: list[tuple[int, int, VideoPeople]] = []
        self.examples = Examples(self._labels)
        for source, rows in groupby(table, key=attrgetter("source")):
            self._source(source, rows)

    def _source(self, source: str, rows: Iterator[FaceRow]) -> None:
        size = len(self._labels)
        counts, sums = [0] * size, np.zeros(size)
        uncertain = faces = frames = 0
        people: set[int] = set()
        last_frame, last_s = -1, 0.0
        video = Path(source).suffix.lower() in VIDEO_SUFFIXES
        tracks = Tracks()
        for row in rows:
            faces += 1
            counts[row.emotion] += 1
            sums += row.probabilities
            if row.uncertain:
                uncertain += 1
                self._uncertain[row.emotion] += 1
            if row.frame != last_frame:
                frames, last_frame = frames + 1, row.frame
            video = video or row.frame > 0 or row.time_s > 0
            last_s = max(last_s, row.time_s)
            people.add(row.face_id)
            if self._has_time:
                tracks.add(row)
            self.examples.add(row)
        self.examples.end_source(video=video)
        self.sources += 1
        self.faces += faces
        self._counts = [a + b for a, b in zip(self._counts, counts, strict=True)]
        means = np.append(sums, uncertain) / faces
        self._overall.add(means)
        self._group(source, means, faces)
        numbers = len(people) if self._has_time else 0
        row_of_source = SourceRow(
            source, video, faces, frames, numbers, last_s, tuple(counts), uncertain
        )
        _offer(self._leading, LEADING, (faces, -self.sources, row_of_source))
        if video:
            self.videos += 1
            if frames > 1 and self._has_time:
                self._video(source, faces, tracks, len(people))
        else:
            self._pictures[_place(faces)] += 1

    def _group(self, source: str, means: np.ndarray, faces: int) -> None:
        if not self._inputs.groups:
            return
        group = self._inputs.group_of(source)
        if group is None:
            self.unmatched += 1
        elif group in self._inputs.groups:
            if group not in self._groups:
                self._groups[group] = SourceMeans(len(means), group)
                self._group_faces[group] = 0
            self._groups[group].add(means)
            self._group_faces[group] += faces

    def _video(self, source: str, faces: int, tracks: Tracks, people: int) -> None:
        if len(self._tracks) == TIMELINES and faces <= self._tracks[0][0]:
            return
        shown = tracks.people(PEOPLE)
        found = VideoPeople(source, shown, people - len(shown))
        _offer(self._tracks, TIMELINES, (faces, -self.sources, found))

    def label_counts(self) -> tuple[LabelCount, ...]:
        """Faces a label."""
        return tuple(map(LabelCount, self._labels, self._counts, self._uncertain))

    def overall(self) -> GroupRow:
        """The means over all sources."""
        return _group_row("", None, self.faces, self._overall)

    def groups(self) -> tuple[GroupRow, ...]:
        """The groups with most inputs, by name."""
        chosen = [name for name, _ in self._inputs.groups.most_common(GROUPS)]
        empty = SourceMeans(len(self._labels) + 1)
        return tuple(
            _group_row(
                name,
                self._inputs.groups[name],
                self._group_faces.get(name, 0),
                self._groups.get(name, empty),
            )
            for name in sorted(chosen, key=_natural)
        )

    def per_picture(self) -> tuple[tuple[str, int], ...]:
        """Pictures by their number of faces."""
        return tuple((text, n) for (_, text), n in zip(_PER_PICTURE, self._pictures, strict=True))

    def leading(self) -> tuple[SourceRow, ...]:
        """The sources with most faces."""
        return tuple(row for *_, row in sorted(self._leading, reverse=True))

    def video_people(self) -> tuple[VideoPeople, ...]:
        """The people of the videos with most faces."""
        return tuple(video for *_, video in sorted(self._tracks, reverse=True))


def _offer(heap: list[tuple[int, int, T]], most: int, entry: tuple[int, int, T]) -> None:
    """Keeps the largest; no two have the same second number, so that the third is not compared."""
    if len(heap) < most:
        heapq.heappush(heap, entry)
    else:
        heapq.heappushpop(heap, entry)


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """A key by which "group 9" comes before "group 10"."""
    parts = re.split(r"([0-9]+)", name)
    return tuple((len(part) if n % 2 else 0, part) for n, part in enumerate(parts))


def _place(faces: int) -> int:
    return next(n for n, (most, _) in enumerate(_PER_PICTURE) if most is None or faces <= most)


def _group_row(name: str, inputs: int | None, faces: int, means: SourceMeans) -> GroupRow:
    *labels, uncertain = means.estimates()
    return GroupRow(name, inputs, means.count, faces, tuple(labels), uncertain)
