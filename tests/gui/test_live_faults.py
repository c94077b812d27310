"""Sources that misbehave in every way, in the real window; see ``tests.live.faulty_source``."""

from __future__ import annotations

import gc
import json
import os
import threading
import time
import tkinter
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from emogui.gui.widgets import live_reconnect
from emogui.gui.widgets.live_open import open_live
from emogui.live.update import LiveState
from emogui.media.cameras import CameraInfo
from tests.gui.live_driver import CAMERAS, Live, endless_squares, live_threads, squares
from tests.live import faulty_source as faulty
from tests.media.clips import make_clip

CALLBACK_S = 0.05
"""No callback of the window may take longer, in processor time of Tk's thread."""


class Feed:
    """A source's pictures, which a test can replace or interrupt while they are shown."""

    def __init__(self) -> None:
        self.usual: Callable[[], np.ndarray] | None = None
        self.next: list[Any] = []

    def __iter__(self) -> Iterator[Any]:
        for image in endless_squares():
            while self.next:
                yield self.next.pop(0)
            yield image if self.usual is None else self.usual()


class Faulty:
    """The Live tab with a feed as its camera."""

    def __init__(self, live: Live) -> None:
        self.live, self.view = live, live.view
        self.banner = live.driver.shell.banner
        self.feed = Feed()
        live.make = lambda spec: faulty.FaultySource(self.feed)

    def start(self) -> None:
        self.feed = Feed()
        self.view.start("0")
        self.wait_for_faces()

    def wait(self, condition: Callable[[], object], timeout_s: float = 10.0) -> None:
        """Runs the window until something is true."""
        by = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < by, (self.live.state(), self.live.title())
            self.live.driver.root.update()
            time.sleep(0.002)

    def wait_for_faces(self, number: int = 2) -> None:
        self.wait(lambda: len(self.live.canvas.faces.labels) == number)

    def wait_for_frames(self, number: int = 5) -> None:
        seen = self.view.latest.statistics.captured
        self.wait(lambda: self.view.latest.statistics.captured >= seen + number)

    def wait_for_end(self, state: LiveState) -> None:
        self.wait(lambda: self.live.state() is state and self.view.message.visible)

    def wait_for_shape(self, shape: tuple[int, ...]) -> None:
        self.wait(lambda: self.live.canvas.showing.frame.image.shape == shape)

    def record(self) -> Any:
        """Begins a recording of everything; returns it once it has a few frames."""
        self.banner.clear()
        self.view.controls.record_button.invoke()
        self.live.driver.root.update()
        self.view.recorder.dialog.button.invoke()
        slot = self.view.recorder.slot
        self.wait(lambda: slot.recording is not None and slot.recording.status.running)
        self.wait(lambda: slot.recording.status.frames > 3 and slot.recording.status.results > 3)
        return slot.recording


