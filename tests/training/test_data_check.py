"""The check of a data set: counts, what may go wrong, samples, and errors in words."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
from PIL import Image

from emogui.child import python
from emogui.training.data_check import (
    CELL,
    GAP,
    SAMPLES,
    CheckFailed,
    Checking,
    DataReport,
    check_command,
    contact_sheet,
    parse_check,
    report_on,
)
from emogui.training.datasets import load_dataset


def check(data, tmp_path, votes=""):
    command = check_command(python(), str(data), str(votes), tmp_path / "sheet.png")
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, [parse_check(line) for line in done.stdout.splitlines()]


def test_a_good_set_is_counted_and_shown(small_fer, tmp_path):
    status, said = check(small_fer.npz(tmp_path / "faces.npz"), tmp_path)
    assert status == 0
    assert said[0] == Checking() and None not in said
    report = said[-1]
    assert isinstance(report, DataReport)
    assert report.splits == {"Training": 13, "PublicTest": 7, "PrivateTest": 7}
    assert "npz with FER+ votes" in report.form
    assert list(report.dropped.values()) == [1] and "test picture" in next(iter(report.dropped))
    assert [head.head for head in report.heads] == ["ferplus", "fer2013"]
    assert sum(report.heads[1].training) == 13 and sum(report.heads[1].public) == 7
    assert not report.problems and any("few Training pictures" in w for w in report.warnings)
    with Image.open(report.sheet) as sheet:
        assert sheet.size == (SAMPLES * (CELL + GAP), len(report.sheet_labels) * (CELL + GAP))


def test_the_sheet_shows_pictures_of_their_class(small_fer, tmp_path):
    dataset = load_dataset(small_fer.csv(tmp_path / "faces.csv"))
    pixels, labels = contact_sheet(dataset)
    again, _ = contact_sheet(dataset)
    np.testing.assert_array_equal(pixels, again)
    training = (dataset.split == 0) & (dataset.fer2013 == labels.index("happy"))
    wanted = {dataset.faces[int(row)].mean().round() for row in np.flatnonzero(training)}
    top = labels.index("happy") * (CELL + GAP)
    shown = pixels[top : top + CELL, :CELL]
    assert (shown[..., 1] == 255).all()
    assert min(abs(shown[..., 0].mean() - mean) for mean in wanted) < 2
    assert (pixels[top + CELL : top + CELL + GAP, :, 1] == 0).all()


def test_without_a_split_to_select_by_nothing_can_be_trained(small_fer, tmp_path):
    usage = np.zeros_like(small_fer.usage)
    report = report_on(load_dataset(small_fer.npz(tmp_path / "faces.npz", usage=usage)))
    assert report.problems and "PublicTest" in report.problems[0] and not report.warnings


def test_a_class_without_pictures_is_told(small_fer, tmp_path):
    labels = np.where(small_fer.labels == 1, 0, small_fer.labels).astype(np.uint8)
    report = report_on(load_dataset(small_fer.npz(tmp_path / "faces.npz", labels=labels)))
    assert any("no Training picture shows disgust" in warning for warning in report.warnings)


def test_the_errors_of_the_loader_come_with_their_hint(tmp_path):
    status, said = check(tmp_path / "nothing.csv", tmp_path)
    assert status == 1 and isinstance(said[-1], CheckFailed)
    assert "no data set" in said[-1].message and "fer2013.csv" in said[-1].hint


def test_folders_are_told_by_their_form(small_fer, tmp_path):
    status, said = check(small_fer.folders(tmp_path / "faces"), tmp_path)
    assert status == 0 and said[-1].form.startswith("a folder of pictures for each emotion")
    assert [head.head for head in said[-1].heads] == ["fer2013"]


def test_what_is_no_answer_is_passed_over():
    for line in ("", "Warning", "{}", '{"event": "checked"}', '{"event": "comparing"}'):
        assert parse_check(line) is None


def test_it_loads_no_keras():
    code = (
        "import sys, emogui.training.data_check, emogui.training.datasets.recognise\n"
        "assert not {'keras', 'tensorflow', 'torch', 'jax'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
