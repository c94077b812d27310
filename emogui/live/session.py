"""A running camera or video: one thread captures, another analyses, neither waits for the other.

The window (or whoever watches) calls `LiveSession.poll` and never waits. The capture thread
alone opens, reads and releases the source. The inference thread always takes the newest frame,
so pictures are shown at the source's rate however long an analysis takes.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Protocol, runtime_checkable

from emogui.errors import EmoguiError, SourceError
from emogui.live.mailbox import Mailbox
from emogui.live.statistics import Recorder
from emogui.live.tracks import FaceTracks
from emogui.live.update import Analysed, LiveState, LiveUpdate
from emogui.media.source import FrameSource, check_rgb
from emogui.types import Frame, FrameResult

logger = logging.getLogger(__name__)

Analyze = Callable[[Frame], FrameResult]


@runtime_checkable
class Judging(Protocol):
    """An analysis that tells when a face is uncertain, so that smoothed faces are judged too.

    Attributes:
        uncertain_below: lowest top probability that is not doubtful; None while not known.
    """

    @property
    def uncertain_below(self) -> float | None: ...


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
        tracks: makes the memory for faces, anew for every analysis that is set.
    """

    def __init__(
        self,
        open_source: Callable[[], FrameSource],
        analyze: Analyze | None = None,
        *,
        on_frame: Callable[[Frame], None] | None = None,
        open_limit_s: float = OPEN_LIMIT_S,
        tracks: Callable[[], FaceTracks] = FaceTracks,
    ) -> None:
        self.number = next(_numbers)
        self._open_source = open_source
        self._on_frame = on_frame
        self._open_limit_s = open_limit_s
        self._make_tracks = tracks
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._frames: Mailbox[Frame] = Mailbox()
        self._to_analyse: Mailbox[Frame] = Mailbox()
        self._recorder = Recorder()
        # All below are guarded by the lock.
        self._state = LiveState.OPENING
        self._error: EmoguiError | None = None
        self._source: FrameSource | None = None
        self._source_name = ""
        self._is_camera: bool | None = None
        self._started_at = self._last_frame_at = 0.0
        self._analyze, self._generation = analyze, 0
        self._analysed: Analysed | None = None
        self._analysis_error: EmoguiError | None = None
        # Only the thread that polls uses these.
        self._shown: Frame | None = None
        self._shown_result: Analysed | None = None
        self._threads = [
            threading.Thread(target=run, name=f"live-{self.number}-{name}", daemon=True)
            for name, run in (("capture", self._capture), ("inference", self._infer))
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
        with self._lock:
            return self._analyze

    @analyze.setter
    def analyze(self, analyze: Analyze | None) -> None:
        with self._lock:
            self._analyze = analyze
            self._generation += 1  # a result under way is of the former one and is dropped
            self._analysed = self._analysis_error = None

    def poll(self) -> LiveUpdate:
        """What is new; never waits. To be called from one thread, some 60 times a second."""
        self._watch()
        frame = self._frames.take()
        if frame is not None:
            self._shown = frame
            self._recorder.shown(frame.captured_at)
        with self._lock:
            newest = self._analysed
            analysis_error, self._analysis_error = self._analysis_error, None
            state, error = self._state, self._error
            name, is_camera = self._source_name, self._is_camera
        if newest is not None and newest is not self._shown_result:
            self._recorder.result_shown(newest.frame.captured_at)
        self._shown_result = newest
        statistics = self._recorder.snapshot(self._frames.replaced)
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
            name = self._source_name
        if state is LiveState.OPENING and self._started_at:
            if now - self._started_at > self._open_limit_s:
                self._finish(
                    LiveState.FAILED,
                    SourceError(
                        f"The source did not open within {self._open_limit_s:.0f} seconds.",
                        "Check that it is connected and that no other program uses it.",
                    ),
                )
        elif state is LiveState.RUNNING and source and now - last > source.patience_s:
            self._finish(
                LiveState.FAILED,
                SourceError(
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
        self._to_analyse.close()
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
        except EmoguiError as error:
            self._finish(LiveState.FAILED, error)
        except Exception as error:
            logger.exception("The source failed")
            self._finish(
                LiveState.FAILED,
                SourceError(
                    f"The source failed: {type(error).__name__}: {error}".rstrip(": ") + ".",
                    "Try again, or choose another source.",
                ),
            )
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
            self._last_frame_at = time.monotonic()
            analysing = self._analyze is not None
        self._recorder.captured(frame.index)
        self._frames.put(frame)
        if analysing:
            self._to_analyse.put(frame)
        if self._on_frame is not None:
            self._on_frame(frame)

    # The inference thread

    def _infer(self) -> None:
        tracks, tracks_of, failed_of = self._make_tracks(), 0, -1
        while (frame := self._to_analyse.take(None)) is not None:
            with self._lock:
                analyze, generation = self._analyze, self._generation
            if analyze is None:
                continue
            if generation != tracks_of:
                tracks, tracks_of = self._make_tracks(), generation
            try:
                found = analyze(frame)  # first: it may have to load the models
                below = analyze.uncertain_below if isinstance(analyze, Judging) else None
                result = tracks.update(found, frame.time_s, below)
            except Exception as error:
                if generation != failed_of:
                    failed_of = generation
                    self._report(error, generation)
                continue
            self._recorder.analysed()
            with self._lock:
                if generation == self._generation and not self._stop.is_set():
                    self._analysed = Analysed(frame, result)

    def _report(self, error: Exception, generation: int) -> None:
        if not isinstance(error, EmoguiError):
            logger.error("A frame could not be analysed", exc_info=error)
            error = EmoguiError(
                f"A frame could not be analysed: {type(error).__name__}: {error}".rstrip(": ")
                + ".",
                "The pictures go on. Choose another model or detector, or start Detect again.",
            )
        with self._lock:
            if generation == self._generation:
                self._analysis_error = error
