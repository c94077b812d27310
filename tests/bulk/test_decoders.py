"""Decoding in processes: order, and what becomes of one that crashes or hangs."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image as PilImage

from emogui import load_image
from emogui.bulk.decoder_process import DecodeOptions
from emogui.bulk.decoders import DecoderPool
from emogui.bulk.worklist import WorkItem
from tests.media.clips import make_clip, number

FRAMES = 60


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    return make_clip(path, range(0, 40 * FRAMES, 40), size=(320, 240))


@pytest.fixture
def items(clip, tmp_path):
    paths = []
    for level in range(6):
        path = tmp_path / f"{level}.png"
        PilImage.fromarray(np.full((50, 60, 3), 20 * level, np.uint8)).save(path)
        paths.append(path)
    paths.insert(2, clip)
    return [WorkItem(n, str(path)) for n, path in enumerate(paths)]


def options(**changes) -> DecodeOptions:
    given = {"every": None, "fps": None, "time_limit_s": 60.0, "memory_mb": 1024} | changes
    return DecodeOptions(**given)


def child_pids() -> list[int]:
    return [p.pid for p in psutil.Process().children() if "emogui.bulk.decoding" in p.cmdline()]


def test_everything_comes_in_order_and_unchanged(items):
    with DecoderPool(items, options(), workers=2) as pool:
        units = list(pool)
    assert [u.item.number for u in units if u.last] == list(range(7))
    frames = [u for u in units if u.kind == "frame"]
    assert [u.index for u in frames] == list(range(FRAMES))
    assert [number(u.image) for u in frames] == [n % 25 for n in range(FRAMES)]
    for unit in units:
        if unit.kind == "picture":
            assert np.array_equal(unit.image, load_image(unit.item.path))


@pytest.mark.parametrize("choice", [{"every": 7}, {"fps": 5.0}])
def test_a_video_goes_on_with_the_frames_it_would_have_had(clip, choice):
    item = [WorkItem(0, str(clip))]

    def stamps(start):
        with DecoderPool(item, options(**choice), workers=1, start_frame=start) as pool:
            return [(u.index, u.time_s) for u in pool if u.kind == "frame"]

    whole = stamps(0)
    assert len(whole) > 4
    assert stamps(whole[3][0]) == whole[3:]


def test_a_process_that_is_lost_is_replaced_and_nothing_is_missed(items):
    with DecoderPool(items, options(), workers=1) as pool:
        units = []
        for unit in pool:
            units.append(unit)
            if unit.kind == "frame" and unit.index == 3:
                for pid in child_pids():
                    os.kill(pid, signal.SIGKILL)
    assert [u.index for u in units if u.kind == "frame"] == list(range(FRAMES))
    assert [u.kind for u in units if u.last] == ["picture"] * 2 + ["end"] + ["picture"] * 4


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="POSIX")
def test_a_process_that_hangs_is_given_up(items):
    with DecoderPool(items, options(time_limit_s=1.0), workers=1) as pool:
        units = []
        for unit in pool:
            units.append(unit)
            if unit.kind == "frame" and unit.index == 0:
                for pid in child_pids():
                    os.kill(pid, signal.SIGSTOP)
    (failure,) = [u for u in units if u.kind == "failed"]
    assert failure.item.number == 2
    assert "longer than 1 seconds" in failure.error
    assert failure.index > 0
    assert [u.kind for u in units if u.last].count("picture") == 6


def test_no_process_outlives_the_pool(items):
    with DecoderPool(items, options(), workers=2) as pool:
        next(iter(pool))
        assert child_pids()
    assert not child_pids()


def test_what_is_too_large_for_the_memory_is_told(tmp_path):
    path = tmp_path / "large.png"
    PilImage.fromarray(np.zeros((9000, 9000, 3), np.uint8)).save(path)
    with DecoderPool([WorkItem(0, str(path))], options(memory_mb=256), workers=1) as pool:
        (unit,) = list(pool)
    assert unit.kind == "failed"
    assert "memory" in unit.error
