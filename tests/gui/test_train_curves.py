"""Axes of the learning curves."""

from __future__ import annotations

import pytest

from emogui.gui.widgets.train_curves import Curve, CurveChart, epoch_ticks, scale_of


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 1.0), (0.61, 0.83), (2.1, 2.1), (0.0, 0.0), (1e-4, 3e3), (-1.0, 2.0)]
)
def test_the_axis_holds_the_values_and_has_round_numbers(low, high):
    bottom, top, ticks = scale_of(low, high)
    assert bottom <= low + 1e-9 and top >= high - 1e-9 and top > bottom
    assert 2 <= len(ticks) <= 8
    assert (ticks[0], ticks[-1]) == (bottom, top)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.995, 1.0), (0.0, 0.001), (0.5, 0.5)])
def test_shares_never_leave_their_range(low, high):
    bottom, top, _ = scale_of(low, high, percent=True)
    assert bottom >= 0 and top <= 1 + 1e-9 and bottom <= low and top >= high - 1e-9


def test_epochs_are_whole_and_few():
    assert epoch_ticks(3.4, 10) == [0, 1, 2, 3]
    assert epoch_ticks(100.0, 10) == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    assert len(epoch_ticks(9999.0, 8)) <= 9


def test_curves_are_drawn_and_redrawn_in_the_other_theme(window):
    chart = CurveChart(window.root, window.context, "Loss")
    chart.place(x=0, y=0, width=400, height=200)
    window.root.update()
    chart.show([Curve("a", ())], 3.0, "Nothing yet")
    assert chart.lines == 0
    points = [(0.1 * n, 2.0 / (1 + n)) for n in range(40)]
    chart.show([Curve("a", points, best=points[3][0]), Curve("b", points[:2])], 5.0)
    assert chart.lines == 2 and len(chart.find_withtag("best")) == 1
    before = chart.cget("background")
    window.commands.do("toggle_theme")
    chart.draw()
    assert chart.cget("background") != before


def test_no_two_numbers_of_an_axis_read_the_same(window):
    chart = CurveChart(window.root, window.context, "Accuracy", percent=True)
    chart.place(x=0, y=0, width=400, height=300)
    window.root.update()
    chart.show([Curve("a", [(1.0, 0.403)]), Curve("b", [(1.0, 0.3905)])], 2.0)
    texts = [
        chart.itemcget(item, "text") for item in chart.find_all() if chart.type(item) == "text"
    ]
    numbers = [text for text in texts if text.endswith(" %") and "  " not in text]
    assert len(numbers) >= 2 and len(set(numbers)) == len(numbers)
