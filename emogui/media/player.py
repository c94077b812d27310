"""A video file under the hands of a user: play, pause, seek, step and speed.

`VideoPlayer` is a `FrameSource`, so a live session can run it: one thread calls ``read``, and any
other, such as the window's, gives the commands, none of which waits.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emogui.errors import UsageError
from emogui.media.clock import PlaybackClock
from emogui.media.decoder import DecodedFrame, VideoFile
from emogui.media.source import SourceBase
from emogui.types import Frame

SLOWEST, FASTEST = 0.25, 4.0
"""Bounds of the speed."""

_BEFORE_S = 1e-4
"""The frame that was shown so long before another one is the one before it."""


@dataclass(frozen=True, slots=True)
class PlayerState:
    """How a player stands.

    Attributes:
        playing: whether it plays, or would if it were not at the end.
        position_s: time of the frame that was delivered last, or that is sought just now.
        duration_s: seconds; None where the file does not tell.
        speed: how many seconds of the video play in one.
        at_end: whether the last frame was delivered; ``play`` then starts over.
        epoch: number of the last jump asked for; frames with a lower one are from before it.
    """

    playing: bool
    position_s: float
    duration_s: float | None
    speed: float
    at_end: bool
    epoch: int


class VideoPlayer(SourceBase):
    """A video file that is played as its user says.

    At the end it stays on the last frame. After ``seek`` and ``step`` it delivers the frame that
    was sought even when it is paused, and ``Frame.epoch`` is then at least the number that the
    command returned; a newer jump replaces one under way. While it plays, frames that are late
    are dropped, as in `VideoSource`.

    Args:
        path: the file, or the address of one.
        playing: start at once; otherwise the first frame is delivered and it waits.
        loop: start over at the end.

    Attributes:
        frame_count: frames in it, as far as the file tells; else None.

    Raises:
        SourceError: the file is not there, cannot be read, is no video, or holds no frames.
    """

    is_camera = False
    patience_s = math.inf
    """A player that is paused delivers nothing; the decoder has a time limit of its own."""

    def __init__(self, path: str | Path, *, playing: bool = True, loop: bool = False) -> None:
        super().__init__()
        self._file = VideoFile(path)
        self.name, self.fps = self._file.name, self._file.fps
        self.frame_count = self._file.frame_count
        self._closed = False
        # All below are guarded by the condition.
        self._changed = threading.Condition()
        self._playing, self._loop, self._speed = playing, loop, 1.0
        self._at_end = False
        self._epoch = 0
        self._seek_to: float | None = None
        self._steps = 0
        self._position_s = 0.0
        self._clock = self._new_clock()
        # Only ``read`` uses these.
        self._shown: DecodedFrame | None = None
        self._newest: DecodedFrame | None = None  # decoded last; dropped perhaps

    # Commands, from any thread

    def play(self) -> None:
        """Goes on playing, from the start when it is at the end."""
        with self._changed:
            if self._at_end and self._seek_to is None and not self._steps:
                self._jump(0.0)
            self._playing = True
            self._wake()

    def pause(self) -> None:
        """Stays on the frame shown."""
        with self._changed:
            self._playing = False
            self._wake()

    def toggle(self) -> None:
        """Plays when paused, and pauses when playing."""
        with self._changed:
            playing = self._playing and not self._at_end
        (self.pause if playing else self.play)()

    def seek(self, time_s: float) -> int:
        """Goes to the frame shown at a time, exactly.

        Args:
            time_s: seconds after the first frame; beyond the end it is the last frame.

        Returns:
            The number of this jump, as in ``Frame.epoch``.
        """
        with self._changed:
            self._jump(max(0.0, time_s) if math.isfinite(time_s) else 0.0)
            self._wake()
            return self._epoch

    def step(self, frames: int) -> int:
        """Pauses, and goes so many frames forward, or back when negative.

        Returns:
            The number of this jump, as in ``Frame.epoch``.
        """
        with self._changed:
            self._playing = False
            self._steps += frames
            self._epoch += 1
            self._wake()
            return self._epoch

    @property
    def speed(self) -> float:
        """How many seconds of the video play in one, 0.25 to 4."""
        with self._changed:
            return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if not SLOWEST <= speed <= FASTEST:
            raise UsageError(f"The speed is {SLOWEST} to {FASTEST:.0f}; got {speed}.")
        with self._changed:
            self._speed = speed
            self._wake()

    @property
    def loop(self) -> bool:
        """Whether it starts over at the end."""
        with self._changed:
            return self._loop

    @loop.setter
    def loop(self, loop: bool) -> None:
        with self._changed:
            self._loop = loop
            self._wake()

    @property
    def state(self) -> PlayerState:
        """How it stands now."""
        with self._changed:
            position = self._position_s if self._seek_to is None else self._seek_to
            return PlayerState(
                self._playing and not self._at_end,
                position,
                self._file.duration_s,
                self._speed,
                self._at_end,
                self._epoch,
            )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the part that was read, a sentence each: see `VideoFile`."""
        return self._file.warnings

    # The thread that reads

    def read(self) -> Frame | None:
        """Waits for the next frame that is to be shown; None after ``interrupt``."""
        while not self._interrupted.is_set() and not self._closed:
            with self._changed:
                seek_to, steps, epoch = self._seek_to, self._steps, self._epoch
                self._seek_to, self._steps = None, 0
                if seek_to is not None:
                    self._position_s = seek_to
                idle = seek_to is None and not steps and self._shown is not None
                if idle and (not self._playing or self._at_end):
                    self._changed.wait()
                    continue
            if seek_to is None and not steps:
                frame = self._play_on(epoch)
            else:
                frame = self._deliver(self._moved(seek_to, steps, epoch), epoch)
            if frame is not None:
                return frame
        return None

    def interrupt(self) -> None:
        super().interrupt()
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """Releases the file; a second call does nothing."""
        self._closed = True
        self._file.close()

    def _jump(self, time_s: float) -> None:
        self._seek_to, self._steps = time_s, 0
        self._at_end = False
        self._epoch += 1

    def _wake(self) -> None:
        """After every command: times count from the next frame, and ``read`` looks again."""
        self._clock = self._new_clock()
        self._changed.notify_all()

    def _new_clock(self) -> PlaybackClock:
        return PlaybackClock(1 / self.fps, self._speed)

    def _moved(self, seek_to: float | None, steps: int, epoch: int) -> DecodedFrame | None:
        """The frame that was sought; None when a newer jump was asked for meanwhile."""

        def outdated() -> bool:
            return self._interrupted.is_set() or self._epoch != epoch

        shown = self._shown
        if seek_to is not None:
            shown = self._sought(seek_to, outdated)
        elif steps > 0 and shown is not self._newest and shown is not None:
            shown = self._sought(shown.time_s, outdated)  # frames behind it were dropped
        for _ in range(-steps):
            if shown is None or shown.time_s <= 0 or outdated():
                break
            shown = self._sought(shown.time_s - _BEFORE_S, outdated)
        for _ in range(steps):
            following = None if outdated() else self._file.next()
            if following is None:
                break
            shown = following
        return None if outdated() else shown

    def _sought(self, time_s: float, outdated: Callable[[], bool]) -> DecodedFrame | None:
        return self._file.next() if self._file.seek(time_s, outdated) else None

    def _play_on(self, epoch: int) -> Frame | None:
        """The next frame, when it is due; None when it is dropped or a command came first."""
        decoded = self._file.next()
        with self._changed:
            if decoded is None:
                if self._loop and self._epoch == epoch:
                    self._jump(0.0)
                    self._wake()
                else:
                    self._at_end = True
                return None
            clock, first = self._clock, self._shown is None
        self._newest = decoded
        if clock.drops(decoded.time_s, time.monotonic()) and not first:
            return None
        image, now = decoded.image(), time.monotonic()
        due = clock.due(decoded.time_s, now)
        with self._changed:
            while (left := due - time.monotonic()) > 0 and not self._interrupted.is_set():
                if self._clock is not clock:  # a command
                    break
                self._changed.wait(left)
            if self._interrupted.is_set() or self._epoch != epoch:
                return None
            self._position_s, self._at_end = decoded.time_s, False
        self._shown = decoded
        return Frame(image, decoded.index, decoded.time_s, due, epoch=epoch)

    def _deliver(self, decoded: DecodedFrame | None, epoch: int) -> Frame | None:
        """The frame after a jump, at once."""
        if decoded is None:
            return None
        self._shown = self._newest = decoded
        image, now = decoded.image(), time.monotonic()
        with self._changed:
            self._position_s, self._at_end = decoded.time_s, False
            self._clock.due(decoded.time_s, now)  # the following frames count from this one
        return Frame(image, decoded.index, decoded.time_s, now, epoch=epoch)
