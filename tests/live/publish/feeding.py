"""Results to publish, and waiting for what comes of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from emogui.labels import FERPLUS
from emogui.live.publish.publishing import Publishing
from emogui.live.update import Analysed
from emogui.types import FaceBox, FaceResult, Frame, FrameResult

PICTURE = np.zeros((48, 64, 3), np.uint8)


def face(number: int = 0, emotion: str = "happiness", side: int = 20) -> FaceResult:
    probabilities = dict.fromkeys(FERPLUS, 0.01) | {emotion: 0.93}
    return FaceResult(number, FaceBox(10 * number, 5, side, side), 0.9, None, probabilities)


def analysed(
    index: int = 0, *faces: FaceResult, session: int = 1, sequence: int = 1, source: str = "clip"
) -> Analysed:
    """The result of a frame, 30 of which are a second."""
    time_s = index / 30
    frame = Frame(PICTURE, index, time_s, time.monotonic(), session)
    result = FrameResult(source, index, time_s, 64, 48, faces, "net", "finder")
    return Analysed(frame, result, sequence=sequence)


def wait_until(condition: Callable[[], object], timeout: float = 20.0) -> None:
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "it did not come to be in time"
        time.sleep(0.002)


def publish_threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("publish-")]


class Feed:
    """Gives a publishing one frame after another, in a thread, until it is ended."""

    def __init__(self, publishing: Publishing, pace_s: float = 0.005) -> None:
        self.fed = 0
        self._publishing, self._pace_s = publishing, pace_s
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._end.wait(self._pace_s):
            self._publishing.result(analysed(self.fed, face(0), face(3, "anger", 12)))
            self.fed += 1

    def __enter__(self) -> Feed:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
