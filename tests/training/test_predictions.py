from __future__ import annotations

import numpy as np
import pytest

from emogui.errors import DatasetError
from emogui.labels import FER2013, FERPLUS
from emogui.training.plots import mistakes_figure
from emogui.training.predictions import Predictions, read_predictions, row_name

TRUTH = np.array([0, 1, 2], np.int64)  # neutral, happiness, surprise


def made() -> Predictions:
    table = np.random.default_rng(0).dirichlet([0.5] * 8, 3).astype(np.float32).astype(np.float64)
    return Predictions(("7", "8", "9"), FERPLUS, table, ("neutral", "happiness", "surprise"))


def written(tmp_path, text: str):
    path = tmp_path / "p.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_written_is_read_again(tmp_path):
    read = read_predictions(written(tmp_path, made().as_csv()))
    assert (read.rows, read.labels, read.truth) == (made().rows, FERPLUS, made().truth)
    assert np.abs(read.probabilities - made().probabilities).max() < 1e-6
    table = read.for_rows(["9", "7"], TRUTH[[2, 0]], FERPLUS, "p.csv")
    assert np.array_equal(table, read.probabilities[[2, 0]])


def test_tables_of_other_programs_need_rows_and_labels_only(tmp_path):
    head = "happy,sad,row,angry,disgust,fear,surprise,neutral\n"
    path = written(tmp_path, head + "0.5,0.26,7,0.02,0,0,0.1,0.1\n0,0,8,0,0,0,1,0\n")
    table = read_predictions(path).for_rows(["7"], TRUTH[:1], FERPLUS, "p.csv")
    assert table.sum() == pytest.approx(1)  # rounded to 0.98 there
    assert table[0, FERPLUS.index("happiness")] == pytest.approx(0.5 / 0.98)
    assert table[0, FERPLUS.index("contempt")] == 0


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no table of predictions"),
        ("row,true\n1,happy\n", "no table of predictions"),
        ("happy,sad\n1,0\n", "no table of predictions"),
        ("row,happy,sad\n", "holds no predictions"),
        ("row,happy,bored\n1,1,0\n", "no labels: bored"),
        ("row,happy,happiness\n1,1,0\n", "two columns for one class"),
        ("row,happy,sad\n1,1,0\n1,0,1\n", "row '1' twice"),
        ("row,happy,sad\n1,1,0\n2,0.2\n", "line 3: 3 columns were expected, 2 came"),
        ("row,happy,sad\n1,high,0\n", "line 2: could not convert"),
        ("row,happy,sad\n1,3.2,-1\n", "line 2: probabilities from 0 to 1"),
        ("row,happy,sad\n1,nan,1\n", "line 2: probabilities from 0 to 1"),
    ],
)
def test_other_tables_are_refused_with_their_line(tmp_path, text, what):
    with pytest.raises(DatasetError, match=what):
        read_predictions(written(tmp_path, text))


def test_files_that_are_no_text_are_refused(tmp_path):
    with pytest.raises(DatasetError, match="cannot be read"):
        read_predictions(tmp_path / "missing.csv")
    (tmp_path / "p.csv").write_bytes(b"\xff\xfe\x00row")
    with pytest.raises(DatasetError, match="no csv file in UTF-8"):
        read_predictions(tmp_path / "p.csv")


def test_other_rows_and_other_labels_are_told():
    with pytest.raises(DatasetError, match=r"other rows: 1 of the 2 asked for.*first is '12'"):
        made().for_rows(["7", "12"], TRUTH[:2], FERPLUS, "p.csv")
    with pytest.raises(DatasetError, match="row '8' is happiness, the data set says sad") as error:
        codes = np.array([FER2013.index("neutral"), FER2013.index("sad")], np.int64)
        made().for_rows(["7", "8"], codes, FER2013, "p.csv")
    assert "--labels" in error.value.hint


def test_rows_are_named_by_number_or_path():
    assert row_name("row 28710") == "28710"
    assert row_name("test/angry/PublicTest_1.jpg") == "test/angry/PublicTest_1.jpg"


def test_the_surest_mistakes_come_first():
    sure = [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.3, 0.7]]
    table = np.hstack([sure, np.zeros((4, 6))])
    truth = ("happiness", "happiness", "happiness", "neutral")
    predictions = Predictions(("1", "2", "3", "4"), FERPLUS, table, truth)
    assert predictions.mistakes().tolist() == [0, 3, 1]
    faces = [np.zeros((48, 48), np.uint8), np.zeros((20, 30, 3), np.uint8)] * 2
    sheet = mistakes_figure(faces, predictions, 2)
    titles = [axes.get_title() for axes in sheet.axes]
    assert titles[0] == "happiness →\nneutral 90%\nrow 1" and "row 4" in titles[1]
    right = Predictions(("3",), FERPLUS, table[2:3], ("happiness",))
    assert mistakes_figure(faces, right, 48) is None
