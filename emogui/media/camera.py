"""Cameras of this computer, through OpenCV."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from emogui.errors import SourceError, SourceLostError, SourceMissingError
from emogui.media import v4l2
from emogui.media.grabber import GrabbedSource
from emogui.media.permission import SETTINGS, check_permission
from emogui.media.source import as_rgb, quiet_opencv, sane_fps
from emogui.types import Image

if TYPE_CHECKING:
    import cv2

SILENCE_LIMIT_S = 1.8
"""A camera that delivers nothing for so long is lost."""

DEFAULT_SIZE = (640, 480)


class CameraSource(GrabbedSource):
    """A camera of this computer.

    OpenCV and not FFmpeg reads it, since it drives the cameras of all three systems by the numbers
    under which they are listed.

    Args:
        number: its number. From 100 on it names OpenCV's backend too, as in OpenCV itself (1401
            is camera 1 through Media Foundation).
        size: wanted width and height in pixels; a camera that cannot do it delivers another, which
            is the ``size`` of the source.
        fps: wanted frames a second, likewise; None leaves it to the camera.

    Raises:
        SourceError: the camera is missing, busy, not permitted, does not open in time, or delivers
            no picture. Its kind tells which.
    """

    def __init__(
        self, number: int, *, size: tuple[int, int] = DEFAULT_SIZE, fps: float | None = None
    ) -> None:
        quiet_opencv()
        name = f"camera {number % 100}"
        self._device = device_file(number)
        super().__init__(
            name,
            lambda _: _OpenCvCamera(number, name, size, fps),
            silence_limit_s=SILENCE_LIMIT_S,
        )

    def why_lost(self) -> SourceError | None:
        if self._device is None or self._device.exists():
            return None
        return SourceLostError(
            f"{self.title} stopped delivering pictures: it was unplugged.",
            "Plug it in again, then try again.",
        )

    def why_silent(self) -> SourceError | None:
        if self._device is None or not v4l2.programs_using(self._device):
            return None
        return v4l2.busy(self._device, self.name)


def device_file(number: int) -> Path | None:
    """Linux's file for a camera; None on other systems."""
    return Path(f"/dev/video{number % 100}") if sys.platform.startswith("linux") else None


class _OpenCvCamera:
    """An open camera; see `Device`."""

    def __init__(self, number: int, name: str, size: tuple[int, int], fps: float | None) -> None:
        import cv2

        device = device_file(number)
        if device is not None:
            v4l2.check_camera(device, name)
        else:
            check_permission(name)
        self._capture: cv2.VideoCapture = cv2.VideoCapture(number)
        if not self._capture.isOpened():
            self._capture.release()
            raise _cannot_open(device, name, number)
        # The compressed format first: many cameras deliver 640x480 at 30 Hz only in that.
        self._capture.set(cv2.CAP_PROP_FOURCC, float(cv2.VideoWriter.fourcc(*"MJPG")))
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
        if fps is not None:
            self._capture.set(cv2.CAP_PROP_FPS, fps)
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # old pictures are of no use
        self.fps = sane_fps(self._capture.get(cv2.CAP_PROP_FPS))

    def read(self) -> Image | None:
        good, picture = self._capture.read()
        return as_rgb(picture) if good and picture is not None and picture.size else None

    def close(self) -> None:
        self._capture.release()


def _cannot_open(device: Path | None, name: str, number: int) -> SourceError:
    if device is not None:
        return v4l2.busy(device, name)  # it is there and permitted
    settings = SETTINGS.get(sys.platform, "the settings of the system")
    return SourceMissingError(
        f"There is no {name}, or another program uses it (number {number}).",
        f"Plug it in, close other programs that use it, and allow its use in {settings}.",
    )
