"""Videos in the Live tab: the buttons and keys of the player, and all frames into files."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import av
import pytest

from emogui.gui.widgets.live_jumps import Jumps
from emogui.gui.widgets.live_open import open_live
from emogui.live.update import LiveState
from tests.gui.live_driver import Live, live_threads, squares
from tests.media.clips import make_clip, number

FRAMES = 75


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds; each frame's grey tells its number, see ``number``."""
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", [40 * n for n in range(FRAMES)])


@pytest.fixture(scope="module")
def faces_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of the two squares that the fake analyzer takes for faces, without any loss."""
    path = tmp_path_factory.mktemp("clip") / "faces.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("png", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "rgb24"
        for n in range(25):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(squares(n % 20), "rgb24")))
        container.mux(stream.encode(None))
    return path


class Player:
    """A clip that is open in the Live tab."""

    def __init__(self, live: Live, path: Path) -> None:
        self.live, self.view = live, live.view
        live.make = open_live
        live.view.start(str(path))
        live.wait(lambda: live.canvas.showing is not None and self.part.player is not None)
        self.bar = self.part.bar
        live.wait(self.bar.winfo_ismapped)

    @property
    def part(self):
        return self.view.player

    @property
    def state(self):
        return self.part.player.state

    def rest_at(self, time_s: float) -> None:
        """Pauses at a time, with its picture in sight."""
        self.part.player.pause()
        self.part.seek(time_s)
        self.live.wait(lambda: self.shown_s() == pytest.approx(time_s, abs=0.001))

    def shown_s(self) -> float:
        return self.live.canvas.showing.frame.time_s

    def key(self, sequence: str) -> None:
        self.live.canvas.focus_force()
        self.live.driver.root.update()
        self.live.canvas.event_generate(sequence)
        self.live.driver.root.update()

    def drag(self, times_s: list[float]) -> None:
        """Drags the knob over places of the slider without letting it go."""
        slider = self.bar.slider
        slider.event_generate("<ButtonPress-1>", x=int(slider.place_of(times_s[0])), y=10)
        for time_s in times_s:
            slider.event_generate("<B1-Motion>", x=round(slider.place_of(time_s)), y=10)

    def let_go(self, time_s: float) -> None:
        slider = self.bar.slider
        slider.event_generate("<ButtonRelease-1>", x=round(slider.place_of(time_s)), y=10)


@pytest.fixture
def player(live: Live, clip: Path) -> Player:
    return Player(live, clip)


def test_a_camera_has_no_player(live: Live) -> None:
    live.start()
    live.wait_for_faces()
    assert not live.view.player.bar.winfo_ismapped()
    live.driver.commands.do("video_play")
    assert live.view.running


def test_play_and_pause_with_button_and_space(player: Player) -> None:
    player.bar.play.invoke()
    assert not player.state.playing
    player.live.wait(lambda: player.view.controls.figures.cget("text") == "Paused")
    player.key("<space>")
    assert player.state.playing and player.view.running
    player.bar.play.focus_force()
    player.live.driver.root.update()
    player.bar.play.event_generate("<space>")
    player.live.wait(lambda: not player.state.playing)
    settled = time.monotonic() + 0.2
    player.live.wait(lambda: time.monotonic() > settled)
    assert player.view.running and not player.state.playing, "the button alone has the key"


def test_stepping_shows_the_frame_before_and_after(player: Player) -> None:
    player.rest_at(1.0)
    player.bar.forward.invoke()
    player.live.wait(lambda: player.shown_s() == pytest.approx(1.04))
    player.key("<comma>")
    player.key("<comma>")
    player.live.wait(lambda: player.shown_s() == pytest.approx(0.96))
    assert number(player.live.canvas.showing.frame.image) == 24
    player.key("<period>")
    player.live.wait(lambda: player.shown_s() == pytest.approx(1.0))
    assert not player.state.playing


def test_seeking_shows_the_sought_frame(player: Player) -> None:
    player.rest_at(2.0)
    assert number(player.live.canvas.showing.frame.image) == 50 % 25
    player.live.wait(lambda: player.bar.position.cget("text") == "0:02")
    assert player.bar.duration.cget("text") == "0:03"
    assert player.bar.slider.position_s == pytest.approx(2.0)


def test_the_picture_follows_a_drag_and_the_newest_place_wins(player: Player) -> None:
    player.rest_at(0.0)
    seen: set[float] = set()
    places = [0.4, 0.8, 1.2, 1.6, 2.0]
    for index, _ in enumerate(places):
        player.drag(places[index : index + 1])
        player.live.wait(
            lambda index=index: player.shown_s() == pytest.approx(places[index], abs=0.05)
        )
        seen.add(round(player.shown_s(), 1))
    assert len(seen) == 5 and player.bar.slider.dragging
    player.drag([2.2, 0.3, 2.6, 0.9])  # faster than frames can be decoded
    player.let_go(1.4)
    player.live.wait(lambda: player.shown_s() == pytest.approx(1.4, abs=0.05))
    assert not player.bar.slider.dragging
    time.sleep(0.1)
    player.live.driver.root.update()
    assert player.shown_s() == pytest.approx(1.4, abs=0.05)


def test_frames_from_before_a_jump_are_not_shown(player: Player) -> None:
    epoch = player.part.player.seek(2.0)
    for _ in range(200):
        player.view._poll()
        shown = player.live.canvas.showing.frame
        assert shown.epoch == epoch or shown.time_s < 1.9
        if shown.epoch == epoch:
            return
        time.sleep(0.005)
    raise AssertionError("the sought frame did not come")


def test_skipping_with_the_keys(player: Player) -> None:
    player.rest_at(0.0)
    player.key("<Shift-Right>")
    player.live.wait(lambda: player.shown_s() == pytest.approx(2.96))
    player.bar.slider.focus_force()
    player.live.driver.root.update()
    player.bar.slider.event_generate("<Left>")
    player.live.wait(lambda: player.shown_s() == 0.0)


def test_speed_and_loop(player: Player) -> None:
    player.key("<greater>")
    assert player.state.speed == 1.5
    for _ in range(9):
        player.key("<less>")
    assert player.state.speed == 0.25
    player.live.wait(lambda: player.bar.speed.cget("text") == "0.25×")
    player.bar.loop.invoke()
    assert player.part.player.loop
    player.part.set_speed(4.0)
    player.part.seek(2.8)
    player.live.wait(lambda: player.shown_s() < 0.5)
    assert not player.view.message.visible


def test_at_the_end_it_stays_and_plays_again(player: Player) -> None:
    player.part.set_speed(4.0)
    live = player.live
    live.wait(lambda: live.view.message.visible)
    assert live.title() == "The video has ended"
    assert number(live.canvas.showing.frame.image) == (FRAMES - 1) % 25
    assert live.state() is LiveState.RUNNING
    live.driver.screenshot("live-video-ended")
    player.part.set_speed(0.25)  # slow enough to be seen on a busy machine
    live.view.message.button.invoke()
    live.wait(lambda: not live.view.message.visible and player.shown_s() < 2)
    assert len(live.opened) == 1, "the file stayed open"


def test_a_paused_frame_gets_its_faces_when_detection_is_switched_on(
    live: Live, faces_clip: Path
) -> None:
    live.view._detection.on = False
    player = Player(live, faces_clip)
    player.rest_at(0.4)
    live.view.toggle_analysis()
    live.wait_for_faces()
    assert player.shown_s() == pytest.approx(0.4)
    assert live.panel.heading.cget("text") == "Happiness"


def test_a_video_rests_while_another_tab_is_shown(player: Player) -> None:
    shell = player.live.driver.shell
    shell.show_tab("image")
    player.live.driver.root.update()
    assert not player.state.playing
    at_s = player.state.position_s
    shell.show_tab("live")
    player.live.driver.root.update()
    assert player.state.playing and player.state.position_s >= at_s
    assert len(player.live.opened) == 1


def test_a_dropped_video_is_played_in_the_live_tab(make_app, clip: Path, picture: Path) -> None:
    driver = make_app()
    driver.commands.open((str(clip),))
    view = driver.shell.live_view()
    driver.wait_until(lambda: view.canvas.showing is not None)
    assert driver.shell.on_live and view.player.player is not None
    driver.commands.open((str(picture),))
    driver.settle()
    assert not driver.shell.on_live


def test_a_file_that_is_no_video_is_told_in_the_banner(live: Live, tmp_path: Path) -> None:
    wrong = tmp_path / "notes.mp4"
    wrong.write_text("no video at all\n" * 50)
    live.make = open_live
    live.view.start(str(wrong))
    live.wait(lambda: live.state() is LiveState.FAILED and live.view.message.visible)
    assert live.title() == "notes.mp4 cannot be played"
    assert "notes.mp4" in live.driver.shell.banner.message
    assert not live.view.player.bar.winfo_ismapped()


def test_started_and_stopped_many_times_it_leaves_no_thread(player: Player, clip: Path) -> None:
    live = player.live
    before = threading.active_count()
    for turn in range(10):
        live.view.stop()
        live.view.start(str(clip))
        if turn % 2:
            live.wait(lambda: player.part.player is not None)
    live.view.stop()
    live.wait(live.view.is_closed)
    assert live_threads() == []
    assert threading.active_count() < before
    assert not player.bar.winfo_ismapped()


def test_no_turn_of_the_loop_takes_long_while_the_slider_is_dragged(player: Player) -> None:
    """By processor time of Tk's thread: the machine may be busy with something else."""
    spent: list[float] = []
    player.drag([0.0])
    for turn in range(120):
        began = time.thread_time()
        player.drag([2.8 * (turn % 40) / 40])
        player.view._poll()
        spent.append(time.thread_time() - began)
        player.live.driver.root.update()
    assert sorted(spent)[int(0.99 * len(spent))] < 0.016


