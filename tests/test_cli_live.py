import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import av
import cv2
import numpy as np
import pytest

from emogui import cli
from emogui.commands import analyze
from emogui.commands.live_report import Meter
from emogui.errors import EmoguiError
from emogui.labels import FERPLUS
from emogui.live.statistics import LiveStatistics
from emogui.media.image import load_image
from emogui.output.recover import read_results
from emogui.output.video import VideoWriter
from emogui.types import FaceBox, FaceResult, FrameResult

FRAMES, FPS = 24, 24
FULL_DISK = Path("/dev/full")
COUNTS = ["captured", "shown", "analysed", "carried", "dropped"]


@pytest.fixture(scope="module")
def clip(tmp_path_factory, project_root):
    """A second of the sample picture that moves from side to side."""
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    sample = cv2.resize(load_image(project_root / "assets" / "sample.jpg"), (620, 360))
    with VideoWriter(path, fps=FPS) as writer:
        for i in range(FRAMES):
            writer.write(np.roll(sample, round(12 * np.sin(i / 4)), axis=1), i / FPS)
    return path


class FakeAnalyzer:
    """Finds a happy face in each picture."""

    takes_s = 0.0
    fails_at: int | None = None

    def __init__(self):
        self.classifier = SimpleNamespace(name="fake-net", head="ferplus", labels=FERPLUS)

    def warm_up(self):
        print("a library talks")

    def analyze(self, image, *, source="", frame=0, time_s=0.0, long_side=None):
        time.sleep(self.takes_s)
        if frame == self.fails_at:
            raise EmoguiError("This frame is bad.", "Choose another.")
        height, width = image.shape[:2]
        probabilities = dict.fromkeys(FERPLUS, 0.01) | {"happiness": 0.93}
        face = FaceResult(0, FaceBox(90, 60, 100, 140), 0.9, None, probabilities)
        return FrameResult(source, frame, time_s, width, height, (face,), "fake-net", "fake")


@pytest.fixture
def fake(monkeypatch):
    analyzer = FakeAnalyzer()
    monkeypatch.setattr(analyze, "make_analyzer", lambda _: analyzer)
    return analyzer


def emogui_live(*words):
    return cli.main(["live", *map(str, words)])


def decoded(path):
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def checked(path):
    """The stats, of whose frames each that was due is one of three."""
    stats = json.loads(path.read_text())
    assert list(stats) == ["frames", "frame_age_ms", "stage_ms", "faces", "memory_mb", "cpu_s"]
    frames = stats["frames"]
    assert list(frames) == COUNTS and all(type(n) is int for n in frames.values())
    assert frames["captured"] == frames["analysed"] + frames["carried"] + frames["dropped"]
    assert list(stats["frame_age_ms"]) == ["p50", "p95", "p99"]
    assert list(stats["memory_mb"]) == ["start", "end"] and stats["cpu_s"] >= 0
    return stats


def test_a_file_is_analysed_frame_by_frame(fake, clip, tmp_path, capsys):
    status = emogui_live(
        *("--source", clip, "--json", tmp_path / "a.jsonl", "--csv", tmp_path / "table"),
        *("--video", tmp_path / "a.mp4", "--stats", tmp_path / "stats.json"),
    )
    out, err = capsys.readouterr()
    assert status == 0 and out == "" and f"{FRAMES} frames in" in err
    written = lines(tmp_path / "a.jsonl")
    assert [line["frame"] for line in written] == list(range(FRAMES))
    assert [line["time_s"] for line in written] == pytest.approx(
        [i / FPS for i in range(FRAMES)], abs=1e-3
    )
    assert {line["source"] for line in written} == {str(clip)}
    assert {line["faces"][0]["face_id"] for line in written} == {0}
    with (tmp_path / "table").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == FRAMES
    times = [frame.time for frame in decoded(tmp_path / "a.mp4")]
    assert times == pytest.approx([i / FPS for i in range(FRAMES)], abs=1e-3)
    stats = checked(tmp_path / "stats.json")
    assert stats["frames"]["analysed"] == stats["frames"]["captured"] == FRAMES
    assert stats["faces"] == {"now": 1, "most": 1, "ids": 1}
    assert stats["frame_age_ms"]["p50"] > 0 and stats["memory_mb"]["start"] > 10


