"""``emogui analyze`` on videos, with an analyzer that finds the same face in every frame."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from emogui import cli
from emogui.commands import analyze
from emogui.errors import ImageError
from emogui.labels import FERPLUS
from emogui.media.decoder import VideoFile
from emogui.types import FaceBox, FaceResult, FrameResult
from tests.media.clips import make_clip, picture

VARYING = [0, 40, 80, 500, 520, 1000, 1040, 1080, 3000, 3033]


class FakeAnalyzer:
    def __init__(self):
        self.classifier = SimpleNamespace(name="fake-net", head="ferplus", labels=FERPLUS)
        self.detector = SimpleNamespace(name="fake-detector")
        self.fails_at = self.interrupted_at = -1

    def analyze(self, image, *, source="", frame=0, time_s=0.0, long_side=None):
        if frame == self.fails_at:
            raise ImageError("This frame is odd.")
        if frame == self.interrupted_at:
            raise KeyboardInterrupt
        probabilities = dict.fromkeys(FERPLUS, 0.01) | {"happiness": 0.93}
        face = FaceResult(0, FaceBox(5, 6, 40, 40), 0.9, None, probabilities)
        height, width = image.shape[:2]
        return FrameResult(source, frame, time_s, width, height, (face,), "fake-net", "fake")


@pytest.fixture(autouse=True)
def fake(monkeypatch):
    analyzer = FakeAnalyzer()
    monkeypatch.setattr(analyze, "make_analyzer", lambda args: analyzer)
    return analyzer


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return str(make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", VARYING))


def run(capsys, *words):
    status = cli.main(["analyze", *words])
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    return status, [json.loads(line) for line in printed.out.splitlines()], printed.err


def test_a_line_a_frame_with_the_files_own_times(clip, capsys):
    status, lines, _ = run(capsys, clip)
    assert status == 0
    assert [line["frame"] for line in lines] == list(range(10))
    assert [line["time_s"] for line in lines] == pytest.approx([t / 1000 for t in VARYING])
    assert {line["source"] for line in lines} == {clip}
    assert all(line["error"] is None for line in lines)


def test_every_and_fps_choose_frames(clip, capsys):
    assert [line["frame"] for line in run(capsys, clip, "--every", "4")[1]] == [0, 4, 8]
    assert [line["frame"] for line in run(capsys, clip, "--fps", "1")[1]] == [0, 5, 8]


@pytest.mark.parametrize(
    "words",
    [["--every", "0"], ["--every", "x"], ["--fps", "-1"], ["--fps", "nan"], ["--smoothing", "-1"],
     ["--every", "2", "--fps", "3"]],
)  # fmt: skip
def test_wrong_numbers_are_refused(clip, capsys, words):
    assert cli.main(["analyze", clip, *words]) == 2


def test_pictures_and_videos_in_one_call(clip, tmp_path, capsys):
    folder = tmp_path / "all"
    folder.mkdir()
    (folder / "b.mp4").write_bytes(Path(clip).read_bytes())
    Image.fromarray(picture(0)).save(folder / "a.png")
    (folder / "code.ts").write_text("export const a = 1;")
    (folder / "notes.txt").write_text("no")
    missing = str(tmp_path / "missing.mp4")
    status, lines, _ = run(capsys, str(folder), missing, "--every", "5")
    assert status == 1
    names = [(Path(line["source"]).name, line["frame"]) for line in lines]
    assert names == [("a.png", 0), ("b.mp4", 0), ("b.mp4", 5), ("missing.mp4", 0)]
    assert "missing.mp4" in lines[-1]["error"]


def test_a_gif_that_moves_is_a_video_and_one_that_does_not_a_picture(tmp_path, capsys):
    frames = [Image.fromarray(picture(n)) for n in range(3)]
    moving, still = str(tmp_path / "moving.gif"), str(tmp_path / "still.gif")
    frames[0].save(moving, save_all=True, append_images=frames[1:], duration=[100, 200, 100])
    frames[0].save(still)
    status, lines, _ = run(capsys, moving, still)
    assert status == 0
    assert [line["time_s"] for line in lines] == pytest.approx([0.0, 0.1, 0.3, 0.0])


def test_the_content_decides_what_an_input_is(clip, tmp_path, capsys):
    renamed = tmp_path / "clip.jpg"
    renamed.write_bytes(Path(clip).read_bytes())
    photo = tmp_path / "photo.mp4"
    Image.fromarray(picture(0)).save(photo, format="PNG")
    status, lines, _ = run(capsys, str(renamed), str(photo))
    assert status == 0
    assert len(lines) == 11


def test_a_bad_video_has_its_line(tmp_path, capsys):
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"\x00\x00\x00\x20ftypisom" + bytes(3000))
    status, lines, _ = run(capsys, str(bad), "--annotate", str(tmp_path / "out"))
    assert status == 1
    assert "not a video" in lines[0]["error"]
    assert list((tmp_path / "out").iterdir()) == []


def test_a_frame_that_fails_has_its_line_and_the_others_are_done(clip, capsys, fake):
    fake.fails_at = 4
    status, lines, _ = run(capsys, clip)
    assert status == 1
    assert [line["error"] for line in lines] == [None] * 4 + ["This frame is odd."] + [None] * 5
    assert lines[4]["time_s"] == pytest.approx(0.52)


def test_a_damaged_video_is_told_on_standard_error(tmp_path, capsys):
    path = make_clip(tmp_path / "a.avi", [40 * n for n in range(50)], codec="mjpeg",
                     pix_fmt="yuvj420p", ticks=25)  # fmt: skip
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    status, lines, said = run(capsys, str(path))
    assert status == 0
    assert 5 < len(lines) < 50
    assert "the rest is missing or damaged" in said


def test_what_was_done_before_ctrl_c_stays(clip, tmp_path, capsys, fake):
    fake.interrupted_at = 6
    out, folder = tmp_path / "o.jsonl", tmp_path / "out"
    status, _, _ = run(capsys, clip, "--json", str(out), "--annotate", str(folder))
    assert status == 130
    assert len(out.read_text().splitlines()) == 6
    with VideoFile(folder / "clip_emogui.mp4") as video:
        assert video.frame_count == 6


def test_the_table_and_the_annotated_video(clip, tmp_path, capsys):
    table, folder = tmp_path / "o.csv", tmp_path / "out"
    assert cli.main(["analyze", clip, "--csv", str(table), "--annotate", str(folder)]) == 0
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["frame"]) for row in rows] == list(range(10))
    assert {row["face_id"] for row in rows[:3]} == {"0"}  # the gap after them is long
    with VideoFile(folder / "clip_emogui.mp4") as video:
        times = []
        while (frame := video.next()) is not None:
            times.append(frame.time_s)
            image = frame.image()
    assert times == pytest.approx([t / 1000 for t in VARYING], abs=0.001)
    assert np.ptp(image.astype(int), axis=(0, 1)).max() > 60  # a frame was drawn on plain grey


def test_progress_counts_frames(clip, capsys):
    assert "10/10" in run(capsys, clip, "--progress", "--every", "1")[2]
