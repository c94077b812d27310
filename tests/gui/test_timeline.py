"""The timeline of the Live tab in the real window: its lines, gaps, pauses, marks and table."""

from __future__ import annotations

import csv
import importlib.util
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from emogui.gui.theme import DARK, LIGHT
from emogui.gui.widgets.timeline_frame import EVERYONE
from emogui.gui.widgets.timeline_lines import LEAST_CONTRAST, line_colour
from emogui.gui.widgets.timeline_window import TimeWindow, clock, ticks
from emogui.labels import FER2013, FERPLUS
from emogui.live.history import JUMP_S, Section
from emogui.media.cameras import CameraInfo
from emogui.output import palette
from emogui.types import FaceBox, FaceResult, Frame, FrameResult

_FAULTY = Path(__file__).parents[1] / "live" / "faulty_source.py"
_spec = importlib.util.spec_from_file_location("faulty_source_for_timeline", _FAULTY)
assert _spec is not None and _spec.loader is not None
faulty = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = faulty
_spec.loader.exec_module(faulty)

CAMERAS = [CameraInfo(0, "HD Webcam")]


class Scene:
    """The Live tab before a camera in front of which faces come and go."""

    def __init__(self, driver) -> None:
        self.driver, self.faces, self.sources = driver, 2, []
        driver.shell.tabs.select(driver.shell._live_page)
        self.view = driver.shell.live_view()
        self.view.open_spec = self._open
        self.view.find_cameras = lambda: list(CAMERAS)
        self.view.look_for_cameras()
        self.timeline = self.view.timeline
        self.strip, self.history = self.timeline.strip, self.timeline.history
        self.frame, self.note = self.timeline.frame, self.timeline.note
        self.wait(lambda: self.view.chooser.cameras == tuple(CAMERAS))

    def _open(self, spec: str, **_options: object) -> object:
        source = faulty.FaultySource(self._pictures(), fps=60.0)
        self.sources.append(source)
        return source

    def _pictures(self) -> Iterator[np.ndarray]:
        while True:
            image = np.full((240, 320, 3), 90, np.uint8)
            if self.faces:
                image[60:120, 20:80] = 255
            if self.faces > 1:
                image[80:130, 200:250] = 254
            yield image

    def wait(self, condition, timeout: float = 30.0) -> None:
        self.driver.wait_until(condition, timeout)

    def start(self) -> None:
        """Starts the camera; what was before the models were at work does not count."""
        self.view.start("0")
        self.wait(lambda: self.view.latest and self.view.latest.statistics.analysed > 5)
        self.timeline.clear()
        self.wait(lambda: self.history.everyone is not None and self.strip.pieces_shown)

    def wait_seconds_of_history(self, seconds: float) -> None:
        until = self.history.now_s + seconds
        self.wait(lambda: self.history.now_s > until)

    def prefill(self, seconds: float, session: int = 0) -> None:
        """As if a face had been seen for so long."""
        for index in range(round(seconds * 10)):
            at = index / 10
            high = 0.6 + 0.3 * np.sin(at / 5)
            values = dict.fromkeys(FERPLUS, (1 - high) / 7) | {"happiness": high}
            face = FaceResult(1, FaceBox(0, 0, 9, 9), 0.9, None, values)
            frame = Frame(np.zeros((2, 2, 3), np.uint8), index, at, at - 1e6, session)
            self.history.append(frame, FrameResult("clip", faces=(face,)))

    def press(self, sequence: str) -> None:
        self.strip.focus_force()
        self.driver.root.update()
        self.strip.event_generate(sequence)
        self.driver.root.update()

    def answer(self, text: str, sequence: str) -> None:
        """Types a note and ends it with a key."""
        self.note.entry.insert("end", text)
        self.note.entry.focus_force()
        self.driver.root.update()
        self.note.entry.event_generate(sequence)
        self.driver.root.update()

    def drawn(self) -> None:
        """Draws what there is now, as the next turn of the loop would."""
        self.timeline.draw()
        self.driver.root.update()


