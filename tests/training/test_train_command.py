"""Wrong use of `emogui train` is refused before anything heavy is loaded."""

from __future__ import annotations

import pytest

from emogui.cli import main


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
