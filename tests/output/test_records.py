import csv
import errno
import io
import json
import os
import stat
from pathlib import Path

import pytest

from emogui.errors import EmoguiError
from emogui.labels import FER2013, FERPLUS
from emogui.output.files import make_folder, replacing, save_image, write_text
from emogui.output.records import (
    CSV_COLUMNS,
    CsvWriter,
    JsonlWriter,
    safe_cell,
    to_json_line,
    write_csv,
    write_jsonl,
)
from emogui.types import FaceBox, FaceResult, FrameResult

FULL_DISK = Path("/dev/full")


def make_face(face_id=0, labels=FERPLUS, top=1, uncertain=False):
    rest = 0.3 / (len(labels) - 1)
    return FaceResult(
        face_id,
        FaceBox(1, 2, 30, 40),
        0.98765,
        None,
        {label: 0.7 if i == top else rest for i, label in enumerate(labels)},
        uncertain,
        "the face is small" if uncertain else None,
    )


def make_result(source="a.jpg", faces=1, **changes):
    given = {
        "source": source,
        "width": 640,
        "height": 480,
        "faces": tuple(make_face(i, uncertain=i > 0) for i in range(faces)),
        "model": "resnet50",
        "detector": "centerface",
        "timings_ms": {"detect": 1.2345, "total": 2.0},
    }
    return FrameResult(**(given | changes))


def test_json_line_is_as_documented():
    line = json.loads(to_json_line(make_result(faces=2)))
    assert list(line) == [
        "source",
        "frame",
        "time_s",
        "width",
        "height",
        "faces",
        "model",
        "detector",
        "timings_ms",
        "error",
    ]
    first, second = line["faces"]
    assert list(first) == [
        "face_id",
        "box",
        "detection_score",
        "emotion",
        "confidence",
        "uncertain",
        "uncertain_reason",
        "probabilities",
    ]
    assert first["box"] == {"x": 1, "y": 2, "w": 30, "h": 40}
    assert first["emotion"] == "happiness" and first["confidence"] == 0.7
    assert list(first["probabilities"]) == list(FERPLUS)
    assert first["uncertain"] is False and first["uncertain_reason"] is None
    assert second["uncertain"] is True and second["uncertain_reason"] == "the face is small"
    assert line["frame"] == 0 and line["time_s"] == 0.0 and line["error"] is None


def test_json_line_of_a_bad_input():
    line = json.loads(to_json_line(FrameResult(source="x.txt", error="not a picture")))
    assert line["error"] == "not a picture"
    assert line["width"] is None and line["height"] is None and line["faces"] == []


