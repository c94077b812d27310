"""Decoding ahead: which frames come, how many wait, and what happens when decoding hangs."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from emogui.errors import SourceError, SourceTimeoutError, UsageError
from emogui.media import ahead
from emogui.media.ahead import FramesAhead, at_rate, every_nth
from emogui.media.decoder import VideoFile
from tests.media.clips import make_clip, number

VARYING = [0, 40, 80, 500, 520, 1000, 1040, 1080, 3000, 3033, 3066, 3100]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", [40 * n for n in range(60)])


@pytest.mark.parametrize("n", [1, 7, 100])
def test_every_nth_frame(clip: Path, n: int) -> None:
    with FramesAhead(clip, every_nth(n)) as frames:
        came = list(frames)
    assert [frame.index for frame in came] == list(range(0, 60, n))
    assert [number(frame.image) for frame in came] == [i % 25 for i in range(0, 60, n)]


def test_a_rate_goes_by_the_files_own_time(tmp_path: Path) -> None:
    with FramesAhead(make_clip(tmp_path / "v.mp4", VARYING), at_rate(2)) as frames:
        assert [round(frame.time_s, 3) for frame in frames] == [0.0, 0.5, 1.0, 3.0]


def test_a_rate_above_the_files_own_takes_every_frame(clip: Path) -> None:
    with FramesAhead(clip, at_rate(1000)) as frames:
        assert len(list(frames)) == 60


def test_nonsense_is_refused() -> None:
    with pytest.raises(UsageError):
        every_nth(0)
    for fps in (0, -1, float("nan"), float("inf")):
        with pytest.raises(UsageError):
            at_rate(fps)


def test_no_more_than_a_few_frames_wait(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "AHEAD_BYTES", 3 * 96 * 64 * 3)
    images, convert = [], VideoFile.next

    def counted(self: VideoFile) -> object:
        images.append(1)
        return convert(self)

    monkeypatch.setattr(VideoFile, "next", counted)
    with FramesAhead(clip, every_nth(1)) as frames:
        got = 0
        for _ in frames:
            got += 1
            time.sleep(0.001)
            assert len(images) <= got + 6
    assert got == 60


def test_what_was_decoded_before_an_error_still_comes(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    following = VideoFile.next

    def failing(self: VideoFile) -> object:
        frame = following(self)
        if frame is not None and frame.index == 5:
            raise SourceError("The disk has gone.")
        return frame

    monkeypatch.setattr(VideoFile, "next", failing)
    came = []
    with FramesAhead(clip, every_nth(1)) as frames, pytest.raises(SourceError, match="disk"):
        for frame in frames:
            came.append(frame.index)
    assert came == [0, 1, 2, 3, 4]


def test_a_decoder_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    free = threading.Event()

    def hang(path: Path) -> None:
        free.wait(20)
        raise SourceError("too late")

    monkeypatch.setattr(ahead, "VideoFile", hang)
    monkeypatch.setattr(ahead, "STALL_LIMIT_S", 0.05)
    monkeypatch.setattr(ahead, "_JOIN_S", 0.05)
    with pytest.raises(SourceTimeoutError, match="could not be read any further"):
        FramesAhead("clip.mp4", every_nth(1))
    free.set()


def test_leaving_early_ends_the_thread(clip: Path) -> None:
    with FramesAhead(clip, every_nth(1)) as frames:
        next(iter(frames))
    names = [thread.name for thread in threading.enumerate()]
    assert "decode clip.mp4" not in names
