"""Starts a camera again that was pulled out, once it is back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from emogui.errors import SourceLostError
from emogui.gui.context import Job, ViewContext
from emogui.gui.widgets.live_parts import LivePart
from emogui.gui.widgets.live_run import LiveRun
from emogui.gui.widgets.live_sources import Source
from emogui.live.update import LiveState, LiveUpdate
from emogui.media.cameras import CameraInfo

LOOK_EACH_S = 1.0
"""A system needs about as long to make a camera usable that was just plugged in."""


class LiveReconnect(LivePart):
    """Looks for a lost camera until the user does something else.

    It must have been missing from the list in between: a camera that hangs but is still listed
    would only hang again.

    Args:
        context: see ``emogui.gui.context``.
        cameras: the cameras listed last, by which the lost one is known again.
        find: lists the cameras, in a worker.
        in_sight: whether the tab is; a camera does not film unseen.
        start: starts a source.
    """

    def __init__(
        self,
        context: ViewContext,
        cameras: Callable[[], Sequence[CameraInfo]],
        find: Callable[[], list[CameraInfo]],
        in_sight: Callable[[], bool],
        start: Callable[[Source], None],
    ) -> None:
        self._context, self._cameras, self._find = context, cameras, find
        self._in_sight, self._start = in_sight, start
        self._source: Source | None = None
        self._lost: CameraInfo | None = None
        self._missing = False
        self._seen = 0
        self._job: Job | None = None
        self._look_at = 0.0

    @property
    def waiting(self) -> bool:
        """Whether a lost camera is being waited for."""
        return self._lost is not None

    def run_started(self, run: LiveRun) -> None:
        self._forget()
        self._source = run.source

    def run_stopped(self) -> None:
        self._forget()
        self._source = None

    def close(self) -> None:
        self._forget()

    def updated(self, update: LiveUpdate) -> None:
        if update.state is not LiveState.FAILED or self._source is None:
            return
        if self._lost is None:
            if self._source.kind == "camera" and isinstance(update.error, SourceLostError):
                self._lost = self._known(self._source.spec)
        elif self._job is None and monotonic() >= self._look_at and self._in_sight():
            self._job = self._context.submit(
                self._find, self._found, lambda _error: self._found([]), doing="looking"
            )

    def _known(self, spec: str) -> CameraInfo | None:
        return next((one for one in self._cameras() if one.spec == spec), None)

    def _found(self, cameras: list[CameraInfo]) -> None:
        self._job, self._look_at = None, monotonic() + LOOK_EACH_S
        lost, source = self._lost, self._source
        # By its name: the number may by now belong to another one.
        back = next((one for one in cameras if lost and one.name == lost.name), None)
        if back is None:
            self._missing, self._seen = True, 0
        elif self._missing and source is not None:
            self._seen += 1
            if self._seen > 1:
                self._start(Source(back.spec, back.name, "camera"))

    def _forget(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._job = self._lost = None
        self._missing, self._seen = False, 0