@pytest.mark.parametrize("name", ["zoë/顔 😀.jpg", 'quo"te\n.jpg', os.fsdecode(b"bad-\xff.jpg")])
def test_json_line_keeps_any_file_name(name, tmp_path):
    line = to_json_line(make_result(name))
    assert "\n" not in line
    assert json.loads(line.encode("utf-8"))["source"] == name
    write_csv([make_result(name)], tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_bytes().decode("utf-8")


def test_jsonl_lines_can_be_read_as_they_come(tmp_path):
    path = tmp_path / "out.jsonl"
    with JsonlWriter(path) as writer:
        writer.write(make_result("a.jpg"))
        assert json.loads(path.read_text(encoding="utf-8"))["source"] == "a.jpg"
        writer.write(make_result("b.jpg"))
    assert path.read_bytes().count(b"\n") == 2 and b"\r" not in path.read_bytes()


def test_a_given_stream_stays_open():
    stream = io.StringIO()
    with JsonlWriter(stream) as writer:
        writer.write(make_result())
    assert json.loads(stream.getvalue())["model"] == "resnet50"


def test_csv_has_one_row_a_face(tmp_path):
    path = tmp_path / "table.csv"
    with CsvWriter(path) as writer:
        writer.write(make_result("zoë, 1.jpg", faces=2))
        writer.write(FrameResult(source="bad.txt", error="not a picture"))
        writer.write(make_result("empty.jpg", faces=0))
        writer.write(make_result("b.jpg", frame=3, time_s=0.12))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [*CSV_COLUMNS, *(f"p_{label}" for label in FERPLUS)]
    assert [(r["source"], r["face_id"], r["uncertain"]) for r in rows] == [
        ("zoë, 1.jpg", "0", "false"),
        ("zoë, 1.jpg", "1", "true"),
        ("b.jpg", "0", "false"),
    ]
    assert [rows[0][k] for k in ("x", "y", "w", "h")] == ["1", "2", "30", "40"]
    assert rows[0]["emotion"] == "happiness" and float(rows[0]["p_happiness"]) == 0.7
    assert (rows[2]["frame"], rows[2]["time_s"]) == ("3", "0.12")


def test_csv_without_faces_still_has_its_header(tmp_path):
    write_csv([make_result(faces=0, labels="fer2013")], tmp_path / "a.csv")
    header = (tmp_path / "a.csv").read_text(encoding="utf-8").strip().split(",")
    assert header == [*CSV_COLUMNS, *(f"p_{label}" for label in FER2013)]
    write_csv([], tmp_path / "b.csv")
    assert (tmp_path / "b.csv").read_text(encoding="utf-8").count("\n") == 1


def test_csv_refuses_mixed_label_sets(tmp_path):
    with pytest.raises(EmoguiError, match="angry"):
        write_csv(
            [make_result(), make_result(faces=0, **{"source": "b"}), _fer2013_result()],
            tmp_path / "a.csv",
        )
    assert not list(tmp_path.iterdir())


def _fer2013_result():
    return FrameResult(source="b", faces=(make_face(labels=FER2013),), labels="fer2013")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_no_cell_is_a_formula(text, tmp_path):
    assert safe_cell(text) == "'" + text
    path = tmp_path / "a.csv"
    write_csv([make_result(text)], path)
    with path.open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["source"] == "'" + text


def test_safe_cell_leaves_plain_text():
    assert safe_cell("a=b.jpg") == "a=b.jpg" and safe_cell("") == ""


def test_missing_folder_is_a_plain_error(tmp_path):
    for write in (JsonlWriter, CsvWriter):
        with pytest.raises(EmoguiError, match="No such file") as caught:
            write(tmp_path / "no" / "a.out")
        assert "Make its folder" in caught.value.hint
    for whole in (write_csv, write_jsonl):
        with pytest.raises(EmoguiError, match="No such file"):
            whole([], tmp_path / "no" / "a.out")
    with pytest.raises(EmoguiError, match=r"[Dd]irectory"):
        write_csv([], tmp_path)


@pytest.mark.skipif(not FULL_DISK.exists(), reason="needs the device that is always full")
def test_full_disk_is_a_plain_error():
    with pytest.raises(EmoguiError, match="No space") as caught, JsonlWriter(FULL_DISK) as writer:
        writer.write(make_result())
    assert "free some space" in caught.value.hint
    with pytest.raises(EmoguiError, match="No space"), CsvWriter(FULL_DISK) as writer:
        writer.write(make_result())


def test_whole_files_are_replaced_or_left(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(RuntimeError), replacing(path) as part:
        part.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]
    with pytest.raises(EmoguiError, match="No space"), replacing(path):
        raise OSError(28, "No space left on device")
    write_jsonl([make_result()], path)
    assert json.loads(path.read_text())["source"] == "a.jpg"
    assert list(tmp_path.iterdir()) == [path]


def test_links_are_followed_and_rights_are_usual(tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to(real)
    write_text(link, "new")
    assert link.is_symlink() and real.read_text() == "new"
    plain = tmp_path / "plain"
    plain.write_text("")
    assert stat.S_IMODE(real.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_folder_without_rights(tmp_path, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    for act in (CsvWriter, JsonlWriter, lambda path: write_text(path, "")):
        with pytest.raises(EmoguiError, match="Permission denied") as caught:
            act(tmp_path / "a")
        assert caught.value.hint == "Choose a folder in which you may write."


def test_folders_are_made(tmp_path):
    assert make_folder(tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(EmoguiError, match="is a file"):
        make_folder(tmp_path / "file")
    with pytest.raises(EmoguiError, match="Cannot write"):
        make_folder(tmp_path / "file" / "below")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".JPEG", ".webp", ".bmp", ".tif"])
def test_pictures_are_saved(tmp_path, suffix):
    import numpy as np
    from PIL import Image

    pixels = np.full((20, 30, 3), (200, 30, 60), np.uint8)
    save_image(pixels, tmp_path / f"a{suffix}")
    with Image.open(tmp_path / f"a{suffix}") as saved:
        assert np.abs(np.asarray(saved.convert("RGB")).astype(int) - pixels).max() < 12
    with pytest.raises(EmoguiError, match=r"\.png"):
        save_image(pixels, tmp_path / "a.xyz")
