"""Recording in the Live tab: what is asked, what is written, and what survives."""

from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image as PilImage

from emogui.gui.folders import described
from emogui.gui.widgets.live_record_sign import amount, clock
from emogui.live.update import LiveState
from emogui.output.durable import DurableFile
from tests.gui.live_driver import Live, endless_squares, live_threads
from tests.live import faulty_source as faulty


@pytest.fixture
def folder(live: Live, tmp_path: Path) -> Path:
    """Where the recordings go."""
    place = tmp_path / "recordings"
    place.mkdir()
    live.driver.context.update_settings(record_folder=str(place))
    return place


def begin(live: Live, **choices: object) -> None:
    """Presses Record, chooses and confirms."""
    live.view.controls.record_button.invoke()
    live.driver.root.update()
    dialog = live.view.recorder.dialog
    assert dialog is not None
    for name, value in choices.items():
        if name == "hide":
            dialog.faces[value].invoke()
        elif getattr(dialog.answer, name) != value:
            getattr(dialog, name).invoke()
    dialog.button.invoke()


def record(live: Live, least: int = 12, **choices: object) -> None:
    """Records at least so many results or frames, and stops."""
    begin(live, **choices)
    live.wait(lambda: live.view.recorder.slot.recording is not None)
    recording = live.view.recorder.slot.recording
    live.wait(lambda: max(recording.status.results, recording.status.frames) >= least)
    live.view.controls.record_button.invoke()
    live.wait(lambda: live.driver.shell.banner.visible)


def by_suffix(folder: Path) -> dict[str, Path]:
    return {path.suffix: path for path in folder.iterdir()}


def frames_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def is_hidden(frame: np.ndarray) -> bool:
    """Whether the white square of the larger face is grey; a drawn label may lie over a part."""
    return bool((frame[70:110, 55:65] < 130).mean() > 0.5)


def test_nothing_is_recorded_before_the_answer(live: Live, folder: Path) -> None:
    live.start()
    live.view.controls.record_button.invoke()
    live.driver.root.update()
    dialog = live.view.recorder.dialog
    live.driver.screenshot("live-record-dialog")
    live.view.controls.record_button.invoke()  # a second press brings the same dialog to the front
    assert live.view.recorder.dialog is dialog
    dialog.results.invoke()
    dialog.video.invoke()
    assert "disabled" in str(dialog.button.cget("state")), "there is nothing to record"
    dialog.dismiss()
    assert not live.view.recorder.recording and list(folder.iterdir()) == []


def test_results_and_video_are_recorded_and_open(live: Live, folder: Path) -> None:
    live.start()
    live.wait_for_faces()
    begin(live)
    sign = live.view.recorder._sign
    live.wait(lambda: sign.visible and "Recording" in sign.text and "kB" in sign.text)
    assert live.view.controls.record_button.cget("text") == "Stop recording"
    recording = live.view.recorder.slot.recording
    live.wait(lambda: recording.status.results > 12 and recording.status.frames > 12)
    live.driver.screenshot("live-recording")
    live.driver.commands.do("live_record")
    live.wait(lambda: live.driver.shell.banner.message.startswith("Recorded 0:0"))
    assert not sign.visible and live.view.running
    assert live.view.controls.record_button.cget("text") == "Record"
    files = by_suffix(folder)
    assert set(files) == {".jsonl", ".csv", ".mp4"}
    assert str(folder) in live.driver.shell.banner.hint
    lines = files[".jsonl"].read_text(encoding="utf-8").splitlines()
    assert len(json.loads(lines[-1])["faces"]) == 2
    assert files[".csv"].read_text(encoding="utf-8").count("\n") > len(lines)
    assert frames_of(files[".mp4"])[0].shape == (240, 320, 3)


def test_the_folder_of_the_recording_is_shown(
    live: Live, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Path] = []
    monkeypatch.setattr("emogui.gui.widgets.live_record.open_folder", shown.append)
    live.start()
    live.wait_for_faces()
    record(live, video=False)
    live.driver.shell.banner.button.invoke()
    live.wait(lambda: shown == [folder])


