"""Reads a camera or stream in a thread of its own and keeps its newest picture.

A driver or server may hang in any call, where no other thread can wake it. Here only the thread of
the grabber hangs: the source gives up in time with an error, and the thread, which alone opens,
reads and releases the device, is left behind and releases it whenever it is let go.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from emogui.errors import EmoguiError, SourceError, SourceLostError, SourceTimeoutError
from emogui.media.source import SourceBase, is_address
from emogui.types import Frame, Image

logger = logging.getLogger(__name__)

OPEN_LIMIT_S = 7.5
"""Longest time to open a device and get its first picture."""

_FAILED_READS = 25
"""A device is lost after so many failed reads in a row."""
_PAUSE_S = 0.02
_LOOK_S = 0.1
"""So often it is looked whether the device is still there."""
_JOIN_S = 1.0


class Device(Protocol):
    """What a grabber reads. It is opened by whoever makes it, and used by one thread.

    Attributes:
        fps: frames a second that it says it delivers.
    """

    fps: float

    def read(self) -> Image | None:
        """The next picture, RGB; None when that failed."""
        ...

    def close(self) -> None: ...


OpenDevice = Callable[[Callable[[], bool]], Device]


class Grabber:
    """See the module.

    Args:
        open_device: called in the grabber's thread with what tells whether it is to end; may
            hang, may raise.
        name: for the thread's name.
    """

    def __init__(self, open_device: OpenDevice, name: str) -> None:
        self._open_device = open_device
        self._stop = threading.Event()
        self.changed = threading.Condition()
        # All below are guarded by the condition.
        self.device: Device | None = None
        self.error: Exception | None = None
        self.count = 0
        self._picture: tuple[Image, float] | None = None
        self._thread = threading.Thread(target=self._run, name=f"grab {name}", daemon=True)
        self._thread.start()

    def take(self) -> tuple[Image, float, int] | None:
        """The newest picture, if it was not taken yet, its ``time.monotonic()`` and number."""
        picture, self._picture = self._picture, None
        return None if picture is None else (*picture, self.count - 1)

    def end(self) -> None:
        """Releases the device; does not wait for a driver that hangs."""
        self._stop.set()
        self._thread.join(_JOIN_S)
        if self._thread.is_alive():
            logger.info("%s does not let go; its thread is left behind", self._thread.name)

    def _run(self) -> None:
        try:
            device = self._open_device(self._stop.is_set)
        except Exception as error:
            self._fail(error)
            return
        try:
            with self.changed:
                self.device = device
                self.changed.notify_all()
            self._grab(device)
        except Exception as error:
            self._fail(error)
        finally:
            with suppress(Exception):  # nobody is left who could be told
                device.close()

    def _grab(self, device: Device) -> None:
        failed = 0
        while not self._stop.is_set():
            image = device.read()
            if image is None:
                failed += 1
                # Cameras take their time for the first picture.
                if self.count and failed >= _FAILED_READS:
                    raise SourceLostError("")  # the source puts it into words
                self._stop.wait(_PAUSE_S)
                continue
            failed = 0
            with self.changed:
                self._picture = image, time.monotonic()
                self.count += 1
                self.changed.notify_all()

    def _fail(self, error: Exception) -> None:
        with self.changed:
            self.error = error
            self.changed.notify_all()


class GrabbedSource(SourceBase):
    """What cameras and streams share: only what they show now is of interest.

    Args:
        name: what the user sees; holds no password.
        open_device: see `Grabber`.
        silence_limit_s: seconds without a picture after which it counts as lost.
        open_limit_s: seconds to open it and get the first picture; :data:`OPEN_LIMIT_S` by
            default.

    Attributes:
        size: width and height of its pictures, in pixels.

    Raises:
        SourceError: it did not open, or delivered no picture in time.
    """

    is_camera = True

    def __init__(
        self,
        name: str,
        open_device: OpenDevice,
        *,
        silence_limit_s: float,
        open_limit_s: float | None = None,
    ) -> None:
        super().__init__()
        self.name = name
        self._silence_limit_s = silence_limit_s
        # Later than ``read``, which says better what is wrong.
        self.patience_s = silence_limit_s + 1.0
        limit_s = OPEN_LIMIT_S if open_limit_s is None else open_limit_s
        self._grabber = Grabber(open_device, name)
        self._first: tuple[Image, float, int] | None = None
        try:
            self._first = self._wait(time.monotonic() + limit_s, opening=True)
        except BaseException:
            self.close()
            raise
        device = self._grabber.device
        self.fps = 25.0 if device is None else device.fps
        height, width = (0, 0) if self._first is None else self._first[0].shape[:2]
        self.size: tuple[int, int] = (int(width), int(height))
        self._opened_at = time.monotonic() if self._first is None else self._first[1]

    def read(self) -> Frame | None:
        """Waits for the next picture; see `FrameSource`. Those that nobody read are left out."""
        taken, self._first = self._first, None
        if taken is None:
            taken = self._wait(time.monotonic() + self._silence_limit_s, opening=False)
        if taken is None:
            return None
        image, captured_at, number = taken
        return Frame(image, number, captured_at - self._opened_at, captured_at)

    def interrupt(self) -> None:
        super().interrupt()
        with self._grabber.changed:
            self._grabber.changed.notify_all()

    def close(self) -> None:
        """Releases the device; a second call does nothing. A driver that hangs is left behind."""
        self._interrupted.set()
        self._grabber.end()

    def why_lost(self) -> SourceError | None:
        """What is known to be wrong with the device while it delivers nothing."""
        return None

    def why_silent(self) -> SourceError | None:
        """Why a device that opened, or hangs while it opens, delivers nothing, if known."""
        return None

    def _wait(self, until: float, *, opening: bool) -> tuple[Image, float, int] | None:
        """The next picture; None after ``interrupt``."""
        grabber = self._grabber
        while not self._interrupted.is_set():
            with grabber.changed:
                taken = grabber.take()
                if taken is not None:
                    return taken
                error, opened = grabber.error, grabber.device is not None
                left = until - time.monotonic()
                if error is None and left > 0:
                    grabber.changed.wait(min(left, _LOOK_S))
                    taken = grabber.take()
                    if taken is not None:
                        return taken
            self._check(error, opened, late=left <= 0, opening=opening)
        return None

    def _check(self, error: Exception | None, opened: bool, *, late: bool, opening: bool) -> None:
        """Raises what ended the wait, if anything did."""
        if isinstance(error, EmoguiError) and error.message:
            raise error
        if error is not None and not isinstance(error, EmoguiError):
            logger.debug("%s failed", self.name, exc_info=error)
        lost = self.why_lost() if opened else None
        if lost is not None:
            raise lost
        if error is None and not late:
            return
        if opening:
            raise self.why_silent() or self._never_came(opened)
        raise SourceLostError(
            f"{self.title} stopped delivering pictures.",
            "Check the network connection, then try again."
            if is_address(self.name)
            else "Plug it in again, then try again.",
        )

    def _never_came(self, opened: bool) -> SourceError:
        if opened:
            return SourceTimeoutError(
                f"{self.title} was opened but delivers no picture.",
                "Check the address, then try again."
                if is_address(self.name)
                else "Close other programs that use it, plug it in again, and try again.",
            )
        return SourceTimeoutError(
            f"{self.title} did not open in time.",
            "Close other programs that use it, plug it in again, and try again.",
        )

    @property
    def title(self) -> str:
        """The name as it starts a sentence."""
        return self.name if is_address(self.name) else self.name[:1].upper() + self.name[1:]
