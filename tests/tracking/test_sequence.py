"""Consecutive frames: what runs on which, and what the results say."""

from __future__ import annotations

import numpy as np
import pytest

from emogui import Analyzer
from emogui.errors import ImageError
from emogui.tracking.known import MISSED_S
from emogui.tracking.sequence import SequenceAnalyzer
from emogui.tracking.stages import Stages
from emogui.types import Frame

from .detecting import Detecting
from .scenes import Actor, Path, Pose, play


def frames(path: Path, seconds: float, fps: float = 15.0) -> list[Frame]:
    return [frame for frame, _ in play([Actor("left", path)], seconds, fps)]


def still(_: float) -> Pose:
    return Pose(0.5, 0.5)


def test_an_analyzer_has_the_stages_and_they_make_the_same_result() -> None:
    analyzer = Analyzer()
    assert isinstance(analyzer, Stages)
    frame = frames(still, 0.1)[0]
    whole = analyzer.analyze(frame.image, long_side=320, source="clip")
    tracked = SequenceAnalyzer(analyzer)(frame, "clip")
    assert tracked.analysed
    assert [f.box for f in tracked.result.faces] == [f.box for f in whole.faces]
    assert tracked.result.faces[0].probabilities == pytest.approx(whole.faces[0].probabilities)
    assert tracked.result.faces[0].uncertain == whole.faces[0].uncertain
    one, other = tracked.result.as_dict(), whole.as_dict()
    assert {k: one[k] for k in ("source", "frame", "width", "height", "model", "detector")} == {
        k: other[k] for k in ("source", "frame", "width", "height", "model", "detector")
    }
    assert set(one["timings_ms"]) == {"detect", "track", "crop", "classify", "total"}


def test_all_faces_of_a_frame_go_in_one_batch(stages: Detecting) -> None:
    two = [Actor("left", lambda _: Pose(0.3, 0.5)), Actor("right", lambda _: Pose(0.7, 0.5))]
    follow = SequenceAnalyzer(stages)
    for frame, _ in play(two, 0.2):
        assert follow(frame).analysed
    assert stages.batches == [2, 2, 2]
    assert follow.given == 2


def test_between_looks_faces_are_placed_by_their_pixels_and_analysed(stages: Detecting) -> None:
    follow = SequenceAnalyzer(stages, adaptive=False)
    follow.schedule.every = 4
    for frame in frames(lambda t: Pose(0.4 + 0.2 * t, 0.5), 0.8):
        tracked = follow(frame)
        assert tracked.analysed and len(tracked.result.faces) == 1
        truth = (0.4 + 0.2 * frame.time_s) * 320
        box = tracked.result.faces[0].box
        assert box.x + box.w / 2 == pytest.approx(truth, abs=5)
    assert stages.looks == 3
    assert len(stages.batches) == 12


def test_faces_that_did_not_change_are_passed_over_where_time_is_short(stages: Detecting) -> None:
    follow = SequenceAnalyzer(stages, adaptive=False)
    follow.schedule.skips_unchanged = True
    carried = [follow(frame).carried for frame in frames(still, 1.0)]
    assert carried[0] == 0 and sum(carried) >= 12
    assert sum(stages.batches) >= 2  # but not for ever
    assert not follow(frames(lambda _: Pose(0.5, 0.5, roll=20), 0.1)[0]).carried


def test_a_face_that_the_detector_misses_is_followed_for_a_while(stages: Detecting) -> None:
    follow = SequenceAnalyzer(stages, adaptive=False)
    sequence = frames(still, 2.0)
    for frame in sequence[:3]:
        number = follow(frame).result.faces[0].face_id
    stages.blind = True
    seen = [frame.time_s for frame in sequence[3:] if follow(frame).result.faces]
    assert seen and seen[-1] - sequence[2].time_s == pytest.approx(MISSED_S, abs=0.1)
    stages.blind = False
    later = Frame(sequence[0].image, 40, 2.1, 0.0)
    assert follow(later).result.faces[0].face_id == number


def test_a_face_that_is_gone_is_gone_at_once(stages: Detecting) -> None:
    follow = SequenceAnalyzer(stages)
    first = frames(still, 0.1)[0]
    follow(first)
    grey = np.full_like(first.image, 128)
    assert follow(Frame(grey, 1, 1 / 15, 0.0)).result.faces == ()


def test_a_change_of_expression_shows_within_300_ms(stages: Detecting) -> None:
    follow = SequenceAnalyzer(stages)
    stages.happy = 0.05
    sequence = frames(still, 1.4, 20.0)
    for frame in sequence[:20]:
        follow(frame)
    stages.happy = 0.9
    turned = next(f for f in sequence[20:] if follow(f).result.faces[0].emotion == "happiness")
    assert turned.time_s - sequence[19].time_s <= 0.3


def test_pictures_of_another_size_and_time_that_steps_back_begin_anew(stages: Detecting) -> None:
    follow = SequenceAnalyzer(stages)
    first = frames(still, 0.1)[0]
    ((larger, _),) = play([Actor("left", still)], 0.05, 20.0, (480, 360))
    assert follow(first).result.faces[0].face_id == 0
    again = follow(Frame(larger.image, 1, 0.1, 0.0)).result
    assert (again.faces[0].face_id, again.width) == (1, 480)
    assert follow(Frame(larger.image, 2, 0.0, 0.0)).result.faces[0].face_id == 2


def test_a_step_of_the_player_keeps_the_face_and_a_jump_does_not(stages: Detecting) -> None:
    follow = SequenceAnalyzer(stages)
    image = frames(still, 0.1)[0].image
    numbers = [
        follow(Frame(image, index, index / 10, 0.0, epoch=epoch)).result.faces[0].face_id
        for index, epoch in ((0, 0), (1, 0), (2, 1), (30, 2), (31, 2))
    ]
    assert numbers == [0, 0, 0, 1, 1]


@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (240, 320)])
def test_pictures_without_anything(stages: Detecting, shape: tuple[int, int]) -> None:
    follow = SequenceAnalyzer(stages)
    for i in range(3):
        black = np.zeros((*shape, 3), np.uint8)
        assert follow(Frame(black, i, i / 30, 0.0)).result.faces == ()


def test_garbage_is_refused() -> None:
    follow = SequenceAnalyzer(Analyzer())
    with pytest.raises(ImageError):
        follow(Frame(np.zeros((0, 0, 3), np.uint8), 0, 0.0, 0.0))
