"""A process that decodes, seen from the one that uses it; see `emogui.bulk.decoding`."""

from __future__ import annotations

import json
import mmap
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from emogui.bulk.worklist import WorkItem
from emogui.types import Image

_START_S: Final = 120.0
"""So long it may take to start: a busy computer needs its time."""

_MEASURED_S: Final = 0.2
"""A process is not asked for its memory more often."""


@dataclass(frozen=True, slots=True)
class DecodeOptions:
    """How inputs are decoded.

    Attributes:
        every, fps: which frames of videos are wanted, as in `BatchOptions`.
        time_limit_s: seconds of decoding without headway after which an input is given up.
        memory_mb: memory that a process may take beyond what it starts with.
    """

    every: int | None
    fps: float | None
    time_limit_s: float
    memory_mb: int


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A piece of an input.

    Attributes:
        item: the input.
        kind: ``"picture"``, ``"video"`` (it begins), ``"frame"``, ``"end"`` (of a video), or
            ``"failed"``, the last of an input that cannot be read, or read on.
        image: RGB uint8 (height, width, 3) of a picture or frame, else None.
        index, time_s: of a frame; of a failure the frame that would have followed.
        error: why it failed.
        fps, frames, seconds: of a video that begins; the latter two None where it does not tell.
        warnings: of a video at its end.
    """

    item: WorkItem
    kind: str
    image: Image | None = None
    index: int = 0
    time_s: float = 0.0
    error: str = ""
    fps: float = 0.0
    frames: int | None = None
    seconds: float | None = None
    warnings: tuple[str, ...] = ()

    @property
    def last(self) -> bool:
        """Whether nothing of its input follows."""
        return self.kind in ("picture", "end", "failed")


class LostError(Exception):
    """A process ended in the middle of an input.

    Attributes:
        reason: a sentence for the user.
        final: trying again would not help.
    """

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.reason, self.final = reason, final


class DecoderProcess:
    """A decoding process; see `emogui.bulk.decoding`."""

    def __init__(self, options: DecodeOptions) -> None:
        self._shared = _shared_memory()
        self._map: mmap.mmap | None = None
        command = [sys.executable, "-m", "emogui.bulk.decoding", str(options.memory_mb)]
        # In a group of its own: Ctrl+C and Ctrl+Z are for the process that uses this one.
        extra: dict[str, Any] = {"process_group": 0} if os.name == "posix" else {}
        if self._shared is not None:
            command.append(str(self._shared))
            extra["pass_fds"] = (self._shared,)
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            bufsize=0,
            **extra,
        )
        self._elapsed = 0.0
        self._busy = True
        self._reason = ""
        self._measured = _RssMeter(self._process.pid)
        self._base = 0

    def is_ready(self) -> bool:
        """Waits until it can take orders; False where it cannot be started."""
        try:
            self._message()
        except LostError:
            return False
        self._busy = False
        self._base = max(1, self._measured())
        return True

    def decode(self, item: WorkItem, options: DecodeOptions, start: int) -> Iterator[Unit]:
        """Has an item decoded; whoever takes a picture calls `acknowledge` then.

        Raises:
            LostError: the process ended.
        """
        order = {"path": item.path, "start": start, "every": options.every, "fps": options.fps}
        self._send(order)
        self._elapsed, self._busy = 0.0, True
        while True:
            message = self._message()
            image = None
            if "shape" in message:
                image = self._pixels(message)
            # From now on it waits for the acknowledgement or for an order.
            self._busy = False
            kind = message["kind"]
            unit = Unit(
                item,
                kind,
                image,
                index=message.get("index", 0),
                time_s=message.get("time_s", 0.0),
                error=message.get("error", ""),
                fps=message.get("fps", 0.0),
                frames=message.get("frames"),
                seconds=message.get("seconds"),
                warnings=tuple(message.get("warnings", ())),
            )
            yield unit
            if unit.last:
                return
            self._elapsed, self._busy = 0.0, True

    def acknowledge(self) -> None:
        """Lets it overwrite the picture."""
        with suppress(LostError):  # what ended it is told when it is read from
            self._send({"ack": 1})

    def tick(self, seconds: float, options: DecodeOptions) -> None:
        """Ends it when it has been at it for too long, or has taken too much memory."""
        if self._busy:
            self._elapsed += seconds
            limit = options.time_limit_s if self._base else max(_START_S, options.time_limit_s)
            if self._elapsed > limit:
                self.kill(
                    f"Decoding it took longer than {options.time_limit_s:g} seconds, so it was "
                    "given up. Convert it, or give --time-limit more."
                )
        most = self._base + (options.memory_mb << 20)
        if self._base and self._measured() > most:
            self.kill("It needs more memory to open than one input may take.")

    def kill(self, reason: str) -> None:
        """Ends the process at once."""
        self._reason = self._reason or reason
        with suppress(OSError):
            self._process.kill()

    def close(self) -> None:
        """Ends the process and releases what it shares."""
        self.kill("")
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._process.wait()
        if self._map is not None:
            self._map.close()
            self._map = None
        if self._shared is not None:
            os.close(self._shared)
            self._shared = None

    def _send(self, order: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(order).encode("ascii") + b"\n")
        except OSError as error:
            raise self._lost() from error

    def _message(self) -> dict[str, Any]:
        size = int.from_bytes(self._read(bytearray(4)), "big")
        found: dict[str, Any] = json.loads(bytes(self._read(bytearray(size))))
        return found

    def _pixels(self, message: dict[str, Any]) -> Image:
        height, width = message["shape"]
        image = np.empty((height, width, 3), np.uint8)
        if self._shared is None:
            self._read(image.data.cast("B"))
            return image
        if self._map is None or len(self._map) != message["room"]:
            if self._map is not None:
                self._map.close()
            self._map = mmap.mmap(self._shared, message["room"], prot=mmap.PROT_READ)
        # The view must not outlive the copy: a map with views cannot be closed.
        np.copyto(image, np.frombuffer(self._map, np.uint8, image.nbytes).reshape(image.shape))
        return image

    def _read(self, into: bytearray | memoryview) -> bytearray | memoryview:
        assert self._process.stdout is not None
        view = memoryview(into)
        while view:
            count = self._process.stdout.readinto(view)  # type: ignore[attr-defined]
            if not count:
                raise self._lost()
            view = view[count:]
        return into

    def _lost(self) -> LostError:
        if self._reason:
            return LostError(self._reason, final=True)
        status = self._process.wait()
        how = f"status {status}"
        if status < 0:
            with suppress(ValueError):
                how = signal.Signals(-status).name
        return LostError(
            f"The file brought its decoder down ({how}); it was left out. Open and save it in "
            "another program.",
            final=False,
        )


def _shared_memory() -> int | None:
    """A descriptor of memory to be shared with a process; None where pixels go by pipe.

    Not ``/dev/shm``, which in containers is often too small for a few pictures.
    """
    make = getattr(os, "memfd_create", None)
    if make is None:
        return None
    try:
        found: int = make("emogui-pixels")
    except OSError:
        return None
    return found


def _environment() -> dict[str, str]:
    """The environment of a decoding process: it has to find this very emogui."""
    import emogui

    home = str(Path(emogui.__file__).resolve().parent.parent)
    before = os.environ.get("PYTHONPATH")
    path = home if not before else f"{home}{os.pathsep}{before}"
    return {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}


class _RssMeter:
    """Asks how much memory a process has, in bytes; 0 once it has gone."""

    def __init__(self, pid: int) -> None:
        import psutil

        self._gone = psutil.Error
        self._asked_at = -1.0
        self._last = 0
        try:
            self._process: Any = psutil.Process(pid)
        except psutil.Error:
            self._process = None

    def __call__(self) -> int:
        now = time.monotonic()
        if self._process is None:
            return 0
        if now - self._asked_at >= _MEASURED_S:
            self._asked_at = now
            try:
                self._last = int(self._process.memory_info().rss)
            except self._gone:
                self._process, self._last = None, 0
        return self._last
