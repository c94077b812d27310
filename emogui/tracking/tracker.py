"""Gives boxes the numbers of the faces they belong to. Knows nothing of who found the boxes.

Association is in two stages as in ByteTrack (Zhang et al., "ByteTrack: multi-object tracking by
associating every detection box", ECCV 2022): first the boxes with good scores with every track,
then what is left of the tracks with faint boxes, which never begin a track. Each stage is one
optimal assignment over where a track is expected, how large it is, and how it looks. All limits
are in seconds and in sides of the box.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emogui.tracking.appearance import Look, blend, likeness
from emogui.tracking.association import Costs, assign, rest
from emogui.tracking.kalman import BoxFilter, Vector, to_box, to_vector
from emogui.tracking.smoothing import BoxSmoother
from emogui.types import FaceBox

KEPT_S = 3.0
"""A face that is out of sight for longer gets a new number when it comes back."""

_REACH = (0.6, 2.0, 1.6)
"""How far from its expected place a face may be, in sides: at once, more each second, at most."""

_REACH_ALIKE = (0.8, 3.0, 3.0)
"""The same for one that looks very much alike, since it may have walked on behind another one;
in between for likenesses in between."""

_GROWTH, _GROWTH_PER_S, _LARGEST_GROWTH = math.log(1.6), 0.5, math.log(2.2)
"""Likewise by what factor its side may differ, as a logarithm."""

_SHORT_S = 0.3
"""A face that was out of sight for longer must look alike to get its number back."""

ALIKE, _VERY_ALIKE = 0.7, 0.85
"""Likeness of colours of a face that comes back, at least; and when it is beyond doubt."""

_DECIDED_S, _HALF_ALIKE = 0.8, 0.5
"""So soon after a face was hidden, a box near it that is half alike gets no new number yet."""

_BLIND_S = 1.5
"""A face whose look is not known gets its number back only so soon."""

_LOOK_LASTS_S = 0.6
"""Time constant with which the memory of a face's look follows it."""

_SMALLEST_IOU = 0.3
"""Overlap of a faint box with the place where its face is expected, at least."""

_APART = 0.05
"""Boxes that overlap more hide a part of each other: their looks are not learnt."""


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """A box that was seen.

    Attributes:
        box: in pixels.
        score: 0 to 1; below the tracker's ``faint_below`` it begins no track.
        look: how it looks, where known.
    """

    box: FaceBox
    score: float = 1.0
    look: Look | None = None


class Track:
    """One face over time.

    Attributes:
        number: never given twice by a tracker.
        seen: where it was placed last, as it was seen.
        seen_s: when, in seconds.
        look: how it looks, where known.
        is_whole: whether it was seen whole then, hidden in no part by another face.
    """

    def __init__(
        self, number: int, first: Observation, time_s: float, *, is_whole: bool = True
    ) -> None:
        vector = to_vector(first.box)
        self.number = number
        self.seen, self.seen_s = first.box, time_s
        self.look = first.look
        self.is_whole = is_whole
        self._filter = BoxFilter(vector, time_s)
        self._smoother = BoxSmoother(vector, time_s)

    @property
    def shown(self) -> FaceBox:
        """The box to be shown: ``seen`` without its trembling."""
        return to_box(self._smoother.shown)

    @property
    def velocity(self) -> Vector:
        """Change a second of (centre x, centre y, log width, log height)."""
        return self._filter.velocity

    def expected(self, time_s: float) -> Vector:
        """Where it should be at a later time."""
        return self._filter.ahead(time_s)

    def place(self, box: FaceBox, time_s: float, look: Look | None = None) -> None:
        """Takes in where it was seen, and how it looked if that is to be learnt."""
        elapsed = time_s - self.seen_s
        vector = to_vector(box)
        self._filter.predict(time_s)
        self._filter.correct(vector)
        self._smoother.update(vector, time_s)
        self.seen, self.seen_s = box, time_s
        if look is not None:
            self.look = blend(self.look, look, 1.0 - math.exp(-max(elapsed, 0) / _LOOK_LASTS_S))