@pytest.fixture
def scene(make_app, monkeypatch):
    monkeypatch.setattr("emogui.gui.views.live.list_cameras", lambda: list(CAMERAS))
    one = Scene(make_app())
    yield one
    for source in one.sources:
        source.release.set()
    one.driver.close()
    end = time.monotonic() + 3
    while live_threads() and time.monotonic() < end:
        time.sleep(0.005)
    assert live_threads() == []


def live_threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("live-")]


def test_each_emotion_has_a_line_that_grows_and_a_name(scene):
    scene.start()
    assert scene.strip.labels == FERPLUS
    scene.wait(lambda: len(scene.strip.line("happiness")[-1]) > 20)
    happy, fear = scene.strip.line("happiness")[-1], scene.strip.line("fear")[-1]
    assert max(happy[1::2]) < min(fear[1::2])  # 90 % lies above 1 %
    assert happy[0::2] == sorted(happy[0::2])
    scene.driver.screenshot("timeline")


def test_the_followed_face_or_everyone(scene):
    scene.start()
    scene.driver.commands.do("next_face")
    scene.wait(lambda: scene.view.panel.heading.cget("text") == "Surprise")

    def value(label: str) -> float:
        scene.drawn()
        plot = scene.strip.plot
        y = scene.strip.line(label)[-1][-1]
        return (plot.bottom - y) / (plot.bottom - plot.top)

    assert value("surprise") == pytest.approx(0.4, abs=0.02)
    scene.frame.pause_button.invoke()
    scene.driver.commands.do("next_face")  # a paused chart shows the other face, too
    scene.wait(lambda: scene.strip.line("surprise")[-1][-1] > scene.strip.plot.bottom - 5)
    scene.frame.who.set(EVERYONE)
    scene.frame.who.event_generate("<<ComboboxSelected>>")
    assert value("happiness") == pytest.approx((0.9 + 0.6 / 7) / 2, abs=0.02)


def test_time_without_a_face_is_a_gap_and_no_zero(scene):
    scene.timeline.show_span(10)
    scene.start()
    scene.wait_seconds_of_history(0.5)
    scene.faces = 0
    scene.wait(lambda: scene.view.panel.heading.cget("text") == "No face found")
    scene.wait_seconds_of_history(0.5)
    scene.drawn()
    (before,) = scene.strip.line("happiness")
    assert before[-2] < scene.strip.plot.right - 10  # the line ends, and does not fall
    assert before[-1] == pytest.approx(before[1], abs=3)
    scene.faces = 2
    scene.wait(lambda: scene.strip.pieces_shown == 2)
    first, second = scene.strip.line("happiness")
    assert second[0] - first[-2] > 10


def test_detection_that_is_off_leaves_a_gap(scene):
    scene.start()
    scene.wait_seconds_of_history(0.5)
    scene.driver.shell.buttons["detect"].invoke()
    scene.wait_seconds_of_history(0.5)
    scene.driver.shell.buttons["detect"].invoke()
    # The numbers of faces start anew, so this one's line begins here; everyone's has a gap.
    scene.frame.who.set(EVERYONE)
    scene.wait(lambda: scene.strip.pieces_shown == 2)


def test_pause_holds_the_chart_while_the_history_goes_on(scene):
    scene.timeline.show_span(10)
    scene.start()
    scene.wait_seconds_of_history(0.6)
    scene.frame.pause_button.invoke()
    assert scene.frame.pause_button.cget("text") == "Live"
    scene.drawn()
    line, now = scene.strip.line("happiness"), scene.history.now_s
    scene.wait_seconds_of_history(0.6)
    scene.drawn()
    assert len(line[0]) > 30
    assert scene.strip.line("happiness")[0][:30] == line[0][:30]
    assert scene.strip.time_at(scene.strip.plot.right) == pytest.approx(now, abs=0.2)
    assert scene.strip.said.startswith("Paused, 0:0")
    scene.frame.pause_button.invoke()
    scene.wait(lambda: scene.strip.time_at(scene.strip.plot.right) > now + 0.5)
    assert scene.strip.said == ""


