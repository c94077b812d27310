"""The player under commands from another thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emogui.errors import UsageError
from emogui.live.session import LiveSession
from emogui.live.update import LiveState
from emogui.media.player import VideoPlayer
from emogui.types import Frame
from tests.media.clips import make_clip, number


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", [40 * n for n in range(60)])


class Watched:
    """A player whose frames are read in a thread."""

    def __init__(self, player: VideoPlayer) -> None:
        self.player = player
        self.frames: list[Frame] = []
        self.thread = threading.Thread(target=self._read)
        self.thread.start()

    def _read(self) -> None:
        with self.player as player:
            while (frame := player.read()) is not None:
                self.frames.append(frame)

    def wait(self, ready: Callable[[], bool]) -> None:
        end = time.monotonic() + 10
        while not ready():
            assert time.monotonic() < end
            time.sleep(0.002)

    def answer(self, epoch: int) -> Frame:
        """The first frame after a jump."""
        self.wait(lambda: bool(self.frames) and self.frames[-1].epoch == epoch)
        return next(frame for frame in self.frames if frame.epoch == epoch)

    def end(self) -> None:
        self.player.interrupt()
        self.thread.join(5)
        assert not self.thread.is_alive()


@pytest.fixture
def watch() -> Iterator[Callable[[VideoPlayer], Watched]]:
    watched: list[Watched] = []

    def make(player: VideoPlayer) -> Watched:
        watched.append(Watched(player))
        return watched[-1]

    yield make
    for one in watched:
        one.end()


def test_a_paused_player_shows_its_first_frame_and_waits(
    clip: Path, watch: Callable[[VideoPlayer], Watched]
) -> None:
    seen = watch(VideoPlayer(clip, playing=False))
    seen.wait(lambda: len(seen.frames) == 1)
    state = seen.player.state
    assert (state.playing, state.position_s, state.at_end) == (False, 0.0, False)
    assert state.duration_s == pytest.approx(2.4)
    seen.player.play()
    seen.wait(lambda: len(seen.frames) > 3)


def test_seek_and_step_deliver_the_very_frame_while_paused(
    clip: Path, watch: Callable[[VideoPlayer], Watched]
) -> None:
    seen = watch(VideoPlayer(clip, playing=False))
    player = seen.player
    for time_s, steps, expected in [(1.21, 0, 30), (1.21, 1, 31), (1.0, -1, 24), (1.0, -3, 22)]:
        epoch = player.seek(time_s)
        if steps:
            epoch = player.step(steps)
        frame = seen.answer(epoch)
        assert (frame.index, number(frame.image)) == (expected, expected % 25)
        assert player.state.position_s == pytest.approx(expected * 0.04)
    epoch = player.step(-1)
    epoch = player.step(-1)
    assert seen.answer(epoch).index == 20
    assert seen.answer(player.seek(-5)).index == 0
    assert seen.answer(player.step(-1)).index == 0
    assert seen.answer(player.seek(99)).index == 59
    assert seen.answer(player.step(1)).index == 59


def test_the_last_of_many_seeks_wins(clip: Path, watch: Callable[[VideoPlayer], Watched]) -> None:
    seen = watch(VideoPlayer(clip, playing=False))
    for n in range(200):
        epoch = seen.player.seek((n * 7 % 60) * 0.04)
    assert epoch == seen.player.state.epoch
    assert seen.answer(epoch).index == 199 * 7 % 60
    assert len(seen.frames) < 150


def test_a_step_while_playing_pauses_at_the_next_frame_to_the_one_shown(
    clip: Path, watch: Callable[[VideoPlayer], Watched]
) -> None:
    seen = watch(VideoPlayer(clip))
    seen.wait(lambda: len(seen.frames) > 5)
    epoch = seen.player.step(1)
    frame = seen.answer(epoch)
    before = max(f.index for f in seen.frames if f.epoch < epoch)
    assert frame.index == before + 1
    assert not seen.player.state.playing


def test_speed_and_the_end_and_playing_again(
    clip: Path, watch: Callable[[VideoPlayer], Watched]
) -> None:
    player = VideoPlayer(clip)
    player.speed = 4.0
    began = time.monotonic()
    seen = watch(player)
    seen.wait(lambda: player.state.at_end)
    assert time.monotonic() - began > 0.5  # 2.4 s at four times the speed
    assert seen.frames[-1].index == 59
    assert not player.state.playing
    player.toggle()  # from the start
    assert player.state.playing
    assert seen.answer(player.state.epoch).index == 0


def test_looping(clip: Path, watch: Callable[[VideoPlayer], Watched]) -> None:
    player = VideoPlayer(clip, loop=True)
    player.speed = 4.0
    player.seek(2.2)
    seen = watch(player)
    seen.wait(lambda: len(seen.frames) > 10)
    again = [frame for frame in list(seen.frames) if frame.epoch == 2]
    assert again[0].index == 0
    assert not player.state.at_end
    lasted = again[-1].captured_at - again[0].captured_at
    assert lasted == pytest.approx(again[-1].time_s / 4, abs=0.02), "as fast as the first time"


def test_frames_are_due_in_the_rhythm_of_the_file(
    clip: Path, watch: Callable[[VideoPlayer], Watched]
) -> None:
    player = VideoPlayer(clip)
    player.speed = 2.0
    seen = watch(player)
    seen.wait(lambda: len(seen.frames) > 12)
    first, last = seen.frames[2], seen.frames[12]
    due = last.captured_at - first.captured_at
    assert due == pytest.approx((last.time_s - first.time_s) / 2, abs=0.05)


@pytest.mark.parametrize("speed", [0.0, 0.2, 5.0, float("nan")])
def test_speeds_out_of_bounds_are_refused(clip: Path, speed: float) -> None:
    with VideoPlayer(clip) as player, pytest.raises(UsageError):
        player.speed = speed


def test_a_live_session_runs_a_player_and_does_not_give_up_a_paused_one(clip: Path) -> None:
    players: list[VideoPlayer] = []

    def opened() -> VideoPlayer:
        players.append(VideoPlayer(clip, playing=False))
        return players[0]

    session = LiveSession(opened)
    session.start()
    end = time.monotonic() + 10

    def wait(ready: Callable[[], bool]) -> None:
        while not ready():
            assert time.monotonic() < end
            time.sleep(0.005)

    wait(lambda: session.poll().frame is not None)
    epoch = players[0].seek(1.0)

    def sought() -> bool:
        frame = session.poll().frame
        return frame is not None and frame.epoch == epoch

    wait(sought)
    update = session.poll()
    assert update.frame is not None and update.frame.index == 25
    assert update.state is LiveState.RUNNING
    session.stop()
    wait(lambda: not session.alive)
