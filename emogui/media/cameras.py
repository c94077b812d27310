"""Which cameras there are, and how a source named by the user is opened."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from emogui.errors import SourceError
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


def open_source(spec: str, *, realtime: bool = True, loop: bool = False) -> FrameSource:
    """Opens a source by what the user calls it; slow, so never in the window's thread.

    Args:
        spec: number of a camera (``"0"``), path of a video file, or an address (``rtsp://...``;
            one that ends like a video file is played as a file).
        realtime: play a file at its own speed.
        loop: start a file over at its end.

    Raises:
        SourceError: it cannot be opened; the message says why.
    """
    from emogui.media.camera import CameraSource
    from emogui.media.video import VideoSource

    text = spec.strip()
    if not text:
        raise SourceError(
            "No source was named.", "Name a camera number, a video file or an address."
        )
    if text.isascii() and text.isdigit():
        if len(text) > 6:
            raise SourceError(f"There is no camera {text}.", "Camera numbers start at 0.")
        return CameraSource(int(text))
    if is_address(text):
        suffix = PurePosixPath(urlsplit(text).path).suffix.lower()
        if text.lower().startswith("http") and suffix in VIDEO_SUFFIXES - {".ts"}:
            return VideoSource(text, realtime=realtime, loop=loop)
        return CameraSource(text)
    return VideoSource(spec, realtime=realtime, loop=loop)
