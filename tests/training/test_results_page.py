"""The results page is made of what the networks, the comparisons and the list of readings have."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest

from benchmarks import results
from emogui.backend.store import load_model_info
from emogui.training.readings import NAME, note_reading


@pytest.fixture
def metrics():
    """A record of the shipped network, with intervals."""
    return {
        "label_set": "ferplus",
        "split": "private",
        "n": 3266,
        "accuracy": 0.8,
        "balanced_accuracy": 0.6,
        "macro_f1": 0.6,
        "ece": 0.02,
        "nll": 0.5,
        "brier": 0.3,
        "recall": {"anger": {"n": 2, "recall": 0.5}, "disgust": {"n": 1, "recall": 0.0}}
        | {"contempt": {"n": 1, "recall": 0.0}, "fear": {"n": 1, "recall": 1.0}},
        "intervals": {"accuracy": [0.79, 0.81], "ece": [0.015, 0.03]},
        "ece_if_calibrated": {"mean": 0.015, "low": 0.01, "high": 0.02},
        "commit": "abcdef1234",
        "command": "emogui evaluate --split private",
        "runtime": "fast",
    }


def test_figures_stand_beside_their_intervals(metrics):
    text = "\n".join(results.figures_of([metrics]))
    assert "0.8000 [0.790, 0.810]" in text and "0.0150 [0.010, 0.020]" in text
    assert "| 0.7500 |" in text  # anger and fear: the rare classes are left out
    old = {k: v for k, v in metrics.items() if k not in ("intervals", "ece_if_calibrated")}
    assert "| 0.8000 |" in "\n".join(results.figures_of([old]))


def test_a_comparison_is_shown_for_the_network_it_was_made_with(project_root):
    info = load_model_info("resnet50")
    path = project_root / "benchmarks" / "records" / "comparison-ferplus-public.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["models"][0]["model"] |= {
        "files": {role: entry.sha256 for role, entry in info.files.items()},
        "temperature": info.heads["ferplus"].temperature,
    }
    assert results.is_of(record, info)
    text = results.page_of(info, [record])
    assert "McNemar" in text and "points of accuracy lost" in text
    other = copy.deepcopy(record)
    other["models"][0]["model"]["files"]["fast_weights"] = "0" * 64
    assert not results.is_of(other, info)
    assert "of an earlier network" in results.page_of(info, [other])


def test_no_reading_is_lost_and_none_is_listed_twice(monkeypatch, tmp_path, metrics):
    (tmp_path / "weights" / "resnet50").mkdir(parents=True)
    monkeypatch.setattr(results, "ROOT", tmp_path)
    shipped = load_model_info("resnet50")
    now = {role: entry.sha256 for role, entry in shipped.files.items()}
    model = {"name": "resnet50", "runtime": "fast", "temperature": 1.0}
    older = {**metrics, "accuracy": 0.7, "model": {**model, "files": {"fast_weights": "01" * 32}}}
    for reading in (older, {**metrics, "model": {**model, "files": now}}):
        note_reading(tmp_path / "weights" / "resnet50", reading)
    public = {**metrics, "split": "public", "command": "emogui evaluate --split public"}
    unnoted = {**metrics, "label_set": "fer2013"}
    info = replace(shipped, metrics=(metrics, public, unnoted))
    found = results.readings_of([info])
    assert [(r["accuracy"], r["label_set"]) for r in found] == [
        (0.7, "ferplus"),
        (0.8, "ferplus"),
        (0.8, "fer2013"),
    ]
    text = results.private_part(found)
    assert "01010101" in text and now["fast_weights"][:8] in text and "abcdef1" in text
    assert (tmp_path / "weights" / NAME).exists()
