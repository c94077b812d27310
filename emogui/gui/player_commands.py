"""What the actions of the Video menu do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emogui.gui.shell import Shell

if TYPE_CHECKING:
    from emogui.gui.widgets.live_player import LivePlayer

SKIP_S = 5.0


class PlayerCommands:
    """The methods ``do_NAME`` for the actions of ``emogui.gui.actions``; they do nothing unless a
    video is open in the Live tab and that is in front.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def do_video_play(self) -> None:
        if self._player is not None:
            self._player.toggle()

    def do_video_back(self) -> None:
        self._step(-1)

    def do_video_forward(self) -> None:
        self._step(1)

    def do_video_skip_back(self) -> None:
        self._skip(-SKIP_S)

    def do_video_skip(self) -> None:
        self._skip(SKIP_S)

    def do_video_slower(self) -> None:
        self._change_speed(-1)

    def do_video_faster(self) -> None:
        self._change_speed(1)

    def do_video_loop(self) -> None:
        if self._player is not None:
            self._player.toggle_loop()

    def do_video_whole(self) -> None:
        if self._player is not None:
            self._player.analyse_whole()

    def _step(self, frames: int) -> None:
        if self._player is not None:
            self._player.step(frames)

    def _skip(self, seconds: float) -> None:
        if self._player is not None:
            self._player.skip(seconds)

    def _change_speed(self, by: int) -> None:
        if self._player is not None:
            self._player.change_speed(by)

    @property
    def _player(self) -> LivePlayer | None:
        if not self._shell.on_live:
            return None
        player = self._shell.live_view().player
        return None if player.player is None else player
