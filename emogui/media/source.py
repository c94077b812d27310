"""What a source of frames is, and what all of them share.

A source is used by one thread alone, the one that made it: it opens in its constructor, is read
until ``read`` returns None or raises, and is closed by the same thread. Only ``interrupt`` may
be called from another one.
"""

from __future__ import annotations

import os
import threading
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import urlsplit, urlunsplit

import numpy as np
import numpy.typing as npt

from emogui.errors import SourceError
from emogui.types import Frame, Image

VIDEO_SUFFIXES: frozenset[str] = frozenset(
    [
        ".mp4",
        ".m4v",
        ".mov",
        ".avi",
        ".mkv",
        ".webm",
        ".mpg",
        ".mpeg",
        ".wmv",
        ".flv",
        ".ogv",
        ".3gp",
        ".ts",
        ".mts",
        ".m2ts",
        ".gif",
    ]
)
"""Suffixes (lower case, with the dot) of video files that the file dialog offers."""


class FrameSource(Protocol):
    """A camera, stream or video file that delivers frames one after another.

    Attributes:
        name: what the user sees; without the password of an address.
        is_camera: whether it delivers what happens now (a camera or stream) instead of a file.
        fps: frames a second that the source says it delivers.
        patience_s: seconds without a frame after which it counts as lost.
    """

    name: str
    is_camera: bool
    fps: float
    patience_s: float

    def read(self) -> Frame | None:
        """Waits for the next frame.

        Returns:
            The frame, RGB; None at the end of a file, or after ``interrupt``.

        Raises:
            SourceError: the source was lost.
        """
        ...

    def interrupt(self) -> None:
        """Makes a ``read`` that waits return soon. Any thread may call this."""
        ...

    def close(self) -> None:
        """Releases the device or file; a second call does nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class SourceBase:
    """What the sources share: how they end."""

    def __init__(self) -> None:
        self._interrupted = threading.Event()

    def interrupt(self) -> None:
        """Makes a ``read`` that waits return None soon. Any thread may call this."""
        self._interrupted.set()

    def close(self) -> None:
        """Releases the device or file; a second call does nothing."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def as_rgb(picture: npt.NDArray[Any]) -> Image:
    """Turns what OpenCV delivers into RGB.

    Args:
        picture: uint8 or uint16, BGR or BGRA (height, width, 3 or 4), or grey (height, width)
            or (height, width, 1).

    Returns:
        RGB uint8 (height, width, 3), C-contiguous.

    Raises:
        SourceError: it is no picture.
    """
    import cv2

    array = np.asarray(picture)
    if array.dtype == np.uint16:
        array = (array >> 8).astype(np.uint8)
    channels = array.shape[2] if array.ndim == 3 else 1
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or array.size == 0:
        channels = 0
    codes = {1: cv2.COLOR_GRAY2RGB, 3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGB}
    if channels not in codes:
        raise SourceError(
            "The source delivered something that is no picture: expected uint8 of shape (height, "
            f"width, 3), got {array.dtype} {array.shape}.",
            "Choose another source.",
        )
    return np.asarray(cv2.cvtColor(array, codes[channels]), np.uint8)


def check_rgb(image: object) -> None:
    """Checks what a source delivered: what follows relies on the array's form.

    Raises:
        SourceError: it is not RGB uint8 of shape (height, width, 3), or it is empty.
    """
    if isinstance(image, np.ndarray):
        if image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3 and image.size:
            return
        came = f"{image.dtype} {image.shape}"
    else:
        came = type(image).__name__
    raise SourceError(
        "The source delivered something that is no picture: expected RGB uint8 of shape "
        f"(height, width, 3), got {came}.",
        "Choose another source.",
    )


def quiet_opencv() -> None:
    """Keeps OpenCV and FFmpeg from writing to stderr; called before the first capture.

    Their messages are put into words by ``SourceError``. What the user has set in the
    environment stays.
    """
    import cv2

    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET
    # A camera that was pulled out is noticed after this many seconds instead of ten.
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")
    # macOS: OpenCV can ask for the permission in the main thread only; `permission` asks instead.
    os.environ.setdefault("OPENCV_AVFOUNDATION_SKIP_AUTH", "1")
    # Windows: without this many webcams take over ten seconds to open.
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
    if "OPENCV_LOG_LEVEL" not in os.environ:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def sane_fps(fps: float) -> float:
    """A frame rate that can be relied on: 25 where a file or camera states none or nonsense."""
    return fps if np.isfinite(fps) and 0.1 <= fps <= 1000.0 else 25.0


def is_address(spec: str) -> bool:
    """Whether a source is a network address (``rtsp://...``) and no file or camera number."""
    scheme, colon, _ = spec.partition("://")
    return bool(colon) and len(scheme) > 1 and scheme.isalnum() and scheme.lower() != "file"


def without_password(address: str) -> str:
    """The address as it may be shown: user name and password are left out."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    if "@" not in parts.netloc:
        return address
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
