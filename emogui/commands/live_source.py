"""A source that comes to its end when it is told to."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from emogui.media.source import FrameSource
    from emogui.types import Frame


class EndingSource:
    """Ends like a file: what it delivered until then is still analysed and written.

    Args:
        source: where the frames come from.
        stop: ends it when set.
        duration_s: ends it so long after the first read; None for never.
    """

    def __init__(
        self, source: FrameSource, stop: threading.Event, duration_s: float | None
    ) -> None:
        self.name, self.is_camera, self.fps = source.name, source.is_camera, source.fps
        self.patience_s = source.patience_s
        self._source, self._stop, self._duration_s = source, stop, duration_s
        self._end_at: float | None = None

    def read(self) -> Frame | None:
        """Waits for the next frame; None at the end."""
        now = time.monotonic()
        if self._end_at is None and self._duration_s is not None:
            self._end_at = now + self._duration_s
        if self._stop.is_set() or (self._end_at is not None and now >= self._end_at):
            return None
        return self._source.read()

    def interrupt(self) -> None:
        self._source.interrupt()

    def close(self) -> None:
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