def test_scrolling_back_with_keys_wheel_and_mouse_and_to_live_again(scene):
    scene.prefill(300)
    scene.frame.who.set(EVERYONE)
    scene.drawn()
    right = scene.strip.plot.right
    now = scene.history.now_s

    def edge() -> float:
        scene.drawn()
        return scene.strip.time_at(right)

    assert edge() == pytest.approx(now, abs=0.2)
    scene.press("<Left>")
    assert edge() == pytest.approx(now - 6, abs=0.2) and not scene.timeline.follows
    scene.strip.event_generate("<Button-4>")
    assert edge() == pytest.approx(now - 12, abs=0.2)
    scene.press("<Prior>")
    assert edge() == pytest.approx(now - 72, abs=0.2)
    scene.strip.event_generate("<ButtonPress-1>", x=100, y=60)
    scene.strip.event_generate("<B1-Motion>", x=200, y=60)
    dragged = 100 * 60 / scene.strip.plot.width
    assert edge() == pytest.approx(now - 72 - dragged, abs=0.3)
    scene.press("<Home>")
    assert edge() == pytest.approx(60, abs=0.3)
    scene.press("<End>")
    assert scene.timeline.follows and edge() == pytest.approx(now, abs=0.2)
    scene.press("<Right>")  # there is nothing ahead
    assert scene.timeline.follows


def test_the_arrow_keys_pick_no_face_while_the_chart_has_the_focus(scene):
    scene.prefill(100)
    scene.view.start("0")
    scene.wait(lambda: scene.strip.pieces_shown)
    heading = scene.view.panel.heading
    scene.press("<Left>")
    seen = scene.view.latest.statistics.analysed
    scene.wait(lambda: scene.view.latest.statistics.analysed > seen + 3)
    assert heading.cget("text") == "Happiness" and not scene.timeline.follows


def test_the_mouse_reads_time_and_values(scene):
    scene.prefill(100)
    scene.frame.who.set(EVERYONE)
    scene.drawn()
    assert scene.strip.read_out == {}
    x = round(scene.strip.x_of(80.0))
    scene.strip.event_generate("<Motion>", x=x, y=50)
    scene.wait(lambda: scene.strip.read_out)
    happy = 0.6 + 0.3 * np.sin(80 / 5)
    shown = int(scene.strip.read_out["happiness"].removesuffix(" %"))
    assert shown == pytest.approx(happy * 100, abs=1.5)
    assert scene.strip.said in ("1:19.9", "1:20.0", "1:20.1")
    scene.strip.event_generate("<Leave>")
    scene.wait(lambda: scene.strip.read_out == {})


def test_valence_is_one_line(scene):
    scene.prefill(30)
    scene.frame.who.set(EVERYONE)
    scene.frame.valence_check.invoke()
    scene.drawn()
    assert scene.strip.labels == ("valence",)
    plot = scene.strip.plot
    lowest = max(scene.strip.line("valence")[0][1::2])
    value = 1 - 2 * (lowest - plot.top) / (plot.bottom - plot.top)
    assert value == pytest.approx(0.3 - 5 * 0.7 / 7, abs=0.03)
    scene.frame.valence_check.invoke()
    scene.drawn()
    assert scene.strip.labels == FERPLUS


def test_a_mark_is_of_the_moment_of_the_key_and_its_note_comes_later(scene):
    scene.start()
    scene.press("<m>")
    (mark,) = scene.history.marks
    pressed = mark.time_s
    assert scene.note.asking
    scene.wait_seconds_of_history(0.4)  # nothing stops meanwhile
    scene.answer("  a joke \t was told ", "<m>")  # typed, not one more mark
    scene.answer("", "<Return>")
    (mark,) = scene.history.marks
    assert mark.time_s == pressed and mark.note == "a joke was told m"
    assert not scene.note.asking
    scene.wait(lambda: scene.strip.marks_shown == [mark.note])
    scene.wait_seconds_of_history(0.3)
    scene.drawn()
    assert scene.strip.mark_at(scene.strip.x_of(pressed) + 3, scene.strip.plot.top + 3) is mark
    scene.driver.screenshot("timeline-mark")


