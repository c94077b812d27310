"""Analyses a video file as fast as the computer can; nothing is dropped and nothing skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from emogui.backend.picture_analyzer import PictureAnalyzer
from emogui.errors import UsageError
from emogui.media.ahead import FramesAhead, at_rate, every_nth
from emogui.tracking.results import ResultTracker
from emogui.tracking.sequence import FRAME_SIDE, SequenceAnalyzer
from emogui.tracking.stages import Stages
from emogui.types import Frame, FrameResult

Follow = Callable[[Frame], FrameResult]
"""Analyses the next frame of a sequence; its faces keep their numbers."""

LookAhead = Callable[[Frame], None]
"""Prepares the analysis of a frame that comes soon; may be called in another thread."""


def follower(
    analyzer: PictureAnalyzer,
    source: str,
    *,
    smoothing_s: float = 0.0,
    long_side: int = FRAME_SIDE,
) -> tuple[Follow, LookAhead]:
    """An analysis of consecutive frames, each of which goes through detector and network.

    Args:
        analyzer: an ``emogui.Analyzer``, or what can only analyse pictures one by one.
        source: name put into the results.
        smoothing_s: time constant of the probabilities in seconds; 0 for none.
        long_side: long side at which faces are looked for, in pixels.

    Returns:
        The analysis, and what may be done with a frame before its turn comes.
    """
    if isinstance(analyzer, Stages):
        sequence = SequenceAnalyzer(
            analyzer, adaptive=False, smoothing_s=smoothing_s, long_side=long_side
        )
        return lambda frame: sequence(frame, source).result, sequence.look_ahead
    tracker = ResultTracker(smoothing_s)

    def follow(frame: Frame) -> FrameResult:
        found = analyzer.analyze(
            frame.image,
            source=source,
            frame=frame.index,
            time_s=frame.time_s,
            long_side=long_side,
        )
        return tracker.update(found, frame.time_s).result

    return follow, lambda _: None


class VideoAnalysis:
    """The analysis of a video file, frame by frame.

    Meanwhile a thread decodes the next frames and has the detector look at them.

    >>> with VideoAnalysis("clip.mp4", Analyzer()) as video:  # doctest: +SKIP
    ...     for frame in video:
    ...         print(video.analyze(frame).faces)

    Args:
        path: the file.
        analyzer: see `follower`.
        every: take frame 0 and every so many frames the next one.
        fps: instead, take at most so many frames a second of the file's own time.
        smoothing_s: see `follower`.
        long_side: see `follower`.

    Attributes:
        total: how many frames will be taken, as far as the file tells; else None.

    Raises:
        SourceError: the file cannot be opened; or, while iterating, cannot be read on.
        UsageError: both ``every`` and ``fps`` were given, or one of them makes no sense.
    """

    def __init__(
        self,
        path: str | Path,
        analyzer: PictureAnalyzer,
        *,
        every: int | None = None,
        fps: float | None = None,
        smoothing_s: float = 0.0,
        long_side: int = FRAME_SIDE,
    ) -> None:
        if every is not None and fps is not None:
            raise UsageError("Either every nth frame or a rate can be asked for, not both.")
        choose = every_nth(every or 1) if fps is None else at_rate(fps)
        self._follow, look_ahead = follower(
            analyzer, str(path), smoothing_s=smoothing_s, long_side=long_side
        )
        self._frames = FramesAhead(path, choose, look_ahead)
        self.fps: float = self._frames.fps
        self.total = self._expected(every or 1, fps)

    def __iter__(self) -> Iterator[Frame]:
        return iter(self._frames)

    def analyze(self, frame: Frame) -> FrameResult:
        """The result of the next frame. When it raises, the following frames can go on."""
        return self._follow(frame)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the part that was read, a sentence each."""
        return self._frames.warnings

    def close(self) -> None:
        """Ends the decoding; a second call does nothing."""
        self._frames.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _expected(self, every: int, fps: float | None) -> int | None:
        frames, duration_s = self._frames.frame_count, self._frames.duration_s
        if fps is None:
            return None if frames is None else -(-frames // every)
        if duration_s is None:
            return None
        return round(duration_s * min(fps, self._frames.fps)) or 1
