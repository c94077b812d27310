"""Video files, read frame by frame or played at their own speed."""

from __future__ import annotations

import time
from pathlib import Path

from emogui.media.clock import PlaybackClock
from emogui.media.decoder import DecodedFrame, VideoFile
from emogui.media.source import SourceBase
from emogui.types import Frame


class VideoSource(SourceBase):
    """A video file, read from its start to its end.

    Args:
        path: the file, or the address of one (``https://.../clip.mp4``).
        realtime: play it at its own speed: ``read`` waits until the frame is due, frames that
            are late are dropped (their indices are missing), and ``Frame.captured_at`` is the
            time at which the frame was due. Otherwise every frame comes as fast as it is read.
        loop: start over at the end; index and time go on rising.

    Attributes:
        duration_s: seconds; None where the file does not tell.
        frame_count: frames in it, as far as the file tells; else None.

    Raises:
        SourceError: the file is not there, cannot be read, is no video, or holds no frames.
    """

    is_camera = False
    patience_s = 12.0
    """Longer than the decoder's own limit, which says better what is wrong."""

    def __init__(self, path: str | Path, *, realtime: bool = False, loop: bool = False) -> None:
        super().__init__()
        self._file = VideoFile(path)
        self.name, self.fps = self._file.name, self._file.fps
        self.duration_s, self.frame_count = self._file.duration_s, self._file.frame_count
        self._realtime, self._loop = realtime, loop
        self._clock = PlaybackClock(1 / self.fps)
        self._closed = False
        self._index, self._time_s = -1, 0.0
        self._round_index, self._round_start_s = 0, 0.0

    def read(self) -> Frame | None:
        """Waits for the next frame; see `FrameSource`."""
        while not self._interrupted.is_set() and not self._closed:
            decoded = self._next()
            if decoded is None:
                return None
            self._index = self._round_index + decoded.index
            self._time_s = self._round_start_s + decoded.time_s
            if self._realtime and self._clock.drops(self._time_s, time.monotonic()):
                continue
            image = decoded.image()
            captured_at = now = time.monotonic()
            if self._realtime:
                captured_at = self._clock.due(self._time_s, now)
                if captured_at > now and self._interrupted.wait(captured_at - now):
                    return None
            return Frame(image, self._index, self._time_s, captured_at)
        return None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the part that was read, a sentence each: see `VideoFile`."""
        return self._file.warnings

    def close(self) -> None:
        """Releases the file; a second call does nothing."""
        self._closed = True
        self._file.close()

    def _next(self) -> DecodedFrame | None:
        decoded = self._file.next()
        if decoded is not None or not self._loop:
            return decoded
        self._round_index = self._index + 1
        self._round_start_s = self._time_s + 1 / self.fps
        return self._file.next() if self._file.seek(0.0) else None
