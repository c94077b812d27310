"""How many frames of a live source are analysed if each stage takes a known time; nothing waits."""

from __future__ import annotations

import pytest

from .costly import FPS, Costly, Live


def analysed(live: Live, seconds: float) -> tuple[int, int, int]:
    """Frames that came, that have a result, and that were analysed whole."""
    came, results = live.play(seconds)
    return came, len(results), sum(result.analysed for result in results)


@pytest.mark.parametrize("changing", [False, True])
@pytest.mark.parametrize(
    ("detect_ms", "batch_ms", "face_ms", "faces"),
    [(7, 0, 4, 1), (9, 2, 2, 4), (9, 2, 2, 10), (10, 2, 2.1, 10), (1, 2, 3, 10)],
)
def test_every_frame_with_every_face_while_that_fits(
    detect_ms: float, batch_ms: float, face_ms: float, faces: int, changing: bool
) -> None:
    stages = Costly(detect_ms, batch_ms, face_ms, faces)
    assert stages.whole_ms <= 1e3 / FPS
    came, results = Live(stages, changing).play(2.5)
    assert len(results) == came
    assert all(one.analysed and len(one.result.faces) == faces for one in results)


def test_then_the_detector_looks_less_often_and_all_frames_are_still_analysed() -> None:
    live = Live(Costly(20, 2, 2.4, 10))  # 46 ms, 26 of them the network
    live.play(2.0)
    looks, every = live.stages.looks, set[int]()
    for _ in range(50):
        came, _, whole = analysed(live, 0.1)
        assert whole == came
        every.add(live.follow.schedule.every)
    assert len(every) == 1  # it does not swing
    assert 5 * 4 <= live.stages.looks - looks <= 5 * FPS / 2


def test_where_the_network_alone_is_too_slow_unchanged_faces_are_passed_over() -> None:
    live = Live(Costly(10, 4, 5, 10))  # the network takes 54 ms
    live.play(2.0)
    came, results, whole = analysed(live, 5.0)
    assert results >= 0.6 * came  # most frames are placed anew
    assert whole >= 0.4 * came


def test_and_where_all_faces_change_as_many_frames_as_there_is_time_for_are_whole() -> None:
    live = Live(Costly(10, 4, 5, 10), changing=True)
    live.play(2.0)
    _, results, whole = analysed(live, 5.0)
    assert whole == results
    assert whole >= 0.9 * 5 * 1e3 / live.stages.whole_ms


def test_it_recovers_when_there_is_time_again() -> None:
    stages = Costly(40, 4, 9, 10)
    live = Live(stages)
    came, _, whole = analysed(live, 5.0)
    assert whole < came
    stages.detect_ms, stages.face_ms = 5, 1.8
    live.play(3.0)
    came, _, whole = analysed(live, 5.0)
    assert whole == came
    assert live.follow.schedule.every == 1


def test_a_single_frame_that_takes_long_changes_little() -> None:
    stages = Costly(8, 2, 2, 10)
    live = Live(stages)
    live.play(2.0)
    stages.batch_ms = 400  # something else had the processor
    live.play(1 / FPS)
    stages.batch_ms = 2
    live.play(1.0)
    came, _, whole = analysed(live, 2.0)
    assert whole == came
