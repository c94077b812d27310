"""The page of training trials is made of what the data file has."""

from __future__ import annotations

import argparse
import json

from benchmarks.trials import PAGE, TRIALS, added, draw, page


def test_the_page_fits_its_data():
    trials = json.loads(TRIALS.read_text(encoding="utf-8"))
    assert PAGE.read_text(encoding="utf-8") == page(trials), "python -m benchmarks.trials"


def test_a_training_is_added_with_its_best_epoch_and_its_curve(tmp_path):
    (tmp_path / "history.csv").write_text(
        "epoch,minutes,ferplus_accuracy,score\n1,5.0,0.7,0.7\n2,10.0,0.8,0.8\n3,15.2,0.75,0.75\n"
    )
    how = {"add": tmp_path, "id": "x", "start": "w", "change": "more", "kept": "no", "shows": "s"}
    older = {
        "id": "x",
        "from": "?",
        "change": "",
        "minutes": 1,
        "figures": {},
        "kept": "",
        "shows": "",
    }
    (trial,) = added([older], argparse.Namespace(**how))
    assert trial["figures"] == {"ferplus_accuracy": 0.8} and trial["minutes"] == 15
    assert [row["minutes"] for row in trial["history"]] == [5.0, 10.0, 15.2]
    assert "| **x** | w | more | 15 | 0.800 |  |  | no |" in page([trial])
    draw([trial], tmp_path / "curves.png")
    assert (tmp_path / "curves.png").stat().st_size > 5000
