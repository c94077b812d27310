"""One run of a live source in the window: its session, its renderer, and what they said last."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from emogui.gui.widgets.live_renderer import LiveRenderer, Rendered, Wish
from emogui.gui.widgets.live_sources import Source
from emogui.live.analysis import Analyze
from emogui.live.session import LiveSession
from emogui.live.update import Analysed, LiveState, LiveUpdate
from emogui.media.source import FrameSource

STALE_S = 1.5
"""Faces that were found longer ago than this are no longer framed."""


class LiveRun:
    """Joins a session and a renderer; everything is called in Tk's thread and returns at once.

    Args:
        source: what to open.
        open_spec: opens it by its spec, in the capture thread.
        wish: how frames are to be drawn.
    """

    def __init__(self, source: Source, open_spec: Callable[[str], FrameSource], wish: Wish) -> None:
        self.source = source
        self.state = LiveState.OPENING
        self.update: LiveUpdate | None = None
        self._renderer = LiveRenderer(wish)
        self._session = LiveSession(partial(open_spec, source.spec), on_frame=self._renderer.offer)

    def start(self) -> None:
        self._renderer.start()
        self._session.start()

    def stop(self) -> None:
        """Tells all threads to end; see ``alive``."""
        self._session.stop()
        self._renderer.stop()

    @property
    def alive(self) -> bool:
        """Whether a thread of it is still running."""
        return self._session.alive or self._renderer.alive

    def set_analysis(self, analyze: Analyze | None) -> None:
        self._session.analyze = analyze

    def wish(self, wish: Wish) -> None:
        self._renderer.wish(wish)

    def poll(self) -> tuple[LiveUpdate, Rendered | None]:
        """What the session says now, and the newest picture if there is a new one."""
        self.update = self._session.poll()
        return self.update, self._renderer.take()

    @property
    def newest(self) -> Analysed | None:
        """The newest result, unless it is too old to belong to the picture in sight."""
        update = self.update
        if update is None or update.newest is None or update.frame is None:
            return None
        age = update.frame.captured_at - update.newest.frame.captured_at
        return update.newest if age < STALE_S else None
