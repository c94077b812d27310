"""When the detector looks, and whether faces that did not change are passed over.

The time that a frame may take is the time between two frames of the source, as their stamps and
numbers tell it. What a frame costs is measured, and remembered by how many faces it has: a batch
costs less a face than a face alone. While every frame can be looked at in that time, the
detector looks at every one; else at every Nth, and in between the faces are followed by their
pixels. Steps have hysteresis, so that the schedule does not swing.

Where even that takes too long, the time that is missing adds up from frame to frame, and a frame
that would come too late by it passes over the faces whose pixels did not change. So as many
frames as there is time for are analysed whole, spread evenly, and all of them once there is.
"""

from __future__ import annotations

import statistics
from collections import deque

LONGEST_GAP_S = 0.25
"""The detector looks at least this often, however slow it is: so long may a new face wait."""

_HIGH, _LOW = 0.95, 0.85
"""Share of a frame's time above which the detector looks less often, and below which more."""

_LATEST = 1.75
"""A frame is done so many frames' times after it came, at most, if unchanged faces are to be
analysed. After two the next but one comes, and the one in between is lost."""

_MOST_MISSING = 2.0
"""Missing time is counted up to so many frames' times: there is no use in making up for more."""

_REMEMBERED = 11
"""Frames whose typical time is taken, so that one during which something else had the processor
does not count; nor do so many at the start, when everything is loaded and tried."""

_PATIENCE = 5
"""Frames that a step is waited for, and that lie between two of them."""


class _Typical:
    """The median of the last few values."""

    def __init__(self) -> None:
        self._values: deque[float] = deque(maxlen=_REMEMBERED)

    def add(self, value: float) -> None:
        self._values.append(value)

    @property
    def value(self) -> float:
        return statistics.median_low(self._values) if self._values else 0.0


class _ByFaces:
    """What something typically takes with so many faces."""

    def __init__(self) -> None:
        self._of: dict[int, _Typical] = {}

    def add(self, faces: int, ms: float) -> None:
        self._of.setdefault(faces, _Typical()).add(ms)

    def at(self, faces: int) -> float | None:
        """Milliseconds; rather too many for a number that did not occur, None before any did."""
        if not self._of:
            return None
        nearest = min(self._of, key=lambda known: abs(known - faces))
        return self._of[nearest].value * max(1.0, faces / max(nearest, 1))


class Schedule:
    """Adapts to the times measured.

    Args:
        adaptive: False looks at every frame and every face, however long it takes, as a file
            deserves that is analysed once and for all.

    Attributes:
        every: the detector looks at every so manieth frame.
        skips_unchanged: whether faces that did not change are passed over in this frame.
    """

    def __init__(self, *, adaptive: bool = True) -> None:
        self._adaptive = adaptive
        self._detect, self._period = _Typical(), _Typical()
        self._network, self._with_look, self._without = _ByFaces(), _ByFaces(), _ByFaces()
        self._faces = 0
        self._last: tuple[int, float] | None = None
        self._since_look = 0
        self._settled = self._done = 0
        self._missing_ms = 0.0
        self._looked_ms: float | None = None
        self.every = 1
        self.skips_unchanged = False

    def begin(self, index: int, time_s: float) -> None:
        """A frame has come, with its number in the source and its time in seconds."""
        if self._last is not None:
            frames, elapsed = index - self._last[0], time_s - self._last[1]
            if frames > 0 and elapsed > 0:
                self._period.add(elapsed / frames)
        self._last = (index, time_s)
        self._since_look += 1
        self._looked_ms = None
        if self._adaptive:
            self.skips_unchanged = self._is_late()

    @property
    def looks(self) -> bool:
        """Whether the detector is to look at this frame."""
        return self._since_look >= self.every

    def looked(self, detect_ms: float) -> None:
        """The detector has looked at this frame."""
        self._since_look = 0
        self._looked_ms = detect_ms
        self._detect.add(detect_ms)

    def end(self, other_ms: float, classify_ms: float, classified: int, faces: int) -> None:
        """The frame is done.

        Args:
            other_ms: everything but detector and network.
            classify_ms: the network.
            classified: faces that went through it.
            faces: faces in the frame.
        """
        (self._without if self._looked_ms is None else self._with_look).add(faces, other_ms)
        if classified:
            self._network.add(classified, classify_ms)
        self._faces = faces
        period_ms = 1e3 * self._period.value
        if not self._adaptive or not period_ms:
            return
        self._done += 1
        if self._done > _REMEMBERED:
            spent_ms = self._follow_ms() if self._looked_ms is None else self._look_ms()
            spent_ms += (self._network.at(classified) or 0.0) if classified else 0.0
            missing_ms = self._missing_ms + spent_ms - period_ms
            self._missing_ms = min(max(missing_ms, 0.0), _MOST_MISSING * period_ms)
        self._settled += 1
        if self._settled >= _PATIENCE and self._adapt(period_ms):
            self._settled = 0

    def _is_late(self) -> bool:
        """Whether this frame, analysed whole, would be done too late."""
        if not self._missing_ms:
            return False  # and so what a whole frame takes is measured again and again
        whole_ms = self._look_ms() if self.looks else self._follow_ms()
        whole_ms += self._network.at(self._faces) or 0.0
        return self._missing_ms + whole_ms > _LATEST * 1e3 * self._period.value

    def _adapt(self, period_ms: float) -> bool:
        """Goes one step towards more or fewer looks; returns whether it did."""
        most = max(1, int(1e3 * LONGEST_GAP_S / period_ms))
        step = 0
        if self.every > most:
            step = most - self.every
        elif self._look_ms() <= self._follow_ms():
            step = -1  # many faces are found sooner than followed
        elif self._cost(self.every) > _HIGH * period_ms:
            step = 1
        elif self._cost(self.every - 1) < _LOW * period_ms:
            step = -1
        before, self.every = self.every, min(max(self.every + step, 1), most)
        return self.every != before

    def _look_ms(self) -> float:
        """A frame with a look of the detector, but without the network."""
        return self._detect.value + (self._with_look.at(self._faces) or 0.0)

    def _follow_ms(self) -> float:
        """Likewise without a look; before there was such a frame, what it takes at least."""
        found = self._without.at(self._faces)
        return (self._with_look.at(self._faces) or 0.0) if found is None else found

    def _cost(self, every: int) -> float:
        """Milliseconds of a frame with all its faces analysed, its share of a look included."""
        share = 1 / max(every, 1)
        network_ms = self._network.at(self._faces) or 0.0
        return share * self._look_ms() + (1 - share) * self._follow_ms() + network_ms
