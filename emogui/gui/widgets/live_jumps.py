"""Jumps of a player, one at a time, so that the picture follows a drag. Knows no Tk."""

from __future__ import annotations

from emogui.media.player import VideoPlayer


class Jumps:
    """Hands a player the next jump once the picture of the one before is there.

    A player gives a jump up as soon as a newer one comes. Of a drag over the whole video, or of
    a key that is held down, nothing would be seen before its end. So a newer jump waits for the
    picture; of several that wait, the newest wins, and steps add up.

    Args:
        player: is given the jumps.
    """

    def __init__(self, player: VideoPlayer) -> None:
        self._player = player
        self._asked = 0
        self._came = 0
        self._seek_to: float | None = None
        self._steps = 0

    @property
    def target_s(self) -> float:
        """Where the player is, or will be after the jumps that wait."""
        return self._player.state.position_s if self._seek_to is None else self._seek_to

    @property
    def waiting(self) -> bool:
        """Whether a picture that was sought has not come yet."""
        return self._came < self._asked or self._seek_to is not None or self._steps != 0

    def seek(self, time_s: float) -> None:
        """Goes to a time in seconds."""
        self._seek_to, self._steps = time_s, 0
        self._next()

    def step(self, frames: int) -> None:
        """Goes so many frames forward, or back when negative, and pauses."""
        self._steps += frames
        self._next()

    def came(self, epoch: int) -> None:
        """A picture came; its epoch tells after which jump."""
        self._came = max(self._came, epoch)
        self._next()

    def _next(self) -> None:
        if self._came < self._asked:
            return
        if self._seek_to is not None:
            self._asked = self._player.seek(self._seek_to)
            self._seek_to = None
        elif self._steps:
            self._asked = self._player.step(self._steps)
            self._steps = 0
