"""A running camera or video: one thread captures, another analyses, neither waits for the other.

The window (or whoever watches) calls `LiveSession.poll` and never waits. The capture thread
alone opens, reads and releases the source. The inference thread always takes the newest frame,
so pictures are shown at the source's rate however long an analysis takes. Where every frame
counts more than its age, a session can be told to leave none out; then the source waits.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from emogui.errors import EmoguiError, SourceError, SourceLostError
from emogui.live.analysis import Analyze
from emogui.live.inference import Inference
from emogui.live.mailbox import Mailbox
from emogui.live.statistics import Recorder
from emogui.live.update import Analysed, LiveState, LiveUpdate
from emogui.media.source import FrameSource, check_rgb
from emogui.tracking.smoothing import SMOOTHING_S
from emogui.types import Frame

logger = logging.getLogger(__name__)

OPEN_LIMIT_S = 8.0
"""A source that takes longer than this to open is given up."""

_numbers = itertools.count(1)


class LiveSession:
    """See the module. A session runs once; to start again, make a new one.

    Args:
        open_source: makes the source; called in the capture thread, may take long, may raise.
        analyze: what to do with frames, called in the inference thread; None for nothing. It
            can be set at any time.
        on_frame: called in the capture thread with every frame, for a renderer's mailbox; must
            return at once.
        open_limit_s: seconds after which a source that does not open is given up.
        on_result: called in the inference thread with every result; must return soon.
        every_frame: analyse each frame that the source delivers, and read the next one only then;
            for files that are not played in real time.
        smoothing_s: time constant of the probabilities in seconds; 0 for none.
    """

    def __init__(
        self,
        open_source: Callable[[], FrameSource],
        analyze: Analyze | None = None,
        *,
        on_frame: Callable[[Frame], None] | None = None,
        open_limit_s: float = OPEN_LIMIT_S,
        on_result: Callable[[Analysed], None] | None = None,
        every_frame: bool = False,
        smoothing_s: float = SMOOTHING_S,
    ) -> None:
        self.number = next(_numbers)
        self._open_source = open_source
        self._on_frame = on_frame
        self._open_limit_s = open_limit_s
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._frames: Mailbox[Frame] = Mailbox()
        self._news = threading.Event()
        self._recorder = Recorder()
        self._inference = Inference(
            f"live-{self.number}-inference",
            self._recorder,
            every_frame=every_frame,
            on_result=on_result,
            tell=self._news.set,
        )
        self._inference.analyze = analyze
        self._inference.smoothing_s = smoothing_s
        # All below are guarded by the lock.
        self._state = LiveState.OPENING
        self._error: EmoguiError | None = None
        self._source: FrameSource | None = None
        self._source_name = ""
        self._is_camera: bool | None = None
        self._started_at = self._last_frame_at = 0.0
        self._waiting = False  # for the analysis of a frame: nobody misses the next one
        # Only the thread that polls uses these.
        self._shown: Frame | None = None
        self._shown_result: Analysed | None = None
        self._threads = [
            threading.Thread(target=self._capture, name=f"live-{self.number}-capture", daemon=True),
            self._inference.thread,
        ]

    # For the thread that watches

    def start(self) -> None:
        """Starts both threads; the source is opened in one of them."""
        self._started_at = time.monotonic()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Tells both threads to end and returns at once; see ``alive``."""
        self._finish(LiveState.STOPPED)

    @property
    def alive(self) -> bool:
        """Whether a thread of the session is still running."""
        return any(thread.is_alive() for thread in self._threads)

    @property
    def analyze(self) -> Analyze | None:
        """What is done with frames; None while the analysis is off."""
        return self._inference.analyze

    @analyze.setter
    def analyze(self, analyze: Analyze | None) -> None:
        self._inference.analyze = analyze

    @property
    def smoothing_s(self) -> float:
        """Time constant of the probabilities in seconds; 0 for none. May be set at any time."""
        return self._inference.smoothing_s

    @smoothing_s.setter
    def smoothing_s(self, value: float) -> None:
        self._inference.smoothing_s = value

    def wait(self, timeout_s: float) -> bool:
        """Waits until ``poll`` has something new; for watchers without a window.

        Returns:
            Whether it has; False after the timeout.
        """
        came = self._news.wait(timeout_s)
        self._news.clear()
        return came

    def poll(self) -> LiveUpdate:
        """What is new; never waits. To be called from one thread, some 60 times a second."""
        self._watch()
        frame = self._frames.take()
        if frame is not None:
            self._shown = frame
            self._recorder.shown(frame.captured_at)
        with self._lock:
            state, error = self._state, self._error
            name, is_camera = self._source_name, self._is_camera
        newest, analysis_error = self._inference.news()
        if newest is not None and newest is not self._shown_result:
            self._recorder.result_shown(newest.frame.captured_at)
        self._shown_result = newest
        statistics = self._recorder.snapshot()
        return LiveUpdate(
            self.number,
            state,
            name,
            is_camera,
            self._shown,
            newest,
            statistics,
            error,
            analysis_error,
        )

    def _watch(self) -> None:
        """Gives up a source that hangs; its thread ends whenever the system lets it."""
        now = time.monotonic()
        with self._lock:
            state, source, last = self._state, self._source, self._last_frame_at
            name, waiting = self._source_name, self._waiting
        if state is LiveState.OPENING and self._started_at:
            if now - self._started_at > self._open_limit_s:
                self._finish(
                    LiveState.FAILED,
                    SourceError(
                        f"The source did not open within {self._open_limit_s:.0f} seconds.",
                        "Check that it is connected and that no other program uses it.",
                    ),
                )
        elif state is not LiveState.RUNNING or source is None or waiting:
            return
        elif now - last > source.patience_s:
            self._finish(
                LiveState.FAILED,
                SourceLostError(
                    f"The source '{name}' stopped delivering pictures.",
                    "Check that it is connected, then try again.",
                ),
            )

    def _finish(self, state: LiveState, error: EmoguiError | None = None) -> None:
        """Goes to a final state, unless in one already, and has both threads end."""
        with self._lock:
            if not self._state.final:
                self._state, self._error = state, error
            source = self._source
        self._stop.set()
        self._news.set()
        self._inference.close()
        if source is not None:
            with suppress(Exception):  # it only hurries the end, which comes anyway
                source.interrupt()

    # The capture thread

    def _capture(self) -> None:
        try:
            with self._open_source() as source:
                if not self._opened(source):
                    return
                while not self._stop.is_set():
                    frame = source.read()
                    if frame is None:
                        break
                    self._deliver(frame)
            self._finish_analysis()
        except EmoguiError as error:
            self._finish(LiveState.FAILED, error)
        except Exception as error:
            self._finish(LiveState.FAILED, _as_source_error(error))
        else:
            self._finish(LiveState.ENDED)

    def _opened(self, source: FrameSource) -> bool:
        with self._lock:
            self._source = source
            self._source_name, self._is_camera = source.name, source.is_camera
            self._last_frame_at = time.monotonic()
            if self._state is LiveState.OPENING:
                self._state = LiveState.RUNNING
        return not self._stop.is_set()

    def _deliver(self, frame: Frame) -> None:
        check_rgb(frame.image)
        frame = replace(frame, session=self.number)
        with self._lock:
            if self._state is not LiveState.RUNNING:
                return
            self._last_frame_at, self._waiting = time.monotonic(), True
        self._recorder.captured(frame.index, frame.epoch)
        if not self._frames.put(frame):
            self._recorder.replaced()
        if self._on_frame is not None:
            self._on_frame(frame)
        self._news.set()
        self._inference.offer(frame)
        with self._lock:
            self._last_frame_at, self._waiting = time.monotonic(), False

    def _finish_analysis(self) -> None:
        """Lets the frames that are left be analysed, unless the session was stopped."""
        with self._lock:
            self._waiting = True
        self._inference.end()
        while self._inference.thread.is_alive() and not self._stop.is_set():
            self._inference.thread.join(0.05)


def _as_source_error(error: Exception) -> SourceError:
    """What a source raised, in words; only what is a bug is logged in full."""
    if isinstance(error, OSError):
        return SourceLostError(
            f"The source stopped delivering pictures: {error.strerror or error}.",
            "Check that it is connected, then try again.",
        )
    if isinstance(error, MemoryError):
        return SourceError(
            "There is not enough memory for the pictures of the source.",
            "Close other programs, or choose smaller pictures.",
        )
    logger.error("The source failed", exc_info=error)
    return SourceError(
        f"The source failed: {type(error).__name__}: {error}".rstrip(": ") + ".",
        "Try again, or choose another source.",
    )
