"""Damaged and hostile files: none crashes or holds a batch, each is analysed or told as failed."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from PIL import Image as PilImage

from tests.bulk import fuzzer
from tests.media.clips import make_clip

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links, pipes and memory limits")

MEMORY_MB = 1024
OVERHEAD_MB = 1400
"""The network and detector, a picture on each of its ways, and what decoders start with."""


class MemoryMeter:
    """The most memory that a process and its children had together, in megabytes."""

    def __init__(self, pid: int) -> None:
        self.peak = 0.0
        self._process = psutil.Process(pid)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> float:
        self._ended.set()
        self._thread.join()
        return self.peak

    def _run(self) -> None:
        while not self._ended.wait(0.2):
            total = 0
            try:
                for one in [self._process, *self._process.children(recursive=True)]:
                    try:
                        total += one.memory_info().rss
                    except psutil.Error:
                        continue
            except psutil.Error:
                return
            self.peak = max(self.peak, total / 2**20)


@pytest.fixture(scope="module")
def originals(sample, tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("originals")
    small = PilImage.fromarray(sample[::2, ::2])
    for name in ("a.jpg", "a.png", "a.webp", "a.bmp", "a.gif", "a.tiff", "a.jp2", "a.ppm"):
        small.save(folder / name)
    small.save(folder / "deflate.tiff", compression="tiff_deflate")
    small.save(folder / "progressive.jpg", progressive=True)
    moving = [small.resize((120, 70)), small.rotate(180).resize((120, 70))]
    moving[0].save(folder / "moving.gif", save_all=True, append_images=moving[1:])
    pictures = [sample[:, ::-1][:140, :240]] * 8
    for name, codec in (("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.avi", "mpeg4")):
        make_clip(folder / name, range(0, 320, 40), codec=codec, size=(240, 140), pictures=pictures)
    return sorted(folder.iterdir())


def fuzz(
    folder: Path, originals: list[Path], sample, root: Path, count: int, *, limit_s: float
) -> None:
    inputs, results = folder / "in", folder / "out"
    inputs.mkdir()
    good = fuzzer.make_folder(inputs, originals, sample, count)
    command = [sys.executable, "-m", "emogui", "batch", str(inputs), "--output", str(results)]
    command += ["--fast", "320", "--long-side", "160", "--any-suffix", "--jsonl"]
    command += ["--time-limit", "20", "--memory", str(MEMORY_MB), "--every", "4"]
    process = subprocess.Popen(
        command,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    meter = MemoryMeter(process.pid)
    began = time.monotonic()
    try:
        _, told = process.communicate(timeout=limit_s)
    finally:
        process.kill()
        peak = meter.stop()
    print(f"{count} files: {time.monotonic() - began:.0f} s, at most {peak:.0f} MB")
    assert process.returncode == 1, told.decode()
    assert b"Traceback" not in told
    assert peak < 2 * MEMORY_MB + OVERHEAD_MB

    with (results / "inputs.csv").open(encoding="utf-8", newline="") as file:
        listed = [row["source"] for row in csv.DictReader(file)]
    on_disk = [path for path in inputs.iterdir() if path.name != "self"]  # a link to a folder
    assert len(listed) == len(on_disk)
    with (results / "failures.csv").open(encoding="utf-8", newline="") as file:
        failures = list(csv.DictReader(file))
    with (results / "faces.csv").open(encoding="utf-8", newline="") as file:
        faces = {row["source"] for row in csv.DictReader(file)}
    from emogui.output.recover import read_results

    told_of = {result.source for result in read_results(results / "frames.jsonl")}
    escaped = {s.encode("utf-8", "backslashreplace").decode() for s in told_of}
    assert set(listed) == escaped  # each has a line, of whatever kind
    failed = {row["source"] for row in failures}
    assert all(row["reason"] for row in failures)
    assert not failed & set(good)
    assert set(good) <= faces
    assert not (faces - set(listed))
    broken = {"locked.png", "pipe.jpg", "circle.jpg", "nothing.png", "header.png", "header.ppm"}
    if os.geteuid() == 0:  # who may read everything finds it damaged instead
        assert str(inputs / "locked.png") in failed
    assert {str(inputs / name) for name in broken} <= failed


@pytest.mark.timeout(300)
def test_a_hundred_damaged_files(originals, sample, project_root, tmp_path) -> None:
    fuzz(tmp_path, originals, sample, project_root, 100, limit_s=280)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_two_thousand_damaged_files(originals, sample, project_root, tmp_path) -> None:
    fuzz(tmp_path, originals, sample, project_root, 2000, limit_s=7000)
