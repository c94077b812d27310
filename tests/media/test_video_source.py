"""Video files: order, time stamps, playing, rotation, and every way in which one is bad."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from emogui.errors import SourceError
from emogui.media.clock import PlaybackClock
from emogui.media.source import as_rgb, is_address, quiet_opencv, without_password
from emogui.media.video import VideoSource


def make_video(path: Path, frames: int = 20, fps: float = 25.0, code: str = "MJPG") -> Path:
    """A clip of 160x120 whose red rises from frame to frame; its left third is pure blue."""
    quiet_opencv()  # FFmpeg reads how much to say when it is first used, here for writing
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*code), fps, (160, 120))
    assert writer.isOpened()
    for i in range(frames):
        picture = np.full((120, 160, 3), (0, 0, min(255, 8 + i * 10)), np.uint8)
        picture[:, :53] = (255, 0, 0)
        writer.write(picture)
    writer.release()
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("clips") / "clip \u00fc\u6f22.avi")


def test_every_frame_comes_in_order_as_rgb(clip: Path) -> None:
    with VideoSource(clip) as source:
        assert (source.name, source.is_camera, source.fps) == (clip.name, False, 25.0)
        frames = []
        while (frame := source.read()) is not None:
            frames.append(frame)
        assert source.read() is None
    assert [f.index for f in frames] == list(range(20))
    assert [f.time_s for f in frames] == pytest.approx([i / 25 for i in range(20)], abs=1e-3)
    image = frames[5].image
    assert image.shape == (120, 160, 3)
    assert image.dtype == np.uint8
    assert image[60, 20] == pytest.approx([0, 0, 255], abs=12)  # blue where blue was written
    reds = [int(f.image[60, 120, 0]) for f in frames]
    assert all(a < b for a, b in pairwise(reds))


def test_playing_takes_the_files_own_time_and_says_when_each_frame_was_due(clip: Path) -> None:
    with VideoSource(clip, realtime=True) as source:
        first = source.read()
        assert first is not None
        last = first
        while (frame := source.read()) is not None:
            assert time.monotonic() >= frame.captured_at
            last = frame
    due = last.captured_at - first.captured_at
    assert due == pytest.approx(last.time_s - first.time_s, abs=0.02)


def test_late_frames_are_dropped_while_playing(clip: Path) -> None:
    with VideoSource(clip, realtime=True) as source:
        first = source.read()
        assert first is not None
        time.sleep(0.25)  # a reader that was held up for six frames
        second = source.read()
        assert second is not None
    assert 4 <= second.index <= 12
    assert second.captured_at - first.captured_at == pytest.approx(second.time_s, abs=0.02)


def test_loop_goes_on_with_index_and_time(tmp_path: Path) -> None:
    short = make_video(tmp_path / "short.avi", frames=4)
    with VideoSource(short, loop=True) as source:
        frames = [source.read() for _ in range(11)]
    assert [f.index for f in frames if f] == list(range(11))
    times = [f.time_s for f in frames if f]
    assert times == pytest.approx([i / 25 for i in range(11)], abs=1e-3)
    first_round, second_round = frames[1], frames[5]
    assert first_round is not None and second_round is not None
    assert np.array_equal(first_round.image, second_round.image)


def test_interrupt_ends_a_read_that_waits(tmp_path: Path) -> None:
    slow = make_video(tmp_path / "slow.avi", frames=3, fps=1.0)
    with VideoSource(slow, realtime=True) as source:
        assert source.read() is not None
        threading.Timer(0.05, source.interrupt).start()
        began = time.monotonic()
        assert source.read() is None
        assert time.monotonic() - began < 0.6


def test_the_rotation_flag_of_a_phone_is_respected(tmp_path: Path) -> None:
    path = make_video(tmp_path / "phone.mp4", code="mp4v")
    data = bytearray(path.read_bytes())
    matrix = data.find(b"tkhd") + 4 + 4 + 20 + 16  # type, version and flags, times, layout
    quarter = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    data[matrix : matrix + 36] = struct.pack(">9i", *quarter)
    path.write_bytes(data)
    with VideoSource(path) as source:
        frame = source.read()
    assert frame is not None
    assert frame.image.shape == (160, 120, 3)
    assert frame.image[20, 60, 2] > 200  # what was left is now at the top
    assert frame.image[140, 60, 2] < 60


def test_a_player_that_cannot_keep_up_still_shows_something() -> None:
    player, now, shown = PlaybackClock(0.04), 100.0, []
    for i in range(100):  # decoding alone takes twice the time of a frame
        if not player.drops(i * 0.04, now):
            shown.append(i)
        now += 0.08
    assert len(shown) >= 10


def test_a_player_does_not_wait_out_a_long_gap() -> None:
    player = PlaybackClock(0.04)
    assert player.due(0.0, 100.0) == 100.0
    assert player.due(3600.0, 100.0) == pytest.approx(102.0)
    assert player.due(3600.04, 102.0) == pytest.approx(102.04)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.mp4", b"", "is empty"),
        ("noise.mp4", os.urandom(20_000), "not a video"),
        ("cut.mp4", b"\x00\x00\x00\x20ftypisom" + bytes(3000), "not a video"),
        ("notes.txt", b"no video at all\n" * 500, "is a text file"),
        ("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(500), "is a picture"),
    ],
)
def test_a_bad_file_is_told_by_what_is_wrong(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=words) as caught:
        VideoSource(path)
    assert caught.value.hint


def test_opencv_and_ffmpeg_keep_still(tmp_path: Path) -> None:
    """In a process of its own, since FFmpeg settles how much to say when it is first used."""
    (tmp_path / "noise.mp4").write_bytes(b"\x00\x00\x00\x20ftypisom" + os.urandom(3000))
    script = """