def test_escape_keeps_the_mark_without_a_note_and_remove_takes_it_away(scene):
    scene.prefill(20)
    scene.driver.commands.do("timeline_mark")
    scene.answer("forget this", "<Escape>")
    assert not scene.note.asking
    assert [mark.note for mark in scene.history.marks] == [""]
    scene.frame.mark_button.invoke()
    assert len(scene.history.marks) == 2
    scene.note.remove_button.invoke()
    assert len(scene.history.marks) == 1
    scene.frame.pause_button.invoke()
    scene.drawn()
    x = round(scene.strip.x_of(scene.history.marks[0].time_s)) + 2
    scene.strip.event_generate("<ButtonPress-1>", x=x, y=scene.strip.plot.top + 3)
    assert scene.note.asking  # a click on the flag: the note may come later still
    scene.answer("late", "<Return>")
    assert [mark.note for mark in scene.history.marks] == ["late"]


@pytest.mark.parametrize("state", [0x4, 0x8])
def test_m_with_control_or_alt_is_no_mark(scene, state):
    scene.prefill(20)
    scene.strip.focus_force()
    scene.driver.root.update()
    scene.strip.event_generate("<m>", state=state)
    scene.driver.root.update()
    assert scene.history.marks == ()


def test_nothing_to_mark_or_save_is_told(scene):
    scene.timeline.mark()
    assert "nothing to mark" in scene.driver.shell.banner.message
    scene.timeline.save()
    assert "no timeline to save" in scene.driver.shell.banner.message


