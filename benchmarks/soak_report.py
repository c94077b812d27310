"""What benchmarks/soak.py measures, and the bounds that it is held to."""

from __future__ import annotations

import gc
import logging
import statistics
import sys
import time
import tkinter
from dataclasses import asdict, dataclass, field
from typing import Any

import psutil

from emogui.live.statistics import Histogram, LiveStatistics

MEMORY_MB, CALLBACK_P99_MS, CALLBACK_MAX_MS = 20.0, 16.0, 50.0
SETTLED_S = 300.0
"""Memory is compared with that of this moment, or of a sixth of a shorter run."""


class Callbacks:
    """Times every callback that Tk makes, in processor time of its thread and on the wall."""

    def __init__(self) -> None:
        self.count, self.longest, self.longest_collection_ms = 0, "", 0.0
        self._began, self._collecting = time.perf_counter(), 0.0
        self._times = {"thread": Histogram(), "wall": Histogram()}
        self._most = dict.fromkeys(self._times, 0.0)

    def install(self) -> None:
        call = tkinter.CallWrapper.__call__

        def timed(wrapper: Any, *arguments: Any) -> Any:
            wall, thread = time.perf_counter(), time.thread_time()
            try:
                return call(wrapper, *arguments)
            finally:
                took = time.thread_time() - thread
                self._add({"thread": took, "wall": time.perf_counter() - wall}, wrapper.func)

        tkinter.CallWrapper.__call__ = timed  # type: ignore[method-assign]
        gc.callbacks.append(self._collected)

    def _add(self, seconds: dict[str, float], function: Any) -> None:
        self.count += 1
        if seconds["thread"] * 1e3 > self._most["thread"]:
            name = getattr(function, "__qualname__", repr(function))
            self.longest = f"{name} after {time.perf_counter() - self._began:.1f} s"
        for clock, took in seconds.items():
            self._times[clock].add(took * 1e3)
            self._most[clock] = max(self._most[clock], took * 1e3)

    def _collected(self, phase: str, _found: object) -> None:
        """The garbage collector began or ended; it runs within a callback of the window."""
        if phase == "start":
            self._collecting = time.thread_time()
        else:
            took = 1e3 * (time.thread_time() - self._collecting)
            self.longest_collection_ms = max(self.longest_collection_ms, took)

    def milliseconds(self) -> dict[str, dict[str, float | None]]:
        return {
            clock: asdict(times.quantiles()) | {"max": self._most[clock]}
            for clock, times in self._times.items()
        }


@dataclass
class Sample:
    """The process at one moment; ``at_s`` counts from the start of the soak."""

    at_s: float
    memory_mb: float
    threads: int
    handles: int

    @classmethod
    def take(cls, at_s: float) -> Sample:
        process = psutil.Process()
        handles = process.num_handles() if sys.platform == "win32" else process.num_fds()
        return cls(at_s, process.memory_info().rss / 1e6, process.num_threads(), handles)


@dataclass
class Report:
    """What came of it; ``broken`` says in words which bounds were."""

    minutes: float
    window: bool
    before: Sample | None = None
    after: Sample | None = None
    own_threads_left: list[str] = field(default_factory=list)
    starts: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    frames: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("captured", "analysed", "carried", "dropped"), 0)
    )
    callbacks: int = 0
    longest_callback: str = ""
    longest_collection_ms: float = 0.0
    callback_ms: dict[str, dict[str, float | None]] = field(default_factory=dict)
    memory_mb: dict[str, float] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def count(self, found: LiveStatistics) -> None:
        """Adds the frames of a session that ends; each is analysed, carried or dropped."""
        captured = found.captured + found.late
        missed = max(0, captured - found.analysed - found.carried)
        parts = (captured, found.analysed, found.carried, missed)
        for name, number in zip(self.frames, parts, strict=True):
            self.frames[name] += number

    def judge(self) -> None:
        """Holds what was measured to the bounds."""
        settled_s = min(SETTLED_S, 60 * self.minutes / 6)
        middle = [one.memory_mb for one in self.samples if one.at_s >= settled_s][:3]
        end = [one.memory_mb for one in self.samples][-3:]
        if not middle:
            self.broken.append("the run was too short to be judged")
            return
        self.memory_mb = {"settled": statistics.median(middle), "end": statistics.median(end)}
        grown = self.memory_mb["grown"] = self.memory_mb["end"] - self.memory_mb["settled"]
        if grown > MEMORY_MB:
            self.broken.append(f"memory grew by {grown:.1f} MB from {settled_s:.0f} s on")
        if self.before is not None and self.after is not None:
            for name in ("threads", "handles"):
                before, after = getattr(self.before, name), getattr(self.after, name)
                if after > before:
                    self.broken.append(f"{name}: {before} before, {after} after")
        if self.own_threads_left:
            self.broken.append(f"threads that did not end: {', '.join(self.own_threads_left)}")
        times = self.callback_ms.get("thread", {})
        for name, most in (("p99", CALLBACK_P99_MS), ("max", CALLBACK_MAX_MS)):
            if (times.get(name) or 0.0) > most:
                self.broken.append(f"callbacks: {name} {times[name]:.1f} ms, at most {most:g}")


class Errors(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self, broken: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._broken = broken

    def emit(self, record: logging.LogRecord) -> None:
        self._broken.append(f"logged: {record.getMessage()}")
