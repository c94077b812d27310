"""A source that misbehaves in every way, before the real detector and network."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emogui import Analyzer, load_image, paths
from emogui.live.analysis import LazyAnalysis
from emogui.live.session import LiveSession
from emogui.live.update import LiveState, LiveUpdate
from emogui.types import Image

from .faulty_source import FaultySource, endless, garbage, grey_and_black, lost, picture, result_of


@pytest.fixture(scope="module")
def analysis() -> LazyAnalysis:
    return LazyAnalysis(Analyzer)


@pytest.fixture(scope="module")
def faces() -> Image:
    """The sample picture's two faces, as a camera would show them."""
    import cv2

    sample = load_image(paths.assets() / "sample.jpg")
    return np.asarray(cv2.resize(sample, (320, 186), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    wait_until(lambda: not live_threads(), 5)


def live_threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("live-")]


def wait_until(condition: Any, limit_s: float = 20.0) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.003)


def run(script: Any, analysis: Any, **how: Any) -> tuple[LiveUpdate, list[int], FaultySource]:
    """Runs a script to its end; the last update, the faces of each result, and the source."""
    faces: list[int] = []
    source = FaultySource(script, fps=60)
    source.patience_s = 20.0
    session = LiveSession(
        lambda: source, analysis, on_result=lambda a: faces.append(len(a.result.faces)), **how
    )
    session.start()
    updates: list[LiveUpdate] = []

    def ended() -> bool:
        updates[:] = [session.poll()]
        return updates[0].state.final

    wait_until(ended)
    wait_until(lambda: not session.alive)
    return session.poll(), faces, source


def test_grey_and_black_pictures_hold_no_faces_and_those_after_them_do(
    analysis: LazyAnalysis, faces: Image
) -> None:
    update, found, _ = run(grey_and_black(faces), analysis, every_frame=True)
    assert update.state is LiveState.ENDED
    assert found == [2, 0, 0, 2]
    assert update.statistics.faces.ids == 2  # they came back to where they were
    assert update.statistics.analysed == 4


def test_pictures_that_change_their_size(analysis: LazyAnalysis, faces: Image) -> None:
    small = np.ascontiguousarray(faces[::2, ::2])
    update, found, _ = run([faces, small, faces[:, :160], small], analysis, every_frame=True)
    assert update.state is LiveState.ENDED
    assert found[:2] == [2, 2] and found[3] == 2
    assert update.analysis_error is None


@pytest.mark.parametrize("number", range(len(garbage())))
def test_garbage_ends_it_with_what_came(analysis: LazyAnalysis, faces: Image, number: int) -> None:
    update, found, source = run([faces, garbage()[number]], analysis, every_frame=True)
    assert update.state is LiveState.FAILED
    assert update.error is not None and "no picture" in update.error.message
    assert source.closes == 1
    assert len(found) <= 1


@pytest.mark.parametrize("error", [lost(), OSError(19, "No such device"), MemoryError()])
def test_a_source_that_raises_comes_back_as_a_new_session(
    analysis: LazyAnalysis, faces: Image, error: Exception
) -> None:
    update, _, source = run([faces, faces, error], analysis)
    assert update.state is LiveState.FAILED and update.error is not None
    assert update.error.message and update.error.hint
    assert source.closes == 1
    update, found, _ = run([faces] * 3, analysis, every_frame=True)
    assert (update.state, found) == (LiveState.ENDED, [2, 2, 2])


def test_every_frame_of_a_file_is_analysed_however_slow_that_is() -> None:
    def slowly(frame: Any) -> Any:
        time.sleep(0.02)
        return result_of(frame)

    update, found, _ = run([picture()] * 25, slowly, every_frame=True)
    figures = update.statistics
    assert (figures.captured, figures.analysed, figures.carried) == (25, 25, 0)
    assert len(found) == 25
    assert update.newest is not None and update.newest.frame.index == 24


