"""What the detector found ahead of time."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from emogui.errors import ImageError
from emogui.tracking.looks import LooksAhead
from emogui.tracking.sequence import SequenceAnalyzer
from emogui.types import Detection, FaceBox, Frame, Image

from .detecting import Detecting
from .scenes import Actor, Pose, play


def picture(value: int) -> Image:
    return np.full((4, 4, 3), value, np.uint8)


def found(image: Image) -> list[Detection]:
    if not image.any():
        raise ImageError("A black picture.")
    return [Detection(FaceBox(0, 0, 1, 1), int(image[0, 0, 0]) / 255)]


def test_each_picture_gets_its_own_look_once_in_any_order() -> None:
    looks = LooksAhead(found)
    one, other = picture(51), picture(102)
    looks.look(one)
    looks.look(other)
    assert [looks.take(other), looks.take(other)][1] is None
    taken = looks.take(one)
    assert taken is not None and taken.found == found(one) and taken.ms >= 0
    assert looks.take(picture(51)) is None  # as bright, but another one


def test_looks_at_pictures_that_are_gone_are_forgotten() -> None:
    looks = LooksAhead(found)
    kept = picture(9)
    for image in (picture(1), picture(2), kept):
        looks.look(image)
    del image
    assert len(looks) == 1
    assert looks.take(kept) is not None and len(looks) == 0


def test_a_look_that_fails_is_made_again_where_the_picture_is_analysed() -> None:
    looks = LooksAhead(found)
    looks.look(picture(0))
    assert len(looks) == 0
    with pytest.raises(ImageError):
        looks.now(picture(0))


def test_a_sequence_gives_the_same_with_looks_ahead_in_another_thread(stages: Detecting) -> None:
    actors = [
        Actor("left", lambda t: Pose(0.3 + 0.1 * t, 0.5)),
        Actor("right", lambda t: Pose(0.7, 0.5)),
    ]
    frames = [frame for frame, _ in play(actors, 1.0)]
    alone = SequenceAnalyzer(stages, adaptive=False)
    expected = [alone(frame).result.faces for frame in frames]
    stages.looks = 0
    follow = SequenceAnalyzer(stages, adaptive=False)
    reader = threading.Thread(target=lambda: [follow.look_ahead(frame) for frame in frames])
    reader.start()
    reader.join()
    results = [follow(frame).result for frame in frames]
    assert [result.faces for result in results] == expected
    assert stages.looks == len(frames)
    assert all(
        result.timings_ms["detect"] > 0
        and result.timings_ms["total"]
        == pytest.approx(sum(ms for stage, ms in result.timings_ms.items() if stage != "total"))
        for result in results
    )


def test_nothing_is_looked_at_that_the_schedule_may_leave_out(stages: Detecting) -> None:
    follow = SequenceAnalyzer(stages)
    follow.look_ahead(Frame(np.zeros((64, 64, 3), np.uint8), 0, 0.0, 0.0))
    assert stages.looks == 0