def test_a_file_as_a_camera_leaves_out_what_is_late(fake, clip, tmp_path):
    fake.takes_s = 0.12
    start = time.monotonic()
    status = emogui_live(
        *("--source", clip, "--realtime", "--loop", "--duration", 1.5),
        *("--json", tmp_path / "a.jsonl", "--video", tmp_path / "a.mp4"),
        *("--stats", tmp_path / "stats.json"),
    )
    assert status == 0 and time.monotonic() - start >= 1.5
    frames = checked(tmp_path / "stats.json")["frames"]
    assert 10 <= frames["captured"] <= 45 and frames["carried"] >= 3
    written = lines(tmp_path / "a.jsonl")
    assert len(written) == frames["analysed"] < frames["captured"]
    # The video has the frames between, too: the boxes are carried to them.
    assert len(decoded(tmp_path / "a.mp4")) >= frames["captured"] - frames["dropped"] - 1


def test_a_loop_goes_on_counting(fake, clip, tmp_path):
    fake.takes_s = 0.004
    status = emogui_live(
        *("--source", clip, "--loop", "--duration", 0.6),
        *("--json", tmp_path / "a.jsonl", "--stats", tmp_path / "stats.json"),
    )
    written = lines(tmp_path / "a.jsonl")
    frames = checked(tmp_path / "stats.json")["frames"]
    assert status == 0 and len(written) == frames["captured"] == frames["analysed"] > FRAMES
    assert [line["frame"] for line in written] == list(range(len(written)))
    times = [line["time_s"] for line in written]
    assert times == sorted(set(times))


def test_results_go_to_standard_output_alone(fake, clip, capsys):
    assert emogui_live("--source", clip, "--json", "-") == 0
    out, err = capsys.readouterr()
    assert [json.loads(line)["frame"] for line in out.splitlines()] == list(range(FRAMES))
    assert "a library talks" in err


