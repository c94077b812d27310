"""Reads a video file with FFmpeg (PyAV): every frame with its own time, forward or from anywhere.

PyAV and not OpenCV, since OpenCV tells neither the time stamps of videos with a varying frame rate
nor which frames are broken, and seeks by counting frames. It is also quicker
(``benchmarks/decoding.py``).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from emogui.errors import SourceError, SourceTimeoutError
from emogui.media import container as containers
from emogui.media.content import check_video_file
from emogui.media.listing import printable
from emogui.media.rgb import RgbConverter
from emogui.media.source import is_address, without_password
from emogui.types import Image

if TYPE_CHECKING:
    import av

FRAME_LIMIT_S = 10.0
"""A file of which no frame can be decoded for so long is given up."""

_STAMP_TOLERANCE_S = 1e-6
_SEEK_BACK_S = (0.0, 1.0, 4.0, 16.0, 64.0)
"""Some formats seek to a place behind the one asked for: then one further ahead is tried."""
_READ_FAILURES = 32
"""A damaged file is given up after so many failures to read on in a row."""


@dataclass(frozen=True, slots=True, eq=False)
class DecodedFrame:
    """A frame that was decoded, but not yet turned into RGB.

    Attributes:
        index: its number, from 0; after a seek the one that its time and the frame rate give.
        time_s: its time in seconds after the first frame.
        duration_s: how long it is shown, in seconds; 0.0 where the file does not tell.
    """

    index: int
    time_s: float
    duration_s: float
    raw: av.VideoFrame
    converter: RgbConverter

    def image(self) -> Image:
        """RGB uint8 (height, width, 3), upright."""
        return self.converter.convert(self.raw)


class VideoFile:
    """A video file, or the address of one, as a sequence of frames. For one thread at a time.

    Args:
        path: the file; its content decides, not its suffix. Or an address (``https://...``).

    Attributes:
        name: what the user sees.
        width, height: pixels of a frame before it is turned upright.
        fps: mean frames a second; 25 where the file tells none.
        duration_s: seconds; None where the file does not tell.
        frame_count: how many frames there are, told by the file or worked out from its duration
            and rate; None where neither is known.
        broken: how many frames could not be decoded so far and were left out.

    Raises:
        SourceError: it cannot be read, is no video, is too large, or holds no frames.
    """

    def __init__(self, path: str | Path) -> None:
        self._target = str(path)
        remote = is_address(self._target)
        self.name = without_password(self._target) if remote else printable(Path(path).name)
        if not remote:
            check_video_file(Path(path))
        self.broken = 0
        self._closed = False
        self._cut_short = ""
        self._converter = RgbConverter()
        self._first_pts: int | None = None
        self._start()
        try:
            facts = containers.facts(self._container, self._stream)
            self.width, self.height = facts.width, facts.height
            self.fps, self.duration_s = facts.fps, facts.duration_s
            self.frame_count, self._promised_s = facts.frame_count, facts.promised_s
            # One frame is taken at once: only that tells a video from a file that merely opens.
            first = self.next()
            if first is None:
                raise SourceError(
                    f"'{self.name}' holds no frames.", "Choose a video that plays elsewhere."
                )
        except BaseException:
            self.close()
            raise
        self._ahead.append(first)

    def next(self) -> DecodedFrame | None:
        """The next frame; None at the end.

        Raises:
            SourceTimeoutError: nothing came for too long.
            SourceLostError: the disk or server has gone.
        """
        if self._ahead:
            return self._ahead.popleft()
        raw = self._next_raw()
        if raw is None:
            return None
        stamp = raw.pts if raw.pts is not None else raw.dts
        base = float(raw.time_base or 0)
        self._index, self._time_s = self._place_of(stamp, base)
        time_s = self._time_s
        self._end_s = time_s + raw.duration * base
        return DecodedFrame(self._index, time_s, raw.duration * base, raw, self._converter)

    def seek(self, time_s: float, cancelled: Callable[[], bool] = lambda: False) -> bool:
        """Goes to the frame that is shown at a time, exactly; ``next`` then delivers it.

        It jumps to the key frame before and decodes forward from there. Beyond the end it is the
        last frame.

        Args:
            time_s: seconds after the first frame.
            cancelled: asked before each frame; True gives up, and another seek must follow.

        Returns:
            Whether it came there: False when cancelled, or when nothing can be decoded any more.
        """
        if self._closed:
            return False
        target = max(0.0, time_s) + _STAMP_TOLERANCE_S
        shown = self._jump_before(target)
        while shown is not None:
            if cancelled():
                return False
            following = self.next()
            if following is None or following.time_s > target:
                self._ahead.extend([shown] if following is None else [shown, following])
                return True
            shown = following
        return False

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the part that was read; for the user, a sentence each."""
        found = []
        if self.broken:
            what = "1 frame was" if self.broken == 1 else f"{self.broken} frames were"
            found.append(f"{what} broken in '{self.name}' and left out.")
        if self._cut_short:
            found.append(self._cut_short)
        return tuple(found)

    def close(self) -> None:
        """Releases the file and the decoder with its threads; a second call does nothing."""
        self._ended = self._closed = True
        self._decoded.clear()
        self._ahead.clear()
        self._container.close()
        with suppress(AttributeError):
            # The decoder ends with the last who knows it, not with the file.
            del self._stream, self._packets

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self) -> None:
        """Opens the file, or opens it afresh, which also works where none can be wound back."""
        self._container, self._stream = containers.open_container(self._target, self.name)
        self._restart(at_start=True)

    def _restart(self, *, at_start: bool) -> None:
        """Forgets what was decoded before a jump."""
        self._packets: Iterator[av.Packet[av.VideoStream]] = self._container.demux(self._stream)
        self._decoded: deque[av.VideoFrame] = deque()
        self._ahead: deque[DecodedFrame] = deque()
        self._index = -1
        self._left_out = 0  # broken frames since the last good one: they keep their numbers
        self._time_s = self._end_s = 0.0
        self._at_start = at_start
        self._ended = False

    def _jump_before(self, target_s: float) -> DecodedFrame | None:
        """Goes to a place at or before the time, and takes the first frame there."""
        from av import FFmpegError

        for back in _SEEK_BACK_S:
            start = target_s - back
            if start <= 0 or self._first_pts is None or not self._stream.time_base:
                break
            offset = self._first_pts + int(start / self._stream.time_base)
            try:
                self._container.seek(offset, stream=self._stream)
            except (FFmpegError, OSError):
                break
            self._restart(at_start=False)
            first = self.next()
            if first is not None and first.time_s <= target_s:
                return first
        self._container.close()
        self._start()
        return self.next()

    def _place_of(self, stamp: int | None, base: float) -> tuple[int, float]:
        """Index and time of the frame that follows the present one."""
        if self._first_pts is None:
            self._first_pts = stamp or 0
            start = self._stream.start_time
            # Frames that were broken come before the first one that could be decoded. Otherwise
            # that one counts: old AVI files state a start that their frames never have.
            if self._left_out and start is not None and start < self._first_pts:
                self._first_pts = start
        time_s = None if stamp is None else max(0.0, (stamp - self._first_pts) * base)
        left_out, self._left_out = self._left_out, 0
        if self._index < 0:  # the first frame after a jump
            if time_s is None or self._at_start:
                return left_out, time_s or 0.0
            return round(time_s * self.fps), time_s
        # Broken files repeat a stamp, step back or have none: then the frame rate counts.
        if time_s is None or time_s <= self._time_s:
            time_s = self._time_s + 1 / self.fps
        return self._index + 1 + left_out, time_s

    def _next_raw(self) -> av.VideoFrame | None:
        give_up_at = time.monotonic() + FRAME_LIMIT_S
        failures = 0
        while True:
            while self._decoded:
                raw = self._decoded.popleft()
                if not raw.is_corrupt:
                    return raw
                self._leave_out()
            if self._ended:
                return None
            if time.monotonic() > give_up_at:
                raise SourceTimeoutError(
                    f"No picture of '{self.name}' could be decoded for {FRAME_LIMIT_S:.0f} "
                    "seconds.",
                    "Convert it to MP4 (H.264) with another program.",
                )
            failures = 0 if self._read_packet() else failures + 1
            if failures > _READ_FAILURES:
                self._end()

    def _read_packet(self) -> bool:
        """Decodes one more packet; False where the file could not be read on."""
        from av import FFmpegError

        try:
            packet = next(self._packets)
        except StopIteration:
            self._end()
            return True
        except (FFmpegError, OSError) as error:
            containers.raise_if_lost(error, self.name)
            self._packets = self._container.demux(self._stream)  # the former has ended by itself
            return False
        try:
            self._decoded.extend(packet.decode())
        except (FFmpegError, MemoryError, ValueError):
            self._leave_out()
        return True

    def _leave_out(self) -> None:
        self.broken += 1
        self._left_out += 1

    def _end(self) -> None:
        self._ended = True
        with suppress(Exception):  # frames that the decoder still holds back
            self._decoded.extend(self._stream.decode(None))
        end_s = self._end_s
        if self._decoded or self._promised_s is None:
            return
        if end_s + max(0.5, 2 / self.fps) < self._promised_s:
            self._cut_short = (
                f"'{self.name}' ends after {end_s:.1f} of {self._promised_s:.1f} seconds: "
                "the rest is missing or damaged."
            )
