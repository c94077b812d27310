"""The thread of a live session that analyses frames, the newest first."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from emogui.errors import EmoguiError
from emogui.live.analysis import Analyze, FrameSequence, Loading, sequence_of
from emogui.live.mailbox import Mailbox
from emogui.live.statistics import Recorder
from emogui.live.update import Analysed
from emogui.tracking.smoothing import SMOOTHING_S
from emogui.types import Frame

logger = logging.getLogger(__name__)


class Inference:
    """Analyses what it is offered, in a thread of its own.

    Args:
        name: of the thread.
        recorder: counts what is done.
        every_frame: no frame is left out: who offers one waits until there is room for it.
        on_result: called in the thread with every result; must return soon.
        tell: called in the thread when there is something new.
    """

    def __init__(
        self,
        name: str,
        recorder: Recorder,
        *,
        every_frame: bool,
        on_result: Callable[[Analysed], None] | None,
        tell: Callable[[], None],
    ) -> None:
        self.smoothing_s = SMOOTHING_S
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._recorder = recorder
        self._every_frame = every_frame
        self._on_result = on_result
        self._tell = tell
        self._frames: Mailbox[Frame] = Mailbox()
        self._lock = threading.Lock()
        # All below are guarded by the lock.
        self._analyze: Analyze | None = None
        self._sequence: FrameSequence | None = None
        self._generation = 0
        self._newest: Analysed | None = None
        self._error: EmoguiError | None = None

    @property
    def analyze(self) -> Analyze | None:
        """What is done with frames; None while nothing is."""
        with self._lock:
            return self._analyze

    @analyze.setter
    def analyze(self, analyze: Analyze | None) -> None:
        with self._lock:
            self._analyze, self._sequence = analyze, None
            self._generation += 1  # a result under way is of the former one and is dropped
            self._newest = self._error = None

    def offer(self, frame: Frame) -> None:
        """Takes a frame; returns at once unless every frame is wanted."""
        with self._lock:
            analyze, sequence = self._analyze, self._sequence
        if analyze is None:
            return
        if self._every_frame:
            if sequence is not None:
                sequence.look_ahead(frame)
            self._frames.hand_over(frame)
        elif not self._frames.put(frame) and not self._frames.closed:
            self._recorder.skipped()

    def news(self) -> tuple[Analysed | None, EmoguiError | None]:
        """The newest result, and an error that was not told yet."""
        with self._lock:
            error, self._error = self._error, None
            return self._newest, error

    def end(self) -> None:
        """Nothing more will be offered: the thread ends when it is done with what it has."""
        self._frames.end()

    def close(self) -> None:
        """Has the thread end after the frame that it is at; no result will be told any more."""
        self._frames.close()

    def _run(self) -> None:
        failed_is_of = -1
        while (frame := self._frames.take(None)) is not None:
            with self._lock:
                analyze, generation = self._analyze, self._generation
                sequence = self._sequence
            if analyze is None:
                continue
            try:
                if isinstance(analyze, Loading) and not analyze.loaded:
                    analyze.load(frame)
                    self._count_from_here()
                    if not self._every_frame:
                        continue  # it is old by now
                if sequence is None:
                    sequence = self._begin(analyze, generation)
                sequence.smoothing_s = self.smoothing_s
                tracked = sequence(frame)
            except Exception as error:
                if generation != failed_is_of:
                    failed_is_of = generation
                    self._report(error, generation)
                continue
            self._recorder.analysed(tracked, sequence.given)
            self._deliver(Analysed(frame, tracked.result, tracked, generation), generation)

    def _begin(self, analyze: Analyze, generation: int) -> FrameSequence:
        sequence = sequence_of(analyze)
        with self._lock:
            if generation == self._generation:
                self._sequence = sequence
        return sequence

    def _count_from_here(self) -> None:
        # Where every frame is wanted, none was left out while the models were loaded.
        if not self._every_frame:
            self._frames.take()  # it came before
            self._recorder.restart()

    def _deliver(self, analysed: Analysed, generation: int) -> None:
        with self._lock:
            if generation != self._generation or self._frames.closed:
                return
            self._newest = analysed
        if self._on_result is not None:
            try:
                self._on_result(analysed)
            except Exception:
                logger.exception("A result could not be handed out")
        self._tell()

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
                self._error = error
        self._tell()
