"""The Live tab in the real window: played videos as cameras, and every fault of a source."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as PilImage

from emogui.errors import ModelError, SourceError
from emogui.gui.actions import BY_NAME
from emogui.gui.choice import Choice, make_analyzer
from emogui.gui.widgets.live_sources import FILE_TITLE, STREAM_TITLE
from emogui.live.update import LiveState
from emogui.media.source import quiet_opencv
from emogui.media.video import VideoSource
from tests.gui.live_driver import CAMERAS, Live, endless_squares, live_threads, squares
from tests.live import faulty_source as faulty


def test_cameras_are_listed_by_name_with_files_and_streams(live):
    assert live.view.chooser.box.cget("values") == (
        "HD Webcam", "USB Camera", FILE_TITLE, STREAM_TITLE,
    )  # fmt: skip
    assert live.title() == "HD Webcam"
    assert live.opened == []  # no camera is opened unasked
    live.driver.screenshot("live-ready")


def test_start_shows_pictures_faces_bars_and_figures_and_stop_ends_it(live):
    live.start()
    live.wait_for_faces()
    assert live.opened == ["0"]
    assert not live.view.message.visible
    assert live.panel.heading.cget("text") == "Happiness"
    assert live.panel.chart.numbers()["happiness"] == "90.0 %"
    assert live.panel.count.cget("text") == "Face 2 of 2, the largest"  # mirrored
    live.wait(lambda: "fps" in live.view.controls.figures.cget("text"))
    live.wait(lambda: "frame age" in live.view.controls.figures.cget("text"))
    live.wait(lambda: "2 faces" in live.driver.shell.status.cget("text"))
    live.driver.screenshot("live-running")
    assert live.view.controls.start_button.cget("text") == "Stop"

    live.view.controls.start_button.invoke()
    assert live.canvas.showing is None
    assert live.view.controls.start_button.cget("text") == "Start"
    live.wait(live.view.is_closed)
    assert live.sources[0].closes == 1


def test_the_bars_follow_the_picked_face(live):
    live.start()
    live.wait_for_faces()
    live.driver.app.root.update()
    x, y = live.canvas.place_of(1)
    live.canvas.event_generate("<ButtonRelease-1>", x=int(x), y=int(y))
    live.wait(lambda: live.panel.heading.cget("text") == "Surprise")
    assert live.panel.doubtful
    seen = live.view.latest.statistics.analysed
    live.wait(lambda: live.view.latest.statistics.analysed > seen + 5)
    assert live.panel.heading.cget("text") == "Surprise"
    live.canvas.event_generate("<ButtonRelease-1>", x=5, y=5)
    live.wait(lambda: live.panel.heading.cget("text") == "Happiness")
    live.canvas.focus_force()
    live.canvas.event_generate("<Right>")
    live.wait(lambda: live.panel.heading.cget("text") == "Surprise")
    live.canvas.event_generate("<Left>")
    live.wait(lambda: live.panel.heading.cget("text") == "Happiness")


def test_the_bars_stay_where_they_are_when_the_doubt_comes_and_goes(live):
    live.start()
    live.wait_for_faces()
    before = live.panel.chart.winfo_rooty()
    live.canvas.focus_force()
    live.canvas.event_generate("<Right>")
    live.wait(lambda: live.panel.doubtful)
    assert live.panel.chart.winfo_rooty() == before


def test_cameras_are_mirrored_and_files_are_not_and_the_choice_is_remembered(live, tmp_path):
    live.start()
    live.wait_for_faces()
    assert live.canvas.showing.mirrored
    larger, smaller = live.canvas.place_of(0), live.canvas.place_of(1)
    assert larger[0] > smaller[0]  # it is on the left in the frame
    shown = np.asarray(live.canvas.showing.picture)
    assert shown[int(shown.shape[0] * 0.38), int(shown.shape[1] * 0.78)].min() > 250
    assert live.canvas.faces.text(0).startswith("happ")  # text is an item, never mirrored

    live.view.controls.mirror.invoke()
    live.wait(lambda: not live.canvas.showing.mirrored)
    live.wait(lambda: live.canvas.place_of(0)[0] < live.canvas.place_of(1)[0])
    assert live.driver.context.settings.mirror is False
    live.view.controls.mirror.invoke()
    assert live.driver.context.settings.mirror is True
    live.view.start(str(tmp_path / "clip.avi"))
    live.wait(lambda: live.canvas.showing is not None)
    assert not live.canvas.showing.mirrored
    assert live.driver.context.settings.mirror is True


def test_a_snapshot_has_the_faces_and_is_not_mirrored(live, tmp_path):
    live.start()
    live.wait_for_faces()
    live.driver.dialogs.save = str(tmp_path / "snap.png")
    live.view.controls.snapshot_button.invoke()
    live.wait(lambda: "Saved" in live.driver.shell.status.cget("text"))
    live.wait(lambda: "2 faces" in live.driver.shell.status.cget("text"))  # the figures are back
    picture = np.asarray(PilImage.open(tmp_path / "snap.png"))
    assert picture.shape == (240, 320, 3)
    assert (picture[65:115, 45:75] == 255).mean() > 0.8  # the larger square is on the left
    assert not np.array_equal(picture, squares())  # and is framed


def test_a_snapshot_without_a_picture_says_so(live):
    live.view.snapshot()
    assert "no picture" in live.driver.shell.banner.message


def test_detect_turns_the_analysis_of_the_running_camera_off_and_on(live):
    live.start()
    live.wait_for_faces()
    live.driver.shell.buttons["detect"].invoke()
    live.wait_for_faces(0)
    assert live.panel.heading.cget("text") == "Detection is off"
    seen = live.view.latest.statistics.captured
    live.wait(lambda: live.view.latest.statistics.captured > seen + 5)  # pictures go on
    assert live.canvas.faces.labels == []
    live.driver.shell.buttons["detect"].invoke()
    live.wait_for_faces()


def test_detect_starts_the_chosen_source_when_none_runs(live):
    live.driver.shell.buttons["detect"].invoke()
    live.wait_for_faces()


def test_another_head_is_taken_while_running(live):
    live.start()
    live.wait_for_faces()
    live.driver.commands.pick_model("resnet50", "fer2013")
    live.wait(lambda: "happy" in live.panel.chart.numbers())


def test_models_that_do_not_load_are_told_once_and_detect_tries_again(make_app, monkeypatch):
    monkeypatch.setattr("emogui.gui.views.live.list_cameras", lambda: list(CAMERAS))
    attempts: list[int] = []

    class Working:
        def warm_up(self):
            pass

        def analyze(self, image, **how):
            return faulty.result_of(faulty.Frame(image, 0, how.get("time_s", 0.0), 0.0))

    def factory(choice):
        # The Image tab loads its models too, in a worker with another name.
        if not threading.current_thread().name.startswith("live-"):
            return Working()
        attempts.append(1)
        if len(attempts) == 1:
            raise ModelError("The network is damaged.", "Install emogui again.")
        return Working()

    live = Live(make_app(factory=factory))
    live.start()
    live.wait(lambda: live.driver.shell.banner.message == "The network is damaged.")
    seen = live.view.latest.statistics.captured
    live.wait(lambda: live.view.latest.statistics.captured > seen + 10)
    assert len(attempts) == 1
    assert live.state() is LiveState.RUNNING
    live.driver.shell.buttons["detect"].invoke()
    live.wait_for_faces(1)
    assert not live.driver.shell.banner.visible
    live.driver.close()


def test_an_analysis_that_raises_leaves_the_picture_running(make_app, monkeypatch, expected_errors):
    expected_errors.append("A frame could not be analysed")
    monkeypatch.setattr("emogui.gui.views.live.list_cameras", lambda: list(CAMERAS))

    class Broken:
        def warm_up(self):
            pass

        def analyze(self, image, **how):
            raise RuntimeError("inference failed")

    live = Live(make_app(factory=lambda choice: Broken()))
    live.start()
    live.wait(lambda: "inference failed" in live.driver.shell.banner.message)
    seen = live.view.latest.statistics.captured
    live.wait(lambda: live.view.latest.statistics.captured > seen + 10)
    live.driver.close()


def test_a_camera_that_is_pulled_out_is_told_and_started_again(live):
    live.make = lambda spec: faulty.FaultySource([squares()] * 5 + [faulty.lost()])
    live.view.start("0")
    live.wait(lambda: live.state() is LiveState.FAILED)
    live.wait(lambda: live.view.message.visible)
    assert live.title() == "Camera 0 stopped delivering pictures."
    assert live.view.message.text.cget("text") == "Plug it in again."
    assert live.canvas.showing is None  # a frozen picture would look alive
    assert live.view.controls.start_button.cget("text") == "Start"
    live.driver.screenshot("live-lost")

    live.make = lambda spec: faulty.FaultySource(endless_squares())
    live.view.message.button.invoke()
    live.wait_for_faces()
    assert not live.view.message.visible


def test_a_camera_that_hangs_is_told(live):
    live.make = lambda spec: faulty.FaultySource([squares(), "stall"])
    live.view.start("0")
    live.wait(lambda: live.state() is LiveState.FAILED)
    assert "stopped delivering" in live.title()


@pytest.mark.parametrize(
    "step", [ZeroDivisionError("bug"), np.zeros((10, 10), np.uint8), 42, np.zeros((4, 4, 3))]
)
def test_garbage_and_bugs_of_a_source_are_told(live, expected_errors, step):
    expected_errors.append("The source failed")
    live.make = lambda spec: faulty.FaultySource([squares(), step])
    live.view.start("0")
    live.wait(lambda: live.state() is LiveState.FAILED and live.view.message.visible)
    assert live.title()


def test_pictures_that_change_their_size(live):
    small, large = squares()[:200, :300], np.repeat(np.repeat(squares(), 2, 0), 2, 1)
    live.make = lambda spec: faulty.FaultySource([squares(), small, large] * 30)
    live.view.start("0")
    live.wait(lambda: live.state() is LiveState.ENDED)


def test_a_missing_camera_is_told_by_its_own_message(live):
    def missing(spec):
        raise SourceError("There is no camera 7 on this computer.", "Plug it in.")

    live.make = missing
    live.view.start("7")
    live.wait(lambda: live.state() is LiveState.FAILED and live.view.message.visible)
    assert live.title() == "There is no camera 7 on this computer."
    live.sources.clear()


def test_no_camera_at_all(live):
    live.cameras = []
    live.view.chooser.refresh_button.invoke()
    live.wait(lambda: live.title() == "No camera was found")
    live.driver.screenshot("live-no-camera")
    live.cameras = list(CAMERAS)
    live.view.message.button.invoke()
    live.wait(lambda: live.title() == "HD Webcam")


def test_a_video_file_is_chosen_with_the_dialog_and_played_to_its_end(live, tmp_path):
    live.make = lambda spec: faulty.FaultySource([squares()] * 10, is_camera=False)
    live.driver.dialogs.file = str(tmp_path / "clip.mp4")
    live.view.chooser.box.current(2)
    live.view.chooser.box.event_generate("<<ComboboxSelected>>")
    live.wait(lambda: live.state() is LiveState.ENDED and live.view.message.visible)
    assert live.opened == [str(tmp_path / "clip.mp4")]
    assert live.title() == "The video has ended"
    assert live.canvas.showing is not None  # the last picture stays
    live.view.message.button.invoke()
    live.wait(lambda: len(live.opened) == 2)


def test_a_cancelled_dialog_leaves_the_choice(live):
    live.view.chooser.box.current(2)
    live.view.chooser.box.event_generate("<<ComboboxSelected>>")
    live.driver.root.update()
    assert live.view.chooser.box.get() == "HD Webcam"
    assert live.opened == []


def test_the_address_of_a_stream_is_typed_and_its_password_not_kept(live):
    box = live.view.chooser.box
    live.driver.commands.do("live_address")
    live.driver.root.update()
    assert live.view.chooser.asking
    box.set("rtsp://me:secret@cam.local/1")
    box.focus_force()
    box.event_generate("<Return>")
    live.wait_for_faces()
    assert live.opened == ["rtsp://me:secret@cam.local/1"]
    assert box.get() == "rtsp://cam.local/1"
    assert not live.canvas.mirrored
    assert "secret" not in live.driver.context.settings.camera
    live.driver.commands.do("live_address")
    box.event_generate("<Escape>")
    assert not live.view.chooser.asking
    assert box.get() == "rtsp://cam.local/1"


def test_another_camera_picked_while_running_takes_over(live):
    live.start()
    live.view.chooser.box.current(1)
    live.view.chooser.box.event_generate("<<ComboboxSelected>>")
    live.wait(lambda: live.opened == ["0", "2"])
    live.wait_for_faces()
    live.wait(lambda: live.sources[0].closes == 1)


def test_the_camera_rests_while_another_tab_is_shown(live):
    live.start()
    live.driver.shell.show_tab("image")
    live.wait(lambda: live.sources[0].closes == 1)
    live.driver.shell.show_tab("live")
    live.wait(lambda: len(live.opened) == 2 and live.canvas.showing is not None)


def test_the_shortcuts_of_the_camera(live):
    live.driver.commands.do("live_start")
    live.wait_for_faces()
    live.driver.commands.do("live_mirror")
    live.wait(lambda: not live.canvas.showing.mirrored)
    live.driver.commands.do("live_start")
    assert not live.view.running


def test_started_and_stopped_twenty_times(live):
    for i in range(20):
        live.view.controls.start_button.invoke()
        if i % 3 == 0:
            live.wait(lambda: live.canvas.showing is not None)
        elif i % 3 == 1:
            live.driver.root.update()
        live.view.controls.start_button.invoke()
    live.wait(live.view.is_closed)
    assert live_threads() == []
    assert all(source.closes == 1 for source in live.sources)


def test_the_window_resizes_and_changes_its_theme_while_running(live):
    live.start()
    live.wait_for_faces()
    live.driver.root.geometry("800x560+0+0")
    live.wait(lambda: live.canvas.winfo_width() < 520)
    live.wait(lambda: live.canvas.showing.picture.width <= live.canvas.winfo_width())
    live.driver.commands.do("toggle_theme")
    assert live.canvas.cget("background") == live.driver.context.theme.colours.stage
    live.driver.root.geometry("1300x900+0+0")
    live.wait(lambda: live.canvas.showing.picture.width > 600)
    live.driver.screenshot("live-dark")


def test_no_turn_of_the_loop_takes_long(live):
    """By processor time of Tk's thread: the machine may be busy with something else."""
    live.start()
    live.wait_for_faces()
    live.driver.root.geometry("1300x900+0+0")
    live.wait(lambda: live.canvas.showing.picture.width > 600)
    spent: list[float] = []
    end = live.view.latest.statistics.captured + 60
    while live.view.latest.statistics.captured < end:
        began = time.thread_time()
        live.view._poll()
        spent.append(time.thread_time() - began)
        live.driver.root.update()
    assert np.quantile(spent, 0.99) < 0.016


