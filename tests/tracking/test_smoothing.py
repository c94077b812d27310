from __future__ import annotations

import math

import pytest

from emogui.tracking.smoothing import ProbabilitySmoother

CALM, HAPPY = {"neutral": 0.9, "happiness": 0.1}, {"neutral": 0.1, "happiness": 0.9}


@pytest.mark.parametrize("fps", [4, 10, 30, 60])
def test_a_change_of_expression_shows_within_300_ms(fps: int) -> None:
    smoother = ProbabilitySmoother()
    for i in range(2 * fps + 1):
        smoother.update(CALM, i / fps)
    changed = 2.0
    frames = range(1, fps + 1)
    turned = next(
        i / fps
        for i in frames
        if (now := smoother.update(HAPPY, changed + i / fps))["happiness"] > now["neutral"]
    )
    assert turned <= 0.3


def test_a_flicker_of_one_frame_does_not_show() -> None:
    smoother = ProbabilitySmoother()
    smoother.update(CALM, 0.0)
    now = smoother.update(HAPPY, 1 / 30)
    assert now["neutral"] > 0.7


@pytest.mark.parametrize("steps", [1, 5, 50])
def test_it_depends_on_time_and_not_on_the_frame_rate(steps: int) -> None:
    smoother = ProbabilitySmoother()
    smoother.update({"a": 1.0, "b": 0.0}, 0.0, 0.25)
    for i in range(1, steps + 1):
        now = smoother.update({"a": 0.0, "b": 1.0}, 0.25 * i / steps, 0.25)
    assert now["b"] == pytest.approx(1 - math.exp(-1))
    assert sum(now.values()) == pytest.approx(1)


def test_no_smoothing_and_another_head() -> None:
    smoother = ProbabilitySmoother()
    smoother.update(CALM, 0.0)
    assert smoother.update(HAPPY, 0.01, 0.0) == HAPPY
    assert smoother.update({"angry": 1.0}, 0.02) == {"angry": 1.0}
