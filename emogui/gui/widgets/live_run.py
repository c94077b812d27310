"""One run of a live source in the window: its session, its renderer, and what they said last."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from emogui.gui.widgets.live_renderer import LiveRenderer, Rendered, Wish
from emogui.gui.widgets.live_sources import Source
from emogui.live.analysis import Analyze
from emogui.live.publish.publishing import Publishing
from emogui.live.recording_slot import RecordingSlot
from emogui.live.session import LiveSession
from emogui.live.update import Analysed, LiveState, LiveUpdate
from emogui.media.player import VideoPlayer
from emogui.media.source import FrameSource
from emogui.types import Frame

STALE_S = 1.5
"""Faces that were found longer ago than this are no longer framed."""


class LiveRun:
    """Joins a session and a renderer; everything is called in Tk's thread and returns at once.

    Args:
        source: what to open.
        open_source: opens it, in the capture thread.
        wish: how frames are to be drawn.
        slot: gets the frames and results too, for a recording.
        publishing: gets the results too, for other programs.
    """

    def __init__(
        self,
        source: Source,
        open_source: Callable[[], FrameSource],
        wish: Wish,
        slot: RecordingSlot,
        publishing: Publishing,
    ) -> None:
        self.source = source
        self.state = LiveState.OPENING
        self.update: LiveUpdate | None = None
        self._opened: list[VideoPlayer] = []
        self._renderer = renderer = LiveRenderer(wish)

        # Not methods: through the session the run would hold itself, and the last pictures and
        # decoder of each source would stay until the window collects its garbage.
        def take(frame: Frame) -> None:
            renderer.offer(frame)
            slot.frame(frame)

        def tell(analysed: Analysed) -> None:
            slot.result(analysed)
            publishing.result(analysed)

        open_it = partial(_open, open_source, self._opened)
        self._session = LiveSession(open_it, on_frame=take, on_result=tell)

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

    def smooth(self, seconds: float) -> None:
        """Sets the time constant of the probabilities; 0 for none."""
        self._session.smoothing_s = seconds

    def wish(self, wish: Wish) -> None:
        self._renderer.wish(wish)

    def poll(self) -> tuple[LiveUpdate, Rendered | None]:
        """What the session says now, and the newest picture if there is a new one."""
        self.update = self._session.poll()
        rendered = self._renderer.take()
        if rendered is not None and rendered.frame.epoch < self._epoch:
            rendered = None  # from before a jump
        return self.update, rendered

    @property
    def newest(self) -> Analysed | None:
        """The newest result, unless it is too old to belong to the picture in sight."""
        update = self.update
        if update is None or update.newest is None or update.frame is None:
            return None
        if self.awaits_result:
            return None
        age = update.frame.captured_at - update.newest.frame.captured_at
        return update.newest if age < STALE_S else None

    @property
    def awaits_result(self) -> bool:
        """Whether the newest result is from before a jump."""
        update = self.update
        if update is None or update.newest is None or update.frame is None:
            return False
        return update.newest.frame.epoch != update.frame.epoch

    @property
    def player(self) -> VideoPlayer | None:
        """What plays the source, once it is open and if it is a file."""
        return self._opened[0] if self._opened else None

    @property
    def _epoch(self) -> int:
        """Number of the last jump of the player."""
        return 0 if self.player is None else self.player.state.epoch


def _open(open_source: Callable[[], FrameSource], players: list[VideoPlayer]) -> FrameSource:
    """Opens a source in the capture thread, and notes it if it can be played."""
    source = open_source()
    if isinstance(source, VideoPlayer):
        players.append(source)
    return source
