"""``emogui evaluate`` and ``emogui compare`` with the shipped network, on the sample's faces."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from emogui import Analyzer, load_image, paths
from emogui.backend.crop import crop_face
from emogui.backend.store import load_model_info
from emogui.cli import main
from emogui.labels import FER2013, FERPLUS
from emogui.training.compare import Contestant, compare
from emogui.training.data import VOTE_COLUMNS
from emogui.training.readings import NAME, read_readings

COPIES = 4


@pytest.fixture(scope="module")
def faces(tmp_path_factory) -> Path:
    """The sample's faces in several lights, half of them in each test split, as an npz."""
    picture = load_image(str(paths.assets() / "sample.jpg"))
    analyzer = Analyzer()
    found = analyzer.analyze(picture).faces
    crops = [crop_face(picture, face.box, analyzer.classifier.crop_rule) for face in found]
    grey = [cv2.resize(cv2.cvtColor(c, cv2.COLOR_RGB2GRAY), (48, 48)) for c in crops]
    images = np.stack([g // (1 + i) for i in range(COPIES) for g in grey])
    n = len(images)
    usage = np.where(np.arange(n) % 2, 1, 2).astype(np.uint8)
    labels = (np.arange(n) // 2 % 7).astype(np.uint8)
    votes = np.zeros((n, 10), np.uint8)
    votes[np.arange(n), np.arange(n) // 2 % 8] = 10
    path = tmp_path_factory.mktemp("faces") / "faces.npz"
    np.savez(
        path,
        images=images,
        labels=labels,
        usage=usage,
        ferplus_votes=votes,
        ferplus_columns=np.array(VOTE_COLUMNS),
    )
    return path


@pytest.fixture(scope="module")
def evaluated(faces, tmp_path_factory) -> Path:
    """What ``emogui evaluate`` writes for these faces."""
    folder = tmp_path_factory.mktemp("out")
    words = ["evaluate", "--data", str(faces), "--split", "public", "--labels", "ferplus"]
    assert main([*words, "--output", str(folder), "--mistakes", "3"]) == 0
    return folder


def test_evaluate_writes_intervals_predictions_and_mistakes(faces, evaluated):
    metrics = json.loads((evaluated / "metrics.json").read_text(encoding="utf-8"))
    low, high = metrics["intervals"]["accuracy"]
    assert low <= metrics["accuracy"] <= high
    assert set(metrics["ece_if_calibrated"]) == {"mean", "low", "high"}
    assert 0 <= metrics["balanced_six"] <= 1
    with (evaluated / "predictions.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    with np.load(faces) as file:
        public = np.flatnonzero(file["usage"] == 1)
    assert [int(line["row"]) - 1 for line in lines] == public.tolist()
    right = sum(line["true"] == line["predicted"] for line in lines)
    assert right / len(lines) == pytest.approx(metrics["accuracy"])
    assert all(sum(float(line[label]) for label in FERPLUS) > 0.999 for line in lines)
    with Image.open(evaluated / "mistakes.png") as sheet:
        assert sheet.width > sheet.height > 100


def test_no_sheet_of_mistakes_where_none_is_wanted(faces, tmp_path, capsys):
    words = ["evaluate", "--data", str(faces), "--split", "public", "--labels", "fer2013"]
    assert main([*words, "--output", str(tmp_path), "--mistakes", "0"]) == 0
    assert not (tmp_path / "mistakes.png").exists()
    metrics = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["balanced_six"] is None and "balanced_six" not in metrics["intervals"]
    assert main([*words, "--mistakes", "-1"]) == 2
    assert "--mistakes is a number of pictures" in capsys.readouterr().err


def test_the_network_equals_its_own_predictions(faces, evaluated, tmp_path, capsys):
    own = str(evaluated / "predictions.csv")
    words = ["compare", "resnet50", own, "--data", str(faces), "--output", str(tmp_path)]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "against resnet50" in printed and "McNemar p" in printed
    record = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    network, table = record["models"]
    metrics = json.loads((evaluated / "metrics.json").read_text(encoding="utf-8"))
    assert network["accuracy"] == table["accuracy"] == metrics["accuracy"]
    assert network["balanced_six"] == metrics["balanced_six"]
    assert 20 < network["megabytes"] < 26 and network["ms_per_face"] > 0
    assert table["megabytes"] is None
    (against,) = record["against_first"]
    assert against["same_winner"] == 1 and against["mean_absolute_difference"] < 1e-6
    assert against["mcnemar"] == {"only_first": 0, "only_this": 0, "p": 1.0}
    with (tmp_path / "comparison.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert [line["model"] for line in lines] == ["resnet50", own]
    assert lines[0]["mcnemar_p"] == "" and float(lines[1]["mcnemar_p"]) == 1
    with Image.open(tmp_path / "comparison.png") as picture:
        assert picture.width > 400


@pytest.mark.slow
def test_the_fast_form_is_close_to_keras(faces, tmp_path):
    words = ["compare", "resnet50", "resnet50@keras", "--data", str(faces)]
    assert main([*words, "--output", str(tmp_path)]) == 0
    record = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    assert [m["model"]["runtime"] for m in record["models"]] == ["fast", "keras"]
    assert record["models"][1]["megabytes"] > 40
    assert record["against_first"][0]["mean_absolute_difference"] < 0.02


def test_what_cannot_be_compared_is_told(faces, evaluated, tmp_path, capsys):
    own = str(evaluated / "predictions.csv")
    data = ["--data", str(faces)]

    def refused(*words: str) -> str:
        assert main(["compare", *words, *data]) in (1, 2)
        text = capsys.readouterr().err
        assert "Traceback" not in text
        return text

    assert "other rows" in refused("--split", "private", own)
    assert "the data set says" in refused("--labels", "fer2013", own)
    assert "named twice" in refused(own, own)
    assert "no network called 'resnet50@tf'" in refused(own, "resnet50@tf")
    assert "cannot be read" in refused(str(tmp_path / "no.csv"))
    odd = tmp_path / "odd.csv"
    odd.write_text("row,bored\n2,1\n", encoding="utf-8")
    assert "no labels: bored" in refused("resnet50", str(odd))


@pytest.fixture
def network(tmp_path) -> Path:
    """The fast form of the shipped network in a folder of its own."""
    info = load_model_info("resnet50")
    folder = tmp_path / "networks" / "mine"
    folder.mkdir(parents=True)
    shutil.copy(info.path / "model.json", folder)
    for role in ("fast", "fast_weights"):
        (folder / info.files[role].file).symlink_to(info.file(role))
    return folder


def test_private_readings_are_noted_and_public_ones_are_not(faces, network, capsys):
    words = ["evaluate", "--model", str(network), "--data", str(faces), "--record"]
    assert main([*words, "--split", "public", "--labels", "ferplus"]) == 0
    assert not (network.parent / NAME).exists()
    for labels in ("ferplus", "fer2013"):
        assert main([*words, "--split", "private", "--labels", labels]) == 0
    assert "the reading is noted in" in capsys.readouterr().out
    readings = read_readings(network.parent / NAME)
    assert [(r["name"], r["label_set"]) for r in readings] == [
        ("mine", "ferplus"),
        ("mine", "fer2013"),
    ]
    kept = [m for m in load_model_info(network).metrics if m["split"] == "private"]
    assert [m["intervals"] for m in kept] == [r["intervals"] for r in readings]
    assert kept[0]["balanced_six"] is not None and "mean" in kept[0]["ece_if_calibrated"]


def test_differences_are_against_the_first_one():
    truth = np.arange(200) % 7
    sure = np.full((200, 7), 0.05)
    sure[np.arange(200), truth] = 0.7
    worse = sure.copy()
    worse[:50] = np.roll(sure[:50], 1, axis=1)
    found = compare(
        [Contestant("good", sure), Contestant("worse", worse)],
        truth,
        FER2013,
        label_set="fer2013",
        split="public",
    )
    (difference,) = found.differences
    assert difference.accuracy == pytest.approx(-0.25)
    assert difference.interval.low < -0.25 < difference.interval.high < 0
    assert (difference.test.only_first, difference.test.only_second) == (50, 0)
    assert difference.same_winner == 0.75
    assert difference.probabilities == pytest.approx(0.25 * 2 * 0.65 / 7)
    with pytest.raises(ValueError, match="one contestant or more"):
        compare([], truth, FER2013, label_set="fer2013", split="public")
