"""A source that does what it is told to, and all that sources should not do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any, Self

import numpy as np

from emogui.errors import SourceError
from emogui.types import FaceBox, FaceResult, Frame, FrameResult, Image


def picture(width: int = 64, height: int = 48, value: int = 90) -> Image:
    return np.full((height, width, 3), value, np.uint8)


class FaultySource:
    """Plays a script at ``fps``.

    Each step is an array (delivered as it is), an exception (raised), ``"stall"`` (hangs until
    released, as a driver does), ``"wait"`` (as stall, but an interrupt ends it), ``"hiccup"``
    (half of its patience without a picture), or ``"drop"`` (a second's frames are lost). After
    the script it ends.
    """

    opened = 0
    closed = 0

    def __init__(
        self, script: Iterable[Any], *, fps: float = 100.0, is_camera: bool = True
    ) -> None:
        self.name, self.is_camera, self.fps = "faulty", is_camera, fps
        self.patience_s = 0.2
        self.release = threading.Event()
        self.threads: set[int] = set()
        self.closes = 0
        self._script: Iterator[Any] = iter(script)
        self._interrupted = threading.Event()
        self._index = -1

    def read(self) -> Frame | None:
        self.threads.add(threading.get_ident())
        step = next(self._script, None)
        while isinstance(step, str) and step in ("hiccup", "drop"):
            if step == "hiccup":
                self._interrupted.wait(self.patience_s / 2)
            self._index += round(self.fps * (self.patience_s / 2 if step == "hiccup" else 1.0))
            step = next(self._script, None)
        if step is None or self._interrupted.is_set():
            return None
        if isinstance(step, BaseException):
            raise step
        if isinstance(step, str):
            while not self.release.wait(0.01):
                if step == "wait" and self._interrupted.is_set():
                    break
            return None
        self._interrupted.wait(1 / self.fps)
        self._index += 1
        return Frame(step, self._index, self._index / self.fps, time.monotonic())

    def interrupt(self) -> None:
        self._interrupted.set()

    def close(self) -> None:
        self.threads.add(threading.get_ident())
        self.closes += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def endless(image: Image | None = None) -> Iterator[Image]:
    while True:
        yield picture() if image is None else image


def grey_and_black(image: Image) -> list[Image]:
    """What cameras deliver while they wake up, or with a lid on."""
    return [image, np.full_like(image, 128), np.zeros_like(image), image]


def garbage() -> list[Any]:
    """What is no picture."""
    return [
        np.zeros((48, 64), np.uint8),
        np.zeros((48, 64, 3), np.float32),
        np.zeros((48, 64, 4), np.uint8),
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((48, 64, 3), np.uint8).tobytes(),
        42,
    ]


def lost() -> SourceError:
    return SourceError("Camera 0 stopped delivering pictures.", "Plug it in again.")


def face(
    x: int = 10, y: int = 8, w: int = 20, h: int = 20, happy: float = 0.7, face_id: int = 0
) -> FaceResult:
    probabilities = {"neutral": 1 - happy, "happiness": happy}
    return FaceResult(face_id, FaceBox(x, y, w, h), 0.9, None, probabilities)


def result_of(frame: Frame, *faces: FaceResult) -> FrameResult:
    height, width = frame.image.shape[:2]
    return FrameResult("faulty", frame.index, frame.time_s, width, height, faces or (face(),))
