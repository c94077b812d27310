"""Gives what runs in the Live tab the smoothing of the settings, at once when they change."""

from __future__ import annotations

from emogui.gui.context import ViewContext
from emogui.gui.settings import Settings
from emogui.gui.widgets.live_parts import LivePart
from emogui.gui.widgets.live_run import LiveRun


class LiveSmoothing(LivePart):
    """See the module."""

    def __init__(self, context: ViewContext) -> None:
        self._context = context
        self._run: LiveRun | None = None
        context.on_settings(self._changed)

    def run_started(self, run: LiveRun) -> None:
        self._run = run
        self._changed(self._context.settings)

    def run_stopped(self) -> None:
        self._run = None

    def _changed(self, settings: Settings) -> None:
        if self._run is not None:
            self._run.smooth(settings.time_constant_s)
