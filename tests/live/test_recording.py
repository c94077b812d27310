import csv
import dataclasses
import json
import signal
import subprocess
import sys
import textwrap
import threading
import time
from datetime import datetime
from pathlib import Path

import av
import numpy as np
import pytest

from emogui.errors import EmoguiError
from emogui.labels import FERPLUS
from emogui.live import recording as module
from emogui.live.recording import Recording
from emogui.live.recording_plan import RecordingPlan
from emogui.live.recording_slot import RecordingSlot
from emogui.live.session import LiveSession
from emogui.live.update import Analysed, LiveState
from emogui.output.durable import Existing
from emogui.output.recover import read_results, recover
from emogui.output.streams import ResultStream
from emogui.types import FaceBox, FaceResult, Frame

from .faulty_source import FaultySource, lost, picture, result_of

FULL_DISK = Path("/dev/full")
NOW = datetime(2026, 11, 5, 9, 7, 3)


def noise(index=0, width=64, height=48):
    return np.random.default_rng(index).integers(0, 256, (height, width, 3), np.uint8)


def face_at(x):
    probabilities = dict.fromkeys(FERPLUS, 0.02) | {"happiness": 0.86}
    return FaceResult(0, FaceBox(x, 10, 16, 16), 0.9, None, probabilities)


def frame(index, image=None):
    now = time.monotonic()
    return Frame(noise(index) if image is None else image, index, index / 20, now)


def analysed(one, x=10):
    return Analysed(one, result_of(one, face_at(x)))


def record(plan, count=10, **options):
    recording = Recording(plan, **options)
    recording.start()
    for i in range(count):
        one = frame(i)
        recording.frame(one)
        recording.result(analysed(one))
    recording.stop()
    assert recording.join(20)
    return recording.status


def decoded(path):
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def test_names_lie_side_by_side_and_nothing_is_overwritten(tmp_path):
    plan = RecordingPlan.in_folder(tmp_path, now=NOW)
    assert [path.name for path in plan.paths] == [
        f"emogui-20261105-090703.{suffix}" for suffix in ("jsonl", "csv", "mp4")
    ]
    (tmp_path / "emogui-20261105-090703.csv").write_text("mine")
    (tmp_path / "emogui-20261105-090703-2.mp4").write_text("mine")
    plan = RecordingPlan.in_folder(tmp_path, results=False, now=NOW)
    assert [path.name for path in plan.paths] == ["emogui-20261105-090703-3.mp4"]


def test_results_table_and_video_hold_every_frame(tmp_path):
    status = record(RecordingPlan.in_folder(tmp_path, now=NOW), 10)
    lines, table, video = (
        tmp_path / f"emogui-20261105-090703{s}" for s in (".jsonl", ".csv", ".mp4")
    )
    assert status.error is None and not status.running and status.opened
    assert (status.results, status.frames, status.left_out, status.withheld) == (10, 10, 0, 0)
    assert [json.loads(line)["frame"] for line in lines.read_text().splitlines()] == list(range(10))
    with table.open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 10
    assert [f.time for f in decoded(video)] == pytest.approx([i / 20 for i in range(10)], abs=1e-3)
    assert status.size == sum(path.stat().st_size for path in (lines, table, video))


def test_a_frame_without_a_result_carries_the_boxes_of_its_neighbour(tmp_path):
    plan = RecordingPlan(video=tmp_path / "a.mp4")
    recording = Recording(plan)
    recording.start()
    grey = [frame(i, picture()) for i in range(3)]
    for one in grey:
        recording.frame(one)
    recording.result(analysed(grey[0], 4))
    recording.result(analysed(grey[2], 40))
    recording.stop()
    assert recording.join(10) and recording.status.frames == 3
    for shown in decoded(plan.video):
        pixels = shown.to_ndarray(format="rgb24")
        assert pixels.std() > 10  # a frame was drawn into each of them


def test_faces_are_hidden_and_frames_nobody_looked_at_are_withheld(tmp_path):
    plan = RecordingPlan(video=tmp_path / "a.mp4", hide="box")
    recording = Recording(plan)
    recording.start()
    one = frame(0, picture(value=250))
    recording.frame(one)
    deadline = time.monotonic() + 10
    while recording.status.withheld == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    two = dataclasses.replace(frame(1, picture(value=250)), captured_at=time.monotonic() + 60)
    recording.frame(two)
    recording.result(analysed(two, 20))
    recording.stop()
    assert recording.join(10)
    assert (recording.status.frames, recording.status.withheld) == (1, 1)
    (shown,) = decoded(plan.video)
    pixels = shown.to_ndarray(format="rgb24")
    assert pixels[20, 29].max() < 130 and pixels[46, 2].min() > 230


class SlowSink:
    """A disk that hangs until it is released."""

    def __init__(self):
        self.release = threading.Event()
        self.written = []

    def write(self, result):
        self.release.wait(20)
        self.written.append(result.frame)

    def close(self):
        pass


