"""Finished results, followed by their boxes alone; and results carried to another frame."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emogui.tracking.results import ResultTracker, TrackedResult
from emogui.types import FaceBox, FaceResult, FrameResult


def face(x: int = 100, w: int = 60, happy: float = 0.7) -> FaceResult:
    probabilities = {"neutral": 1 - happy, "happiness": happy}
    return FaceResult(0, FaceBox(x, 100, w, w), 0.9, None, probabilities)


def result(*faces: FaceResult, time_s: float = 0.0) -> FrameResult:
    return FrameResult(time_s=time_s, width=640, height=480, faces=faces)


def test_faces_keep_their_numbers_and_places_in_the_result() -> None:
    tracker = ResultTracker()
    tracker.update(result(face(100), face(300)), 0.0)
    found = tracker.update(result(face(302), face(101)), 0.04).result
    assert [one.face_id for one in found.faces] == [1, 0]
    assert tracker.given == 2


def test_the_first_result_is_shown_as_it_is() -> None:
    found = ResultTracker().update(result(face(happy=0.2)), 0.0).result.faces[0]
    assert found.box == face().box
    assert found.probabilities == {"neutral": 0.8, "happiness": 0.2}


def test_no_faces() -> None:
    assert ResultTracker().update(result(), 0.0).result.faces == ()


def test_the_doubt_goes_with_the_smoothed_probabilities() -> None:
    tracker = ResultTracker()
    tracker.update(result(face(happy=0.95)), 0.0, 0.6)
    flicker = replace(face(happy=0.5), uncertain=True, uncertain_reason="low")
    found = tracker.update(result(flicker), 0.01, 0.6).result.faces[0]
    assert (found.uncertain, found.uncertain_reason) == (False, None)
    lasting = tracker.update(result(flicker), 1.2, 0.6).result.faces[0]
    assert lasting.uncertain and "top probability 5" in (lasting.uncertain_reason or "")
    small = tracker.update(result(face(w=12, happy=0.99)), 9.0, 0.6).result.faces[0]
    assert "small" in (small.uncertain_reason or "")


def moving() -> TrackedResult:
    tracker = ResultTracker()
    for i in range(20):
        tracked = tracker.update(result(face(100 + 6 * i), time_s=i / 30), i / 30)
    return tracked


def test_boxes_are_carried_to_the_frame_shown() -> None:
    tracked = moving()
    now = tracked.result
    ahead = tracked.at(now.time_s + 2 / 30)
    assert ahead.faces[0].box.x - now.faces[0].box.x == pytest.approx(12, abs=3)
    behind = tracked.at(now.time_s - 1 / 30)
    assert behind.faces[0].box.x - now.faces[0].box.x == pytest.approx(-6, abs=2)
    assert tracked.at(now.time_s) is now
    assert ahead.faces[0].probabilities == now.faces[0].probabilities


def test_but_not_far_and_not_out_of_the_picture() -> None:
    tracked = moving()
    x = tracked.result.faces[0].box.x
    assert tracked.at(tracked.result.time_s + 60).faces[0].box.x - x < 60
    narrow = replace(tracked, result=replace(tracked.result, width=x + 61))
    assert narrow.at(tracked.result.time_s + 0.2).faces[0].box.right <= x + 61
