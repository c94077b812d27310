"""Which cameras there are, and how a source named by the user is opened."""

from __future__ import annotations

import logging
import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from emogui.errors import SourceError, SourceMissingError
from emogui.media import v4l2
from emogui.media.modes import CameraMode
from emogui.media.permission import check_permission
from emogui.media.source import VIDEO_SUFFIXES, FrameSource, is_address

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera of this computer.

    Attributes:
        index: its number for the system.
        name: as the system calls it, made unique ("HD Webcam (2)").
        backend: the backend of OpenCV that knows it by that number; 0 for OpenCV's own choice.
        path: device file or identifier; ``""`` where the system tells none.
    """

    index: int
    name: str
    backend: int = 0
    path: str = ""

    @property
    def spec(self) -> str:
        """What `open_source` takes to open it."""
        return str(self.index + self.backend)


def list_cameras() -> list[CameraInfo]:
    """Finds the cameras of this computer without opening them; takes up to a second.

    Returns:
        One entry a device, in the system's order; empty where there is none or where the
        system does not tell. It never raises.
    """
    try:
        return _list()
    except Exception:
        logger.warning("The cameras could not be listed", exc_info=True)
        return []


def _list() -> list[CameraInfo]:
    import cv2
    from cv2_enumerate_cameras import enumerate_cameras, supported_backends

    from emogui.media.source import quiet_opencv

    quiet_opencv()
    built_in = set(cv2.videoio_registry.getCameraBackends())
    found: list[CameraInfo] = []
    known: set[str] = set()
    for backend in supported_backends:
        if backend not in built_in:
            continue
        for camera in enumerate_cameras(backend):
            # A second backend sees the same devices again.
            identity = camera.path or f"{camera.name} {camera.index}"
            if identity not in known:
                known.add(identity)
                name = (camera.name or "").strip() or f"Camera {camera.index}"
                found.append(CameraInfo(camera.index, name, _kept(backend), camera.path or ""))
    found.sort(key=lambda camera: (camera.backend, camera.index))
    return _with_unique_names(found)


def _kept(backend: int) -> int:
    """Only Windows has several backends that count cameras differently."""
    return backend if sys.platform == "win32" else 0


def _with_unique_names(cameras: list[CameraInfo]) -> list[CameraInfo]:
    seen: Counter[str] = Counter()
    unique = []
    for camera in cameras:
        seen[camera.name] += 1
        count = seen[camera.name]
        name = camera.name if count == 1 else f"{camera.name} ({count})"
        unique.append(CameraInfo(camera.index, name, camera.backend, camera.path))
    return unique


def open_source(
    spec: str,
    *,
    realtime: bool = True,
    loop: bool = False,
    size: tuple[int, int] | None = None,
    fps: float | None = None,
) -> FrameSource:
    """Opens a source by what the user calls it; slow, so never in the window's thread.

    Args:
        spec: number (``"0"``) or name of a camera, path of a video file, or an address
            (``rtsp://...``; one that ends like a video file is played as a file).
        realtime: play a file at its own speed.
        loop: start a file over at its end.
        size: wanted width and height of a camera's pictures.
        fps: wanted frames a second of a camera.

    Raises:
        SourceError: it cannot be opened; the message and the kind say why.
    """
    from emogui.media.camera import DEFAULT_SIZE, CameraSource
    from emogui.media.stream import StreamSource
    from emogui.media.video import VideoSource

    text = spec.strip()
    if not text:
        raise SourceError(
            "No source was named.", "Name a camera number, a video file or an address."
        )
    if is_address(text):
        if _is_remote_file(text):
            return VideoSource(text, realtime=realtime, loop=loop)
        return StreamSource(text)
    number = _camera_number(text)
    if number is None:
        return VideoSource(spec, realtime=realtime, loop=loop)
    return CameraSource(number, size=size or DEFAULT_SIZE, fps=fps)


def is_file(spec: str) -> bool:
    """Whether `open_source` would read a file: it can wait, as no camera or stream does."""
    text = spec.strip()
    return _is_remote_file(text) if is_address(text) else _camera_number(text) is None


def _is_remote_file(address: str) -> bool:
    suffix = PurePosixPath(urlsplit(address).path).suffix.lower()
    return address.lower().startswith("http") and suffix in VIDEO_SUFFIXES - {".ts"}


def _camera_number(text: str) -> int | None:
    """The number of the camera that is meant; None where no camera is."""
    if text.isascii() and text.isdigit():
        if len(text) > 6:
            raise SourceMissingError(f"There is no camera {text}.", "Camera numbers start at 0.")
        return int(text)
    if os.path.lexists(text) or "\0" in text:
        return None
    for camera in list_cameras():
        if camera.name.casefold() == text.casefold() or camera.path == text:
            return int(camera.spec)
    return None


def camera_modes(camera: CameraInfo) -> tuple[CameraMode, ...]:
    """The sizes and rates that a camera offers, the smallest picture first.

    Only Linux tells them without the camera being switched on; elsewhere it is empty, and
    `COMMON_SIZES` can be tried: the source's ``size`` says what the camera made of it.
    """
    return v4l2.camera_modes(Path(camera.path)) if _on_linux(camera) else ()


def camera_problem(camera: CameraInfo) -> SourceError | None:
    """What keeps a camera from being used just now; None where nothing is known to."""
    try:
        if _on_linux(camera):
            v4l2.check_camera(Path(camera.path), f"camera {camera.index}")
        else:
            check_permission(f"camera {camera.index}", ask=False)
    except SourceError as error:
        return error
    return None


def _on_linux(camera: CameraInfo) -> bool:
    return sys.platform.startswith("linux") and camera.path.startswith("/dev/")