def test_a_slow_disk_costs_frames_but_never_a_result_nor_time(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_MOST", 12)
    sink = SlowSink()
    recording = Recording(RecordingPlan(video=tmp_path / "a.mp4"), [sink])
    recording.start()
    assert recording.wait_until_open()
    for i in range(200):  # it comes to its end while the disk hangs: nothing here waits
        one = frame(i)
        recording.frame(one)
        recording.result(analysed(one))
    assert not sink.written and recording.status.left_out >= 150
    recording.stop()
    assert not recording.join(0.05)
    sink.release.set()
    assert recording.join(20)
    status = recording.status
    assert sink.written == list(range(200)) and status.results == 200
    assert status.frames + status.left_out == 200 and status.error is None
    assert len(decoded(tmp_path / "a.mp4")) == status.frames


def test_where_every_frame_counts_the_source_waits(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_MOST", 8)
    sink = SlowSink()
    threading.Timer(0.3, sink.release.set).start()
    plan = RecordingPlan(video=tmp_path / "a.mp4", every_frame=True)
    recording = Recording(plan, [sink])
    recording.start()
    for i in range(60):
        one = frame(i)
        recording.frame(one)
        recording.result(analysed(one))
    recording.stop()
    assert recording.join(20)
    assert recording.status.frames == 60 and recording.status.left_out == 0


def test_a_disk_that_never_answers_ends_the_recording(monkeypatch):
    monkeypatch.setattr(module, "MOST_RESULTS", 50)
    sink = SlowSink()
    recording = Recording(RecordingPlan(), [sink])
    recording.start()
    for i in range(100):
        recording.result(analysed(frame(i)))
    assert "not answered" in str(recording.status.error)
    sink.release.set()
    assert recording.join(20)


@pytest.mark.skipif(not FULL_DISK.exists(), reason="needs the device that is always full")
def test_a_full_disk_stops_what_it_stops_and_the_rest_goes_on(tmp_path):
    plan = RecordingPlan(json=FULL_DISK, csv=tmp_path / "a.csv", existing=Existing.REPLACE)
    status = record(plan, 5)
    assert len(status.errors) == 1
    assert "No space" in str(status.error) and "free some space" in str(status.error)
    with (tmp_path / "a.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 5


@pytest.mark.skipif(not FULL_DISK.exists(), reason="needs the device that is always full")
def test_a_session_goes_on_when_its_recording_fails():
    recording = Recording(RecordingPlan(json=FULL_DISK, existing=Existing.REPLACE))
    recording.start()
    source = FaultySource((noise(i) for i in range(60)), fps=200)
    session = LiveSession(lambda: source, result_of, on_result=recording.result)
    session.start()
    deadline = time.monotonic() + 20
    while session.alive and time.monotonic() < deadline:
        update = session.poll()
        time.sleep(0.01)
    update = session.poll()
    assert update.state is LiveState.ENDED and update.error is None
    assert update.statistics.captured == 60
    assert recording.join(10)
    assert not recording.status.running and "No space" in str(recording.status.error)


def test_a_camera_pulled_out_leaves_finished_files(tmp_path):
    plan = RecordingPlan.in_folder(tmp_path, now=NOW)
    recording = Recording(plan)
    recording.start()
    source = FaultySource([*(noise(i) for i in range(20)), lost()], fps=100)
    session = LiveSession(
        lambda: source, result_of, on_frame=recording.frame, on_result=recording.result
    )
    session.start()
    deadline = time.monotonic() + 20
    while session.alive and time.monotonic() < deadline:
        session.poll()
        time.sleep(0.01)
    assert session.poll().state is LiveState.FAILED
    recording.stop()
    assert recording.join(10)
    status = recording.status
    assert status.error is None and status.frames == 20 == len(decoded(plan.video))
    assert len(list(read_results(plan.json))) == status.results > 0


@pytest.mark.parametrize("kind", ["no folder", "a file in the way", "exists"])
def test_what_cannot_be_opened_is_told_and_nothing_hangs(tmp_path, kind):
    folder = {"no folder": tmp_path / "no", "a file in the way": tmp_path / "file"}.get(
        kind, tmp_path
    )
    (tmp_path / "file").write_text("")
    plan = RecordingPlan(json=folder / "a.jsonl", csv=folder / "a.csv", video=folder / "a.mp4")
    for path in plan.paths if kind == "exists" else ():
        path.write_text("mine")
    status = record(plan, 3)
    assert isinstance(status.error, EmoguiError) and status.error.hint
    assert not status.running and status.results == status.frames == 0
    if kind == "exists":
        assert {path.read_text() for path in plan.paths} == {"mine"}


def test_a_folder_that_goes_away_is_told(tmp_path):
    now = [0.0]
    folder = tmp_path / "stick"
    folder.mkdir()
    recording = Recording(RecordingPlan(json=folder / "a.jsonl"))
    recording.start()
    assert recording.wait_until_open()
    (folder / "a.jsonl").unlink()
    folder.rmdir()
    stream = recording._sinks[0]
    assert isinstance(stream, ResultStream)
    stream._file._clock = lambda: now.append(0) or 1e9
    for i in range(3):
        recording.result(analysed(frame(i)))
    assert recording.join(10)  # it ends by itself: nothing is left to write to
    assert "deleted" in str(recording.status.error)


def test_too_small_a_picture_costs_the_video_and_not_the_results(tmp_path):
    recording = Recording(RecordingPlan(json=tmp_path / "a.jsonl", video=tmp_path / "a.mp4"))
    recording.start()
    for i in range(4):
        one = frame(i, np.zeros((8, 8, 3), np.uint8))
        recording.frame(one)
        recording.result(Analysed(one, result_of(one, face_at(0))))
    recording.stop()
    assert recording.join(10)
    assert "16x16" in str(recording.status.error) and recording.status.results == 4


def test_a_player_that_jumps_leaves_no_gap_in_the_video(tmp_path):
    recording = Recording(RecordingPlan(video=tmp_path / "a.mp4"))
    recording.start()
    for index, time_s, epoch in (
        (0, 0.0, 0),
        (1, 0.1, 0),
        (900, 90.0, 1),
        (30, 3.0, 2),
        (31, 3.1, 2),
    ):
        one = dataclasses.replace(frame(index), time_s=time_s, epoch=epoch)
        recording.frame(one)
        recording.result(analysed(one))
    recording.stop()
    assert recording.join(10)
    times = [f.time for f in decoded(tmp_path / "a.mp4")]
    assert times == pytest.approx([0, 0.1, 0.1333, 0.1667, 0.2667], abs=1e-3)


def test_starting_and_stopping_leaves_no_thread(tmp_path):
    before = threading.active_count()
    for i in range(20):
        recording = Recording(RecordingPlan(json=tmp_path / f"{i}.jsonl"))
        recording.start()
        recording.stop()
        recording.stop()
        assert recording.join(10)
    assert threading.active_count() == before


def test_recordings_come_and_go_while_a_session_runs(tmp_path):
    slot = RecordingSlot()
    source = FaultySource((noise(i) for i in range(10_000)), fps=200)
    session = LiveSession(lambda: source, result_of, on_frame=slot.frame, on_result=slot.result)
    session.start()
    assert slot.recording is None
    slot.stop()
    recordings = []
    for _ in range(3):
        recordings.append(slot.start(RecordingPlan.in_folder(tmp_path, now=NOW)))
        assert recordings[-1].wait_until_open()
        deadline = time.monotonic() + 20
        while recordings[-1].status.results < 5 and time.monotonic() < deadline:
            time.sleep(0.01)
    slot.stop()
    session.stop()
    assert all(one.join(10) for one in recordings)
    while session.alive:
        time.sleep(0.01)
    assert len({path for one in recordings for path in one.plan.paths}) == 9
    for one in recordings:
        assert one.status.error is None
        assert len(list(read_results(one.plan.json))) == one.status.results >= 5
        assert len(decoded(one.plan.video)) == one.status.frames
    numbers = [r.frame for one in recordings for r in read_results(one.plan.json)]
    assert len(set(numbers)) == len(numbers)  # a result is in one of them alone


def test_a_reader_that_goes_away_is_told():
    class Pipe:
        def write(self, result):
            raise BrokenPipeError

        def close(self):
            pass

    recording = Recording(RecordingPlan(), [Pipe()])
    recording.start()
    recording.result(analysed(frame(0)))
    assert recording.join(10)
    assert "has gone" in str(recording.status.error)


def test_killed_while_recording(tmp_path):
    lines, video = tmp_path / "a.jsonl", tmp_path / "a.mp4"
    script = f"""
        import itertools, time
        from pathlib import Path
        import numpy as np
        from emogui.live.recording import Recording
        from emogui.live.recording_plan import RecordingPlan
        from emogui.live.update import Analysed
        from emogui.types import FaceBox, FaceResult, Frame, FrameResult
        recording = Recording(RecordingPlan(json=Path({str(lines)!r}), video=Path({str(video)!r})))
        recording.start()
        noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
        face = FaceResult(0, FaceBox(9, 9, 20, 20), 0.9, None, {{"neutral": 1.0}})
        for i in itertools.count():
            frame = Frame(np.roll(noise, i, axis=1), i, i / 30, time.monotonic())
            recording.frame(frame)
            recording.result(Analysed(frame, FrameResult("", i, i / 30, 64, 48, (face,))))
            print(i / 30, flush=True)
            time.sleep(1 / 30)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = 0.0
    while said < 2:
        said = float(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.communicate()
    recover(lines)
    results = list(read_results(lines))
    assert results[-1].time_s >= said - 1 and len(results) == results[-1].frame + 1
    assert decoded(video)[-1].time >= said - 1
