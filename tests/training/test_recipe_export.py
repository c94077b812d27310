"""From a recipe in a file to a network that can be chosen, by the commands that users give."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from emogui import paths
from emogui.backend.classifier import load_classifier
from emogui.backend.store import load_model_info, verify
from emogui.cli import main
from emogui.gui.catalogue import read_catalogue
from emogui.labels import FER2013, FERPLUS
from emogui.output.document import to_markdown
from emogui.output.model_card import model_card

pytest.importorskip("nncf")

PAGE = Path(__file__).parents[2] / "docs" / "recipes.md"


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Faces whose emotion shows in their brightness."""
    rng = np.random.default_rng(0)
    emotion = np.arange(60) % 3
    votes = np.zeros((60, 10), np.uint8)
    votes[np.arange(60), emotion] = 10
    path = tmp_path_factory.mktemp("data") / "fer-small.npz"
    np.savez(
        path,
        images=(rng.integers(0, 60, (60, 48, 48)) + 80 * emotion[:, None, None]).astype(np.uint8),
        labels=np.array([6, 3, 5], np.uint8)[emotion],
        usage=np.array([0] * 36 + [1] * 12 + [2] * 12, np.uint8),
        ferplus_votes=votes,
        ferplus_columns=np.array([*FERPLUS, "unknown", "NF"]),
        row_flags=np.zeros(60, np.uint8),
    )
    return path


@pytest.fixture
def networks(tmp_path, monkeypatch) -> Path:
    """An empty folder of the user's own networks."""
    monkeypatch.setattr(paths, "user_models", lambda: tmp_path / "networks")
    return tmp_path / "networks"


def trained(recipe: str, text: str, data: Path, folder: Path, *more: str) -> Path:
    file = folder / f"{recipe}.toml"
    file.write_text(text, encoding="utf-8")
    words = ["train", str(file), "--data", str(data), "--output", str(folder / recipe)]
    assert main([*words, "--backend", "tensorflow", "--batch", "6", *more]) == 0
    return folder / recipe


def test_the_example_of_the_page_becomes_a_network(data, networks, tmp_path, capsys):
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    run = trained("my-cnn", text, data, tmp_path, "--epochs", "3")
    history = (run / "history.csv").read_text().splitlines()
    assert {"loss", "fer2013_nll", "train_fer2013_accuracy"} <= set(history[0].split(","))
    assert len(history) == 4
    capsys.readouterr()
    assert main(["export", str(run), "--data", str(data)]) == 0

    info = load_model_info("my-cnn")
    assert info.path == networks / "my-cnn" and verify(info) == []
    assert info.title == "My first network" and info.input_size == 48
    assert {head: entry.labels for head, entry in info.heads.items()} == {"fer2013": FER2013}
    assert info.card["description"] == "cnn-neamtiu, changed; no pre-training"
    (stage,) = info.card["training"]["stages"]
    assert stage["recipe"]["name"] == "my-cnn" and stage["started_from"] == "random weights"
    assert main(["models"]) == 0
    assert "My first network" in capsys.readouterr().out
    shown = {entry.model: entry for entry in read_catalogue(()).models}
    assert shown["my-cnn"].heads == (("fer2013", 7),)
    card = to_markdown(model_card(info))
    assert "no pre-training" in card and "ResNet50" not in card

    # It ends in global average pooling, so it says what it saw where.
    fast = load_classifier("my-cnn", "fer2013")
    slow = load_classifier("my-cnn", "fer2013", "keras")
    faces = [np.full((48, 48), level, np.uint8) for level in (30, 110, 190)]
    assert fast.has_maps and fast.maps(faces).shape == (3, 12, 12, 7)
    assert np.abs(fast.predict(faces) - slow.predict(faces)).mean() < 0.05

    for labels in ("fer2013", "ferplus"):  # of which it has only the first
        words = ["evaluate", "--model", "my-cnn", "--data", str(data), "--split", "public"]
        out = tmp_path / labels
        assert main([*words, "--labels", labels, "--output", str(out), "--mistakes", "0"]) == 0
        figures = json.loads((out / "metrics.json").read_text())
        assert figures["model"]["head"] == "fer2013" and figures["label_set"] == labels
        assert 0 <= figures["accuracy"] <= 1 and figures["n"] == 12
    # The labels of these faces mean the same, so the winners are right equally often.
    accuracies = [
        json.loads((tmp_path / labels / "metrics.json").read_text())["accuracy"]
        for labels in ("fer2013", "ferplus")
    ]
    assert accuracies[0] == accuracies[1]


def test_a_network_with_flatten_has_no_maps(data, networks, tmp_path):
    text = (
        'base = "cnn-toleubay"\nsource = "A. Student, a thesis"\nclaimed = "99 %"\n'
        "[training]\nhead_weights = {ferplus = 1.0}\n"
        '[network]\nlayers = ["conv 4 relu", "max-pool 4", "flatten", "dense 6 gelu"]\n'
    )
    run = trained("flat", text, data, tmp_path, "--epochs", "1")
    assert main(["export", str(run), "--data", str(data)]) == 0
    info = load_model_info("flat")
    assert list(info.heads) == ["ferplus"] and info.maps is None
    fast, slow = load_classifier("flat"), load_classifier("flat", runtime="keras")
    faces = list(np.random.default_rng(1).integers(0, 256, (4, 48, 48), np.uint8))
    assert np.abs(fast.predict(faces) - slow.predict(faces)).mean() < 0.05
    card = to_markdown(model_card(info))
    assert "A. Student, a thesis" in card and "99 %" in card
    words = ["evaluate", "--model", "flat", "--data", str(data), "--split", "public"]
    assert main([*words, "--labels", "fer2013"]) == 0