def test_the_table_is_saved_in_a_worker(scene, tmp_path):
    scene.prefill(20)
    scene.history.mark("here")
    scene.driver.dialogs.save = str(tmp_path / "line.csv")
    scene.frame.save_button.invoke()
    scene.wait(lambda: "Saved" in scene.driver.shell.status.cget("text"))
    with (tmp_path / "line.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 201 and rows[-1]["mark"] == "here"
    assert {row["face"] for row in rows[:-1]} == {"1"}


def test_a_disk_that_refuses_is_told(scene, tmp_path):
    scene.prefill(2)
    scene.driver.dialogs.save = str(tmp_path / "missing" / "line.csv")
    scene.driver.commands.do("timeline_save")
    scene.wait(lambda: "Cannot write" in scene.driver.shell.banner.message)


def test_it_is_put_away_and_that_is_remembered(scene, make_app, store):
    scene.start()
    scene.frame.toggle_button.invoke()
    assert not scene.strip.winfo_ismapped() and not scene.timeline.open
    before = scene.history.now_s
    scene.wait(lambda: scene.history.now_s > before + 0.2)  # it goes on unseen
    scene.view.stop()
    scene.wait(lambda: store.load().settings.timeline is False)
    scene.timeline.show_span(300)
    scene.wait(lambda: store.load().settings.timeline_span_s == 300)
    scene.driver.close()
    other = Scene(make_app())
    assert not other.timeline.open and other.frame.span.get() == "5 min"
    other.driver.commands.do("timeline")
    other.wait(other.strip.winfo_ismapped)


def test_nothing_is_drawn_unseen_and_no_more_than_thirty_times_a_second(scene, monkeypatch):
    drawn: list[float] = []
    draw = scene.strip.draw
    monkeypatch.setattr(
        scene.strip, "draw", lambda *a, **k: (drawn.append(time.monotonic()), draw(*a, **k))
    )
    scene.timeline.show_span(10)
    scene.start()
    scene.wait(lambda: len(drawn) > 20)
    assert min(np.diff(drawn)) > 0.02
    scene.timeline.toggle()
    scene.driver.root.update()
    count = len(drawn)
    scene.wait_seconds_of_history(0.3)
    assert len(drawn) == count


def test_in_the_smallest_window_it_starts_put_away_and_leaves_the_picture_room(scene):
    scene.driver.root.geometry("760x520")
    scene.wait(lambda: not scene.timeline.open)
    scene.frame.toggle_button.invoke()
    scene.wait(scene.strip.winfo_ismapped)
    scene.driver.root.update()
    assert scene.view.canvas.winfo_height() >= 120
    for widget in (scene.frame.save_button, scene.frame.pause_button, scene.frame.valence_check):
        assert widget.winfo_width() >= widget.winfo_reqwidth()
    bottom = scene.strip.winfo_rooty() + scene.strip.winfo_height()
    assert bottom <= scene.view.winfo_rooty() + scene.view.winfo_height()


def test_it_goes_on_when_the_source_is_started_again(scene):
    scene.start()
    scene.wait_seconds_of_history(0.4)
    scene.history.mark("before")
    scene.view.stop()
    scene.view.start("0")
    scene.frame.who.set(EVERYONE)
    scene.wait(lambda: scene.strip.pieces_shown == 2)
    assert [mark.note for mark in scene.history.marks] == ["before"]
    scene.driver.commands.do("timeline_clear")
    assert "emogui" in scene.driver.dialogs.asked  # there was a mark
    assert scene.history.marks == ()


def test_it_takes_the_other_theme_and_the_other_labels(scene):
    scene.start()
    scene.driver.commands.do("toggle_theme")
    scene.wait(lambda: scene.strip.cget("background") == DARK.track)
    for canvas in (scene.strip, scene.view.canvas, scene.driver.canvas):
        assert int(str(canvas.cget("highlightthickness"))) > 0  # the focus can still be seen
    scene.driver.commands.pick_model("resnet50", "fer2013")
    scene.wait(lambda: scene.strip.labels == FER2013)
    scene.wait(lambda: scene.strip.line("happy"))


def test_smoothing_is_applied_to_what_runs_and_remembered(scene, store):
    scene.start()
    session = scene.view.current_run._session
    assert session.smoothing_s == pytest.approx(0.2)
    scene.driver.commands.do("settings")
    dialog = scene.driver.commands.dialogs["settings"]
    dialog.smoothing_s.set(1.5)
    dialog.save_button.invoke()
    assert session.smoothing_s == pytest.approx(1.5)
    scene.driver.commands.do("settings")
    dialog = scene.driver.commands.dialogs["settings"]
    dialog.smoothing.set(False)
    dialog.save_button.invoke()
    assert session.smoothing_s == 0
    scene.wait(lambda: store.load().settings.smoothing is False)
    assert store.load().settings.smoothing_s == 1.5
    scene.view.stop()
    scene.start()
    assert scene.view.current_run._session.smoothing_s == 0


def test_drawing_stays_far_below_what_a_callback_may_take(scene):
    scene.prefill(1800)
    scene.frame.who.set(EVERYONE)
    scene.timeline.show_span(1800)
    scene.drawn()
    spent = []
    for _ in range(10):
        began = time.thread_time()
        scene.timeline.draw()
        scene.driver.root.update_idletasks()
        spent.append(time.thread_time() - began)
    assert min(spent) < 0.016


# Without a window


@pytest.mark.parametrize("background", [LIGHT.background, DARK.background])
@pytest.mark.parametrize("label", FERPLUS)
def test_lines_can_be_seen_on_both_themes(label, background):
    def rgb(text: str) -> tuple[int, int, int]:
        return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)

    seen = palette.contrast(rgb(line_colour(label, background)), rgb(background))
    assert seen >= LEAST_CONTRAST


def test_a_window_of_time_stays_within_the_history():
    window = TimeWindow(60)
    window.scroll(-10, 0, 30)  # there is no more than it shows
    assert window.end(30) == 30 and window.follows
    window.hold(30)
    assert not window.follows and window.end(90) == 30
    window.scroll(1e9, 0, 90)
    assert window.follows
    window.scroll(-1e9, 0, 200)
    assert window.end(200) == 60


def test_the_time_axis_has_the_times_of_the_source():
    sections = (Section(0.0, 0.0, "a"), Section(20.0 + JUMP_S, 100.0, "b"))
    found = [(round(tick.time_s, 3), tick.text) for tick in ticks(sections, 5.0, 40.0, 4.0)]
    assert found[:4] == [(5.0, "0:05"), (10.0, "0:10"), (15.0, "0:15"), (20.0, "0:20")]
    assert (25.5, "1:45") in found
    assert ticks((), 0.0, 10.0, 1.0) == []
    assert [clock(3725), clock(59.96, tenths=True), clock(-3)] == ["1:02:05", "1:00.0", "-0:03"]