class Tracker:
    """The faces of one video or live source.

    Args:
        kept_s: how long a face that is out of sight is remembered, in seconds.
        faint_below: boxes with a lower score only continue what was seen before.
    """

    def __init__(self, kept_s: float = KEPT_S, faint_below: float = 0.0) -> None:
        self.faint_below = faint_below
        self._kept_s = kept_s
        self._tracks: list[Track] = []
        self._given = 0
        self._now_s = -math.inf

    @property
    def tracks(self) -> tuple[Track, ...]:
        """Every face that is remembered, out of sight or not."""
        return tuple(self._tracks)

    @property
    def given(self) -> int:
        """How many numbers were given so far."""
        return self._given

    def update(self, seen: Sequence[Observation], time_s: float) -> list[Track | None]:
        """Takes in the boxes of a frame.

        Args:
            seen: in any order.
            time_s: time of the frame in seconds; when it steps back, all faces are forgotten.

        Returns:
            The track of each box, in the order of ``seen``; None for a faint box that continues
            none, and for one that is not yet told from a face that has just been hidden.
        """
        if time_s < self._now_s:
            self._tracks = []
        last_s, self._now_s = self._now_s, time_s
        # A face of the last frame is looked for however long ago that was: a slow analysis is no
        # reason to take it for another one.
        self._tracks = [
            t for t in self._tracks if t.seen_s >= last_s or time_s - t.seen_s <= self._kept_s
        ]
        clear = [i for i, one in enumerate(seen) if one.score >= self.faint_below]
        faint = rest(len(seen), clear)
        tracks = self._tracks
        found: list[Track | None] = [None] * len(seen)
        pairs = assign(self._costs(tracks, [seen[i] for i in clear], time_s))
        for row, column in pairs:
            found[clear[column]] = tracks[row]
        left = [tracks[i] for i in rest(len(tracks), [row for row, _ in pairs])]
        if faint:
            left = [t for t in left if t.seen_s >= last_s]
            for row, column in assign(_overlaps(left, [seen[i] for i in faint], time_s)):
                found[faint[column]] = left[row]
        whole = self._are_whole(seen)
        for i, (one, track) in enumerate(zip(seen, found, strict=True)):
            if track is not None:
                track.is_whole = whole[i]
                track.place(one.box, time_s, one.look if whole[i] else None)
        for i, one in enumerate(seen):
            clearly = found[i] is None and one.score >= self.faint_below
            if clearly and not self._may_return(one, time_s):
                found[i] = self._begin(one, time_s, is_whole=whole[i])
        return found

    def _are_whole(self, seen: Sequence[Observation]) -> list[bool]:
        """Whether each box shows a whole face, not one that another may be hiding a part of."""
        whole = [one.score >= self.faint_below for one in seen]
        for i, one in enumerate(seen):
            for j in range(i):
                if one.box.iou(seen[j].box) > _APART:
                    whole[i] = whole[j] = False
        return whole

    def forget(self) -> None:
        """Forgets every face; the numbers go on rising."""
        self._tracks = []

    def _may_return(self, one: Observation, time_s: float) -> bool:
        """Whether a box may show the first part of a face that comes out from behind another.

        A moment later it shows more, and the face's number may be given back to it.
        """
        for track in self._tracks:
            alike = likeness(track.look, one.look)
            if (
                0.0 < time_s - track.seen_s <= _DECIDED_S
                and alike is not None
                and alike >= _HALF_ALIKE
            ):
                expected, seen = track.expected(time_s), to_vector(one.box)
                side = math.sqrt(one.box.area)
                if math.hypot(*(seen - expected)[:2]) <= _REACH_ALIKE[2] * side:
                    return True
        return False

    def _begin(self, first: Observation, time_s: float, *, is_whole: bool) -> Track:
        track = Track(self._given, first, time_s, is_whole=is_whole)
        self._given += 1
        self._tracks.append(track)
        return track

    def _costs(self, tracks: list[Track], seen: list[Observation], time_s: float) -> Costs:
        costs = np.full((len(tracks), len(seen)), np.inf)
        if not costs.size:
            return costs
        expected = np.array([track.expected(time_s) for track in tracks])[:, None]
        vectors = np.array([to_vector(one.box) for one in seen])[None]
        sides = [np.exp((v[..., 2] + v[..., 3]) / 2) for v in (expected, vectors)]
        off = vectors - expected
        far = np.hypot(off[..., 0], off[..., 1]) * 2 / (sides[0] + sides[1])
        growth = np.abs(np.log(sides[1] / sides[0]))
        near = (far <= _REACH_ALIKE[2]) & (growth <= _LARGEST_GROWTH)
        for row, column in np.argwhere(near):
            costs[row, column] = _cost(
                float(far[row, column]),
                float(growth[row, column]),
                time_s - tracks[row].seen_s,
                likeness(tracks[row].look, seen[column].look),
            )
        return costs


def _cost(far: float, growth: float, missing_s: float, alike: float | None) -> float:
    """How badly a box fits a track; infinite where it cannot be the same face.

    Args:
        far: distance from where the face is expected, in sides of the box.
        growth: factor by which its side differs, as a logarithm without sign.
        missing_s: how long the face was out of sight, in seconds.
        alike: likeness of their looks; None where one is not known.
    """
    if missing_s > _SHORT_S:
        if alike is None and missing_s > _BLIND_S:
            return math.inf
        if alike is not None and alike < ALIKE:
            return math.inf
    sure = 0.0 if alike is None else (alike - ALIKE) / (_VERY_ALIKE - ALIKE)
    start, per_s, most = _between(_REACH, _REACH_ALIKE, min(max(sure, 0.0), 1.0))
    reach = min(start + per_s * missing_s, most)
    most_growth = min(_GROWTH + _GROWTH_PER_S * missing_s, _LARGEST_GROWTH)
    if far > reach or growth > most_growth:
        return math.inf
    unlike = 1 - (ALIKE if alike is None else alike)
    return far / reach + 0.5 * growth / most_growth + 2 * unlike + 0.3 * min(missing_s, 1.0)


def _between(
    low: tuple[float, float, float], high: tuple[float, float, float], share: float
) -> list[float]:
    return [a + share * (b - a) for a, b in zip(low, high, strict=True)]


def _overlaps(tracks: list[Track], seen: list[Observation], time_s: float) -> Costs:
    costs = np.full((len(tracks), len(seen)), np.inf)
    for row, track in enumerate(tracks):
        expected = to_box(track.expected(time_s))
        for column, one in enumerate(seen):
            iou = expected.iou(one.box)
            if iou >= _SMALLEST_IOU:
                costs[row, column] = 1 - iou
    return costs
