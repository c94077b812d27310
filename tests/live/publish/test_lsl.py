"""Streams as a real inlet of pylsl, in a process of its own, receives them."""

from __future__ import annotations

import math
import sys
import uuid

import pytest

from emogui.errors import EmoguiError
from emogui.labels import FER2013, FERPLUS
from emogui.live.publish import lsl
from emogui.live.publish.schema import Event, Published, RecordingInfo
from emogui.live.publish.target import Target
from tests.live.publish.feeding import analysed, face, wait_until

try:
    import pylsl
except (ImportError, RuntimeError, OSError) as error:
    pylsl, why = None, f"liblsl cannot be loaded here: {error}"
else:
    why = ""

needs_lsl = pytest.mark.skipif(pylsl is None, reason=why)


def test_a_face_keeps_its_slot_while_it_is_in_sight():
    slots = lsl.Slots(2)

    def numbers(*present):
        return [f and f.face_id for f in slots.place([face(n) for n in present])]

    assert numbers(4, 7) == [4, 7]
    assert numbers(7, 4) == [4, 7], "though another one is larger now"
    assert numbers(9, 7, 4) == [4, 7], "there is no room for a third"
    assert numbers(7) == [None, 7]
    assert numbers(9, 7) == [9, 7]


def test_a_sample_has_a_value_for_each_channel():
    info = RecordingInfo("a", "clip", "net", "finder", "ferplus", FERPLUS)
    one = analysed(5, face(3, "anger", 12))
    names = lsl.channel_names(FERPLUS)
    placed = lsl.Slots().place(one.result.faces)
    values = lsl.sample_of(Published(info, one.result, 0.0), placed, FERPLUS)
    assert len(names) == len(set(names)) == len(values) == 2 + 4 * (7 + 8)
    sample = dict(zip(names, values, strict=True))
    assert (sample["frame"], sample["faces"], sample["1_face_id"]) == (5, 1, 3)
    assert (sample["1_x"], sample["1_w"], sample["1_p_anger"]) == (30, 12, 0.93)
    assert math.isnan(sample["2_face_id"]) and math.isnan(sample["4_p_neutral"])


@pytest.mark.parametrize(
    ("event", "marker"),
    [
        (Event("face_left", "a", 0, 0, 3), "face_left/3"),
        (Event("mark", "a", 0, 0), "mark"),
        (Event("recording_started", "a", 0, 0), "recording_started/a"),
    ],
)
def test_markers_are_words_with_a_number(event, marker):
    assert lsl.marker_of(event) == marker


def unique() -> Target:
    return Target("lsl", name=f"emogui-test-{uuid.uuid4().hex[:12]}")


def inlet_of(name):
    (found,) = pylsl.resolve_byprop("name", name, timeout=20)
    inlet = pylsl.StreamInlet(found)
    inlet.open_stream(timeout=20)
    return inlet


@needs_lsl
def test_streams_are_there_before_the_first_frame_and_tell_the_time_of_capture(publishing):
    target = unique()
    (publisher,) = publishing.start([target], FERPLUS)
    numbers, markers = inlet_of(target.name), inlet_of(f"{target.name}-events")
    info = numbers.info(timeout=20)
    assert (info.type(), info.channel_count(), info.nominal_srate()) == ("Emotion", 62, 0.0)
    assert info.desc().child_value("version") == "1"
    before = pylsl.local_clock()
    one = analysed(5, face(3, "anger", 12))
    publishing.result(one)
    publishing.mark()
    sample, at = numbers.pull_sample(timeout=20)
    assert before - 1 < at <= pylsl.local_clock() and len(sample) == 62
    assert sample[:2] == [5, 1] and math.isnan(sample[-1])
    got = [markers.pull_sample(timeout=20) for _ in range(3)]
    assert got[1][0] == ["face_appeared/3"] and got[2][0] == ["mark"]
    assert got[0][0][0].startswith("recording_started/")
    assert got[1][1] == pytest.approx(at, abs=1e-3), "one and the same frame"
    wait_until(lambda: publisher.status.receivers == 1)
    numbers.close_stream()
    markers.close_stream()


@needs_lsl
def test_other_labels_have_streams_of_their_own(publishing):
    target = unique()
    (publisher,) = publishing.start([target], FER2013)
    publishing.result(analysed(0, face()))
    wait_until(lambda: publisher.status.sent == 1)
    inlet = inlet_of(target.name)
    assert inlet.channel_count == 2 + 4 * (7 + 8)
    inlet.close_stream()


@needs_lsl
def test_the_reach_cannot_be_changed_while_it_runs(publishing, monkeypatch):
    monkeypatch.setattr(lsl, "_configured", False)
    with pytest.raises(EmoguiError, match="this computer"):
        publishing.start([Target("lsl", "network", name="x")])


@pytest.mark.parametrize(
    ("raised", "says", "hint"),
    [
        (ImportError("no pylsl"), "package pylsl", "pip install pylsl"),
        (RuntimeError("LSL binary library file was not found."), "liblsl", "PYLSL_LIB"),
    ],
)
def test_what_is_missing_is_told_with_what_to_install(publishing, monkeypatch, raised, says, hint):
    class Finder:
        def find_spec(self, name, *_):
            if name == "pylsl":
                raise raised

    monkeypatch.delitem(sys.modules, "pylsl", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    with pytest.raises(EmoguiError, match=says) as caught:
        publishing.start([unique()])
    assert hint in caught.value.hint
