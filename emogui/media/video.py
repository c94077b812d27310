"""Video files, read frame by frame or played at their own speed."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from emogui.errors import SourceError
from emogui.media.listing import IMAGE_SUFFIXES
from emogui.media.source import (
    CaptureSource,
    as_rgb,
    is_address,
    quiet_opencv,
    sane_fps,
    without_password,
)
from emogui.types import Frame

if TYPE_CHECKING:
    import cv2

_LATE_FRAMES = 1.0
"""A frame is dropped when it is late by more than this many frame times."""

_CATCH_UP_S = 0.3
"""Longest time for which frames are dropped at a stretch. Where decoding is slower than the
video itself, the clock is set back after that, so that something is seen at all."""

_LONGEST_WAIT_S = 2.0
"""A longer gap between two time stamps is not waited out while playing."""


class Player:
    """Says when each frame of a video is due on the monotonic clock.

    Args:
        frame_s: length of a frame in seconds.
    """

    def __init__(self, frame_s: float) -> None:
        self._frame_s = frame_s
        self._zero: float | None = None
        self._dropping_since: float | None = None

    def due(self, time_s: float, now: float) -> float:
        """``time.monotonic()`` at which the frame is to be shown."""
        if self._zero is None or self._zero + time_s - now > _LONGEST_WAIT_S:
            late_start = 0.0 if self._zero is None else _LONGEST_WAIT_S
            self._zero = now - time_s + late_start
        return self._zero + time_s

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
        self._zero = now - time_s
        return False


class VideoSource(CaptureSource):
    """A video file.

    Args:
        path: the file, or the address of one (``https://.../clip.mp4``).
        realtime: play it at its own speed: ``read`` waits until the frame is due, frames that
            are late are dropped (their indices are missing), and ``Frame.captured_at`` is the
            time at which the frame was due. Otherwise every frame comes as fast as it is read.
        loop: start over at the end; index and time go on rising.

    Raises:
        SourceError: the file is not there, cannot be read, is no video, or holds no frames.
    """

    is_camera = False
    patience_s = 10.0

    def __init__(self, path: str | Path, *, realtime: bool = False, loop: bool = False) -> None:
        self._path = str(path)
        self._address = is_address(self._path)
        self.name = without_password(self._path) if self._address else Path(path).name
        self._realtime = realtime
        self._loop = loop
        super().__init__()
        if not self._address:
            _check_file(Path(path), self.name)
        quiet_opencv()
        capture = self._open()
        import cv2

        self.fps = sane_fps(capture.get(cv2.CAP_PROP_FPS))
        self._player = Player(1 / self.fps)
        self._index = -1
        self._round_start = 0.0
        self._first_stamp: float | None = None
        self._time_s = 0.0
        # One frame is taken at once: only that tells a video from a file that merely opens.
        self._waiting = self._grab()
        if not self._waiting:
            self.close()
            raise SourceError(
                f"'{self.name}' holds no frames.", "Choose a video that plays elsewhere."
            )

    def read(self) -> Frame | None:
        """Waits for the next frame; see `FrameSource`."""
        while not self._interrupted.is_set() and self._capture is not None:
            if not self._waiting and not self._next():
                return None
            self._waiting = False
            if self._realtime and self._player.drops(self._time_s, time.monotonic()):
                continue
            picture = self._retrieve()
            if picture is None:
                continue
            image = as_rgb(picture)
            now = time.monotonic()
            captured_at = now
            if self._realtime:
                captured_at = self._player.due(self._time_s, now)
                if captured_at > now and self._interrupted.wait(captured_at - now):
                    return None
            return Frame(image, self._index, self._time_s, captured_at)
        return None

    def _open(self) -> cv2.VideoCapture:
        import cv2

        # FFmpeg first: OpenCV's own choice may take "shot_%03d.mp4" for a series of pictures.
        for backend in (cv2.CAP_FFMPEG, cv2.CAP_ANY):
            capture = cv2.VideoCapture(self._path, backend)
            if capture.isOpened():
                capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
                self._capture = capture
                return capture
            capture.release()
        if self._address:
            raise SourceError(
                f"No video was found at {self.name}.",
                "Check the address and the network connection.",
            )
        raise SourceError(
            f"'{self.name}' is not a video that can be read.",
            "Choose another file, or convert it to MP4 (H.264).",
        )

    def _grab(self) -> bool:
        """Goes to the next frame of the file and works out its time."""
        import cv2

        capture = self._capture
        if capture is None or not capture.grab():
            return False
        self._index += 1
        stamp = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0
        if self._first_stamp is None:
            self._first_stamp = stamp if math.isfinite(stamp) else 0.0
            self._time_s = self._round_start
            return True
        time_s = self._round_start + stamp - self._first_stamp
        # Broken files repeat a stamp, step back or have none: then the frame rate counts.
        if not math.isfinite(time_s) or time_s <= self._time_s:
            time_s = self._time_s + 1 / self.fps
        self._time_s = time_s
        return True

    def _next(self) -> bool:
        if self._grab():
            return True
        if not self._loop or self._interrupted.is_set():
            return False
        # Opened afresh instead of wound back, which not every format can do.
        self.close()
        self._open()
        self._round_start = self._time_s + 1 / self.fps
        self._first_stamp = None
        return self._grab()

    def _retrieve(self) -> npt.NDArray[np.generic] | None:
        assert self._capture is not None
        picture: Any
        good, picture = self._capture.retrieve()
        return picture if good else None


def _check_file(path: Path, name: str) -> None:
    """Says what is wrong with a file before OpenCV, which only says that something is."""
    try:
        if path.is_dir():
            raise SourceError(f"'{name}' is a folder; expected a video file.", "Choose a file.")
        with path.open("rb") as file:
            start = file.read(4096)
    except FileNotFoundError as error:
        raise SourceError(
            f"There is no file '{path}'.", "Check the path, or choose the video again."
        ) from error
    except PermissionError as error:
        raise SourceError(
            f"'{name}' may not be read by you.", "Change the file's permissions, or copy it."
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(
            f"'{name}' cannot be read: {reason}.", "Copy the file to this computer first."
        ) from error
    if not start:
        raise SourceError(f"'{name}' is empty; expected a video file.", "Copy it again.")
    if path.suffix.lower() in IMAGE_SUFFIXES - {".gif"}:
        raise SourceError(
            f"'{name}' is a picture; expected a video file.", "Open it in the Image tab."
        )
    if _is_text(start):  # FFmpeg would play it as a picture of the text
        raise SourceError(
            f"'{name}' is a text file; expected a video file.", "Choose a video file."
        )


def _is_text(start: bytes) -> bool:
    return all(byte >= 0x20 or byte in b"\t\n\r\f\x1b" for byte in start)
