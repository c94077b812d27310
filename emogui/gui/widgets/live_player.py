"""Playing a video file in the Live tab: the bar below the picture and what its buttons do."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from time import monotonic

from emogui.gui.context import ViewContext
from emogui.gui.widgets.live_jumps import Jumps
from emogui.gui.widgets.live_notices import LiveNotices
from emogui.gui.widgets.live_parts import LivePart
from emogui.gui.widgets.live_player_bar import SPEEDS, PlayerBar
from emogui.gui.widgets.live_run import LiveRun
from emogui.live.update import LiveState, LiveUpdate
from emogui.media.player import VideoPlayer
from emogui.types import Frame

_AGAIN_S = 1.0
"""A frame that the player stays on is delivered anew so often until it has its result."""


class LivePlayer(LivePart):
    """See the module; all commands return at once, and do nothing where no video is open.

    Args:
        parent: where the bar lies.
        context: see ``emogui.gui.context``.
        tell: shows the card at the end.
        wants_result: whether faces are looked for.
        analyse_whole: analyses all frames of a video file.

    Attributes:
        bar: is put into place by whoever made this, and hides itself.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        tell: LiveNotices,
        wants_result: Callable[[], bool],
        analyse_whole: Callable[[str], None],
    ) -> None:
        self.bar = PlayerBar(parent, context, self)
        self._tell, self._wants_result, self._analyse = tell, wants_result, analyse_whole
        self._run: LiveRun | None = None
        self._player: VideoPlayer | None = None
        self._jumps: Jumps | None = None
        self._frame: Frame | None = None
        self._ended = self._played = False
        self._again_at = 0.0

    @property
    def player(self) -> VideoPlayer | None:
        """What plays; None where no video is open."""
        return self._player

    # Commands

    def toggle(self) -> None:
        """Plays when paused, and pauses when playing."""
        if self._player is not None:
            self._player.toggle()

    def step(self, frames: int) -> None:
        """Pauses, and goes so many frames forward, or back when negative."""
        if self._jumps is not None:
            self._jumps.step(frames)

    def seek(self, time_s: float) -> None:
        """Goes to a time in seconds."""
        if self._jumps is not None:
            self._jumps.seek(time_s)

    def skip(self, seconds: float) -> None:
        """Goes so many seconds forward, or back when negative."""
        if self._jumps is not None:
            self._jumps.seek(max(0.0, self._jumps.target_s + seconds))

    def set_speed(self, speed: float) -> None:
        if self._player is not None:
            self._player.speed = speed

    def change_speed(self, by: int) -> None:
        """Takes the next faster speed, or a slower one when negative."""
        if self._player is not None:
            nearest = min(SPEEDS, key=lambda one: abs(one - self._speed))
            index = SPEEDS.index(nearest) + by
            self.set_speed(SPEEDS[min(len(SPEEDS) - 1, max(0, index))])

    def set_loop(self, loop: bool) -> None:
        """Starts over at the end, or stays there."""
        if self._player is not None:
            at_end = self._player.state.at_end
            self._player.loop = loop
            if loop and at_end:
                self._player.play()

    def toggle_loop(self) -> None:
        if self._player is not None:
            self.set_loop(not self._player.loop)

    def analyse_whole(self) -> None:
        """Analyses all frames of the video, which rests meanwhile."""
        if self._player is not None and self._run is not None:
            self._player.pause()
            self._analyse(self._run.source.spec)

    def rest(self) -> bool:
        """Pauses while the tab is not in sight; False where no video is open."""
        if self._player is None:
            return False
        self._played = self._player.state.playing
        self._player.pause()
        return True

    def go_on(self) -> None:
        """Plays again after `rest`, if it played before."""
        if self._player is not None and self._played:
            self._player.play()
        self._played = False

    def hide(self) -> None:
        """Takes the bar out of sight; it comes back where it was put."""
        self.bar.grid_remove()

    # What the tab tells

    def run_started(self, run: LiveRun) -> None:
        self.run_stopped()
        self._run = run

    def run_stopped(self) -> None:
        self._run = self._player = self._jumps = self._frame = None
        self._ended = False
        self.bar.grid_remove()

    def updated(self, update: LiveUpdate) -> None:
        if self._run is None or (player := self._run.player) is None:
            return
        if update.state is LiveState.FAILED:
            self.run_stopped()
            return
        if self._player is None:
            self._player, self._jumps = player, Jumps(player)
            self.bar.grid()
        if update.frame is None or self._jumps is None:
            return
        if update.frame is not self._frame:
            self._frame, self._again_at = update.frame, monotonic() + _AGAIN_S
        self._jumps.came(update.frame.epoch)
        state = player.state
        self.bar.show(state, player.loop)
        if state.at_end != self._ended:
            self._ended = state.at_end
            if self._ended:
                self._tell.ended(self._run.source, player.play)
            else:
                self._tell.hide()
        if not state.playing and not self._jumps.waiting and self._run.newest is None:
            self._look_again()

    def restyle(self) -> None:
        self.bar.restyle()

    @property
    def _speed(self) -> float:
        return 1.0 if self._player is None else self._player.speed

    def _look_again(self) -> None:
        """Delivers the frame that the video rests on anew: the models may not have been loaded."""
        if self._wants_result() and self._jumps is not None and monotonic() > self._again_at:
            self._again_at = monotonic() + _AGAIN_S
            self._jumps.seek(self._jumps.target_s)
