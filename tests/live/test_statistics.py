from __future__ import annotations

import pytest

from emogui.live.statistics import Recorder


def test_rates_ages_and_drops() -> None:
    now = 0.0
    recorder = Recorder(lambda: now)
    assert recorder.snapshot(0).fps == 0.0
    assert recorder.snapshot(0).frame_age_ms is None
    for i in range(100):
        now = i * 0.04
        recorder.captured(2 * i)  # every other frame was left out by the source
        recorder.shown(now - 0.010)
        if i % 4 == 0:
            recorder.analysed()
            recorder.result_shown(now - (0.100 if i % 20 else 0.300))
    figures = recorder.snapshot(7)
    assert (figures.captured, figures.shown, figures.analysed) == (100, 100, 25)
    assert figures.dropped == 99 + 7
    assert figures.fps == pytest.approx(25, rel=0.01)
    assert figures.analysis_fps == pytest.approx(6.25, rel=0.01)
    assert figures.frame_age_ms == pytest.approx(10)
    assert figures.result_age_p50_ms == pytest.approx(100)
    assert figures.result_age_p95_ms == pytest.approx(300)
    now += 60
    assert recorder.snapshot(0).fps == 0.0