def test_without_an_option_nothing_is_written(fake, clip, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert emogui_live("--source", clip) == 0
    assert not list(tmp_path.iterdir()) and capsys.readouterr().out == ""


def test_appending_goes_on_after_the_last_whole_line(fake, clip, tmp_path):
    path = tmp_path / "a.jsonl"
    assert emogui_live("--source", clip, "--json", path) == 0
    path.write_bytes(path.read_bytes()[:-30])
    assert emogui_live("--source", clip, "--json", path, "--append") == 0
    assert len(lines(path)) == 2 * FRAMES - 1
    assert emogui_live("--source", clip, "--json", path) == 0
    assert len(lines(path)) == FRAMES


def test_a_source_that_is_not_there_leaves_the_files_of_an_earlier_run(fake, tmp_path, capsys):
    (tmp_path / "a.jsonl").write_text("mine")
    status = emogui_live(
        *("--source", tmp_path / "no.mp4", "--json", tmp_path / "a.jsonl"),
        *("--stats", tmp_path / "stats.json"),
    )
    err = capsys.readouterr().err
    assert status == 1 and "no.mp4" in err and len(err.splitlines()) == 2  # with the library's
    assert (tmp_path / "a.jsonl").read_text() == "mine"
    assert checked(tmp_path / "stats.json")["frames"] == dict.fromkeys(COUNTS, 0)


def test_a_file_that_cannot_be_written_is_told_at_once(fake, clip, tmp_path, capsys):
    assert emogui_live("--source", clip, "--video", tmp_path / "no" / "a.mp4") == 1
    err = capsys.readouterr().err
    assert err.count("Cannot write") == 1 and "Make its folder first" in err


@pytest.mark.skipif(not FULL_DISK.exists(), reason="needs the device that is always full")
def test_a_full_disk_is_told_and_the_rest_goes_on(fake, clip, tmp_path, capsys):
    status = emogui_live(
        *("--source", clip, "--json", tmp_path / "a.jsonl", "--video", FULL_DISK),
        *("--stats", tmp_path / "stats.json"),
    )
    err = capsys.readouterr().err
    assert status == 1 and err.count("No space") == 1
    assert len(lines(tmp_path / "a.jsonl")) == FRAMES
    assert checked(tmp_path / "stats.json")["frames"]["analysed"] == FRAMES


def test_a_frame_that_fails_does_not_end_the_rest(fake, clip, tmp_path, capsys):
    fake.fails_at = 5
    status = emogui_live(
        *("--source", clip, "--json", tmp_path / "a.jsonl", "--stats", tmp_path / "stats.json")
    )
    assert status == 1 and "This frame is bad." in capsys.readouterr().err
    assert [line["frame"] for line in lines(tmp_path / "a.jsonl")] == [
        i for i in range(FRAMES) if i != 5
    ]
    assert checked(tmp_path / "stats.json")["frames"]["dropped"] == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "--source"),
        (["--source", "CLIP", "--duration", "0"], "above 0"),
        (["--source", "CLIP", "--smoothing", "-1"], "0 or more"),
        (["--source", "CLIP", "--threshold", "2"], "0 to 1"),
        (["--source", "CLIP", "--hide-faces", "blur"], "--video"),
        (["--source", "CLIP", "--hide-faces", "smear", "--video", "a.mp4"], "smear"),
        (["--source", "CLIP", "--append", "--video", "a.mp4"], "appended"),
        (["--source", "CLIP", "--video", "CLIP"], "overwrite the source"),
        (["--source", "CLIP", "--json", "a", "--stats", "./a"], "--json"),
        (["--source", "CLIP", "--json", "-", "--csv", "-"], "standard output"),
        (["--source", "CLIP", "--stats", "no/stats.json"], "no folder"),
        (["--source", "CLIP", "--detector", "none"], "none"),
        (["--source", "CLIP", "--model", "none"], "none"),
    ],
)
def test_wrong_use(words, says, clip, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    before = clip.read_bytes()
    assert emogui_live(*[str(clip) if word == "CLIP" else word for word in words]) == 2
    assert says in capsys.readouterr().err
    assert clip.read_bytes() == before and not list(tmp_path.iterdir())


def test_the_progress_line(fake, clip, capsys):
    fake.takes_s = 0.03
    assert emogui_live("--source", clip, "--progress") == 0
    err = capsys.readouterr().err
    assert "results a second" in err and err.index("\r") < err.index(f"{FRAMES} frames in")


def test_frames_left_out_by_the_source_are_dropped_ones():
    report = Meter().report(LiveStatistics(captured=100, analysed=70, carried=28, late=7, shown=99))
    assert report["frames"] == {
        "captured": 107,
        "shown": 99,
        "analysed": 70,
        "carried": 28,
        "dropped": 9,
    }


def test_the_real_networks_follow_and_hide_the_faces(clip, tmp_path):
    from emogui import Analyzer

    status = emogui_live(
        *("--source", clip, "--json", tmp_path / "a.jsonl", "--stats", tmp_path / "stats.json"),
        *("--video", tmp_path / "a.mp4", "--hide-faces", "blur"),
    )
    assert status == 0
    written = list(read_results(tmp_path / "a.jsonl"))
    assert len(written) == FRAMES
    assert {tuple(sorted(f.face_id for f in one.faces)) for one in written} == {(0, 1)}
    stats = checked(tmp_path / "stats.json")
    assert stats["frames"]["analysed"] == FRAMES
    assert stats["stage_ms"]["classify"]["p50"] > 0
    shown = decoded(tmp_path / "a.mp4")
    assert len(shown) == FRAMES
    detector = Analyzer().detector
    for frame in shown[:: FRAMES // 3]:
        assert not detector.detect(frame.to_ndarray(format="rgb24"), long_side=320)


@pytest.mark.parametrize(
    "how",
    [
        "SIGTERM",
        pytest.param("SIGINT", marks=pytest.mark.slow),
        pytest.param("SIGKILL", marks=pytest.mark.slow),
    ],
)
def test_ended_from_outside(how, clip, tmp_path):
    number = getattr(signal, how)
    path, video, stats = (tmp_path / name for name in ("a.jsonl", "a.mp4", "stats.json"))
    words = ["--source", clip, "--loop", "--realtime", "--json", path, "--video", video]
    process = subprocess.Popen(
        [sys.executable, "-m", "emogui", "live", *map(str, words), "--stats", str(stats)],
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if path.exists() and path.read_bytes().count(b"\n") >= 40:
            break
        time.sleep(0.05)
    process.send_signal(number)
    err = process.communicate(timeout=60)[1]
    results = list(read_results(path))
    assert len(results) >= 40
    assert decoded(video)[-1].time >= results[-1].time_s - results[0].time_s - 1
    if number != signal.SIGKILL:
        assert process.returncode == 0 and " frames in " in err, err
        frames = checked(stats)["frames"]
        assert path.read_bytes().endswith(b"\n")
        assert len(results) <= frames["analysed"] + frames["carried"]


def test_the_options_are_told(capsys):
    assert emogui_live("--help") == 0
    text = capsys.readouterr().out
    assert "Nothing is recorded unless" in text and "--hide-faces" in text
