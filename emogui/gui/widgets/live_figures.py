"""The figures of the Live tab: at its corner, and in the line at the bottom of the window."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from emogui.gui.context import ViewContext
from emogui.gui.widgets import live_words as words
from emogui.gui.widgets.live_cameras import LiveCameras
from emogui.gui.widgets.live_run import LiveRun
from emogui.live.update import LiveState, LiveUpdate

_EACH_S = 0.4
"""Figures that change faster cannot be read."""

_NEWS_S = 4.0
"""How long the status line keeps saying where a snapshot went."""


class LiveFigures:
    """See the module.

    Args:
        context: see ``emogui.gui.context``.
        cameras: knows what was asked of a camera.
        analysing: whether faces are looked for.
        show: writes into the corner.
    """

    def __init__(
        self,
        context: ViewContext,
        cameras: LiveCameras,
        analysing: Callable[[], bool],
        show: Callable[[str], None],
    ) -> None:
        self._context, self._cameras = context, cameras
        self._analysing, self._show = analysing, show
        self._shown_at = self._news_until = 0.0

    def say(self, text: str) -> None:
        """Says something in the status line before the figures come back."""
        self._news_until = monotonic() + _NEWS_S
        self._context.show_status(text)

    def update(self, run: LiveRun, update: LiveUpdate) -> bool:
        """Shows the figures if it is time to; returns whether it was."""
        if monotonic() - self._shown_at < _EACH_S or update.state is not LiveState.RUNNING:
            return False
        self._shown_at = monotonic()
        if update.frame is not None:
            analysing = self._analysing()
            paused = run.player is not None and not run.player.state.playing
            self._show(words.PAUSED if paused else words.figures(update, analysing=analysing))
            if monotonic() > self._news_until:
                asked = self._cameras.asked(run.source).size
                self._context.show_status(words.status(update, analysing=analysing, asked=asked))
        return True
