"""The process that decodes: parsers of damaged files may hang or crash here, and it is replaced.

Run as ``python -m emogui.bulk.decoding MEMORY_MB [FD]`` by `emogui.bulk.decoders`. It reads orders,
a line of JSON each, from standard input, and answers on standard output with messages: four bytes
of length, a JSON object of that length, and the pixels it announces, unless they lie in the
shared memory that the descriptor ``FD`` names. After each message with pixels it waits for
an ``{"ack": 1}`` before it sends the next one; meanwhile it decodes on.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from emogui.errors import EmoguiError
from emogui.media.ahead import Choose, at_rate, every_nth
from emogui.media.content import holds_video
from emogui.media.decoder import VideoFile
from emogui.media.image import load_image
from emogui.media.source import VIDEO_SUFFIXES
from emogui.types import Image

_KEPT_BYTES: Final = 64 << 20
"""Shared memory above this is given back after a large picture."""

_PARENT_S: Final = 2.0


class _GoneError(Exception):
    """Whoever gave the orders is no more."""


class _Channel:
    """Messages out, orders and acknowledgements in."""

    def __init__(self, orders: BinaryIO, answers: BinaryIO, shared: int | None) -> None:
        self._orders, self._answers = orders, answers
        self._waiting: deque[dict[str, Any]] = deque()
        self._unacknowledged = False
        self._fd = shared
        self._map: mmap.mmap | None = None

    def order(self) -> dict[str, Any]:
        """Waits for the next order."""
        while not self._waiting:
            self._read()
        return self._waiting.popleft()

    def send(self, message: dict[str, Any], image: Image | None = None) -> None:
        """Sends a message; waits first until the picture before was taken."""
        while self._unacknowledged:
            self._read()
        if image is not None:
            self._unacknowledged = True
            message = {**message, "shape": image.shape[:2]}
            if self._fd is not None:
                message["room"] = self._share(image)
        data = json.dumps(message).encode("ascii")
        try:
            self._answers.write(len(data).to_bytes(4, "big") + data)
            if image is not None and self._fd is None:
                self._answers.write(image.data)
            self._answers.flush()
        except OSError as error:
            raise _GoneError from error

    def _read(self) -> None:
        line = self._orders.readline()
        if not line:
            raise _GoneError
        order = json.loads(line)
        if "ack" in order:
            self._unacknowledged = False
        else:
            self._waiting.append(order)

    def _share(self, image: Image) -> int:
        """Puts the pixels into the shared memory; returns its size in bytes."""
        assert self._fd is not None
        have = len(self._map) if self._map is not None else 0
        if image.nbytes > have or have > _KEPT_BYTES >= image.nbytes:
            if self._map is not None:
                self._map.close()
            have = max(1 << 20, image.nbytes)
            os.ftruncate(self._fd, have)
            self._map = mmap.mmap(self._fd, have)
        assert self._map is not None
        self._map[: image.nbytes] = image.data.cast("B")
        return have


def main() -> int:
    """Answers orders until whoever gives them has gone."""
    limit_mb, shared = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that gives the orders
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what libraries print must not come between the messages
    channel = _Channel(sys.stdin.buffer, answers, shared)
    _end_with_parent()
    _bound_memory(limit_mb)
    try:
        channel.send({"kind": "ready"})
        while True:
            _answer(channel, channel.order())
    except _GoneError:
        return 0


def _answer(channel: _Channel, order: dict[str, Any]) -> None:
    path = order["path"]
    following = order["start"]
    try:
        if not holds_video(Path(path), VIDEO_SUFFIXES):
            following = 0
            image = load_image(path)
            channel.send({"kind": "picture"}, image)
            return
        with VideoFile(path) as video:
            channel.send(
                {
                    "kind": "video",
                    "fps": video.fps,
                    "frames": video.frame_count,
                    "seconds": video.duration_s,
                }
            )
            for index, time_s, image in _frames(video, order):
                channel.send({"kind": "frame", "index": index, "time_s": time_s}, image)
                following = index + 1
            channel.send({"kind": "end", "warnings": video.warnings})
    except _GoneError:
        raise
    except EmoguiError as error:
        failure = str(error)
    except MemoryError:
        failure = "It needs more memory to open than one input may take."
    except Exception as error:  # one input must not end a long job
        failure = f"Something unforeseen went wrong: {type(error).__name__}: {error}"
    else:
        return
    channel.send({"kind": "failed", "index": following, "error": failure})


def _frames(video: VideoFile, order: dict[str, Any]) -> Iterator[tuple[int, float, Image]]:
    """The wanted frames from the one on at which a batch goes on.

    Those before are decoded, but not converted: after a seek a frame's number might be another.
    """
    fps = order["fps"]
    wanted: Choose = every_nth(order["every"] or 1) if fps is None else at_rate(fps)
    while (frame := video.next()) is not None:
        if wanted(frame) and frame.index >= order["start"]:
            yield frame.index, frame.time_s, frame.image()


def _bound_memory(limit_mb: int) -> None:
    """Has the system refuse memory beyond the limit, where it can; a MemoryError follows."""
    with suppress(ImportError, OSError, ValueError, AttributeError):
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + (limit_mb << 20)
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end_with_parent() -> None:
    """Ends this process when its parent was killed while a parser hangs here."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_PARENT_S)
        os._exit(1)

    if os.name == "posix":  # elsewhere the pipe's end has to do
        threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    raise SystemExit(main())