# All frames into files


def analyse(player: Player, folder: Path) -> None:
    live = player.live
    folder.mkdir(exist_ok=True)
    live.driver.context.update_settings(record_folder=str(folder))
    live.driver.commands.do("video_whole")
    live.driver.root.update()
    assert live.view.whole.dialog is not None
    live.view.whole.dialog.button.invoke()
    live.wait(lambda: live.view.whole.job is not None or live.view.whole._files.paths)


def test_the_whole_video_is_analysed_into_files(
    live: Live, faces_clip: Path, tmp_path: Path
) -> None:
    player = Player(live, faces_clip)
    analyse(player, tmp_path / "out")
    assert not player.state.playing
    live.wait(lambda: live.view.whole.job is None)
    live.wait(lambda: "25 frames analysed" in live.driver.shell.banner.message)
    lines = (tmp_path / "out" / "faces-emogui.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    assert [one["frame"] for one in found] == list(range(25))
    assert all(len(one["faces"]) == 2 for one in found)
    assert {f.suffix for f in (tmp_path / "out").iterdir()} == {".jsonl", ".csv", ".mp4"}
    assert not live.view.whole.row.winfo_ismapped()
    analyse(player, tmp_path / "out")
    live.wait((tmp_path / "out" / "faces-emogui-2.csv").exists)  # nothing is overwritten


def test_an_analysis_is_cancelled_at_once_and_keeps_what_it_has(
    live: Live, faces_clip: Path, tmp_path: Path
) -> None:
    player = Player(live, faces_clip)
    player.part.player.pause()
    live.wait_for_faces()
    live.driver.gate.clear()  # the analyzer waits from here on
    analyse(player, tmp_path / "out")
    live.view.whole.cancel_button.invoke()
    assert live.view.whole.job is None and not live.view.whole.row.winfo_manager()
    live.driver.gate.set()
    live.wait(lambda: live.view.whole.closed)
    live.wait(lambda: "Cancelled" in live.driver.shell.banner.message)
    assert live.view.running


def test_closing_the_window_ends_an_analysis(live: Live, faces_clip: Path, tmp_path: Path) -> None:
    player = Player(live, faces_clip)
    analyse(player, tmp_path / "out")
    live.driver.close()
    assert "live-whole-video" not in live_threads()


# One jump at a time


class Recorded:
    """Notes the jumps that a player is given."""

    def __init__(self) -> None:
        self.given: list[tuple[str, float]] = []
        self.state = type("State", (), {"position_s": 1.5})()

    def seek(self, time_s: float) -> int:
        self.given.append(("seek", time_s))
        return len(self.given)

    def step(self, frames: int) -> int:
        self.given.append(("step", frames))
        return len(self.given)


def test_a_jump_waits_for_the_picture_of_the_one_before() -> None:
    player = Recorded()
    jumps = Jumps(player)  # type: ignore[arg-type]
    jumps.seek(1.0)
    jumps.seek(2.0)
    jumps.seek(3.0)
    assert player.given == [("seek", 1.0)] and jumps.target_s == 3.0 and jumps.waiting
    jumps.came(0)
    assert len(player.given) == 1
    jumps.came(1)
    assert player.given[1:] == [("seek", 3.0)]
    jumps.step(1)
    jumps.step(1)
    jumps.step(-1)
    jumps.came(2)
    assert player.given[2:] == [("step", 1)]
    jumps.came(3)
    assert not jumps.waiting and jumps.target_s == 1.5
