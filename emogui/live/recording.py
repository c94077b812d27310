"""Records a live session: its results, its annotated video, or both.

What is recorded goes through a thread of its own, so that neither the source nor the analysis ever
waits for a disk. A slow disk costs frames of the video, which are counted, and never a result. All
files are of use whatever ends the program, see `emogui.output.durable` and `emogui.output.video`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Protocol

from emogui.errors import EmoguiError
from emogui.live.placing import PATIENCE_S, Placing
from emogui.live.recording_plan import RecordingPlan, RecordingStatus
from emogui.live.recording_video import VideoTrack
from emogui.live.update import Analysed
from emogui.output.streams import ResultStream
from emogui.tracking.results import TrackedResult
from emogui.types import Frame, FrameResult

logger = logging.getLogger(__name__)

HELD_BYTES: Final = 96 << 20
"""Frames that wait for the disk take up to this much memory, but ..."""
_FEWEST, _MOST = 8, 90
"""... are always allowed to be so many, and never more than so many."""

MOST_RESULTS: Final = 50_000
"""Results that wait for the disk: half an hour's. A disk so slow is taken for lost."""

_LOADING_S: Final = 60.0
"""Where every frame is wanted, the first one may have to wait for the networks."""


class ResultSink(Protocol):
    """A file or stream of results, such as `ResultStream` and `JsonlWriter`."""

    def write(self, result: FrameResult) -> None: ...

    def close(self) -> None: ...


