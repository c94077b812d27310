"""Streams from the network: RTSP, and Motion JPEG or video over HTTP."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from emogui.errors import SourceLostError
from emogui.media import container as containers
from emogui.media.grabber import OPEN_LIMIT_S, GrabbedSource
from emogui.media.rgb import RgbConverter
from emogui.media.source import sane_fps, without_password
from emogui.types import Image

if TYPE_CHECKING:
    import av

SILENCE_LIMIT_S = 5.0
"""Streams come in bursts, and networks pause."""

_OPTIONS = {
    "rtsp_transport": "tcp",  # UDP loses packets, and firewalls swallow it
    "probesize": "500000",
    "analyzeduration": "1000000",  # microseconds
}


class StreamSource(GrabbedSource):
    """A stream, of which only the newest picture counts.

    Args:
        address: ``rtsp://``, ``http://`` and the like; user name and password may be in it and
            are never shown.

    Raises:
        SourceError: it does not open in time, refuses the password, or delivers no picture.
    """

    def __init__(self, address: str) -> None:
        name = without_password(address)
        super().__init__(
            name,
            lambda stopped: _StreamDevice(address, name, stopped),
            silence_limit_s=SILENCE_LIMIT_S,
        )


class _StreamDevice:
    """An open stream; see `Device`."""

    def __init__(self, address: str, name: str, stopped: Callable[[], bool]) -> None:
        from av.codec.context import ThreadType

        self._name, self._stopped = name, stopped
        self._container, self._stream = containers.open_container(
            address,
            name,
            options=_OPTIONS,
            open_limit_s=OPEN_LIMIT_S,
            read_limit_s=SILENCE_LIMIT_S,
        )
        # To decode several frames at a time would delay each by as many.
        self._stream.thread_type = ThreadType.SLICE
        self._converter = RgbConverter()
        self._packets = self._container.demux(self._stream)
        self._decoded: list[av.VideoFrame] = []
        rate = self._stream.average_rate or self._stream.guessed_rate
        self.fps = sane_fps(float(rate) if rate else math.nan)

    def read(self) -> Image | None:
        """The next picture; what is broken in between is passed over."""
        from av import FFmpegError

        while not self._stopped():
            while self._decoded:
                frame = self._decoded.pop(0)
                if not frame.is_corrupt:
                    return self._converter.convert(frame)
            try:
                packet = next(self._packets)
            except StopIteration:
                raise SourceLostError(
                    f"{self._name} stopped delivering pictures: the stream has ended.",
                    "Check the network connection, then try again.",
                ) from None
            except (FFmpegError, OSError) as error:
                containers.raise_if_lost(error, self._name)
                self._packets = self._container.demux(self._stream)
                return None
            try:
                self._decoded.extend(packet.decode())
            except (FFmpegError, MemoryError, ValueError):
                return None
        return None

    def close(self) -> None:
        self._container.close()
