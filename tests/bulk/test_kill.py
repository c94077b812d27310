"""A batch that is killed at any point, again and again, gives what an uninterrupted one gives."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest

WORDS = ["--fast", "320", "--long-side", "160", "--jsonl", "--parquet", "--annotate"]
WORDS += ["--subtitles", "srt", "--subtitles", "vtt", "--crops", "--smoothing", "0.2"]
EXACT = ("faces.csv", "failures.csv", "frames.jsonl", "inputs.csv")
EXACT_ENDINGS = (".jpg", ".png", ".srt", ".vtt", ".parquet")

# Many more checkpoints than usual, so that kills meet them.
OFTEN = (
    "import sys; from emogui import cli; from emogui.bulk import writer; "
    "writer.SAVE_S = 0.0; writer.SAVE_VIDEO_S = 0.02; writer.PART_ROWS = 5; "
    "raise SystemExit(cli.main(sys.argv[1:]))"
)


def start(inputs: Path, folder: Path, root: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", OFTEN, "batch", str(inputs), "--output", str(folder), *WORDS]
    return subprocess.Popen(
        command,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    _, told = process.communicate(timeout=300)
    assert process.returncode == 1, told.decode()  # two inputs are broken
    assert b"Traceback" not in told


def frames_of(path: Path) -> list[int]:
    with av.open(str(path)) as file:
        return [frame.pts for frame in file.decode(video=0)]


def assert_same(folder: Path, whole: Path) -> None:
    for name in EXACT:
        assert (folder / name).read_bytes() == (whole / name).read_bytes(), name
    files = {p.relative_to(whole) for p in whole.rglob("*") if p.is_file()}
    assert {p.relative_to(folder) for p in folder.rglob("*") if p.is_file()} == files
    for name in files:
        if name.suffix in EXACT_ENDINGS:
            assert (folder / name).read_bytes() == (whole / name).read_bytes(), name
        if name.suffix == ".mp4":
            assert frames_of(folder / name) == frames_of(whole / name), name


@pytest.fixture(scope="module")
def whole(
    mixed: Path, tmp_path_factory: pytest.TempPathFactory, project_root: Path
) -> tuple[Path, float]:
    """An uninterrupted run, and how long it took in seconds."""
    folder = tmp_path_factory.mktemp("whole")
    began = time.monotonic()
    finish(start(mixed, folder, project_root))
    return folder, time.monotonic() - began


def kill_at(process: subprocess.Popen[bytes], folder: Path, place: float, longest: float) -> bool:
    """Kills a batch once the share ``place`` of its work has been written; whether it could."""
    state = folder / ".emogui-batch" / "state.json"
    end = time.monotonic() + longest * 10 + 60
    while process.poll() is None and time.monotonic() < end:
        if share_done(state) >= place:
            break
        time.sleep(0.002)
    process.kill()
    process.communicate()
    return process.returncode == -9


def share_done(state: Path) -> float:
    try:
        found = json.loads(state.read_text())
    except (OSError, ValueError):
        return 0.0
    return float(found["counts"]["pictures"] + found["counts"]["frames"]) / 55


def kill_often(
    mixed: Path, whole: tuple[Path, float], root: Path, tmp_path: Path, kills: int
) -> None:
    """Kills at random: half of them at a random time, half right behind a random checkpoint."""
    chance = random.Random(20)
    done = batches = 0
    folder = tmp_path / "0"
    while done < kills:
        process = start(mixed, folder, root)
        if done % 2:
            time.sleep(chance.uniform(0.0, whole[1]))
            process.kill()
            process.communicate()
            killed = process.returncode == -9
        else:
            before = share_done(folder / ".emogui-batch" / "state.json")
            place = before + chance.uniform(0.0, 0.4)
            killed = kill_at(process, folder, place, whole[1])
        done += killed
        if not killed:  # it was finished: look at it, and begin another one
            assert_same(folder, whole[0])
            batches += 1
            folder = tmp_path / str(batches)
    finish(start(mixed, folder, root))
    assert_same(folder, whole[0])


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
@pytest.mark.timeout(600)
def test_a_few_kills_change_nothing(
    mixed: Path, whole: tuple[Path, float], project_root: Path, tmp_path: Path
) -> None:
    kill_often(mixed, whole, project_root, tmp_path, kills=3)


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="kill -9")
@pytest.mark.timeout(3600)
def test_fifty_kills_change_nothing(
    mixed: Path, whole: tuple[Path, float], project_root: Path, tmp_path: Path
) -> None:
    kill_often(mixed, whole, project_root, tmp_path, kills=50)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_finishes_what_is_under_way_and_goes_on_later(
    mixed: Path, whole: tuple[Path, float], project_root: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "results"
    process = start(mixed, folder, project_root)
    state = folder / ".emogui-batch" / "state.json"
    while process.poll() is None and share_done(state) < 0.2:
        time.sleep(0.01)
    process.terminate()  # as Ctrl+C, which reaches the decoders too
    process.communicate(timeout=120)
    assert process.returncode == 130
    assert not json.loads(state.read_text())["complete"]
    finish(start(mixed, folder, project_root))
    assert_same(folder, whole[0])
