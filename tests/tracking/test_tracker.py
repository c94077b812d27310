"""Made sequences of boxes."""

from __future__ import annotations

import numpy as np
import pytest

from emogui.tracking.appearance import Look
from emogui.tracking.tracker import Observation, Tracker
from emogui.types import FaceBox


def seen(x: float, y: float = 0, side: int = 20, score: float = 0.9, look: Look | None = None):
    return Observation(FaceBox(round(x), round(y), side, side), score, look)


def numbers(tracker: Tracker, boxes: list[Observation], time_s: float) -> list[int | None]:
    return [None if t is None else t.number for t in tracker.update(boxes, time_s)]


def look(*values: float) -> Look:
    array = np.array(values, np.float32)
    return array / np.linalg.norm(array)


def test_numbers_stay_though_the_order_changes() -> None:
    tracker = Tracker()
    assert numbers(tracker, [seen(0), seen(40, side=18)], 0.0) == [0, 1]
    assert numbers(tracker, [seen(41, side=21), seen(0)], 0.04) == [1, 0]


def test_the_total_cost_counts_and_not_the_best_single_pair() -> None:
    tracker = Tracker()
    tracker.update([seen(0), seen(10)], 0.0)
    assert numbers(tracker, [seen(6), seen(11)], 0.04) == [0, 1]


@pytest.mark.parametrize("fps", [5, 15, 30, 60])
def test_faces_that_cross_keep_going(fps: int) -> None:
    """Without pictures: the motion alone tells who is who."""
    tracker, got = Tracker(), []
    for i in range(2 * fps):
        t = i / fps
        left, right = 100 * t, 200 - 100 * t
        boxes = [seen(left, 0, 40), seen(right, 8, 40)]
        if abs(left - right) < 24:
            boxes = boxes[:1]  # the one behind is not found
        got.append(numbers(tracker, boxes, t))
    assert got[0] == got[-1] == [0, 1]
    assert tracker.given == 2


@pytest.mark.parametrize("gap_s", [0.1, 0.5, 1.0])
def test_a_short_loss_is_survived(gap_s: float) -> None:
    tracker = Tracker()
    for i in range(10):
        numbers(tracker, [seen(3 * i)], i / 30)
    for i in range(round(30 * gap_s)):
        assert numbers(tracker, [], (10 + i) / 30) == []
    assert numbers(tracker, [seen(36)], 10 / 30 + gap_s) == [0]


def test_a_long_one_is_not() -> None:
    tracker = Tracker(kept_s=1.0)
    numbers(tracker, [seen(0)], 0.0)
    numbers(tracker, [], 0.5)
    assert numbers(tracker, [seen(0)], 1.6) == [1]


def test_who_comes_back_must_look_alike() -> None:
    tracker = Tracker()
    numbers(tracker, [seen(0, look=look(1, 0.1))], 0.0)
    numbers(tracker, [], 0.4)
    assert numbers(tracker, [seen(2, look=look(0.1, 1))], 0.8) == [1]
    assert numbers(tracker, [seen(2, look=look(0.1, 1)), seen(30, look=look(1, 0.1))], 0.9) == [
        1,
        0,
    ]


def test_faint_boxes_continue_a_face_and_begin_none() -> None:
    tracker = Tracker(faint_below=0.5)
    assert numbers(tracker, [seen(0, score=0.3)], 0.0) == [None]
    assert numbers(tracker, [seen(0)], 0.1) == [0]
    assert numbers(tracker, [seen(1, score=0.3), seen(70, score=0.4)], 0.2) == [0, None]


def test_a_slow_analysis_does_not_change_who_is_who() -> None:
    tracker = Tracker(kept_s=0.5)
    numbers(tracker, [seen(0)], 0.0)
    assert numbers(tracker, [seen(0)], 1.4) == [0]


def test_time_that_steps_back_begins_anew() -> None:
    tracker = Tracker()
    numbers(tracker, [seen(0)], 5.0)
    assert numbers(tracker, [seen(0)], 0.0) == [1]


def test_thirty_trembling_faces() -> None:
    random, tracker = np.random.default_rng(3), Tracker()
    for i in range(60):
        boxes = [
            seen(60 * (k % 6) + random.normal(0, 1.5), 70 * (k // 6) + random.normal(0, 1.5), 40)
            for k in range(30)
            if i == 0 or random.random() > 0.1  # each tenth is missed
        ]
        tracker.update(boxes, i / 30)
    assert tracker.given == 30


def test_boxes_do_not_jump_and_do_not_lag() -> None:
    random = np.random.default_rng(1)
    tracker = Tracker()
    shown, raw = [], []
    for i in range(90):
        x = 300 + random.normal(0, 2)
        tracker.update([seen(x, 0, 100)], i / 30)
        shown.append(tracker.tracks[0].shown.x)
        raw.append(round(x))
    assert np.std(np.diff(shown[10:])) < 0.5 * np.std(np.diff(raw[10:]))
    for i in range(30):  # then it moves three sides a second
        x = 300 + 10 * i
        tracker.update([seen(x, 0, 100)], 3 + i / 30)
    assert abs(tracker.tracks[0].shown.x - x) <= 4


def test_a_neighbour_that_comes_in_gets_its_number_at_once() -> None:
    tracker = Tracker()
    numbers(tracker, [seen(0, look=look(1, 0.9))], 0.0)
    assert numbers(tracker, [seen(40, look=look(0.9, 1)), seen(0, look=look(1, 0.9))], 0.1) == [
        1,
        0,
    ]


def test_what_comes_out_from_behind_another_face_waits_for_its_number() -> None:
    tracker = Tracker()
    numbers(tracker, [seen(0, look=look(1, 0))], 0.0)
    numbers(tracker, [], 0.1)
    assert numbers(tracker, [seen(45, look=look(0.7, 0.6))], 0.2) == [None]
    assert numbers(tracker, [seen(47, look=look(1, 0.1))], 0.7) == [0]
