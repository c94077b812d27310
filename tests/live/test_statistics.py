from __future__ import annotations

import numpy as np
import pytest

from emogui.live.statistics import STAGES, FaceCounts, Histogram, Quantiles, Recorder
from emogui.tracking.results import TrackedResult
from emogui.types import FrameResult

from .faulty_source import face


def tracked(faces: int = 1, carried: int = 0, **timings_ms: float) -> TrackedResult:
    found = tuple(face(face_id=i) for i in range(faces))
    return TrackedResult(FrameResult(faces=found, timings_ms=timings_ms), carried)


def test_rates_ages_and_drops() -> None:
    now = 0.0
    recorder = Recorder(lambda: now)
    assert recorder.snapshot().fps == 0.0
    assert recorder.snapshot().frame_age_ms is None
    for i in range(100):
        now = i * 0.04
        recorder.captured(2 * i)  # every other frame was left out by the source
        recorder.shown(now - 0.010)
        if i % 4 == 0:
            recorder.analysed(tracked(carried=i % 8 == 0), 1)
            recorder.result_shown(now - (0.100 if i % 20 else 0.300))
        else:
            recorder.skipped()
    for _ in range(7):
        recorder.replaced()
    figures = recorder.snapshot()
    assert (figures.captured, figures.shown) == (100, 100)
    assert (figures.analysed, figures.carried) == (12, 13 + 75)
    assert figures.dropped == 99 + 7
    assert figures.fps == pytest.approx(25, rel=0.01)
    assert figures.analysis_fps == pytest.approx(6.25, rel=0.01)
    assert figures.frame_age_ms == pytest.approx(10)
    assert figures.result_age_p50_ms == pytest.approx(100)
    assert figures.result_age_p95_ms == pytest.approx(300)
    now += 60
    late = recorder.snapshot()
    assert late.fps == 0.0 and late.result_age_p50_ms is None
    assert late.result_age.p50 == pytest.approx(100, rel=0.011)  # over the whole session


def test_frames_that_a_player_jumped_over_were_not_left_out() -> None:
    recorder = Recorder()
    for index, epoch in ((0, 0), (2, 0), (500, 1), (501, 1), (3, 2)):
        recorder.captured(index, epoch)
    figures = recorder.snapshot()
    assert (figures.captured, figures.late) == (5, 1)


def test_stages_and_faces() -> None:
    recorder = Recorder()
    assert recorder.snapshot().stage_ms == dict.fromkeys(STAGES, Quantiles())
    for faces in (2, 5, 1):
        recorder.analysed(tracked(faces, detect=6.0 * faces, total=20.0, other=1.0), 6)
    figures = recorder.snapshot()
    assert figures.faces == FaceCounts(now=1, most=5, ids=6)
    assert set(figures.stage_ms) == set(STAGES)
    assert figures.stage_ms["detect"].p50 == pytest.approx(12, rel=0.011)
    assert figures.stage_ms["detect"].p95 == pytest.approx(30, rel=0.011)
    assert figures.stage_ms["crop"] == Quantiles()


def test_counting_starts_anew_once_the_models_are_loaded() -> None:
    recorder = Recorder()
    recorder.captured(0)
    recorder.captured(40)
    recorder.analysed(tracked(), 1)
    recorder.replaced()
    recorder.restart()
    figures = recorder.snapshot()
    assert (figures.captured, figures.analysed, figures.dropped) == (0, 0, 0)
    assert figures.faces == FaceCounts()


@pytest.mark.parametrize("spread", [0.1, 1.0])
def test_a_histogram_gives_the_quantiles_to_one_percent(spread: float) -> None:
    values = np.exp(np.random.default_rng(1).normal(3, spread, 5000))
    histogram = Histogram()
    for value in values:
        histogram.add(float(value))
    found = histogram.quantiles()
    assert found.p50 == pytest.approx(np.quantile(values, 0.5), rel=0.02)
    assert found.p95 == pytest.approx(np.quantile(values, 0.95), rel=0.02)
    assert found.p99 == pytest.approx(np.quantile(values, 0.99), rel=0.02)


def test_a_histogram_takes_any_time() -> None:
    histogram = Histogram()
    histogram.add(0.0)
    histogram.add(1e12)
    assert histogram.quantiles().p50 == pytest.approx(0.01, rel=0.02)
    assert (histogram.quantiles().p99 or 0) > 5e5
