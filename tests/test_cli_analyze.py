import argparse
import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from emogui import cli
from emogui.commands import analyze
from emogui.errors import ImageError
from emogui.labels import FERPLUS
from emogui.types import FaceBox, FaceResult, FrameResult

ROOT = Path(__file__).resolve().parents[1]


class FakeAnalyzer:
    """Finds one happy face in each picture; fails on pictures of certain sizes."""

    def __init__(self):
        self.classifier = SimpleNamespace(name="fake-net", head="ferplus", labels=FERPLUS)
        self.detector = SimpleNamespace(name="fake-detector")

    def analyze(self, image, *, source="", frame=0, time_s=0.0, long_side=None):
        assert image.dtype == np.uint8 and image.ndim == 3
        print("a library talks")
        height, width = image.shape[:2]
        if width == 7:
            raise ImageError("The picture is 7 pixels wide.", "Take a wider one.")
        if width == 8:
            raise ZeroDivisionError("a bug")
        if width == 9:
            raise MemoryError
        if width == 10:
            raise KeyboardInterrupt
        probabilities = dict.fromkeys(FERPLUS, 0.01) | {"happiness": 0.93}
        face = FaceResult(0, FaceBox(5, 6, width // 2, height // 2), 0.9, None, probabilities)
        return FrameResult(
            source=source,
            width=width,
            height=height,
            faces=(face,),
            model="fake-net",
            detector="fake-detector",
            timings_ms={"total": 1.0},
        )


@pytest.fixture(autouse=True)
def fake(monkeypatch):
    monkeypatch.setattr(analyze, "make_analyzer", lambda args: FakeAnalyzer())


def save(path, width=64, height=48):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (width, height), (120, 130, 140)).save(path)
    return str(path)


def lines_of(text):
    return [json.loads(line) for line in text.splitlines()]


def test_json_lines_and_nothing_else_on_stdout(tmp_path, capsys):
    first, second = save(tmp_path / "a.png"), save(tmp_path / "zoë 顔.jpg", 100, 80)
    assert cli.main(["analyze", first, second]) == 0
    printed = capsys.readouterr()
    one, two = lines_of(printed.out)
    assert (one["source"], one["width"], one["height"]) == (first, 64, 48)
    assert (two["source"], two["width"], two["height"]) == (second, 100, 80)
    assert one["model"] == "fake-net" and one["detector"] == "fake-detector"
    assert one["faces"][0]["emotion"] == "happiness" and one["error"] is None
    assert "a library talks" in printed.err


def test_folders_and_patterns(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("in/b.png", "in/a.png", "in/deep/c.png", "x1.png", "x2.png"):
        save(Path(name))
    assert cli.main(["analyze", "in", "x*.png"]) == 0
    sources = [line["source"] for line in lines_of(capsys.readouterr().out)]
    assert sources == [
        str(Path(name)) for name in ("in/a.png", "in/b.png", "in/deep/c.png", "x1.png", "x2.png")
    ]


def test_bad_inputs_have_their_line_and_the_others_are_done(tmp_path, capsys):
    text = tmp_path / "text.jpg"
    text.write_text("not a picture")
    cut = tmp_path / "cut.png"
    save(cut)
    cut.write_bytes(cut.read_bytes()[:60])
    empty = tmp_path / "empty"
    empty.mkdir()
    bad = {
        str(text): "picture",
        str(cut): "",
        str(tmp_path / "missing.jpg"): "missing.jpg",
        str(tmp_path / "no*.jpg"): "no*.jpg",
        str(empty): "no picture",
        save(tmp_path / "w7.png", 7): "7 pixels wide. Take a wider one.",
        save(tmp_path / "w8.png", 8): "ZeroDivisionError: a bug",
        save(tmp_path / "w9.png", 9): "memory",
    }
    good = save(tmp_path / "good.png")
    assert cli.main(["analyze", *bad, good]) == 1
    printed = capsys.readouterr()
    lines = lines_of(printed.out)
    assert "Traceback" not in printed.err
    assert [line["source"] for line in lines] == [*bad, good]
    for line, (source, said) in zip(lines, bad.items(), strict=False):
        assert line["error"] and said in line["error"], source
        assert line["width"] is None and line["height"] is None and line["faces"] == []
        assert line["model"] == "fake-net" and line["detector"] == "fake-detector"
    assert lines[-1]["error"] is None and len(lines[-1]["faces"]) == 1


def test_files_leave_stdout_empty(tmp_path, capsys):
    picture = save(tmp_path / "a.png")
    json_file, csv_file = tmp_path / "o.jsonl", tmp_path / "o.csv"
    words = ["analyze", picture, "--json", str(json_file), "--csv", str(csv_file)]
    assert cli.main(words) == 0
    assert capsys.readouterr().out == ""
    assert lines_of(json_file.read_text(encoding="utf-8"))[0]["source"] == picture
    with csv_file.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["source"] == picture and row["emotion"] == "happiness"
    assert cli.main(["analyze", picture, "--csv", str(csv_file)]) == 0
    assert capsys.readouterr().out == ""
    assert cli.main(["analyze", str(tmp_path / "missing"), "--csv", str(csv_file)]) == 1
    assert csv_file.read_text().count("\n") == 1, "a table without faces has its header"


def test_stdout_beside_a_file(tmp_path, capsys):
    picture = save(tmp_path / "a.png")
    assert cli.main(["analyze", picture, "--csv", str(tmp_path / "o.csv"), "--json", "-"]) == 0
    assert len(lines_of(capsys.readouterr().out)) == 1
    assert cli.main(["analyze", picture, "--csv", "-"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row["p_happiness"] == "0.93"


def test_annotated_pictures_do_not_collide(tmp_path, capsys):
    out = tmp_path / "out" / "deep"
    inputs = [
        save(tmp_path / "one" / "a.png", 64),
        save(tmp_path / "two" / "a.png", 65),
        save(tmp_path / "two" / "A.PNG", 66),
        save(tmp_path / "two" / "a.jpg", 67),
    ]
    assert cli.main(["analyze", *inputs, str(tmp_path / "no.png"), "--annotate", str(out)]) == 1
    assert len(lines_of(capsys.readouterr().out)) == 5
    made = {path.name: path for path in out.iterdir()}
    assert set(made) == {"a_emogui.png", "a_emogui-2.png", "A_emogui-3.png", "a_emogui.jpg"}
    widths = {}
    for name, path in made.items():
        with Image.open(path) as picture:
            widths[name] = picture.width
            assert len(picture.convert("RGB").getcolors(1 << 20)) > 2, "nothing was drawn"
    assert widths == {
        "a_emogui.png": 64,
        "a_emogui-2.png": 65,
        "A_emogui-3.png": 66,
        "a_emogui.jpg": 67,
    }


def test_annotating_into_the_inputs_folder_spares_them(tmp_path):
    inputs = [save(tmp_path / "a.png"), save(tmp_path / "a_emogui.png")]
    before = [Path(path).read_bytes() for path in inputs]
    assert cli.main(["analyze", *inputs, "--annotate", str(tmp_path)]) == 0
    assert [Path(path).read_bytes() for path in inputs] == before
    assert (tmp_path / "a_emogui-2.png").exists() and (tmp_path / "a_emogui_emogui.png").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_links_that_lead_in_a_circle(tmp_path, capsys):
    loop = tmp_path / "loop.jpg"
    loop.symlink_to(loop)
    good = save(tmp_path / "good.png")
    assert cli.main(["analyze", str(loop), good, "--annotate", str(tmp_path / "out")]) == 1
    first, second = lines_of(capsys.readouterr().out)
    assert "loop.jpg" in first["error"] and second["error"] is None
    assert cli.main(["analyze", good, "--json", str(loop)]) == 1
    assert "Cannot write" in capsys.readouterr().err


def test_two_spellings_of_one_output(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["analyze", save(tmp_path / "a.png"), "--json", "x", "--csv", "./x"]) == 2
    assert "both write to 'x'" in capsys.readouterr().err


def test_progress_bar_on_stderr_when_asked(tmp_path, capsys):
    picture = save(tmp_path / "a.png")
    assert cli.main(["analyze", picture, "--progress"]) == 0
    printed = capsys.readouterr()
    assert "1/1" in printed.err and "1/1" not in printed.out
    assert cli.main(["analyze", picture]) == 0
    assert "1/1" not in capsys.readouterr().err


def test_results_come_one_by_one(tmp_path, capsys):
    save(tmp_path / "a.png")
    save(tmp_path / "b.png", 10)
    out = tmp_path / "out.jsonl"
    assert cli.main(["analyze", str(tmp_path / "*.png"), "--json", str(out)]) == 130
    assert len(lines_of(out.read_text())) == 1, "what was done before Ctrl+C is kept"
    assert "Traceback" not in capsys.readouterr().err


def test_outputs_that_cannot_be_written(tmp_path, capsys):
    picture = save(tmp_path / "a.png")
    (tmp_path / "file").write_text("")
    for words, said in (
        (["--json", str(tmp_path / "no" / "o.jsonl")], "Make its folder first"),
        (["--csv", str(tmp_path)], "not of a folder"),
        (["--annotate", str(tmp_path / "file")], "is a file"),
    ):
        assert cli.main(["analyze", picture, *words]) == 1
        printed = capsys.readouterr()
        assert printed.out == "" and said in printed.err
        assert printed.err.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_full_disk(tmp_path, capsys):
    assert cli.main(["analyze", save(tmp_path / "a.png"), "--json", "/dev/full"]) == 1
    assert "free some space" in capsys.readouterr().err


def test_wrong_use(tmp_path, capsys):
    picture = save(tmp_path / "a.png")
    same = str(tmp_path / "o")
    for words, said in (
        ([], "INPUT"),
        ([picture, "--threshold", "2"], "0 to 1"),
        ([picture, "--threshold", "nan"], "0 to 1"),
        ([picture, "--threshold", "x"], "0 to 1"),
        ([picture, "--nonsense"], "--nonsense"),
        ([picture, "--json", same, "--csv", same], "Name two files"),
        ([picture, "--csv", picture], "overwrite the input"),
    ):
        assert cli.main(["analyze", *words]) == 2, words
        printed = capsys.readouterr()
        assert said in printed.err and printed.out == ""
    with Image.open(picture) as still:
        assert still.size == (64, 48)


SCRIPT = """
import os, sys
from types import SimpleNamespace
from emogui import cli
from emogui.commands import analyze
from emogui.types import FrameResult

class Noisy:
    classifier = SimpleNamespace(name="m", head="ferplus", labels=("a", "b"))
    detector = SimpleNamespace(name="d")
    def analyze(self, image, *, source=""):
        print("from Python")
        os.write(1, b"from C\\n")
        return FrameResult(source=source, width=image.shape[1], height=image.shape[0])

analyze.make_analyzer = lambda args: Noisy()
sys.exit(cli.main(sys.argv[1:]))
"""


def run_script(*words, **options):
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, "analyze", *words],
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        check=False,
        **options,
    )


def test_nothing_leaks_into_a_real_stdout(tmp_path):
    save(tmp_path / "zoë.png")
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = run_script(str(tmp_path), env=environment)
    assert done.returncode == 0, done.stderr
    (line,) = lines_of(done.stdout.decode("utf-8"))
    assert line["source"].endswith("zoë.png")
    assert b"from Python" in done.stderr and b"from C" in done.stderr


def test_closed_stdout_still_writes_files(tmp_path):
    save(tmp_path / "a.png")
    code = "import os; os.close(1); os.execv(os.sys.executable, os.sys.argv[1:])"
    words = [sys.executable, "-c", SCRIPT, "analyze", str(tmp_path / "a.png")]
    words += ["--json", str(tmp_path / "o.jsonl")]
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        timeout=60,
        stderr=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(lines_of((tmp_path / "o.jsonl").read_text())) == 1


def test_a_reader_that_leaves_is_no_crash(tmp_path):
    for i in range(30):
        save(tmp_path / f"{i}.png")
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, "analyze", str(tmp_path)],
            stdout=write,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            timeout=60,
            check=False,
        )
    finally:
        os.close(write)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr and b"Exception ignored" not in done.stderr


def test_options_reach_the_analyzer(monkeypatch):
    parser = argparse.ArgumentParser()
    analyze.add_parser(parser.add_subparsers())
    args = parser.parse_args(
        ["analyze", "a", "--model", "m", "--detector", "haar", "--labels", "fer2013"]
    )
    assert (args.model, args.detector, args.labels) == ("m", "haar", "fer2013")
    assert args.threshold is None and args.detector_model is None