@pytest.fixture
def source(live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Faulty:
    monkeypatch.setattr(live_reconnect, "LOOK_EACH_S", 0.02)
    live.driver.context.update_settings(record_folder=str(tmp_path))
    one = Faulty(live)
    one.start()
    return one


@pytest.fixture
def responsive(source: Faulty, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each callback is short from when the window has made everything that it makes ahead."""
    source.wait(lambda: source.live.driver.app._settled)
    spent: list[tuple[float, str]] = []
    call = tkinter.CallWrapper.__call__

    def timed(self: Any, *arguments: Any) -> Any:
        began = time.thread_time()
        try:
            return call(self, *arguments)
        finally:
            spent.append((time.thread_time() - began, str(self.func)))

    monkeypatch.setattr(tkinter.CallWrapper, "__call__", timed)
    yield
    assert spent
    assert max(spent)[0] < CALLBACK_S, max(spent)[1]


ENDINGS: dict[str, tuple[Any, LiveState, str]] = {
    "stalls": ("stall", LiveState.FAILED, "stopped delivering pictures"),
    "is lost": (faulty.lost(), LiveState.FAILED, "Camera 0 stopped delivering pictures."),
    "loses its device": (OSError(19, "No such device"), LiveState.FAILED, "No such device."),
    "needs too much memory": (MemoryError(), LiveState.FAILED, "not enough memory"),
    "has a bug": (ZeroDivisionError("oops"), LiveState.FAILED, "The source failed"),
    "ends": (None, LiveState.ENDED, "The camera has stopped"),
} | {
    f"delivers {type(what).__name__} {getattr(what, 'shape', '')}": (
        what, LiveState.FAILED, "something that is no picture",
    )
    for what in faulty.garbage()
}  # fmt: skip

PASSING: dict[str, Callable[[], np.ndarray]] = {
    "goes grey": lambda: np.full_like(squares(), 128),
    "goes black": lambda: np.zeros_like(squares()),
    "shrinks to a pixel": lambda: np.zeros((1, 1, 3), np.uint8),
    "becomes a thin line": lambda: np.full((2, 2000, 3), 60, np.uint8),
}


def end(source: Faulty, name: str) -> None:
    """Lets the source end in that way, and waits until that is told."""
    step, state, _ = ENDINGS[name]
    if step is None:
        source.live.sources[-1].interrupt()
    source.feed.next.append(step)
    source.wait_for_end(state)


@pytest.mark.usefixtures("responsive")
def test_what_ends_a_source_is_told_plainly_and_it_starts_again(
    source: Faulty, expected_errors: list[str]
) -> None:
    """One after another in one window, which must survive them all."""
    expected_errors.append("ZeroDivisionError: oops")
    live, view = source.live, source.view
    for name, (_, state, words) in ENDINGS.items():
        end(source, name)
        assert words in live.title(), name
        for text in (live.title(), str(view.message.text.cget("text"))):
            assert "Traceback" not in text and "Errno" not in text and "\n" not in text, name
        assert (live.canvas.showing is None) == (state is LiveState.FAILED), name
        assert view.controls.start_button.cget("text") == "Start", name
        live.release()
        source.feed = Feed()
        view.message.button.invoke()
        source.wait_for_faces()
        assert not view.message.visible, name
    view.stop()
    source.wait(view.is_closed)
    assert live_threads() == []
    assert [one.closes for one in live.sources] == [1] * (len(ENDINGS) + 1)


@pytest.mark.usefixtures("responsive")
def test_what_passes_is_survived_and_the_faces_come_back(source: Faulty) -> None:
    for name, picture in PASSING.items():
        source.feed.usual = picture
        source.wait_for_faces(0)
        source.wait_for_shape(picture().shape)
        assert source.live.state() is LiveState.RUNNING, name
        source.feed.usual = None
        source.wait_for_faces()
        source.wait_for_shape(squares().shape)
    for step in ("hiccup", "drop"):
        source.feed.next.append(step)
        source.wait(lambda: not source.feed.next)
        source.wait_for_frames()
        source.wait_for_faces()
    assert source.live.state() is LiveState.RUNNING
    assert not source.view.message.visible and not source.banner.visible


@pytest.mark.usefixtures("responsive")
def test_pictures_that_change_their_size_at_every_frame(source: Faulty) -> None:
    sizes = iter(range(10_000))

    def cropped() -> np.ndarray:
        turn = next(sizes)
        return squares()[: 240 - turn % 60, : 320 - turn * 7 % 60]

    source.feed.usual = cropped
    source.wait_for_frames(60)
    source.wait_for_faces()
    assert source.live.state() is LiveState.RUNNING


def test_a_camera_that_hung_starts_by_itself_once_it_is_plugged_in_again(source: Faulty) -> None:
    live = source.live
    live.cameras = [CAMERAS[1]]
    end(source, "stalls")
    assert source.view.message.button.cget("text") == "Reconnect"
    source.wait(lambda: source.view.reconnect._missing)
    live.release()
    source.feed = Feed()
    live.cameras = [CAMERAS[1], CameraInfo(0, CAMERAS[0].name)]
    source.wait_for_faces()
    assert live.opened == ["0", "0"]


def finished(source: Faulty, folder: Path) -> str:
    """Waits for the end of a recording, looks into its files and removes them; what is told."""
    source.wait(lambda: "Recorded" in source.banner.message)
    for path in folder.glob("*.*"):
        if path.suffix == ".mp4":
            with av.open(str(path)) as container:
                assert sum(1 for _ in container.decode(video=0)) > 3
        elif path.suffix == ".jsonl":
            lines = path.read_text(encoding="utf-8").splitlines()
            assert len(lines) > 3 and all("faces" in json.loads(line) for line in lines)
        path.unlink()
    return source.banner.message


@pytest.mark.parametrize("name", ["stalls", "loses its device", "ends", "delivers int "])
def test_a_recording_is_finished_when_its_source_ends(
    source: Faulty, tmp_path: Path, name: str
) -> None:
    recording = source.record()
    end(source, name)
    said = finished(source, tmp_path)
    assert said.startswith("The source has ended." if name == "ends" else "The source stopped")
    assert not source.view.recorder.recording and recording.status.error is None
    source.live.release()


@pytest.mark.usefixtures("responsive")
def test_a_recording_goes_on_through_what_passes(source: Faulty, tmp_path: Path) -> None:
    recording = source.record()
    for picture in (*PASSING.values(), lambda: squares()[:200, :300]):
        source.feed.usual = picture
        source.wait_for_frames(10)
    source.feed.usual = None
    source.feed.next += ["hiccup", "drop"]
    source.wait_for_frames(10)
    assert source.view.recorder.recording and recording.status.error is None
    source.view.record()
    assert finished(source, tmp_path).startswith("Recorded")


# Closed at every stage


def _whole(source: Faulty, folder: Path) -> None:
    """A whole video is being analysed, and its network is just being asked."""
    clip = make_clip(folder / "clip.mp4", [40 * n for n in range(50)])
    source.view.whole.ask(str(clip))
    source.live.driver.root.update()
    source.live.driver.gate.clear()
    source.view.whole.dialog.button.invoke()
    source.wait(lambda: source.view.whole.job is not None)


def _opening(source: Faulty, folder: Path) -> None:
    gate = threading.Event()
    source.live.make = lambda spec: gate.wait(0.5) or faulty.FaultySource(endless_squares())
    source.view.start("2")
    source.wait(lambda: len(source.live.opened) == 2)


def _stalled(source: Faulty, folder: Path) -> None:
    source.feed.next.append("stall")
    source.wait(lambda: not source.feed.next)


STAGES: dict[str, Callable[[Faulty, Path], object]] = {
    "opening": _opening,
    "running": lambda source, folder: None,
    "stalled": _stalled,
    "failed": lambda source, folder: end(source, "is lost"),
    "ended": lambda source, folder: end(source, "ends"),
    "stopped just now": lambda source, folder: source.view.stop(),
    "recording what has stalled": lambda source, folder: (
        source.record(),
        _stalled(source, folder),
    ),
    "asking what to record": lambda source, folder: source.view.record(),
    "analysing a whole video": _whole,
}


@pytest.mark.parametrize("stage", STAGES)
def test_the_window_closes_at_every_stage(source: Faulty, tmp_path: Path, stage: str) -> None:
    """At once, whatever the source does; the fixtures look for threads, errors and logs."""
    STAGES[stage](source, tmp_path)
    driver = source.live.driver
    began = time.monotonic()
    driver.close()
    assert time.monotonic() - began < 2.0
    driver.gate.set()
    source.live.release()


# Again and again


def test_what_a_source_held_is_freed_as_soon_as_it_is_stopped(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the garbage collector, which the window runs over everything each minute only."""
    monkeypatch.setattr(live.driver.app._collector, "turn", lambda: None)
    clip = make_clip(tmp_path / "clip.mp4", [40 * n for n in range(50)], size=(320, 240))
    live.make = open_live
    live.view.start(str(clip))
    live.wait(lambda: live.canvas.showing is not None and live.view.player.player is not None)
    run = live.view.current_run
    held = [weakref.ref(one) for one in (run, run._session, run.player._file, run._renderer)]
    del run
    live.sources.clear()
    live.view.stop()
    live.wait(live.view.is_closed)
    live.view.start("0")  # what has ended is kept until the next one starts
    live.view.stop()
    live.wait(live.view.is_closed)
    live.sources.clear()
    live.wait(lambda: not any(one() for one in held), 3.0)


def _handles() -> int:
    folder = Path("/proc/self/fd")
    return len(os.listdir(folder)) if folder.exists() else 0  # noqa: PTH208 - counts quickly


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_started_and_stopped_two_hundred_times_in_the_window(source: Faulty) -> None:
    """Every stage is hit, with a fault now and then; threads and handles are those of before."""
    live, view = source.live, source.view
    view.stop()
    source.wait(view.is_closed)
    gc.collect()
    before = _handles(), threading.active_count()
    names = [name for name in ENDINGS if name != "has a bug"]
    for turn in range(200):
        source.feed = Feed()
        view.controls.start_button.invoke()
        match turn % 4:
            case 1:
                live.driver.root.update()
            case 2:
                source.wait(lambda: live.canvas.showing is not None)
            case 3:
                source.wait_for_faces()
                if turn % 20 == 3:
                    end(source, names[turn // 20 % len(names)])
                    live.release()
        if view.running:
            view.controls.start_button.invoke()
    source.wait(view.is_closed)
    live.driver.root.update()
    gc.collect()
    assert live_threads() == []
    source.wait(lambda: (_handles(), threading.active_count()) == before)
    assert all(one.closes == 1 for one in live.sources)
