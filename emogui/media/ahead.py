"""Decodes a video in a thread of its own, a few frames ahead of whoever uses them."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from emogui.errors import EmoguiError, SourceError, SourceTimeoutError, UsageError
from emogui.media.decoder import DecodedFrame, VideoFile
from emogui.types import Frame

AHEAD_BYTES = 48 * 1024 * 1024
"""So much is decoded ahead at most, beside one frame."""
MOST_AHEAD = 16
"""And so many frames."""

STALL_LIMIT_S = 20.0
"""A file that makes no headway for so long is given up, its thread left behind. Longer than the
decoder's own limits, which say better what is wrong."""

_JOIN_S = 2.0

Choose = Callable[[DecodedFrame], bool]
"""Says of each frame, in order, whether it is wanted."""


def every_nth(n: int) -> Choose:
    """Wants frame 0 and every nth after it.

    Raises:
        UsageError: ``n`` is less than 1.
    """
    if n < 1:
        raise UsageError(f"Every {n}th frame cannot be taken.", "Give 1 or more.")
    next_index = 0

    def wanted(frame: DecodedFrame) -> bool:
        nonlocal next_index
        if frame.index < next_index:
            return False
        next_index = (frame.index // n + 1) * n
        return True

    return wanted


def at_rate(fps: float) -> Choose:
    """Wants the first frame of each interval of ``1 / fps`` seconds of the file's own time.

    Raises:
        UsageError: ``fps`` is not a positive number.
    """
    if not 0 < fps < math.inf:
        raise UsageError(f"{fps} frames a second cannot be taken.", "Give a number above 0.")
    next_tick = 0

    def wanted(frame: DecodedFrame) -> bool:
        nonlocal next_tick
        tick = math.floor(frame.time_s * fps + 1e-6)
        if tick < next_tick:
            return False
        next_tick = tick + 1
        return True

    return wanted


class FramesAhead:
    """The wanted frames of a video file, in order; none is dropped, memory stays bounded.

    >>> with FramesAhead("clip.mp4", every_nth(5)) as frames:  # doctest: +SKIP
    ...     for frame in frames:
    ...         print(frame.index, frame.time_s)

    Args:
        path: the file.
        choose: which frames are wanted.
        prepare: called in the thread with each wanted frame; raises nothing.

    Attributes:
        fps, duration_s, frame_count: see `VideoFile`.

    Raises:
        SourceError: the file cannot be opened, here; it cannot be read on, while iterating.
    """

    def __init__(
        self,
        path: str | Path,
        choose: Choose,
        prepare: Callable[[Frame], None] = lambda _: None,
    ) -> None:
        self._choose = choose
        self._prepare = prepare
        self._name = Path(path).name
        self._changed = threading.Condition()
        # All below are guarded by the condition.
        self._file: VideoFile | None = None
        self._frames: deque[Frame] = deque()
        self._error: Exception | None = None
        self._done = self._stop = False
        self._headway = 0
        self._warnings: tuple[str, ...] = ()
        self._thread = threading.Thread(
            target=self._run, args=(path,), name=f"decode {self._name}", daemon=True
        )
        self._thread.start()
        try:
            self._wait(lambda: self._file is not None)
        except BaseException:
            self.close()
            raise
        assert self._file is not None
        self.fps: float = self._file.fps
        self.duration_s: float | None = self._file.duration_s
        self.frame_count: int | None = self._file.frame_count

    def __iter__(self) -> Iterator[Frame]:
        while True:
            with self._changed:
                self._wait(lambda: bool(self._frames) or self._done)
                if not self._frames:
                    return
                frame = self._frames.popleft()
                self._changed.notify_all()
            yield frame

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the part that was read, a sentence each: see `VideoFile`."""
        with self._changed:
            return self._warnings

    def close(self) -> None:
        """Ends the thread; a second call does nothing."""
        with self._changed:
            self._stop = True
            self._frames.clear()
            self._changed.notify_all()
        self._thread.join(_JOIN_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _wait(self, ready: Callable[[], bool]) -> None:
        """Waits for the thread; raises what went wrong in it once its frames are used up."""
        with self._changed:
            seen, since = self._headway, time.monotonic()
            while not ready():
                if self._error is not None:
                    raise self._error
                if self._headway != seen:
                    seen, since = self._headway, time.monotonic()
                if time.monotonic() - since > STALL_LIMIT_S:
                    raise SourceTimeoutError(
                        f"'{self._name}' could not be read any further for {STALL_LIMIT_S:.0f} "
                        "seconds.",
                        "Copy it to this computer, or convert it to MP4 (H.264).",
                    )
                self._changed.wait(0.2)

    # The decoding thread

    def _run(self, path: str | Path) -> None:
        error: Exception | None = None
        try:
            with VideoFile(path) as file:
                with self._changed:
                    self._file = file
                    self._changed.notify_all()
                self._decode(file)
        except EmoguiError as caught:
            error = caught
        except Exception as caught:
            error = SourceError(
                f"'{self._name}' cannot be decoded: {type(caught).__name__}: {caught}.",
                "Convert it to MP4 (H.264) with another program.",
            )
        with self._changed:
            self._error, self._done = error, error is None
            self._changed.notify_all()

    def _decode(self, file: VideoFile) -> None:
        while not self._stop:
            decoded = file.next()
            wanted = decoded is not None and self._choose(decoded)
            image = decoded.image() if decoded is not None and wanted else None
            with self._changed:
                self._headway += 1
                self._warnings = file.warnings
                if decoded is None:
                    return
                if image is None:
                    continue
                room = min(MOST_AHEAD, max(1, AHEAD_BYTES // image.nbytes))
                while len(self._frames) >= room and not self._stop:
                    self._changed.wait()
                stopped = self._stop
            if stopped:
                return
            frame = Frame(image, decoded.index, decoded.time_s, time.monotonic())
            self._prepare(frame)
            with self._changed:
                self._frames.append(frame)
                self._changed.notify_all()