# A real video of a real face, played as a camera


@pytest.fixture(scope="module")
def astronaut_clip(tmp_path_factory) -> Path:
    """Eileen Collins (NASA, public domain) moving from side to side, two seconds at 25 Hz."""
    data = pytest.importorskip("skimage.data")
    face = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)[:300, 60:400]
    quiet_opencv()
    path = tmp_path_factory.mktemp("clip") / "astronaut.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (640, 480))
    for i in range(50):
        frame = np.full((480, 640, 3), 128, np.uint8)
        x = 150 + round(40 * np.sin(i / 50 * 2 * np.pi))
        frame[120:420, x : x + 340] = face
        writer.write(frame)
    writer.release()
    return path


def test_emogui_gui_camera_plays_what_it_was_given(make_app, astronaut_clip):
    driver = make_app(camera=str(astronaut_clip))
    view = driver.shell.live_view()
    driver.wait_until(lambda: view.canvas.showing is not None)
    assert driver.shell.on_live
    driver.wait_until(lambda: view.message.visible, 15)
    assert view.message.title.cget("text") == "The video has ended"
    figures = view.latest.statistics
    assert view.latest.frame.index >= 49  # counting starts only once the models are loaded
    assert figures.captured > 25


def test_the_real_analyzer_follows_a_real_face(make_app, astronaut_clip):
    try:
        analyzer = make_analyzer(Choice())
    except ModelError as error:
        pytest.skip(f"no network is installed: {error.message}")
    driver = make_app(factory=lambda choice: analyzer)
    view = driver.shell.live_view()
    view.open_spec = lambda spec: VideoSource(spec, realtime=True, loop=True)
    driver.shell.show_tab("live")
    view.start(str(astronaut_clip))
    driver.wait_until(lambda: len(view.canvas.faces.labels) == 1, 30)
    driver.wait_until(lambda: view.latest.statistics.analysed > 20, 30)
    face = view.latest.newest.result.faces[0]
    assert face.face_id == 0  # the same person all the time
    assert face.emotion == "happiness"
    assert view.panel.heading.cget("text") == "Happiness"
    figures = view.latest.statistics
    assert figures.fps > 15
    assert figures.result_age_p50_ms < 400
    driver.screenshot("live-real")


