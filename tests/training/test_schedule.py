from __future__ import annotations

import pytest

from emogui.errors import UsageError
from emogui.training.schedule import average_decay, learning_rate, parse_stages, size_at


def test_rate_warms_up_to_its_peak_and_falls_to_a_hundredth():
    rates = [learning_rate(p / 100, 0.1) for p in range(101)]
    assert max(rates) == pytest.approx(0.1, rel=1e-3)
    assert rates[0] < 0.01
    assert rates[-1] == pytest.approx(0.001)
    assert rates[3:] == sorted(rates[3:], reverse=True)


def test_stages_tell_the_size_at_each_point():
    stages = parse_stages("64:0.4,96")
    assert [size_at(p, stages) for p in (0, 0.39, 0.41, 1.0)] == [64, 64, 96, 96]


@pytest.mark.parametrize("text", ["", "64:0.4", "big", "64:0.6,80:0.4,96", "16", "64:x,96"])
def test_other_forms_are_refused(text):
    with pytest.raises(UsageError, match=r"64:0\.4,96"):
        parse_stages(text)


def test_the_average_forgets_the_random_start_sooner_than_its_decay_alone_would():
    kept = 1.0
    for step in range(500):
        kept *= average_decay(step, 0.999)
    assert kept < 1e-6  # 0.61 of the random weights would be left else
    assert average_decay(10**6, 0.999) == 0.999
    assert average_decay(0, 0.0) == 0.0