def test_what_a_slow_analysis_leaves_out_is_carried() -> None:
    def slowly(frame: Any) -> Any:
        time.sleep(0.05)
        return result_of(frame)

    update, found, _ = run([picture()] * 40, slowly)
    figures = update.statistics
    assert figures.analysed == len(found) < 40
    assert figures.captured == figures.analysed + figures.carried == 40


def test_a_slow_every_frame_analysis_is_not_taken_for_a_lost_source() -> None:
    source = FaultySource([picture()] * 4)
    source.patience_s = 0.05

    def slowly(frame: Any) -> Any:
        time.sleep(0.15)
        return result_of(frame)

    session = LiveSession(lambda: source, slowly, every_frame=True)
    session.start()
    wait_until(lambda: session.poll().state.final)
    assert session.poll().state is LiveState.ENDED


@pytest.mark.parametrize("every_frame", [False, True])
def test_stop_does_not_wait_for_an_analysis(every_frame: bool) -> None:
    gate, begun = threading.Event(), threading.Event()

    def hang(frame: Any) -> Any:
        begun.set()
        gate.wait(10)
        return result_of(frame)

    session = LiveSession(lambda: FaultySource(endless()), hang, every_frame=every_frame)
    session.start()
    assert begun.wait(5)
    began = time.monotonic()
    session.stop()
    assert time.monotonic() - began < 0.1
    gate.set()
    wait_until(lambda: not session.alive)
    assert session.poll().newest is None


def test_counting_starts_once_the_models_are_loaded(faces: Image) -> None:
    gate = threading.Event()

    def load() -> Any:
        gate.wait(10)
        return analyzer

    analyzer = Analyzer()
    session = LiveSession(lambda: FaultySource(endless(faces)), LazyAnalysis(load))
    session.start()
    wait_until(lambda: session.poll().statistics.captured > 10)
    gate.set()
    wait_until(lambda: session.poll().newest is not None)
    figures = session.poll().statistics
    assert figures.result_age.p99 is not None and figures.result_age.p99 < 2000
    assert figures.stage_ms["detect"].p50 is not None
    assert (figures.faces.now, figures.faces.most, figures.faces.ids) == (2, 2, 2)
    session.stop()


def test_whoever_waits_is_woken_by_news_and_by_the_end() -> None:
    source = FaultySource([picture(), "wait"])
    source.patience_s = 20
    session = LiveSession(lambda: source, result_of)
    session.start()
    assert session.wait(5)
    wait_until(lambda: session.poll().newest is not None)
    while session.wait(0):
        pass
    assert not session.wait(0.01)
    session.stop()
    assert session.wait(5)
    assert session.poll().state is LiveState.STOPPED


def handles() -> int:
    folder = Path("/proc/self/fd")
    return len(os.listdir(folder)) if folder.exists() else 0  # noqa: PTH208 - counts quickly


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_started_and_stopped_two_hundred_times(analysis: LazyAnalysis, faces: Image) -> None:
    """Every stage is hit: while opening, at the first frames, within an analysis."""
    run([faces], analysis, every_frame=True)
    before = handles(), threading.active_count()
    random = np.random.default_rng(0)
    for i in range(200):
        source = FaultySource(endless(faces))
        session = LiveSession(lambda s=source: s, analysis)  # type: ignore[misc]
        session.start()
        if i % 4:
            time.sleep(float(random.uniform(0, 0.06)))
            session.poll()
        session.stop()
        wait_until(lambda s=session: not s.alive)  # type: ignore[misc]
        assert source.closes == 1
    gc.collect()
    assert (handles(), threading.active_count()) == before


def test_quickly_started_and_stopped_leaves_nothing() -> None:
    before = handles(), threading.active_count()
    for i in range(200):
        source = FaultySource(endless())
        session = LiveSession(lambda s=source: s, result_of)  # type: ignore[misc]
        session.start()
        if i % 3:
            session.poll()
        session.stop()
        wait_until(lambda s=session: not s.alive)  # type: ignore[misc]
        assert source.closes == 1
    gc.collect()
    assert (handles(), threading.active_count()) == before