import sys
from emogui.errors import SourceError
from emogui.media.cameras import list_cameras, open_source
list_cameras()
for spec in (sys.argv[1], "rtsp://127.0.0.1:9/x", "99"):
    try:
        open_source(spec)
    except SourceError as error:
        print(error.message)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "noise.mp4")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert len(done.stdout.splitlines()) == 3
    assert done.stderr == ""


def test_a_missing_file_a_folder_and_no_frames(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no file"):
        VideoSource(tmp_path / "gone.mp4")
    with pytest.raises(SourceError, match="is a folder"):
        VideoSource(tmp_path)
    with pytest.raises(SourceError, match="holds no frames"):
        VideoSource(make_video(tmp_path / "none.avi", frames=0))
    with pytest.raises(SourceError, match="cannot be read"):
        VideoSource("nul\0byte.mp4")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_file_that_may_not_be_read(clip: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked.avi"
    locked.write_bytes(clip.read_bytes())
    locked.chmod(0)
    with pytest.raises(SourceError, match="may not be read"):
        VideoSource(locked)


def test_a_file_cut_short_plays_as_far_as_it_goes(clip: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.avi"
    cut.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    with VideoSource(cut) as source:
        count = 0
        while source.read() is not None:
            count += 1
    assert 1 <= count < 20


def test_as_rgb_takes_what_opencv_may_deliver() -> None:
    grey = np.full((4, 6), 7, np.uint8)
    assert as_rgb(grey).shape == (4, 6, 3)
    assert as_rgb(grey[:, :, None]).shape == (4, 6, 3)
    assert as_rgb(np.full((4, 6), 0x0700, np.uint16))[0, 0].tolist() == [7, 7, 7]
    bgra = np.zeros((4, 6, 4), np.uint8)
    bgra[..., 0] = 200
    assert as_rgb(bgra)[0, 0].tolist() == [0, 0, 200]
    for bad in (np.zeros((0, 4, 3), np.uint8), np.zeros((4, 6, 2), np.uint8), np.zeros((4, 6))):
        with pytest.raises(SourceError, match="no picture"):
            as_rgb(bad)


def test_addresses() -> None:
    assert is_address("rtsp://host/stream")
    assert not is_address("C:\\clips\\a.mp4")
    assert not is_address("0")
    assert without_password("rtsp://me:secret@cam.local:554/1") == "rtsp://cam.local:554/1"
    assert without_password("http://cam.local/1") == "http://cam.local/1"
