"""What a live session counts and measures."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_WINDOW_S = 3.0

STAGES = ("detect", "track", "crop", "classify", "total")
"""The stages of an analysis, as in ``FrameResult.timings_ms``."""


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Median, 95th and 99th percentile; each None before the first value."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


@dataclass(frozen=True, slots=True)
class FaceCounts:
    """Faces in the newest result, most faces in any one, and how many numbers were given."""

    now: int = 0
    most: int = 0
    ids: int = 0


@dataclass(frozen=True, slots=True)
class LiveStatistics:
    """Counts since the models were loaded, and rates over the last three seconds.

    A session without an analysis counts from its start.

    Attributes:
        captured: frames that the source delivered.
        shown: frames that ``poll`` handed out.
        analysed: frames in which the detector or the tracker placed the faces, and the network
            ran on each of them.
        carried: frames whose faces, or some of them, were carried over from an earlier frame.
        dropped: frames that a played file left out because they were late, and frames that
            were replaced by a newer one before anyone saw them.
        fps: frames a second that the source delivers.
        analysis_fps: results a second.
        frame_age_ms: median time from when a frame was due (or read) to when ``poll`` handed it
            out; None before the first.
        result_age_p50_ms, result_age_p95_ms: likewise from when the frame was due to when
            its result was handed out.
        stage_ms: stage of the analysis (see :data:`STAGES`) to the quantiles of its
            milliseconds.
        result_age: milliseconds from when a frame was due to when its result was handed out,
            over the whole session.
        faces: how many faces there are and were.
    """

    captured: int = 0
    shown: int = 0
    analysed: int = 0
    carried: int = 0
    dropped: int = 0
    fps: float = 0.0
    analysis_fps: float = 0.0
    frame_age_ms: float | None = None
    result_age_p50_ms: float | None = None
    result_age_p95_ms: float | None = None
    stage_ms: Mapping[str, Quantiles] = field(
        default_factory=lambda: MappingProxyType(dict.fromkeys(STAGES, Quantiles()))
    )
    result_age: Quantiles = Quantiles()
    faces: FaceCounts = FaceCounts()


class _Rate:
    """Events a second over the last few seconds."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def add(self, now: float) -> None:
        self._times.append(now)
        self._forget(now)

    def value(self, now: float) -> float:
        self._forget(now)
        if len(self._times) < 2:
            return 0.0
        # To the last event, not to now: else the rate of a slow source would waver.
        return (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-6)

    def _forget(self, now: float) -> None:
        while self._times and self._times[0] < now - _WINDOW_S:
            self._times.popleft()


class _Ages:
    """Ages in milliseconds over the last few seconds."""

    def __init__(self) -> None:
        self._ages: deque[tuple[float, float]] = deque()

    def add(self, now: float, since: float) -> None:
        self._ages.append((now, max(0.0, now - since) * 1000))

    def quantile(self, now: float, share: float) -> float | None:
        while self._ages and self._ages[0][0] < now - _WINDOW_S:
            self._ages.popleft()
        if not self._ages:
            return None
        ordered = sorted(age for _, age in self._ages)  # NumPy takes ten times as long for so few
        return ordered[round(share * (len(ordered) - 1))]


class Recorder:
    """Collects the figures of a session from its threads.

    Args:
        clock: seconds, monotonic, the same as in ``Frame.captured_at``.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._captured = self._shown = self._analysed = self._late = 0
        self._next_index: int | None = None
        self._frames, self._results = _Rate(), _Rate()
        self._frame_ages, self._result_ages = _Ages(), _Ages()

    def captured(self, index: int) -> None:
        """A frame came in; missing indices are frames that the source left out."""
        with self._lock:
            self._captured += 1
            if self._next_index is not None:
                self._late += max(0, index - self._next_index)
            self._next_index = index + 1
            self._frames.add(self._clock())

    def analysed(self) -> None:
        with self._lock:
            self._analysed += 1
            self._results.add(self._clock())

    def shown(self, captured_at: float) -> None:
        with self._lock:
            self._shown += 1
            self._frame_ages.add(self._clock(), captured_at)

    def result_shown(self, captured_at: float) -> None:
        with self._lock:
            self._result_ages.add(self._clock(), captured_at)

    def snapshot(self, replaced: int) -> LiveStatistics:
        """The figures now; ``replaced`` frames were never seen by anyone."""
        with self._lock:
            now = self._clock()
            return LiveStatistics(
                captured=self._captured,
                shown=self._shown,
                analysed=self._analysed,
                dropped=self._late + replaced,
                fps=self._frames.value(now),
                analysis_fps=self._results.value(now),
                frame_age_ms=self._frame_ages.quantile(now, 0.5),
                result_age_p50_ms=self._result_ages.quantile(now, 0.5),
                result_age_p95_ms=self._result_ages.quantile(now, 0.95),
            )
