from __future__ import annotations

from pathlib import Path

import numpy as np


def test_the_interval_of_a_paired_difference_is_that_of_its_rows():
    from bootstrap import Resamples, estimate

    rng = np.random.default_rng(0)
    first = rng.random(2000) < 0.7
    second = first ^ (rng.random(2000) < 0.1)
    draws = Resamples(2000)
    found = estimate(draws.mean(first) - draws.mean(second))
    rows = first.astype(float) - second
    assert abs(found.value - rows.mean()) < 1e-9
    half = 1.96 * rows.std() / np.sqrt(2000)
    expected = rows.mean() + np.array([-half, half])
    np.testing.assert_allclose([found.low, found.high], expected, atol=0.003)


def test_rows_of_one_face_are_drawn_together():
    from bootstrap import Resamples, estimate

    values = np.repeat(np.random.default_rng(1).normal(size=40), 50)
    together = estimate(Resamples(2000, np.repeat(np.arange(40), 50)).mean(values))
    apart = estimate(Resamples(2000).mean(values))
    assert together.high - together.low > 5 * (apart.high - apart.low)


def test_mean_recall_counts_each_class_alike():
    from bootstrap import Resamples

    truth = np.array([0, 0, 0, 0, 1, 2])
    right = np.array([True, True, True, False, False, False])
    recall = Resamples(6, count=3).mean_recall(right, truth, [0, 1])
    assert recall[0] == (0.75 + 0) / 2


def test_a_page_keeps_what_is_written_by_hand(tmp_path: Path):
    from page import write_block

    page = tmp_path / "page.md"
    page.write_text("# By hand\n", encoding="utf-8")
    write_block(page, "first", "one")
    write_block(page, "second", "two")
    page.write_text(page.read_text("utf-8") + "\nThe end.\n", encoding="utf-8")
    write_block(page, "first", "three, with a \\1 in it")
    text = page.read_text("utf-8")
    assert text.startswith("# By hand\n") and text.endswith("\nThe end.\n")
    assert "one" not in text and "three, with a \\1 in it" in text and "two" in text