def test_the_choice_is_remembered(live: Live, folder: Path, tmp_path: Path) -> None:
    live.start()
    live.wait_for_faces()
    other = tmp_path / "other"
    other.mkdir()
    live.driver.dialogs.folder = str(other)
    live.view.controls.record_button.invoke()
    live.view.recorder.dialog.change.invoke()
    live.view.recorder.dialog.dismiss()
    assert live.driver.context.settings.record_folder == str(folder), "it was not confirmed"
    record(live, results=False, hide="box")
    assert set(by_suffix(folder)) == {".mp4"}
    settings = live.driver.context.settings
    assert (settings.record_results, settings.record_video) == (False, True)
    assert settings.hide_faces == "box"


def test_hidden_faces_are_in_no_frame_and_in_no_snapshot(
    live: Live, folder: Path, tmp_path: Path
) -> None:
    live.start()
    live.wait_for_faces()
    record(live, results=False, hide="box")
    frames = frames_of(by_suffix(folder)[".mp4"])
    assert len(frames) >= 10
    for frame in frames:
        assert is_hidden(frame), "the larger face is grey"
    live.driver.dialogs.save = str(tmp_path / "snap.png")
    live.view.controls.snapshot_button.invoke()
    live.wait((tmp_path / "snap.png").exists)
    live.wait(lambda: "Saved" in live.driver.shell.status.cget("text"))
    picture = np.asarray(PilImage.open(tmp_path / "snap.png"))
    assert is_hidden(picture)


def test_faces_that_nobody_looks_for_are_not_saved_unhidden(live: Live, folder: Path) -> None:
    live.start()
    live.wait_for_faces()
    live.view.toggle_analysis()
    banner = live.driver.shell.banner
    begin(live, hide="box")
    live.wait(lambda: "Detection is off" in banner.message)
    assert list(folder.iterdir()) == [] and not live.view.recorder.recording
    assert live.driver.context.settings.hide_faces == "box"
    banner.clear()
    live.view.snapshot()
    assert "nobody has looked" in banner.message

    live.view.toggle_analysis()
    live.wait_for_faces()
    begin(live)
    live.wait(lambda: live.view.recorder.slot.recording is not None)
    recording = live.view.recorder.slot.recording
    live.wait(lambda: recording.status.frames > 3)
    live.view.toggle_analysis()  # in the middle of the recording
    live.wait(lambda: "detection is off" in live.view.recorder._sign.text)
    live.wait(lambda: recording.status.withheld > 5)
    live.view.record()
    live.wait(lambda: "The video lacks" in banner.hint)
    for frame in frames_of(recording.plan.video):
        assert is_hidden(frame)


def test_a_video_without_faces_can_be_recorded_while_detection_is_off(
    live: Live, folder: Path
) -> None:
    live.start()
    live.wait_for_faces()
    live.view.toggle_analysis()
    record(live, results=False)
    (path,) = folder.iterdir()
    assert (frames_of(path)[-1][70:110, 55:65] > 240).all(), "no frame is drawn into it"


def test_a_full_disk_is_told_and_the_session_goes_on(
    live: Live, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.start()
    live.wait_for_faces()
    begin(live)
    live.wait(lambda: live.view.recorder.slot.recording is not None)
    recording = live.view.recorder.slot.recording
    live.wait(lambda: recording.status.results > 5 and recording.status.frames > 60)

    monkeypatch.setattr(DurableFile, "write", lambda self, chunk: _refuse(self.path))
    banner = live.driver.shell.banner
    live.wait(lambda: not live.view.recorder.recording)
    live.wait(lambda: "Kept:" in banner.hint)
    assert "No space left" in banner.message
    assert live.state() is LiveState.RUNNING
    live.driver.screenshot("live-disk-full")
    lines = by_suffix(folder)[".jsonl"].read_text(encoding="utf-8").splitlines()
    assert all(json.loads(line)["faces"] for line in lines) and len(lines) > 5
    assert frames_of(by_suffix(folder)[".mp4"])


def _refuse(path: Path) -> None:
    from emogui.output.files import cannot_write

    raise cannot_write(path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))


