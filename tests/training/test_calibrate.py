from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from emogui.backend.classifier import softmax
from emogui.backend.model_info import HeadInfo
from emogui.backend.store import load_model_info
from emogui.errors import ModelError
from emogui.labels import FERPLUS, HEADS
from emogui.training.calibrate import calibrate, fit_temperature, risk_coverage, store
from emogui.training.datasets import load_dataset


def overconfident(rng, n: int, classes: int, factor: float):
    """Logits that are too large by a factor, and truths drawn from what they should say."""
    right = rng.normal(0, 1.5, (n, classes))
    even = rng.gumbel(size=(n, classes))  # the largest sum is a draw from the softmax
    truth = (right + even).argmax(axis=1)
    return (right * factor).astype(np.float32), truth.astype(np.int64)


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.5])
def test_the_temperature_undoes_wrong_confidence(factor):
    logits, truth = overconfident(np.random.default_rng(0), 4000, 5, factor)
    assert fit_temperature(logits, truth) == pytest.approx(factor, rel=0.08)


def test_risk_falls_with_coverage_when_confidence_means_something():
    logits, truth = overconfident(np.random.default_rng(1), 4000, 5, 1.0)
    coverage, risk = risk_coverage(softmax(logits), truth)
    assert coverage[-1] == 1.0
    assert risk[-1] == pytest.approx((logits.argmax(1) != truth).mean())
    assert risk[len(risk) // 2] < risk[-1]


class Network:
    """Stands for a classifier whose logits are known: it tells the row by its first pixel."""

    def __init__(self, info, logits):
        self.info = info
        self._logits = logits

    def logits_of_heads(self, faces):
        rows = [int(face[0, 0]) + 256 * int(face[0, 1]) for face in faces]
        return {head: table[rows] for head, table in self._logits.items()}


@pytest.fixture
def case(tmp_path):
    rng = np.random.default_rng(2)
    n = 600
    plus, plus_truth = overconfident(rng, n, len(FERPLUS), 2.0)
    seven, seven_truth = overconfident(rng, n, 7, 0.5)
    votes = np.zeros((n, 10), np.uint8)
    votes[np.arange(n), plus_truth] = 10
    images = np.zeros((n, 48, 48), np.uint8)
    images[:, 0, 0], images[:, 0, 1] = np.arange(n) % 256, np.arange(n) // 256
    np.savez(
        tmp_path / "faces.npz",
        images=images,
        labels=seven_truth.astype(np.uint8),
        usage=np.ones(n, np.uint8),
        ferplus_votes=votes,
        ferplus_columns=np.array([*FERPLUS, "unknown", "NF"]),
        row_flags=np.zeros(n, np.uint8),
    )
    shipped = load_model_info("resnet50")
    folder = tmp_path / "network"
    folder.mkdir()
    card = json.loads((shipped.path / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")
    info = replace(
        load_model_info(folder), heads={h: HeadInfo(labels) for h, labels in HEADS.items()}
    )
    network = Network(info, {"ferplus": plus, "fer2013": seven})
    return network, load_dataset(tmp_path / "faces.npz")


def test_every_head_gets_its_own_temperature_and_threshold(case):
    network, dataset = case
    found = calibrate(network, dataset, coverage=0.8)
    assert found["ferplus"].temperature > 1.6 and found["fer2013"].temperature < 0.7
    for entry in found.values():
        assert entry.after.nll < entry.before.nll
        assert entry.after.ece < entry.before.ece
        assert entry.after.accuracy == entry.before.accuracy
        assert entry.risk < entry.risk_of_all
        assert 0 < entry.uncertain_below < 1
    assert found["ferplus"].shares_after < found["ferplus"].shares_before
    assert found["fer2013"].shares_after is None


def test_what_was_found_is_kept_and_used(case):
    network, dataset = case
    found = calibrate(network, dataset, coverage=0.8)
    store(network.info, found, dataset.name)
    kept = load_model_info(network.info.path)
    for head, entry in found.items():
        assert kept.heads[head].temperature == pytest.approx(entry.temperature, abs=1e-4)
        assert kept.heads[head].uncertain_below == pytest.approx(entry.uncertain_below, abs=1e-4)
        assert kept.card["calibration"][head]["coverage"] == 0.8
    assert kept.metrics == ()
    with pytest.raises(ModelError):  # the folder has no other file, and none was made
        kept.file("fast")


def test_wrong_use_is_refused(capsys):
    from emogui.cli import main

    assert main(["calibrate", "--data", "x.csv", "--coverage", "0"]) == 2
    assert "--coverage is a share above 0" in capsys.readouterr().err
