"""Wrong use of `emogui train` is refused before anything heavy is loaded."""

from __future__ import annotations

import numpy as np
import pytest

from emogui.cli import main
from emogui.errors import TrainingError


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--epochs", "0"], "--epochs must be above 0"),
        (["--minutes", "-1"], "--minutes must be above 0"),
        (["--batch", "0"], "--batch must be above 0"),
        (["--dropout", "1"], "--dropout is from 0 to below 1"),
        (["--sizes", "16"], "Picture sizes are given as"),
        (["--heads", "ferplus"], "--heads is given as name=number"),
        (["--heads", "valence=1"], "knows no head 'valence'"),
        (["--prior", "ferplus=-1"], "none below 0"),
    ],
)
def test_options_that_cannot_be(options, words, tmp_path, capsys):
    base = ["train", "resnet50", "--data", "x.csv", "--output", str(tmp_path)]
    assert main([*base, *options]) == 2
    assert words in capsys.readouterr().err


def test_an_unknown_change_of_the_augmentation(tmp_path, capsys):
    base = ["train", "resnet50", "--data", "x.csv", "--output", str(tmp_path)]
    assert main([*base, "--augment", "colour=1"]) == 2
    assert "knows no 'colour'" in capsys.readouterr().err


def test_a_data_set_that_is_not_there(tmp_path, capsys):
    base = ["train", "resnet50", "--data", str(tmp_path / "x.csv"), "--output", str(tmp_path)]
    assert main(base) == 1
    assert "There is no data set" in capsys.readouterr().err


def test_without_votes_the_head_that_has_labels_is_trained(tmp_path, capsys, monkeypatch):
    data = tmp_path / "faces.csv"
    pixels = [" ".join(map(str, np.full(48 * 48, level))) for level in range(3)]
    usage = ("Training", "PublicTest", "PrivateTest")
    rows = [f"{i},{pixels[i]},{usage[i]}" for i in range(3)]
    data.write_text("\n".join(["emotion,pixels,Usage", *rows]), encoding="utf-8")

    def stop(dataset, config, *_, **__):
        raise TrainingError(f"asked for {dict(config.head_weights)}")

    monkeypatch.setattr("emogui.training.train.Training", stop)
    base = ["train", "resnet50", "--data", str(data), "--output", str(tmp_path / "run")]
    assert main(base) == 1
    said = capsys.readouterr().err
    assert "no labels for the head 'ferplus'" in said and "asked for {'fer2013': 0.5}" in said
    assert main([*base, "--heads", "ferplus=2"]) == 1
    assert "asked for {'ferplus': 2.0}" in capsys.readouterr().err


@pytest.mark.parametrize("devices", ["0", "-1", "all", "1.5"])
def test_devices_are_auto_or_a_number(devices, tmp_path, capsys):
    base = ["train", "resnet50", "--data", "x.csv", "--output", str(tmp_path)]
    assert main([*base, f"--devices={devices}"]) == 2
    assert "is auto or a number from 1" in capsys.readouterr().err
