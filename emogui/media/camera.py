"""Cameras and network streams: only what they show now is of interest."""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emogui.errors import SourceError
from emogui.media.source import (
    CaptureSource,
    as_rgb,
    is_address,
    quiet_opencv,
    sane_fps,
    without_password,
)
from emogui.types import Frame, Image

if TYPE_CHECKING:
    pass

OPEN_LIMIT_S = 8.0
"""Longest time to wait for a stream to answer, and for the first picture of any camera."""

_FAILED_READS = 25
"""A camera is lost after so many failed reads in a row ..."""
_PATIENCE_S = 2.0
"""... or after so many seconds without a picture."""
_STREAM_PATIENCE_S = 5.0
"""Streams come in bursts, and networks pause."""
_PAUSE_S = 0.02


class CameraSource(CaptureSource):
    """A camera of this computer, or a stream from the network.

    Args:
        index_or_url: number of the camera, or the address of a stream (``rtsp://``,
            ``http://``). From 100 on a number names OpenCV's backend too, as in OpenCV itself
            (1401 is camera 1 through Media Foundation).
        width: wanted size of the pictures; a camera that cannot do it delivers another.
        height: likewise.

    Raises:
        SourceError: the camera is missing, busy, not permitted, or delivers no picture.
    """

    is_camera = True

    def __init__(self, index_or_url: int | str, *, width: int = 640, height: int = 480) -> None:
        super().__init__()
        self._device: Path | None = None
        quiet_opencv()
        if isinstance(index_or_url, int):
            self.name = f"camera {index_or_url % 100}"
            self.patience_s = _PATIENCE_S
            self._open_camera(index_or_url, width, height)
        else:
            self.name = without_password(index_or_url)
            self.patience_s = _STREAM_PATIENCE_S
            self._open_stream(index_or_url)
        import cv2

        assert self._capture is not None
        self.fps = sane_fps(self._capture.get(cv2.CAP_PROP_FPS))
        self._opened_at: float = time.monotonic()
        self._index: int = -1
        # A camera that opens may still deliver nothing, mostly since another program has it.
        try:
            self._first: Image | None = self._wait_for_picture(OPEN_LIMIT_S, _FAILED_READS * 8)
        except SourceError:
            self.close()
            raise SourceError(
                f"{_capital(self.name)} was opened but delivers no picture.",
                "Close other programs that use it, plug it in again, and try again.",
            ) from None

    def read(self) -> Frame | None:
        """Waits for the next picture; see `FrameSource`."""
        image, self._first = self._first, None
        if image is None:
            image = self._wait_for_picture(self.patience_s, _FAILED_READS)
        if image is None:
            return None
        now = time.monotonic()
        self._index += 1
        return Frame(image, self._index, now - self._opened_at, now)

    def _open_camera(self, number: int, width: int, height: int) -> None:
        import cv2

        if sys.platform.startswith("linux"):
            self._device = Path(f"/dev/video{number % 100}")
            _check_device(self._device, self.name)
        capture = cv2.VideoCapture(number)
        self._capture = capture
        if not capture.isOpened():
            self.close()
            raise _cannot_open(self.name, number)
        # The compressed format first: many cameras deliver 640x480 at 30 Hz only in that.
        capture.set(cv2.CAP_PROP_FOURCC, float(cv2.VideoWriter.fourcc(*"MJPG")))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # old pictures are of no use

    def _open_stream(self, url: str) -> None:
        import cv2

        limits = [
            int(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC),
            int(OPEN_LIMIT_S * 1000),
            int(cv2.CAP_PROP_READ_TIMEOUT_MSEC),
            int(_STREAM_PATIENCE_S * 1000),
        ]
        self._capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, limits)
        if not self._capture.isOpened():
            self.close()
            raise SourceError(
                f"No stream was found at {self.name}.",
                "Check the address, its user name and password, and the network connection.",
            )

    def _wait_for_picture(self, patience_s: float, failures: int) -> Image | None:
        """The next picture; None after ``interrupt``."""
        give_up_at = time.monotonic() + patience_s
        failed = 0
        while self._capture is not None and not self._interrupted.is_set():
            picture: Any
            good, picture = self._capture.read()
            if good and picture is not None and picture.size:
                return as_rgb(picture)
            failed += 1
            gone = self._device is not None and not self._device.exists()
            if gone or failed >= failures or time.monotonic() >= give_up_at:
                raise SourceError(
                    f"{_capital(self.name)} stopped delivering pictures.",
                    "Plug it in again, then try again."
                    if self._device or not is_address(self.name)
                    else "Check the network connection, then try again.",
                )
            self._interrupted.wait(_PAUSE_S)
        return None


def _check_device(device: Path, name: str) -> None:
    """Says what is wrong with a device of Linux before OpenCV, which only fails to open it."""
    if not device.exists():
        raise SourceError(
            f"There is no {name} on this computer.", "Plug it in, or choose another source."
        )
    if not os.access(device, os.R_OK | os.W_OK):
        raise SourceError(
            f"{_capital(name)} may not be used by you ({device} is not readable).",
            "Add yourself to the group video, then log in again: sudo usermod -aG video $USER",
        )
    try:
        os.close(os.open(device, os.O_RDWR | os.O_NONBLOCK))
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise _busy(name) from error
        if error.errno in (errno.ENODEV, errno.ENXIO, errno.ENOENT):
            raise SourceError(
                f"{_capital(name)} was unplugged.", "Plug it in again, then try again."
            ) from error
        raise SourceError(
            f"{_capital(name)} cannot be opened: {error.strerror}.",
            "Plug it in again, then try again.",
        ) from error


def _cannot_open(name: str, number: int) -> SourceError:
    if sys.platform.startswith("linux"):
        return _busy(name)  # it is there and permitted
    settings = {
        "darwin": "System Settings > Privacy & Security > Camera",
        "win32": "Settings > Privacy & security > Camera",
    }.get(sys.platform, "the settings of the system")
    return SourceError(
        f"There is no {name}, or it may not be used (number {number}).",
        f"Plug it in, close other programs that use it, and allow its use in {settings}.",
    )


def _busy(name: str) -> SourceError:
    return SourceError(
        f"{_capital(name)} is busy: it is there but cannot be opened.",
        "Close the other program that uses it (a browser or a video call), then try again.",
    )


def _capital(name: str) -> str:
    return name if is_address(name) else name[:1].upper() + name[1:]