def test_a_folder_that_is_gone_is_told(live: Live, folder: Path) -> None:
    live.start()
    live.wait_for_faces()
    folder.rmdir()
    begin(live)
    live.wait(lambda: live.driver.shell.banner.visible)
    assert "Cannot write" in live.driver.shell.banner.message
    live.wait(lambda: not live.view.recorder.recording)
    assert live.view.running


def test_a_camera_that_is_pulled_out_leaves_finished_files(live: Live, folder: Path) -> None:
    gone = [False]

    def pictures():
        for image in endless_squares():
            yield faulty.lost() if gone[0] else image

    live.make = lambda spec: faulty.FaultySource(pictures())
    live.start()
    live.wait_for_faces()
    begin(live)
    live.wait(lambda: live.view.recorder.slot.recording is not None)
    live.wait(lambda: live.view.recorder.slot.recording.status.frames > 5)
    gone[0] = True
    banner = live.driver.shell.banner
    live.wait(lambda: banner.message.startswith("The source stopped delivering pictures. Recorded"))
    assert len(frames_of(by_suffix(folder)[".mp4"])) > 5
    assert not live.view.recorder.recording


def test_stopping_the_source_ends_the_recording(live: Live, folder: Path) -> None:
    live.start()
    live.wait_for_faces()
    begin(live)
    live.wait(lambda: live.view.recorder.slot.recording is not None)
    live.wait(lambda: live.view.recorder.slot.recording.status.frames > 5)
    live.view.controls.start_button.invoke()
    live.wait(lambda: live.driver.shell.banner.message.startswith("Recorded"))
    assert frames_of(by_suffix(folder)[".mp4"])


def test_closing_the_window_finishes_the_files(live: Live, folder: Path) -> None:
    live.start()
    live.wait_for_faces()
    begin(live)
    live.wait(lambda: live.view.recorder.slot.recording is not None)
    recording = live.view.recorder.slot.recording
    live.wait(lambda: recording.status.frames > 5)
    live.driver.close()
    assert not recording.status.running and recording.status.error is None
    assert len(frames_of(by_suffix(folder)[".mp4"])) > 5


def test_record_without_a_source_says_so(live: Live) -> None:
    live.view.controls.record_button.invoke()
    assert "nothing to record" in live.driver.shell.banner.message
    assert live.view.recorder.dialog is None


def test_many_recordings_leave_no_thread_and_overwrite_nothing(live: Live, folder: Path) -> None:
    live.start()
    live.wait_for_faces()
    for _ in range(6):
        begin(live, results=True, video=False)
        live.wait(lambda: live.view.recorder.slot.recording is not None)
        live.view.controls.record_button.invoke()
        live.wait(lambda: _idle(live))
    assert len(list(folder.glob("*.jsonl"))) >= 5
    live.view.stop()
    live.wait(live.view.is_closed)
    assert live_threads() == []


def _idle(live: Live) -> bool:
    return live.view.recorder.closed and live.view.recorder._unpoll is None


def test_no_turn_of_the_loop_takes_long_while_it_records(live: Live, folder: Path) -> None:
    """By processor time of Tk's thread: the machine may be busy with something else."""
    live.start()
    live.wait_for_faces()
    begin(live)
    live.wait(lambda: live.view.recorder.slot.recording is not None)
    recording, spent = live.view.recorder.slot.recording, []
    while recording.status.frames < 100:
        began = time.thread_time()
        live.driver.context.poll()
        spent.append(time.thread_time() - began)
        live.driver.root.update()
    assert np.quantile(spent, 0.99) < 0.016


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.9, "0:00"), (7, "0:07"), (723, "12:03"), (3723.5, "1:02:03")]
)
def test_the_time_is_shown_as_on_a_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 kB"), (12_300, "12 kB"), (3_400_000, "3.4 MB"), (1.24e9, "1.24 GB")]
)
def test_the_size_is_shown_in_the_unit_that_fits(size: int, text: str) -> None:
    assert amount(size) == text


def test_files_are_told_in_a_few_words() -> None:
    base = Path("videos") / "talk"
    paths = [base.with_suffix(suffix) for suffix in (".jsonl", ".csv", ".mp4")]
    assert described(paths) == "talk.jsonl, .csv and .mp4 in videos"
    assert described(paths[:1]) == "talk.jsonl in videos"
