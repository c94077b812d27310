"""When each frame of a video is due while it plays."""

from __future__ import annotations

_LATE_FRAMES = 1.0
"""A frame is dropped when it is late by more than this many frame times."""

_CATCH_UP_S = 0.3
"""Longest time for which frames are dropped at a stretch. Where decoding is slower than the
video itself, the clock is set back after that, so that something is seen at all."""

_LONGEST_WAIT_S = 2.0
"""A longer gap between two time stamps is not waited out while playing."""


class PlaybackClock:
    """Says when each frame of a video is due on the monotonic clock.

    Args:
        frame_s: length of a frame in seconds.
        speed: how many seconds of the video play in one.
    """

    def __init__(self, frame_s: float, speed: float = 1.0) -> None:
        self._frame_s = frame_s / speed
        self._speed = speed
        self._zero: float | None = None
        self._dropping_since: float | None = None

    def due(self, time_s: float, now: float) -> float:
        """``time.monotonic()`` at which the frame of that time is to be shown."""
        played = time_s / self._speed
        if self._zero is None or self._zero + played - now > _LONGEST_WAIT_S:
            late_start = 0.0 if self._zero is None else _LONGEST_WAIT_S
            self._zero = now - played + late_start
        return self._zero + played

    def drops(self, time_s: float, now: float) -> bool:
        """Whether the frame comes too late to be shown.

        After a stretch of dropped frames the clock is set to the present one instead.
        """
        late = now - self.due(time_s, now)
        if late <= _LATE_FRAMES * self._frame_s:
            self._dropping_since = None
            return False
        if self._dropping_since is None:
            self._dropping_since = now
        if now - self._dropping_since < _CATCH_UP_S:
            return True
        self._dropping_since = None
        self._zero = now - time_s / self._speed
        return False
