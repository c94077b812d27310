from __future__ import annotations

from math import comb

import numpy as np
import pytest

from emogui.labels import FER2013, FERPLUS
from emogui.training import intervals
from emogui.training.intervals import bootstrap, expected_ece, mcnemar, paired_difference
from emogui.training.metrics import measure


def drawn(n: int, labels, seed: int, sharpness: float = 2.0):
    """Probabilities, and truths drawn from them: a perfectly calibrated network."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, sharpness, (n, len(labels)))
    table = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
    return table, truth


@pytest.mark.parametrize("labels", [FERPLUS, FER2013])
def test_the_faces_drawn_once_give_the_figures_themselves(labels):
    table, truth = drawn(400, labels, 0)
    measured = measure(table, truth, labels)
    sums = np.ones((1, 400)) @ intervals._features(table, truth)
    figures = intervals._figures(sums, labels)
    assert ("balanced_six" in figures) == (labels is FERPLUS)
    for name, values in figures.items():
        assert values[0] == pytest.approx(getattr(measured, name), abs=1e-12), name


def test_six_are_the_classes_without_contempt_and_disgust():
    table, truth = drawn(400, FERPLUS, 1)
    measured = measure(table, truth, FERPLUS)
    kept = [c.recall for c in measured.per_class if c.label not in ("contempt", "disgust")]
    assert len(kept) == 6 and measured.balanced_six == pytest.approx(np.mean(kept))
    assert measure(*drawn(50, FER2013, 1), FER2013).balanced_six is None


def test_intervals_are_those_of_the_binomial_distribution():
    table, truth = drawn(3000, FERPLUS, 2)
    accuracy = measure(table, truth, FERPLUS).accuracy
    found = bootstrap(table, truth, FERPLUS).figures["accuracy"]
    error = 1.96 * (accuracy * (1 - accuracy) / 3000) ** 0.5
    assert found.low == pytest.approx(accuracy - error, abs=0.002)
    assert found.high == pytest.approx(accuracy + error, abs=0.002)


def test_the_seed_decides_and_all_headline_figures_are_there():
    table, truth = drawn(300, FERPLUS, 3)
    first, again = (bootstrap(table, truth, FERPLUS, resamples=200) for _ in range(2))
    other = bootstrap(table, truth, FERPLUS, resamples=200, seed=1)
    assert first == again != other
    assert tuple(first.figures) == intervals.FIGURES
    record = first.as_dict()
    assert record["level"] == 0.95 and record["resamples"] == 200 and record["seed"] == 0
    assert all(record[name][0] < record[name][1] for name in intervals.FIGURES)


def test_memory_is_bounded_by_chunks_that_add_up(monkeypatch):
    monkeypatch.setattr(intervals, "NUMBERS_AT_ONCE", 1000)
    assert list(intervals._chunks(300, 10)) == [3, 3, 3, 1]
    assert list(intervals._chunks(5000, 2)) == [1, 1]
    counts = np.concatenate(list(intervals._counts(300, 10, np.random.default_rng(0))))
    assert counts.shape == (10, 300) and (counts.sum(axis=1) == 300).all()


def test_a_calibrated_network_shows_the_ece_that_is_expected_of_it():
    table, truth = drawn(3000, FERPLUS, 4)
    expected = expected_ece(table.max(axis=1))
    assert 0 < expected.interval.low < expected.mean < expected.interval.high
    assert expected.interval.low < measure(table, truth, FERPLUS).ece < expected.interval.high
    # With more faces chance has less room.
    assert expected_ece(np.tile(table.max(axis=1), 4), resamples=200).mean < 0.6 * expected.mean
    too_sure = table**3 / (table**3).sum(axis=1, keepdims=True)
    found = bootstrap(too_sure, truth, FERPLUS)
    assert measure(too_sure, truth, FERPLUS).ece > 2 * found.ece_if_calibrated.interval.high


def test_classes_without_a_face_do_no_harm():
    table, _ = drawn(40, FERPLUS, 5)
    only_rare = np.full(40, FERPLUS.index("contempt"))
    found = bootstrap(table, only_rare, FERPLUS, resamples=50)
    assert "balanced_six" not in found.figures
    assert np.isfinite([found.figures["accuracy"].low, found.figures["macro_f1"].high]).all()


def hits(both: int, first: int, second: int, none: int):
    a = [True] * (both + first) + [False] * (second + none)
    b = [True] * both + [False] * first + [True] * second + [False] * none
    return np.array(a), np.array(b)


def test_mcnemar_is_the_binomial_test_of_the_discordant_pairs():
    found = mcnemar(*hits(50, 2, 8, 40))
    assert (found.only_first, found.only_second) == (2, 8)
    assert found.p == pytest.approx(2 * sum(comb(10, k) for k in range(3)) / 2**10)
    assert mcnemar(*hits(50, 5, 5, 40)).p == 1.0
    assert mcnemar(*hits(50, 0, 0, 40)).p == 1.0
    assert 0 < mcnemar(*hits(0, 900, 90, 0)).p < 1e-100


def test_differences_are_drawn_in_pairs():
    first, second = hits(700, 20, 60, 220)
    found = paired_difference(first, second)
    # 80 pairs differ: sd of the difference is sqrt(80 - 1.6) / 1000.
    assert found.low == pytest.approx(0.04 - 1.96 * 0.00885, abs=0.002)
    assert found.high == pytest.approx(0.04 + 1.96 * 0.00885, abs=0.002)
    same = paired_difference(first, first)
    assert same.low == same.high == 0
