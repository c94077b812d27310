from dataclasses import replace

from emogui.live.publish.schema import Event, Published, RecordingInfo
from emogui.live.publish.sequencer import SendQueue, Sequencer
from tests.live.publish.feeding import analysed, face

INFO = RecordingInfo("a" * 32, "clip", "net", "finder", "ferplus", ("x",))
MARK = Event("mark", INFO.id, 0.0, 0.0)


def frame(index, *numbers, recording=INFO):
    one = analysed(index, *(face(n) for n in numbers))
    return Published(recording, one.result, one.frame.captured_at)


def told(sequencer, *items):
    """What a receiver is told, in short."""
    words = []
    for item in items:
        for message in sequencer.messages(item):
            if isinstance(message, Published):
                words.append(message.result.frame)
            elif isinstance(message, RecordingInfo):
                words.append("hello")
            else:
                number = "" if message.face_id is None else f" {message.face_id}"
                words.append(message.kind + number)
    return words


def test_a_recording_begins_with_a_hello_and_its_faces():
    assert told(Sequencer(), frame(0, 4, 7), frame(1, 4, 7)) == [
        "hello", "recording_started", "face_appeared 4", "face_appeared 7", 0, 1,
    ]  # fmt: skip


def test_a_face_that_is_missed_for_a_moment_stays():
    assert told(Sequencer(), frame(0, 4), frame(1), frame(29, 4))[-2:] == [1, 29]


def test_a_face_that_stays_away_has_left_and_may_come_back():
    assert told(Sequencer(), frame(0, 4), frame(31), frame(60, 4))[3:] == [
        0, "face_left 4", 31, "face_appeared 4", 60,
    ]  # fmt: skip


def test_where_the_source_jumps_back_the_faces_of_before_have_left():
    assert told(Sequencer(), frame(90, 4), frame(0, 5))[-3:] == [
        "face_left 4", "face_appeared 5", 0,
    ]  # fmt: skip


def test_the_end_lets_everyone_leave_once():
    end = Event("recording_ended", INFO.id, 0.0, 0.0)
    assert told(Sequencer(), frame(0, 4), end, end, MARK)[4:] == [
        "face_left 4", "recording_ended", "mark",
    ]  # fmt: skip


def test_another_recording_ends_the_one_before():
    other = replace(INFO, id="b" * 32)
    assert told(Sequencer(), frame(0, 4), frame(0, 4, recording=other))[4:] == [
        "face_left 4", "recording_ended", "hello", "recording_started", "face_appeared 4", 0,
    ]  # fmt: skip


def test_what_is_left_out_leaves_no_face_behind():
    """The queue drops frames before the events are found, so each face that left had appeared."""
    queue, sequencer, words = SendQueue(2), Sequencer(), []
    items = [frame(i, *([1] if i < 5 else [2])) for i in range(60)]
    dropped = 0
    for place, item in enumerate(items):
        dropped += queue.put(item)
        if place % 10 == 9:
            while (one := queue.take()) is not None:
                words += told(sequencer, one)
    numbers = [word for word in words if isinstance(word, int)]
    assert numbers == [8, 9, 18, 19, 28, 29, 38, 39, 48, 49, 58, 59] and dropped == 48
    assert [w for w in words if "face" in str(w)] == ["face_appeared 2"]


def test_the_newest_frames_and_events_win():
    queue = SendQueue(2, 3)
    for i in range(5):
        queue.put(frame(i))
        queue.put(replace(MARK, time_s=float(i)))
    assert len(queue) == 5
    items = [queue.take() for _ in range(5)]
    assert queue.take() is None and len(queue) == 0
    assert [i.result.frame for i in items if isinstance(i, Published)] == [3, 4]
    assert [i.time_s for i in items if isinstance(i, Event)] == [2.0, 3.0, 4.0]