def test_the_process_ends_with_status_0_while_a_source_hangs_in_opening(tmp_path):
    """A disk that does not answer keeps the capture thread inside the system for ever."""
    stuck = tmp_path / "stuck.mp4"
    stuck.touch()
    script = """
import sys, threading, time
from emogui.gui.app import Application, _leave
from emogui.media import content
content.read_start = lambda path: time.sleep(60)  # a disk that hangs
app = Application((), sys.argv[1])
app.root.after(700, app.close)
status = app.run()
print([t.name for t in threading.enumerate() if t.name.startswith("live-")], flush=True)
_leave(app, status)
sys.exit(status)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(stuck)],
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "capture" in done.stdout  # it did hang


def test_a_whole_address_pasted_behind_the_prefix_is_understood(live):
    box = live.view.chooser.box
    for pasted, wanted in (
        ("rtsp://rtsp://cam.local/1", "rtsp://cam.local/1"),
        ("rtsp://http://cam.local/video", "http://cam.local/video"),
        ("rtsp://cam.local/2", "rtsp://cam.local/2"),
    ):
        live.driver.commands.do("live_address")
        box.set(pasted)
        box.focus_force()
        box.event_generate("<Return>")
        live.wait(lambda wanted=wanted: live.opened and live.opened[-1] == wanted)


def test_the_menus_fit_the_tab_in_front(live, picture):
    driver = live.driver
    state = partial(driver.commands.menus.menus["File"].entrycget, option="state")
    driver.open(picture)
    assert str(state(BY_NAME["copy_picture"].title)) == "normal"
    driver.shell.show_tab("live")
    driver.root.update()
    assert str(state(BY_NAME["copy_picture"].title)) == "disabled"
    assert str(state(BY_NAME["save_picture"].title)) == "normal", "it saves a snapshot"
    live.start()
    live.wait_for_faces()
    driver.commands.do("next_face")
    live.wait(lambda: live.panel.heading.cget("text") == "Surprise")
    assert driver.presenter.current.selected == 0, "the hidden picture stays as it is"
    driver.shell.show_tab("image")
    driver.root.update()
    assert str(state(BY_NAME["copy_picture"].title)) == "normal"


def test_in_a_small_window_all_of_the_panel_is_in_sight(live):
    live.driver.root.geometry("900x600")
    live.start()
    live.wait_for_faces()
    live.driver.commands.do("next_face")
    live.wait(lambda: live.panel.doubtful)
    more, side = live.panel.more, live.panel.master
    live.wait(lambda: side.winfo_height() > 100)
    bottom = more.winfo_rooty() + more.winfo_height()
    assert bottom <= side.winfo_rooty() + side.winfo_height()


def test_the_figures_are_whole_in_the_smallest_window(live):
    live.driver.root.geometry("760x520")
    live.start()
    live.wait_for_faces()
    controls = live.view.controls
    live.wait(lambda: "frame age" in controls.figures.cget("text"))
    live.driver.root.update()
    for widget in (controls.figures, controls.mirror):
        assert widget.winfo_width() >= widget.winfo_reqwidth()
    assert controls.mirror.winfo_x() + controls.mirror.winfo_width() <= controls.figures.winfo_x()
