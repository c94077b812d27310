from __future__ import annotations

import math
from dataclasses import replace

import pytest

from emogui.live.tracks import FaceTracks
from emogui.types import FaceResult, Frame, FrameResult

from .faulty_source import face, picture, result_of

FRAME = Frame(picture(), 0, 0.0, 0.0)


def result(*faces: FaceResult) -> FrameResult:
    return replace(result_of(FRAME), faces=faces)


def ids(found: FrameResult) -> list[int]:
    return [one.face_id for one in found.faces]


def test_faces_keep_their_numbers_though_their_order_changes() -> None:
    tracks = FaceTracks()
    left, right = face(x=0), face(x=40, w=18, h=18)
    assert ids(tracks.update(result(left, right), 0.0)) == [0, 1]
    grown = face(x=41, w=21, h=21)
    assert ids(tracks.update(result(grown, left), 0.04)) == [1, 0]


def test_the_best_overlap_is_matched_first() -> None:
    tracks = FaceTracks()
    tracks.update(result(face(x=0), face(x=10)), 0.0)
    assert ids(tracks.update(result(face(x=6), face(x=11)), 0.04)) == [0, 1]


def test_a_new_face_gets_a_new_number_and_a_lost_one_is_remembered_for_a_while() -> None:
    tracks = FaceTracks(kept_s=0.5)
    tracks.update(result(face(x=0)), 0.0)
    assert ids(tracks.update(result(face(x=40)), 0.1)) == [1]
    assert ids(tracks.update(result(face(x=0), face(x=40)), 0.4)) == [0, 1]
    tracks.update(result(face(x=40)), 0.6)
    assert ids(tracks.update(result(face(x=40), face(x=0)), 1.0)) == [1, 2]


@pytest.mark.parametrize("steps", [1, 5, 50])
def test_smoothing_depends_on_time_and_not_on_the_frame_rate(steps: int) -> None:
    tracks = FaceTracks(smoothing_s=0.25)
    tracks.update(result(face(happy=0.0)), 0.0)
    for i in range(1, steps + 1):
        found = tracks.update(result(face(happy=1.0)), 0.25 * i / steps)
    happy = found.faces[0].probabilities["happiness"]
    assert happy == pytest.approx(1 - math.exp(-1))
    assert sum(found.faces[0].probabilities.values()) == pytest.approx(1)


def test_the_first_result_is_shown_as_it_is_and_no_smoothing_changes_nothing() -> None:
    tracks = FaceTracks(smoothing_s=0)
    tracks.update(result(face(happy=0.2)), 0.0)
    found = tracks.update(result(face(happy=0.9)), 0.01)
    assert found.faces[0].confidence == pytest.approx(0.9)


def test_another_head_is_not_mixed_with_the_former() -> None:
    tracks = FaceTracks()
    tracks.update(result(face()), 0.0)
    other = replace(face(), probabilities={"angry": 0.1, "happy": 0.9})
    assert dict(tracks.update(result(other), 0.01).faces[0].probabilities) == {
        "angry": 0.1,
        "happy": 0.9,
    }


def test_time_that_steps_back_begins_anew() -> None:
    tracks = FaceTracks()
    tracks.update(result(face()), 5.0)
    assert ids(tracks.update(result(face()), 0.0)) == [1]


def test_no_faces() -> None:
    assert FaceTracks().update(result(), 0.0).faces == ()


def test_the_doubt_goes_with_the_smoothed_probabilities() -> None:
    tracks = FaceTracks(smoothing_s=0.25)
    large = {"w": 60, "h": 60}
    tracks.update(result(face(happy=0.95, **large)), 0.0, 0.6)
    flicker = replace(face(happy=0.5, **large), uncertain=True, uncertain_reason="low")
    found = tracks.update(result(flicker), 0.01, 0.6).faces[0]
    assert (found.uncertain, found.uncertain_reason) == (False, None)
    lasting = tracks.update(result(flicker), 2.0, 0.6).faces[0]
    assert lasting.uncertain and "top probability 50%" in (lasting.uncertain_reason or "")
    small = tracks.update(result(face(happy=0.99, w=12, h=12)), 9.0, 0.6).faces[0]
    assert "small" in (small.uncertain_reason or "")


def test_a_slow_analysis_does_not_change_who_is_who() -> None:
    tracks = FaceTracks(kept_s=0.5)
    tracks.update(result(face()), 0.0)
    assert ids(tracks.update(result(face()), 2.0)) == [0]
