"""Sessions that leave no frame out: the detector looks ahead in the thread that reads."""

from __future__ import annotations

import threading
from collections import Counter

import numpy as np

from emogui.errors import ModelError
from emogui.live.analysis import LazyAnalysis
from emogui.live.session import LiveSession
from emogui.live.update import Analysed
from emogui.types import Detection, Image
from tests.tracking.costly import Costly

from .faulty_source import FaultySource
from .test_session import final, no_thread_is_left, poll_until

__all__ = ["no_thread_is_left"]

FRAMES = 40


class Watched(Costly):
    """Counts in which thread which picture was looked at; may fail at one."""

    failing: int | None = None

    def __init__(self) -> None:
        super().__init__(0.0, 0.0, 0.0, faces=2)
        self.seen: Counter[tuple[str, int]] = Counter()

    def detect(
        self, image: Image, *, long_side: int | None = None, faint: bool = False
    ) -> list[Detection]:
        thread = threading.current_thread().name.rsplit("-", 1)[-1]
        self.seen[thread, int(image[0, 0, 0])] += 1
        if image[0, 0, 0] == self.failing:
            raise ModelError("It does not work.")
        return super().detect(image, long_side=long_side, faint=faint)


def analysed(stages: Watched, *, adaptive: bool, every_frame: bool) -> list[int]:
    """The numbers of the frames that have a result, in the order of the results."""
    pictures = [np.full((170, 320, 3), i, np.uint8) for i in range(FRAMES)]
    results: list[Analysed] = []
    session = LiveSession(
        lambda: FaultySource(pictures),
        LazyAnalysis(lambda: stages, adaptive=adaptive),  # type: ignore[arg-type,return-value]
        every_frame=every_frame,
        on_result=results.append,
    )
    session.start()
    poll_until(session, final)
    assert all(len(result.result.faces) == 2 for result in results)
    assert all(result.frame.index == result.frame.image[0, 0, 0] for result in results)
    return [result.result.frame for result in results]


def test_all_frames_in_order_each_looked_at_once_by_the_thread_that_reads() -> None:
    stages = Watched()
    assert analysed(stages, adaptive=False, every_frame=True) == list(range(FRAMES))
    ahead = {picture for thread, picture in stages.seen if thread == "capture"}
    # The first frames come while the models are loaded.
    assert len(ahead) >= FRAMES - 4
    assert not {picture for thread, picture in stages.seen if thread != "capture"} & ahead


def test_a_look_that_fails_costs_its_frame_alone() -> None:
    stages = Watched()
    stages.failing = 20
    assert analysed(stages, adaptive=False, every_frame=True) == [
        i for i in range(FRAMES) if i != 20
    ]


def test_a_source_that_does_not_wait_reads_and_nothing_else() -> None:
    stages = Watched()
    analysed(stages, adaptive=True, every_frame=False)
    assert {thread for thread, _ in stages.seen} <= {"inference"}
