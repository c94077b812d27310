"""Reading the table of faces, however it was left."""

from __future__ import annotations

import pytest

from emogui.errors import EmoguiError
from emogui.labels import FER2013, FERPLUS
from emogui.reporting.table import FaceTable
from tests.reporting.making import chances, face, make_batch

SURE = chances(FERPLUS, happiness=0.9)
CLOSE = chances(FERPLUS, happiness=0.4, fear=0.35)


def read(folder):
    table = FaceTable(folder / "faces.csv")
    return list(table), table


def test_rows_come_as_they_were_written(tmp_path):
    written = face("a\nb.mp4", CLOSE, frame=7, time_s=0.28, face_id=2, uncertain=True)
    (row,), table = read(make_batch(tmp_path, [written]))
    assert (row.source, row.frame, row.time_s, row.face_id) == ("a\nb.mp4", 7, 0.28, 2)
    assert (row.box, row.uncertain, row.confidence) == ((10, 20, 30, 40), True, 0.4)
    assert table.labels[row.emotion] == "happiness"
    assert row.margin == pytest.approx(0.05)
    assert not table.missing


@pytest.mark.parametrize("tail", ["x.jpg,0,0.0,0,10,2", '"half a\nna', "x", '"', "\n\n"])
def test_a_half_written_line_is_left_out(tmp_path, tail):
    rows, table = read(make_batch(tmp_path, [face("a.jpg", SURE)] * 3, tail=tail))
    assert len(rows) == 3
    assert table.cut_short == (tail[-1] != "\n")


def test_a_last_line_cut_within_its_last_number_is_left_out(tmp_path):
    folder = make_batch(tmp_path, [face("a.jpg", SURE)] * 3)
    text = (folder / "faces.csv").read_text(encoding="utf-8")
    (folder / "faces.csv").write_text(text[:-2], encoding="utf-8")
    rows, table = read(folder)
    assert len(rows) == 2
    assert table.cut_short


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (1, "one"),
        (2, "inf"),
        (2, "1e300"),
        (3, ""),
        (9, "joy"),
        (10, "7"),
        (12, "nan"),
        (12, "-0.5"),
        (12, "1e999"),
    ],
)
def test_damaged_rows_are_counted_and_passed_over(tmp_path, column, text):
    bad = list(face("b.jpg", SURE))
    bad[column] = text
    rows, table = read(make_batch(tmp_path, [face("a.jpg", SURE), bad, face("c.jpg", SURE)]))
    assert [row.source for row in rows] == ["a.jpg", "c.jpg"]
    assert table.unreadable == 1


def test_numbers_beyond_64_bits_are_borne(tmp_path):
    rows, _ = read(make_batch(tmp_path, [face("a.mp4", SURE, frame=10**30, face_id=10**25)]))
    assert rows[0].frame == 10**30


def test_other_labels(tmp_path):
    rows = [face("a.jpg", chances(FER2013, sad=0.7))]
    found, table = read(make_batch(tmp_path, rows, labels=FER2013))
    assert table.labels == FER2013
    assert table.labels[found[0].emotion] == "sad"


def test_missing_columns_cost_no_more_than_they_must(tmp_path):
    (tmp_path / "faces.csv").write_text("source,p_happy,p_sad\na.jpg,0.25,0.75\n")
    (row,), table = read(tmp_path)
    assert (table.labels[row.emotion], row.confidence, row.box) == ("sad", 0.75, None)
    assert not table.has_time
    assert not table.has_uncertain
    assert "uncertain" in table.missing


def test_a_table_without_probabilities_has_shares(tmp_path):
    (tmp_path / "faces.csv").write_text("source,emotion,confidence\na.jpg,fear,0.5\n")
    (row,), table = read(tmp_path)
    assert table.labels == FERPLUS
    assert row.probabilities[FERPLUS.index("fear")] == 1
    assert row.confidence == 0.5
    assert not table.has_probabilities


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "source\n", "source,source,p_a,p_b\n", "\0\0"])
def test_what_is_no_such_table_is_told(tmp_path, text):
    (tmp_path / "faces.csv").write_text(text)
    with pytest.raises(EmoguiError, match="no table of faces"):
        FaceTable(tmp_path / "faces.csv")


def test_an_empty_file_is_a_table_without_faces(tmp_path):
    (tmp_path / "faces.csv").write_bytes(b"")
    rows, table = read(tmp_path)
    assert rows == []
    assert table.labels == FERPLUS


def test_a_quote_that_swallows_the_file_is_told(tmp_path):
    folder = make_batch(tmp_path, [face("a.jpg", SURE)], tail='"' + "x\n" * 100_000)
    with pytest.raises(EmoguiError, match="damaged near line"):
        read(folder)