class Recording:
    """See the module. A recording runs once, from `start` to `stop`.

    `frame` and `result` are made to be the ``on_frame`` and ``on_result`` of a `LiveSession`,
    which may run before and go on after it. Only `join` waits, and `frame` where the plan says
    ``every_frame``; not even the files are opened in the caller's thread.

    Args:
        plan: what to record, and where.
        sinks: where else the results go; closed at the end.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        plan: RecordingPlan,
        sinks: Sequence[ResultSink] = (),
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.plan = plan
        self._clock = clock
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._changed = threading.Condition()
        # All below are guarded by the condition.
        self._frames: deque[tuple[float, Frame]] = deque()
        self._results: deque[tuple[float, int, TrackedResult]] = deque()
        self._held_bytes = 0
        self._closing = self._opened = self._done = False
        self._started_at: float | None = None
        self._ended_at: float | None = None
        self._written = self._drawn = self._left_out = self._withheld = self._size = 0
        self._errors: tuple[EmoguiError, ...] = ()
        # Only the thread uses these, once it runs.
        self._sinks = list(sinks)
        self._video: VideoTrack | None = None
        self._placing = Placing()

    # From any thread

    def start(self) -> None:
        """Starts the thread, which opens the files; `status` tells what came of it."""
        self._started_at = self._clock()
        self._thread.start()

    def frame(self, frame: Frame) -> None:
        """Takes in a frame for the video; its result may come before or after it."""
        with self._changed:
            if self.plan.video is None:
                return
            if self.plan.every_frame:
                self._changed.wait_for(lambda: self._has_room(frame) or self._ends)
            if self._ends:
                return
            if not self._has_room(frame):
                self._left_out += 1
                return
            self._frames.append((self._clock(), frame))
            self._held_bytes += frame.image.nbytes
            self._changed.notify_all()

    def result(self, analysed: Analysed) -> None:
        """Takes in a result."""
        # Without the frame, whose picture would stay in memory as long as the result waits.
        tracked = analysed.tracked or TrackedResult(analysed.result)
        with self._changed:
            if self._ends:
                return
            self._results.append((analysed.frame.captured_at, analysed.frame.epoch, tracked))
            if len(self._results) > MOST_RESULTS:
                self._closing = True
                self._fail(
                    EmoguiError(
                        "The disk has not answered for a long time; the recording was stopped.",
                        "Check that the disk or network drive is connected, or choose another.",
                    )
                )
            self._changed.notify_all()

    def stop(self) -> None:
        """Takes in nothing more and returns at once; the thread writes what waits and ends."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def join(self, timeout_s: float | None = None) -> bool:
        """Waits for the end after `stop`.

        Returns:
            Whether all files are closed; False after the timeout.
        """
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def wait_until_open(self, timeout_s: float = 10.0) -> bool:
        """Waits until all files are open or refused; returns whether they are by now."""
        with self._changed:
            return self._changed.wait_for(lambda: self._opened, timeout_s)

    @property
    def status(self) -> RecordingStatus:
        """How it stands; never waits."""
        with self._changed:
            end = self._clock() if self._ended_at is None else self._ended_at
            return RecordingStatus(
                running=self._started_at is not None and not self._done,
                opened=self._opened,
                seconds=0.0 if self._started_at is None else end - self._started_at,
                results=self._written,
                frames=self._drawn,
                left_out=self._left_out,
                withheld=self._withheld,
                size=self._size,
                errors=self._errors,
            )

    @property
    def _ends(self) -> bool:
        return self._closing or self._done

    def _has_room(self, frame: Frame) -> bool:
        count = len(self._frames)
        held = self._held_bytes + frame.image.nbytes
        return count < _FEWEST or (count < _MOST and held <= HELD_BYTES)

    def _fail(self, error: EmoguiError) -> None:
        with self._changed:
            self._errors = (*self._errors, error)

    # The thread

    def _run(self) -> None:
        try:
            self._open()
            while self._sinks or self._video:
                if not self._turn():
                    break
        except Exception as error:
            self._fail(_unforeseen(error))
        finally:
            self._close()

    def _open(self) -> None:
        plan = self.plan
        for path, table in ((plan.json, False), (plan.csv, True)):
            if path is not None:
                with self._survives():
                    stream = ResultStream(path, plan.existing, table=table, labels=plan.labels)
                    self._sinks.append(stream)
        if plan.video is not None:
            with self._survives():
                self._video = VideoTrack(plan.video, plan.existing, plan.hide)
        with self._changed:
            self._opened = True
            self._changed.notify_all()

    def _turn(self) -> bool:
        """Writes what there is to write; False at the end."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closing or self._results or self._next_frame(), timeout=0.1
            )
            results, self._results = self._results, deque()
            closing = self._closing
        for captured_at, epoch, tracked in results:
            self._placing.add(captured_at, epoch, tracked)
            self._write(tracked.result)
        while (frame := self._take_frame(closing)) is not None:
            self._draw(frame)
        return not closing

    def _next_frame(self) -> Frame | None:
        """The oldest frame, once it waits for nothing."""
        if not self._frames:
            return None
        arrived, frame = self._frames[0]
        patience_s = _LOADING_S if self.plan.every_frame else PATIENCE_S
        ready = self._placing.knows(frame) or self._clock() - arrived > patience_s
        return frame if ready else None

    def _take_frame(self, closing: bool) -> Frame | None:
        with self._changed:
            frame = self._frames[0][1] if closing and self._frames else self._next_frame()
            # While results wait they go first: they tell the faces of this very frame, perhaps.
            if frame is None or (self._results and not closing):
                return None
            self._frames.popleft()
            self._held_bytes -= frame.image.nbytes
            self._changed.notify_all()
            return frame

    def _write(self, result: FrameResult) -> None:
        for sink in list(self._sinks):
            with self._survives(sink):
                sink.write(result)
        with self._changed:
            self._written += bool(self._sinks)
        self._measure(self._files())

    def _draw(self, frame: Frame) -> None:
        video = self._video
        if video is None:
            return
        written = True
        with self._survives(video):
            written = video.write(frame, self._placing.result_of(frame))
        with self._changed:
            self._drawn += written and self._video is not None
            self._withheld += not written
        self._measure(self._files())

    def _files(self) -> list[ResultSink | VideoTrack]:
        return [*self._sinks, *([] if self._video is None else [self._video])]

    def _measure(self, files: Sequence[ResultSink | VideoTrack]) -> None:
        with self._changed:
            self._size = max(self._size, sum(getattr(file, "size", 0) for file in files))

    def _survives(self, failing: ResultSink | VideoTrack | None = None) -> _Survivor:
        """What fails in the block is given up and told; the rest goes on."""
        return _Survivor(self, failing)

    def _give_up(self, failing: ResultSink | VideoTrack | None, error: EmoguiError) -> None:
        self._fail(error)
        if failing is None:
            return
        if failing is self._video:
            self._video = None
        else:
            self._sinks = [sink for sink in self._sinks if sink is not failing]
        with suppress(Exception):  # what was written is whole; the first error counts
            failing.close()

    def _close(self) -> None:
        files = self._files()
        for file in files:
            with self._survives(file):
                file.close()
        self._measure(files)
        with self._changed:
            self._opened = self._done = True
            self._ended_at = self._clock()
            self._frames.clear()
            self._results.clear()
            self._changed.notify_all()


class _Survivor:
    """See `Recording._survives`."""

    def __init__(self, recording: Recording, failing: ResultSink | VideoTrack | None) -> None:
        self._recording, self._failing = recording, failing

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception):
            return False
        self._recording._give_up(self._failing, _unforeseen(error))
        return True


def _unforeseen(error: Exception) -> EmoguiError:
    if isinstance(error, EmoguiError):
        return error
    if isinstance(error, BrokenPipeError):
        return EmoguiError("Whoever read the results has gone.")
    logger.error("Something could not be recorded", exc_info=error)
    return EmoguiError(
        f"Something could not be recorded: {type(error).__name__}: {error}".rstrip(": ") + ".",
        "What was recorded before is kept. Start a new recording.",
    )
