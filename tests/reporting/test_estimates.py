"""Means over sources and their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from emogui.reporting import estimates
from emogui.reporting.estimates import FEWEST, SourceMeans


def means_of(values, name=""):
    means = SourceMeans(values.shape[1], name)
    for row in values:
        means.add(row)
    return means.estimates()


def test_few_sources_have_a_mean_and_no_interval():
    found = means_of(np.full((FEWEST - 1, 2), 0.25))
    assert [(e.mean, e.low, e.high) for e in found] == [(0.25, None, None)] * 2


def test_intervals_are_the_same_each_time_and_hold_the_mean():
    values = np.random.default_rng(1).beta(2, 5, size=(40, 3))
    first, again = means_of(values, "a"), means_of(values, "a")
    assert first == again
    for found, true in zip(first, values.mean(axis=0), strict=True):
        assert found.mean == pytest.approx(true)
        assert found.low < found.mean < found.high


def test_bootstrap_and_normal_intervals_agree_where_one_takes_over(monkeypatch):
    values = np.random.default_rng(2).beta(2, 5, size=(1500, 2))
    drawn = means_of(values)
    monkeypatch.setattr(estimates, "DRAWN", 100)
    reckoned = means_of(values)
    for a, b in zip(drawn, reckoned, strict=True):
        assert (a.low, a.high) == pytest.approx((b.low, b.high), abs=0.002)


def test_the_intervals_hold_the_truth_about_as_often_as_they_say():
    chance = np.random.default_rng(3)
    held = 0
    for _ in range(100):
        (found,) = means_of(chance.beta(2, 5, size=(30, 1)))
        held += found.low <= 2 / 7 <= found.high
    assert 86 <= held <= 100


def test_memory_does_not_grow_with_the_sources(monkeypatch):
    monkeypatch.setattr(estimates, "DRAWN", 10)
    means = SourceMeans(1)
    for value in np.linspace(0, 1, 101):
        means.add(np.array([value]))
    assert len(means._drawn) == 0
    assert means.estimates()[0].mean == pytest.approx(0.5)
