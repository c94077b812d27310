"""The command line with the shipped network and detectors on real faces."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from emogui import cli, paths
from emogui.labels import FER2013, FERPLUS

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def sample():
    return str(paths.assets() / "sample.jpg")


def lines_of(text):
    return [json.loads(line) for line in text.splitlines()]


def test_sample_picture_with_every_output(sample, tmp_path, capsys):
    table, drawn = tmp_path / "faces.csv", tmp_path / "drawn"
    words = ["analyze", sample, "--json", "-", "--csv", str(table), "--annotate", str(drawn)]
    assert cli.main(words) == 0
    (line,) = lines_of(capsys.readouterr().out)
    with Image.open(sample) as picture:
        width, height = picture.size
    assert line["source"] == sample and (line["width"], line["height"]) == (width, height)
    assert line["model"] == "resnet50" and line["detector"] == "centerface"
    assert line["error"] is None and line["frame"] == 0 and line["time_s"] == 0.0
    assert line["timings_ms"] and all(value >= 0 for value in line["timings_ms"].values())
    assert len(line["faces"]) == 2
    for number, face in enumerate(line["faces"]):
        assert face["face_id"] == number
        box = face["box"]
        assert 0 <= box["x"] < box["x"] + box["w"] <= width
        assert 0 <= box["y"] < box["y"] + box["h"] <= height
        assert list(face["probabilities"]) == list(FERPLUS)
        assert sum(face["probabilities"].values()) == pytest.approx(1, abs=0.001)
        assert face["confidence"] == face["probabilities"][face["emotion"]]
        assert 0.5 <= face["detection_score"] <= 1
    # The left portrait smiles, whatever the network is unsure of elsewhere.
    left = min(line["faces"], key=lambda face: face["box"]["x"])
    assert left["emotion"] == "happiness"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["emotion"] for row in rows] == [face["emotion"] for face in line["faces"]]
    with Image.open(drawn / "sample_emogui.jpg") as picture:
        assert picture.size == (width, height)


def test_the_other_head(sample, capsys):
    assert cli.main(["analyze", sample, "--labels", "fer2013"]) == 0
    (line,) = lines_of(capsys.readouterr().out)
    assert list(line["faces"][0]["probabilities"]) == list(FER2013)


def test_the_other_detector(sample, capsys):
    assert cli.main(["analyze", sample, "--detector", "haar"]) == 0
    (line,) = lines_of(capsys.readouterr().out)
    assert line["detector"] == "haar" and len(line["faces"]) == 2


def test_a_threshold_that_no_face_reaches(sample, capsys):
    assert cli.main(["analyze", sample, "--threshold", "1"]) == 0
    (line,) = lines_of(capsys.readouterr().out)
    assert line["faces"] == [] and line["error"] is None


def test_network_named_by_its_folder(sample, capsys):
    assert cli.main(["analyze", sample, "--model", str(paths.weights() / "resnet50")]) == 0
    (line,) = lines_of(capsys.readouterr().out)
    assert line["model"] == "resnet50" and len(line["faces"]) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--detector", "nonsense"], "centerface"),
        (["--detector", "yunet"], "--detector-model"),
        (["--detector", "haar", "--detector-model", "x.onnx"], "takes no model file"),
        (["--detector", "yunet", "--detector-model", "/no/such.onnx"], "such.onnx"),
        (["--detector", "yunet", "--detector-model", __file__], "test_cli_analyze_real.py"),
        (["--model", "nonsense"], "resnet50"),
        (["--labels", "nonsense"], "ferplus, fer2013"),
    ],
)
def test_what_cannot_be_used_is_wrong_use(words, said, sample, capsys, tmp_path):
    kept = tmp_path / "kept.jsonl"
    kept.write_text("an earlier result")
    assert cli.main(["analyze", sample, "--json", str(kept), *words]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and said in printed.err and "Traceback" not in printed.err
    assert kept.read_text() == "an earlier result"


def test_as_a_program_without_tensorflow(sample, tmp_path):
    """stdout holds JSON Lines alone; TensorFlow and Keras cannot even be imported."""
    for name in ("tensorflow", "keras"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('must not be imported')")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", "emogui", "analyze", sample, str(tmp_path / "missing.png")],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": path},
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr.decode()
    good, bad = lines_of(done.stdout.decode("utf-8"))
    assert len(good["faces"]) == 2 and good["error"] is None
    assert bad["faces"] == [] and bad["width"] is None and "missing.png" in bad["error"]


def test_shipped_network_is_listed(capsys):
    assert cli.main(["models", "--json"]) == 0
    shipped = {model["name"]: model for model in json.loads(capsys.readouterr().out)}["resnet50"]
    assert set(shipped["heads"]) == {"ferplus", "fer2013"}
    assert shipped["files"]["fast"]["present"] and shipped["metrics"]
    assert cli.main(["models"]) == 0
    assert "accuracy" in capsys.readouterr().out


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize(
    ("labels", "n", "floor"), [("ferplus", 3296, 0.78), ("fer2013", 3589, 0.6)]
)
def test_evaluation_of_the_shipped_network(labels, n, floor, tmp_path, capsys):
    folder = os.environ.get("EMOGUI_DATA")
    if not folder:
        pytest.skip("EMOGUI_DATA does not name the data folder")
    data = next(Path(folder).rglob("fer2013.npz"))
    words = ["--data", str(data), "--split", "public", "--labels", labels]
    assert cli.main(["evaluate", *words, "--output", str(tmp_path)]) == 0
    record = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert record["n"] == n and record["accuracy"] >= floor
    assert record["tta"] is None and record["model"]["runtime"] == "fast"
