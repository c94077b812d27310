"""How the faces of a live source appeared over the last minutes, in bounded memory.

The history has a clock of its own that only goes forward: it runs with the times of the frames,
and where the source jumps (a video is played again, the user seeks, a camera is started anew) it
goes on after a short break. `History.source_time` leads back to the times of the source. Where
a face is not in sight there is a gap in its series.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from emogui.live.series import CHUNK_ROWS, Rows, Series
from emogui.types import Frame, FrameResult

KEPT_S = 30 * 60.0
"""How far the history reaches back."""

MOST_CHUNKS = 1200
"""Rows of all faces together that are kept, in chunks: 307,200, which take 14 MB. One face fills
half an hour, ten faces a quarter of one; then the oldest go."""

GAP_S = 1.0
"""Results that are farther apart than this leave a gap."""

JUMP_S = 0.5
"""The break in the history's clock where the source jumps."""

LONGEST_GAP_S = 60.0
"""A source whose times leap ahead by more has jumped."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An event that the user marked.

    Attributes:
        time_s: when, by the history's clock.
        source, source_s: what ran, and the time in it.
        note: the user's words; may be empty.
    """

    time_s: float
    source: str
    source_s: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of time in which the source did not jump.

    Attributes:
        begin_s: by the history's clock.
        source_begin_s: the time in the source then.
        source: its name.
    """

    begin_s: float
    source_begin_s: float
    source: str = ""

    def to_source(self, time_s: float) -> float:
        return self.source_begin_s + (time_s - self.begin_s)


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """All that a history holds, in views that no longer change; for a worker that saves it.

    Attributes:
        faces: for each face the number of its sequence, its own number, its emotions and rows.
        sections, marks: in the order of time.
    """

    faces: tuple[tuple[int, int, tuple[str, ...], list[Rows]], ...]
    sections: tuple[Section, ...]
    marks: tuple[Mark, ...]


class History:
    """See the module. To be used from one thread.

    Args:
        kept_s: how far it reaches back, in seconds.
        most_chunks: how many chunks of rows it may hold.
    """

    def __init__(self, kept_s: float = KEPT_S, most_chunks: int = MOST_CHUNKS) -> None:
        self._kept_s, self._most_chunks = kept_s, most_chunks
        self.clear()

    def clear(self) -> None:
        """Forgets everything, marks too."""
        self.now_s = 0.0
        self.marks: tuple[Mark, ...] = ()
        self._faces: dict[tuple[int, int], Series] = {}
        self._everyone: dict[tuple[str, ...], Series] = {}
        self._in_sight: set[Series] = set()
        self._sections: list[Section] = []
        self._chunks = 0
        self._sequence = 0
        self._made_by: tuple[str, str, str] | None = None
        self._labels: tuple[str, ...] = ()
        self._came: tuple[int, int, float] | None = None  # of the newest frame
        self._since = (0, 0, 0.0)  # of the first frame of this section
        self._result_s = 0.0

    # What comes in

    def begin(self) -> None:
        """The numbers of faces start anew: detection was off, or another source runs."""
        self._sequence += 1
        self._in_sight.clear()
        self._made_by = None

    def see(self, frame: Frame, source: str = "") -> None:
        """Lets the clock run on to a frame, whether or not there will be a result of it.

        Args:
            frame: its ``session``, ``epoch`` and ``captured_at`` tell which frame is the later.
            source: name of the source, used where it has jumped or is new.
        """
        came = (frame.session, frame.epoch, frame.captured_at)
        if not math.isfinite(frame.time_s) or (self._came is not None and came <= self._came):
            return
        jumped = self._came is None or came[:2] != self._came[:2]
        if self._came is not None and frame.session != self._came[0]:
            self.begin()
        self._came = came
        if not jumped:
            section = self._sections[-1]
            ahead = frame.time_s - section.to_source(self.now_s)
            jumped = not 0 <= ahead <= LONGEST_GAP_S
        if jumped:
            self._start_section(frame.time_s, source)
            self._since = came
        else:
            self.now_s += ahead

    def append(self, frame: Frame, result: FrameResult) -> None:
        """Takes in what was found in a frame.

        A result of a frame from before the source jumped is left out.
        """
        self.see(frame, result.source)
        came = (frame.session, frame.epoch, frame.captured_at)
        if not math.isfinite(frame.time_s) or not self._sections or came < self._since:
            return
        made_by = (result.model, result.detector, result.labels)
        if self._made_by is not None and made_by != self._made_by:
            self.begin()
        self._made_by = made_by
        section = self._sections[-1]
        time_s = section.begin_s + (frame.time_s - section.source_begin_s)
        if time_s - self._result_s > GAP_S:
            self._in_sight.clear()
        self._result_s = time_s
        now_in_sight: set[Series] = set()
        rows: list[npt.NDArray[np.float32]] = []
        for face in result.faces:
            self._labels = tuple(face.probabilities)
            row = np.fromiter(face.probabilities.values(), np.float32, len(self._labels))
            rows.append(row)
            key = (self._sequence, face.face_id)
            series = self._faces.get(key)
            if series is None or series.labels != self._labels:
                series = self._faces[key] = Series(self._labels)
            now_in_sight.add(series)
            self._add(series, time_s, row)
        if rows:
            series = self._everyone.setdefault(self._labels, Series(self._labels))
            now_in_sight.add(series)
            self._add(series, time_s, np.array(rows).mean(axis=0))
        self._in_sight = now_in_sight

    def mark(self, note: str = "") -> Mark | None:
        """Marks the present moment; None before the first frame."""
        if not self._sections:
            return None
        source_s, source = self.source_time(self.now_s)
        mark = Mark(self.now_s, source, source_s, note)
        self.marks = (*self.marks, mark)
        return mark

    def rename(self, mark: Mark, note: str) -> Mark:
        """Gives a mark another note; returns the mark as it is now."""
        new = replace(mark, note=note)
        self.marks = tuple(new if one is mark else one for one in self.marks)
        return new

    def remove(self, mark: Mark) -> None:
        """Takes a mark away."""
        self.marks = tuple(one for one in self.marks if one is not mark)

    # What is known

    def face(self, number: int) -> Series | None:
        """The series of a face by its present number."""
        return self._faces.get((self._sequence, number))

    @property
    def everyone(self) -> Series | None:
        """The mean over the faces in sight, with the emotions of the newest result."""
        return self._everyone.get(self._labels)

    @property
    def first_s(self) -> float:
        """Where the history begins, by its clock."""
        firsts = [series.first_s for series in self._all()]
        return min((first for first in firsts if first is not None), default=self.now_s)

    @property
    def sections(self) -> tuple[Section, ...]:
        """Stretches of time without a jump, oldest first."""
        return tuple(self._sections)

    def source_time(self, time_s: float) -> tuple[float, str]:
        """The time in the source, and its name, at a time of the history's clock."""
        index = bisect.bisect_right(self._sections, time_s, key=lambda one: one.begin_s)
        section = self._sections[max(0, index - 1)] if self._sections else Section(0.0, 0.0)
        return section.to_source(time_s), section.source

    def kept(self) -> Kept:
        """All of it, for a worker; costs microseconds, copies nothing."""
        faces = tuple(
            (sequence, number, series.labels, series.parts())
            for (sequence, number), series in self._faces.items()
        )
        return Kept(faces, self.sections, self.marks)

    @property
    def memory_bytes(self) -> int:
        """What the rows take."""
        return sum(
            len(series) * CHUNK_ROWS * (12 + 4 * len(series.labels)) for series in self._all()
        )

    # Its own

    def _all(self) -> Iterator[Series]:
        yield from self._faces.values()
        yield from self._everyone.values()

    def _start_section(self, source_s: float, source: str) -> None:
        if self._sections:
            self.now_s += JUMP_S
        self._sections.append(Section(self.now_s, source_s, source))
        self._in_sight.clear()
        oldest = self.now_s - self._kept_s
        while len(self._sections) > 1 and self._sections[1].begin_s < oldest:
            del self._sections[0]

    def _add(self, series: Series, time_s: float, row: npt.NDArray[np.float32]) -> None:
        if series.append(time_s, row, gap=series not in self._in_sight):
            self._chunks += 1
            self._forget()

    def _forget(self) -> None:
        """Drops what is too old, and the oldest where there is too much."""
        for series in self._all():
            self._chunks -= series.drop_before(self.now_s - self._kept_s)
        while self._chunks > self._most_chunks:
            oldest = min((s for s in self._all() if len(s)), key=lambda s: s.first_s or 0.0)
            oldest.drop_first()
            self._chunks -= 1
        self._faces = {key: series for key, series in self._faces.items() if len(series)}
        self._everyone = {key: series for key, series in self._everyone.items() if len(series)}
