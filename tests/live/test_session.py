"""The live session: what it delivers, and that no fault of a source or analysis stops it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from emogui.errors import EmoguiError, ModelError, SourceError
from emogui.live.analysis import LIVE_LONG_SIDE, frame_analysis
from emogui.live.session import LiveSession
from emogui.live.update import LiveState, LiveUpdate
from emogui.media.source import FrameSource
from emogui.media.video import VideoSource
from emogui.types import Frame, FrameResult, Image

from .faulty_source import FaultySource, endless, face, lost, picture, result_of


def live_threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("live-")]


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    end = time.monotonic() + 3
    while live_threads() and time.monotonic() < end:
        time.sleep(0.005)
    assert live_threads() == []


def poll_until(
    session: LiveSession, enough: Callable[[LiveUpdate], bool], limit_s: float = 8.0
) -> LiveUpdate:
    end = time.monotonic() + limit_s
    while True:
        update = session.poll()
        if enough(update):
            return update
        assert time.monotonic() < end, update
        time.sleep(0.003)


def final(update: LiveUpdate) -> bool:
    return update.state.final


def run(source: FrameSource | Exception, **how: object) -> LiveSession:
    def open_it() -> FrameSource:
        if isinstance(source, Exception):
            raise source
        return source

    session = LiveSession(open_it, **how)  # type: ignore[arg-type]
    session.start()
    return session


def test_frames_and_results_come_and_belong_together() -> None:
    session = run(FaultySource(endless()), analyze=result_of)
    update = poll_until(session, lambda u: u.statistics.analysed >= 3 and u.newest is not None)
    assert update.state is LiveState.RUNNING
    assert (update.source_name, update.is_camera) == ("faulty", True)
    assert update.session == session.number
    assert update.frame is not None and update.frame.session == session.number
    assert update.newest is not None
    assert update.newest.frame.index == update.newest.result.frame
    assert update.frame.index >= update.newest.frame.index
    assert update.statistics.fps > 0
    assert update.statistics.result_age_p95_ms is not None
    session.stop()
    assert poll_until(session, final).state is LiveState.STOPPED


def test_sessions_have_numbers_of_their_own() -> None:
    one, two = LiveSession(lambda: FaultySource([])), LiveSession(lambda: FaultySource([]))
    assert one.number != two.number


def test_one_thread_reads_and_releases_and_it_is_not_the_callers() -> None:
    source = FaultySource(endless())
    session = run(source)
    poll_until(session, lambda u: u.frame is not None)
    session.stop()
    poll_until(session, lambda _: not session.alive)
    assert len(source.threads) == 1
    assert threading.get_ident() not in source.threads
    assert source.closes == 1


def test_frames_are_shown_at_the_sources_rate_however_slow_the_analysis_is() -> None:
    def slowly(frame: Frame) -> FrameResult:
        time.sleep(0.15)
        return result_of(frame)

    session = run(FaultySource(endless(), fps=50), analyze=slowly)
    update = poll_until(session, lambda u: u.statistics.analysed >= 4)
    session.stop()
    figures = update.statistics
    assert figures.captured >= 4 * figures.analysed
    assert figures.shown >= 0.5 * figures.captured
    # No backlog: a result is at most one analysis and the wait for the next frame old.
    assert figures.result_age_p50_ms is not None and figures.result_age_p50_ms < 330


def test_the_end_of_a_file() -> None:
    update = poll_until(run(FaultySource([picture()] * 3, is_camera=False)), final)
    assert update.state is LiveState.ENDED
    assert update.error is None
    assert update.frame is not None and update.frame.index == 2


@pytest.mark.parametrize("error", [lost(), SourceError("There is no camera 4.", "Plug it in.")])
def test_an_error_while_opening_is_told_as_it_is(error: SourceError) -> None:
    update = poll_until(run(error), final)
    assert (update.state, update.error) == (LiveState.FAILED, error)


def test_a_camera_that_is_pulled_out() -> None:
    source = FaultySource([picture()] * 3 + [lost()])
    update = poll_until(run(source), final)
    assert update.state is LiveState.FAILED
    assert update.error is not None and "stopped delivering" in update.error.message
    assert update.frame is not None  # the last picture stays
    assert source.closes == 1


def test_an_unforeseen_exception_of_a_source_becomes_a_plain_message() -> None:
    update = poll_until(run(FaultySource([picture(), ZeroDivisionError("oops")])), final)
    assert update.state is LiveState.FAILED
    assert isinstance(update.error, SourceError)
    assert "ZeroDivisionError: oops" in update.error.message


def test_a_read_that_hangs_is_given_up_and_the_thread_ends_when_it_may() -> None:
    source = FaultySource([picture(), "stall"])
    session = run(source)
    update = poll_until(session, final)
    assert update.state is LiveState.FAILED
    assert update.error is not None and "stopped delivering" in update.error.message
    assert session.alive  # the driver holds it ...
    assert all(t.daemon for t in threading.enumerate() if t.name.startswith("live-"))
    source.release.set()
    poll_until(session, lambda _: not session.alive)
    assert source.closes == 1  # ... and it releases the device in the end
    assert session.poll().state is LiveState.FAILED


def test_stop_does_not_wait_for_a_read() -> None:
    source = FaultySource([picture(), "wait"])
    source.patience_s = 60
    session = run(source)
    poll_until(session, lambda u: u.frame is not None)
    began = time.monotonic()
    session.stop()
    assert time.monotonic() - began < 0.05
    poll_until(session, lambda _: not session.alive)


def test_a_source_that_does_not_open_is_given_up_and_closed_when_it_does() -> None:
    gate, source = threading.Event(), FaultySource(endless())

    def open_slowly() -> FrameSource:
        gate.wait(10)
        return source

    session = LiveSession(open_slowly, open_limit_s=0.1)
    session.start()
    assert session.poll().state is LiveState.OPENING
    update = poll_until(session, final)
    assert update.error is not None and "did not open within" in update.error.message
    gate.set()
    poll_until(session, lambda _: not session.alive)
    assert source.closes == 1
    assert session.poll().frame is None


def test_stopped_while_opening() -> None:
    gate, source = threading.Event(), FaultySource(endless())

    def open_slowly() -> FrameSource:
        gate.wait(10)
        return source

    session = LiveSession(open_slowly)
    session.start()
    session.stop()
    assert session.poll().state is LiveState.STOPPED
    gate.set()
    poll_until(session, lambda _: not session.alive)
    assert source.closes == 1
    assert session.poll().state is LiveState.STOPPED


def test_pictures_may_change_their_size() -> None:
    sizes = [picture(64, 48), picture(32, 32), picture(128, 96)]
    seen: set[tuple[int, ...]] = set()

    def analyze(frame: Frame) -> FrameResult:
        seen.add(frame.image.shape)
        return result_of(frame)

    session = run(FaultySource(sizes * 20), analyze=analyze)
    assert poll_until(session, final).state is LiveState.ENDED
    assert len(seen) == 3


@pytest.mark.parametrize(
    "garbage",
    [
        np.zeros((48, 64), np.uint8),
        np.zeros((48, 64, 3), np.float32),
        np.zeros((0, 0, 3), np.uint8),
    ],
)
def test_garbage_is_refused_with_what_came(garbage: Image) -> None:
    update = poll_until(run(FaultySource([picture(), garbage])), final)
    assert update.state is LiveState.FAILED
    assert update.error is not None and str(garbage.shape) in update.error.message


def test_no_array_at_all() -> None:
    update = poll_until(run(FaultySource([42])), final)
    assert update.error is not None and "no picture" in update.error.message


def test_an_analysis_that_fails_is_told_once_and_the_pictures_go_on() -> None:
    def fail(frame: Frame) -> FrameResult:
        raise RuntimeError("out of memory")

    session = run(FaultySource(endless()), analyze=fail)
    told: list[EmoguiError] = []

    def seen_enough(update: LiveUpdate) -> bool:
        if update.analysis_error is not None:
            told.append(update.analysis_error)
        return update.statistics.captured > 30

    update = poll_until(session, seen_enough)
    assert update.state is LiveState.RUNNING
    assert len(told) == 1
    assert "RuntimeError: out of memory" in told[0].message
    session.analyze = result_of  # another model mends it
    assert poll_until(session, lambda u: u.newest is not None).analysis_error is None
    session.stop()


def test_an_analysis_that_fails_at_times_goes_on() -> None:
    def at_times(frame: Frame) -> FrameResult:
        if frame.index % 2:
            raise ModelError("The network is damaged.", "Install it again.")
        return result_of(frame)

    session = run(FaultySource(endless()), analyze=at_times)
    poll_until(session, lambda u: u.statistics.analysed > 3)
    session.stop()


def test_the_analysis_is_turned_off_and_on_while_running() -> None:
    session = run(FaultySource(endless()), analyze=result_of)
    poll_until(session, lambda u: u.newest is not None)
    session.analyze = None
    assert session.poll().newest is None
    seen = session.poll().statistics.captured
    update = poll_until(session, lambda u: u.statistics.captured > seen + 10)
    assert update.newest is None
    session.analyze = lambda frame: result_of(frame, face(x=1))
    update = poll_until(session, lambda u: u.newest is not None)
    assert update.newest is not None and update.newest.result.faces[0].box.x == 1
    session.stop()


def test_a_result_of_the_former_analysis_is_dropped() -> None:
    begun, gate = threading.Event(), threading.Event()

    def old(frame: Frame) -> FrameResult:
        begun.set()
        gate.wait(10)
        return result_of(frame, face(x=1))

    session = run(FaultySource(endless()), analyze=old)
    assert begun.wait(5)
    session.analyze = lambda frame: result_of(frame, face(x=2))
    gate.set()
    seen: set[int] = set()

    def many(update: LiveUpdate) -> bool:
        if update.newest is not None:
            seen.add(update.newest.result.faces[0].box.x)
        return update.statistics.analysed > 6

    poll_until(session, many)
    session.stop()
    assert seen == {2}


def test_a_renderer_gets_every_frame() -> None:
    got: list[int] = []
    session = run(FaultySource([picture()] * 20), on_frame=lambda f: got.append(f.index))
    poll_until(session, final)
    assert got == list(range(20))


def test_started_and_stopped_twenty_times() -> None:
    for i in range(20):
        source = FaultySource(endless())
        session = run(source, analyze=result_of)
        if i % 2:
            poll_until(session, lambda u: u.frame is not None)
        session.stop()
        poll_until(session, lambda _, s=session: not s.alive)  # type: ignore[misc]
        assert source.closes == 1


def test_the_live_analysis_asks_for_the_small_pass() -> None:
    asked: dict[str, object] = {}

    class Analyzer:
        def analyze(self, image: Image, **how: object) -> FrameResult:
            asked.update(how)
            return FrameResult()

    frame_analysis(Analyzer(), "Webcam")(Frame(picture(), 7, 1.5, 0.0))  # type: ignore[arg-type]
    assert asked == {"source": "Webcam", "frame": 7, "time_s": 1.5, "long_side": LIVE_LONG_SIDE}


def test_a_video_played_as_a_camera_has_little_age(tmp_path: Path) -> None:
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (320, 240))
    for i in range(30):
        writer.write(np.full((240, 320, 3), i * 8, np.uint8))
    writer.release()

    def in_60_ms(frame: Frame) -> FrameResult:
        time.sleep(0.06)
        return result_of(frame)

    session = LiveSession(lambda: VideoSource(path, realtime=True, loop=True), in_60_ms)
    session.start()
    update = poll_until(session, lambda u: u.statistics.captured >= 60)
    session.stop()
    figures = update.statistics
    assert figures.fps == pytest.approx(30, abs=4)
    assert figures.result_age_p50_ms is not None and figures.result_age_p50_ms < 200
    poll_until(session, lambda _: not session.alive)
