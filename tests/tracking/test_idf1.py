"""The measure itself, on cases that can be counted by hand."""

from __future__ import annotations

import pytest

from emogui.types import FaceBox

from .idf1 import Truth, score

HERE, THERE = FaceBox(0, 0, 10, 10), FaceBox(50, 0, 10, 10)


def test_all_right() -> None:
    reached = score([{"a": Truth(HERE)}] * 4, [{7: HERE}] * 4)
    assert (reached.idf1, reached.switches, reached.numbers) == (1.0, 0, 1)


def test_a_number_lost_half_way_costs_half() -> None:
    reached = score([{"a": Truth(HERE)}] * 4, [{1: HERE}] * 2 + [{2: HERE}] * 2)
    assert (reached.idf1, reached.switches) == (0.5, 1)


def test_missing_and_false_boxes() -> None:
    reached = score([{"a": Truth(HERE)}] * 4, [{1: HERE, 2: THERE}] * 2 + [{}] * 2)
    assert reached.idf1 == pytest.approx(2 * 2 / (4 + 4))


def test_faces_that_are_half_covered_do_not_count() -> None:
    half = {"a": Truth(HERE, asked=False), "b": Truth(THERE)}
    assert score([half] * 2, [{1: THERE}, {1: THERE, 2: HERE}]).idf1 == 1.0
