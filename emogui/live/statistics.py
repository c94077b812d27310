"""What a live session counts and measures."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from emogui.tracking.results import TrackedResult

_WINDOW_S = 3.0

_LEAST_MS, _BIN_WIDTH, _BINS = 0.01, 0.02, 900
"""Bins from a hundredth of a millisecond to ten minutes."""

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
        late: those of them that a played file left out; they are not among the captured ones.
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
    late: int = 0
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


class Histogram:
    """Counts milliseconds in bins that are 2 % wide, so that memory does not grow with time."""

    def __init__(self) -> None:
        self._counts = np.zeros(_BINS, np.int64)

    def add(self, ms: float) -> None:
        place = int(math.log(max(ms, _LEAST_MS) / _LEAST_MS) / _BIN_WIDTH)
        self._counts[min(place, _BINS - 1)] += 1

    def quantiles(self) -> Quantiles:
        """Exact to 1 % of the value."""
        rising = self._counts.cumsum()
        total = int(rising[-1])
        if not total:
            return Quantiles()
        places = np.searchsorted(rising, [math.ceil(share * total) for share in (0.5, 0.95, 0.99)])
        return Quantiles(*(_LEAST_MS * math.exp((int(p) + 0.5) * _BIN_WIDTH) for p in places))


class Recorder:
    """Collects the figures of a session from its threads.

    Args:
        clock: seconds, monotonic, the same as in ``Frame.captured_at``.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._clear()

    def _clear(self) -> None:
        self._captured = self._shown = self._analysed = self._carried = 0
        self._late = self._replaced = 0
        self._next_index: int | None = None
        self._epoch = 0
        self._frames, self._results = _Rate(), _Rate()
        self._frame_ages, self._result_ages = _Ages(), _Ages()
        self._all_ages = Histogram()
        self._stages = {stage: Histogram() for stage in STAGES}
        self._faces = FaceCounts()

    def restart(self) -> None:
        """The models are loaded: counting starts here."""
        with self._lock:
            self._clear()

    def captured(self, index: int, epoch: int = 0) -> None:
        """A frame came in; missing indices are frames that the source left out.

        Not so where a player was told to jump, whose jumps are numbered by the epoch.
        """
        with self._lock:
            self._captured += 1
            if self._next_index is not None and epoch == self._epoch:
                self._late += max(0, index - self._next_index)
            self._next_index, self._epoch = index + 1, epoch
            self._frames.add(self._clock())

    def analysed(self, tracked: TrackedResult, ids: int) -> None:
        """A frame has its result; so many numbers were given to faces by now."""
        with self._lock:
            if tracked.analysed:
                self._analysed += 1
            else:
                self._carried += 1
            self._results.add(self._clock())
            now = len(tracked.result.faces)
            self._faces = FaceCounts(now, max(now, self._faces.most), ids)
            for stage, ms in tracked.result.timings_ms.items():
                if stage in self._stages:
                    self._stages[stage].add(ms)

    def skipped(self) -> None:
        """A frame gets no analysis of its own: the faces of another one are carried to it."""
        with self._lock:
            self._carried += 1

    def shown(self, captured_at: float) -> None:
        """A frame was handed out."""
        with self._lock:
            self._shown += 1
            self._frame_ages.add(self._clock(), captured_at)

    def result_shown(self, captured_at: float) -> None:
        """The result of a frame was handed out."""
        with self._lock:
            now = self._clock()
            self._result_ages.add(now, captured_at)
            self._all_ages.add(max(0.0, now - captured_at) * 1000)

    def replaced(self) -> None:
        """A frame gave way to a newer one before anyone saw it."""
        with self._lock:
            self._replaced += 1

    def snapshot(self) -> LiveStatistics:
        """The figures now."""
        with self._lock:
            now = self._clock()
            return LiveStatistics(
                captured=self._captured,
                shown=self._shown,
                analysed=self._analysed,
                carried=self._carried,
                dropped=self._late + self._replaced,
                late=self._late,
                fps=self._frames.value(now),
                analysis_fps=self._results.value(now),
                frame_age_ms=self._frame_ages.quantile(now, 0.5),
                result_age_p50_ms=self._result_ages.quantile(now, 0.5),
                result_age_p95_ms=self._result_ages.quantile(now, 0.95),
                stage_ms=MappingProxyType({s: h.quantiles() for s, h in self._stages.items()}),
                result_age=self._all_ages.quantiles(),
                faces=self._faces,
            )
