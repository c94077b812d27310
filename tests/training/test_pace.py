"""Pictures a second, and the time that is left."""

from __future__ import annotations

import pytest

from emogui.training.pace import Pace


def epochs(number=4.0, stages=((64, 1.0),), rows=1000):
    return Pace(stages, epochs=number, minutes=None, rows=rows)


def test_nothing_is_known_at_first():
    pace = epochs()
    assert pace.pictures_per_second is None and pace.seconds_left(0.0) is None
    pace.stepped(1.0, 100, 64)
    assert pace.pictures_per_second is None


def test_the_rest_at_the_pace_of_late():
    pace = epochs()
    pace.stepped(1.0, 100, 64)
    pace.stepped(3.0, 300, 64)
    assert pace.pictures_per_second == pytest.approx(100)
    assert pace.seconds_left(0.5) == pytest.approx(2000 / 100)


def test_an_old_pace_is_forgotten():
    pace = epochs()
    for second in range(60):
        pace.stepped(second, 10 * second, 64)
    for second in range(60, 120):
        pace.stepped(second, 600 + 50 * (second - 60), 64)
    assert pace.pictures_per_second == pytest.approx(50)


def test_larger_pictures_that_come_later_take_longer():
    pace = epochs(2.0, ((48, 0.5), (96, 1.0)))
    pace.stepped(0.0, 0, 48)
    pace.stepped(1.0, 100, 48)
    assert pace.seconds_left(0.0) == pytest.approx(1000 / 100 + 4 * 1000 / 100)
    pace.stepped(30.0, 1000, 96)  # the pace at 48 pixels says nothing any more
    assert pace.pictures_per_second is None


def test_measuring_counts_once_an_epoch():
    pace = epochs(4.0)
    pace.stepped(0.0, 0, 64)
    pace.stepped(1.0, 100, 64)
    pace.measured(6.0)
    assert pace.seconds_left(0.5) == pytest.approx(20 + 2 * 6)


def test_minutes_are_what_is_left_of_them():
    pace = Pace(((64, 1.0),), epochs=None, minutes=10.0, rows=1000)
    assert pace.seconds_left(0.25) == pytest.approx(450)
