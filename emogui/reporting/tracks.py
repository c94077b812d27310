"""A person in a video over time: means in bins, and changes from one emotion to another.

A number is a face as long as it is followed within one video. It names nobody, and says nothing
beyond that video.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from emogui.reporting.table import FaceRow

BINS: Final = 120
_FIRST_WIDTH_S: Final = 0.04

_STEPS: Final = 32
"""So many of the first frames tell how far apart the frames are."""

HOLD_S: Final = 0.25
"""An emotion counts once it lasted so long, over two analysed frames at least: flicker is none."""

LIVE_TRACKS: Final = 200
"""So many people of a video are followed at a time; in larger crowds, those seen least are left."""


@dataclass(frozen=True, slots=True)
class Change:
    """How often a person's emotion went from one to another, by number of the labels."""

    before: int
    after: int
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """A numbered face of a video.

    Attributes:
        number: ``face_id``.
        first_s, last_s: when it was seen first and last.
        faces: rows of the table.
        counts: rows a label.
        uncertain: how many rows are marked so.
        changes: most frequent first.
        bin_s: width of a bin in seconds; the first one begins at ``first_s``.
        means: float64 (bins, labels), NaN in bins without a row.
        doubt: float64 (bins,): share of the rows of a bin that are marked uncertain.
    """

    number: int
    first_s: float
    last_s: float
    faces: int
    counts: tuple[int, ...]
    uncertain: int
    changes: tuple[Change, ...]
    bin_s: float
    means: npt.NDArray[np.float64]
    doubt: npt.NDArray[np.float64]


class Track:
    """Takes the rows of a person in the order of time, in bounded memory."""

    def __init__(self, first: FaceRow) -> None:
        labels = len(first.probabilities)
        self.number = first.face_id
        self.faces = self._uncertain = 0
        self.last_s = self._first_s = first.time_s
        self._counts = [0] * labels
        # Per bin the sums of the probabilities, then the rows and the uncertain ones.
        self._sums: npt.NDArray[np.float64] = np.zeros((BINS, labels + 2))
        self._width = _FIRST_WIDTH_S
        self._steps_s: list[float] = []
        self._held: int | None = None
        self._next: int | None = None
        self._next_s, self._next_rows = 0.0, 0
        self._changes: Counter[tuple[int, int]] = Counter()
        self.add(first)

    def add(self, row: FaceRow) -> None:
        """Adds a row of the same face."""
        self.faces += 1
        if self.faces > 1 and len(self._steps_s) < _STEPS:
            self._steps_s.append(row.time_s - self.last_s)
        self.last_s = max(self.last_s, row.time_s)
        self._counts[row.emotion] += 1
        since = max(0.0, row.time_s - self._first_s)
        while (place := int(since / self._width)) >= BINS:
            self._coarsen()
        self._sums[place] += (*row.probabilities, 1.0, float(row.uncertain))
        if row.uncertain:
            self._uncertain += 1  # it neither confirms an emotion nor ends one
        elif row.emotion == self._held:
            self._next = None
        else:
            self._follow(row)

    def _coarsen(self) -> None:
        halves = self._sums.reshape(BINS // 2, 2, -1).sum(axis=1)
        self._sums = np.concatenate([halves, np.zeros_like(halves)])
        self._width *= 2

    def _follow(self, row: FaceRow) -> None:
        if row.emotion != self._next:
            self._next, self._next_s, self._next_rows = row.emotion, row.time_s, 0
        self._next_rows += 1
        if self._next_rows >= 2 and row.time_s - self._next_s >= HOLD_S:
            if self._held is not None:
                self._changes[self._held, row.emotion] += 1
            self._held, self._next = row.emotion, None

    def person(self) -> Person:
        """What was seen of it; nothing can be added then."""
        # Bins finer than the frames that were analysed would be a comb.
        while self._steps_s and self._width < np.median(self._steps_s):
            self._coarsen()
        used = 1 + min(BINS - 1, int((self.last_s - self._first_s) / self._width))
        rows = self._sums[:used, -2]
        with np.errstate(invalid="ignore"):
            means = self._sums[:used, :-2] / rows[:, None]
            doubt = self._sums[:used, -1] / rows
        ranked = sorted(self._changes.items(), key=lambda item: (-item[1], item[0]))
        return Person(
            self.number,
            self._first_s,
            self.last_s,
            self.faces,
            tuple(self._counts),
            self._uncertain,
            tuple(Change(before, after, count) for (before, after), count in ranked),
            self._width,
            means,
            doubt,
        )


class Tracks:
    """The people of one video.

    Attributes:
        left_out: people that were dropped from the timelines since there are too many.
    """

    def __init__(self) -> None:
        self._tracks: dict[int, Track] = {}
        self.left_out = 0

    def add(self, row: FaceRow) -> None:
        """Adds a row of the video."""
        track = self._tracks.get(row.face_id)
        if track is not None:
            track.add(row)
            return
        if len(self._tracks) >= LIVE_TRACKS:
            self._drop(row.time_s)
        self._tracks[row.face_id] = Track(row)

    def _drop(self, now_s: float) -> None:
        """Forgets half of them: those seen least, of those that are gone where there are enough."""

        def worth(track: Track) -> tuple[bool, int]:
            return track.last_s >= now_s - 3, track.faces

        ranked = sorted(self._tracks.values(), key=worth)
        for track in ranked[: LIVE_TRACKS // 2]:
            del self._tracks[track.number]
            self.left_out += 1

    def people(self, most: int) -> tuple[Person, ...]:
        """Those that were seen in most frames, by their numbers."""
        ranked = sorted(self._tracks.values(), key=lambda track: (-track.faces, track.number))
        chosen = [track.person() for track in ranked[:most]]
        return tuple(sorted(chosen, key=lambda person: person.number))

    def __len__(self) -> int:
        return len(self._tracks)
