"""When the detector looks, and whether faces that did not change are passed over.

The time that a frame may take is the time between two frames of the source, as their stamps and
numbers tell it. What a frame costs is measured. While every frame can be looked at in that time,
the detector looks at every one; else at every Nth, and in between the faces are followed by
their pixels. Where even that takes too long, faces whose pixels did not change keep their
probabilities. Steps have hysteresis, so that the schedule does not swing.
"""

from __future__ import annotations

import statistics
from collections import deque

LONGEST_GAP_S = 0.25
"""The detector looks at least this often, however slow it is: so long may a new face wait."""

_HIGH, _LOW = 0.92, 0.78
"""Share of a frame's time above which less is done, and below which more."""

_REMEMBERED = 11
_PATIENCE = 5
"""Frames that a change of the schedule is waited for, and that lie between two of them."""


class _Typical:
    """The median of the last few values."""

    def __init__(self) -> None:
        self._values: deque[float] = deque(maxlen=_REMEMBERED)

    def add(self, value: float) -> None:
        self._values.append(value)

    @property
    def value(self) -> float:
        return statistics.median(self._values) if self._values else 0.0


class Schedule:
    """Adapts to the times measured.

    Args:
        adaptive: False looks at every frame and every face, however long it takes, as a file
            deserves that is analysed once and for all.
    """

    def __init__(self, *, adaptive: bool = True) -> None:
        self._adaptive = adaptive
        self._detect, self._other, self._face = _Typical(), _Typical(), _Typical()
        self._period = _Typical()
        self._faces = 0
        self._last: tuple[int, float] | None = None
        self._since_look = 0
        self._settled = 0
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

    @property
    def looks(self) -> bool:
        """Whether the detector is to look at this frame."""
        return self._since_look >= self.every

    def looked(self, detect_ms: float) -> None:
        """The detector has looked at this frame."""
        self._since_look = 0
        self._detect.add(detect_ms)

    def end(self, other_ms: float, classify_ms: float, classified: int, faces: int) -> None:
        """The frame is done.

        Args:
            other_ms: everything but detector and network.
            classify_ms: the network.
            classified: faces that went through it.
            faces: faces in the frame.
        """
        self._other.add(other_ms)
        if classified:
            self._face.add(classify_ms / classified)
        self._faces = faces
        self._settled += 1
        if self._adaptive and self._settled >= _PATIENCE and self._adapt():
            self._settled = 0

    def _adapt(self) -> bool:
        """Goes one step towards more or less work; returns whether it did."""
        period_ms = 1e3 * self._period.value
        if not period_ms:
            return False
        most = max(1, int(1e3 * LONGEST_GAP_S / period_ms))
        cost = self._cost(self.every)
        if cost > _HIGH * period_ms or self.every > most:
            if self.every < most:
                self.every += 1
            elif self.every > most:
                self.every = most
            elif not self.skips_unchanged:
                self.skips_unchanged = True
            else:
                return False
        elif self.skips_unchanged:
            if cost > _LOW * period_ms:
                return False
            self.skips_unchanged = False
        elif self.every > 1 and self._cost(self.every - 1) < _LOW * period_ms:
            self.every -= 1
        else:
            return False
        return True

    def _cost(self, every: int) -> float:
        """Milliseconds a frame with all its faces classified, the detector's share included."""
        return self._detect.value / every + self._other.value + self._faces * self._face.value
