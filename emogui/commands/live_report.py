"""What `emogui live` tells about a session: its stats file, its summary, its progress line."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import asdict
from typing import Any

import psutil

from emogui.live.statistics import Histogram, LiveStatistics
from emogui.live.update import Analysed


class Meter:
    """Measures a session; made once the models are loaded, since counting starts there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ages = Histogram()
        self._started_at = time.monotonic()
        self._process = psutil.Process()
        self._cpu_s = self._used_s()
        self._memory_mb = self._resident_mb()

    def result(self, analysed: Analysed) -> None:
        """A result is handed out; called in the thread that made it."""
        age_s = time.monotonic() - analysed.frame.captured_at
        with self._lock:
            self._ages.add(max(0.0, age_s) * 1000)

    @property
    def seconds(self) -> float:
        """Since counting started."""
        return time.monotonic() - self._started_at

    def report(self, statistics: LiveStatistics) -> dict[str, Any]:
        """The stats file of `emogui live`.

        Every frame that was due is exactly one of analysed, carried and dropped.
        """
        due = statistics.captured + statistics.late
        with self._lock:
            age = asdict(self._ages.quantiles())
        return {
            "frames": {
                "captured": due,
                "shown": statistics.shown,
                "analysed": statistics.analysed,
                "carried": statistics.carried,
                "dropped": max(0, due - statistics.analysed - statistics.carried),
            },
            "frame_age_ms": _rounded(age),
            "stage_ms": {k: _rounded(asdict(v)) for k, v in statistics.stage_ms.items()},
            "faces": asdict(statistics.faces),
            "memory_mb": {
                "start": round(self._memory_mb, 1),
                "end": round(self._resident_mb(), 1),
            },
            "cpu_s": round(self._used_s() - self._cpu_s, 3),
        }

    def summary(self, report: dict[str, Any]) -> str:
        """Two lines for the end."""
        frames, age, seconds = report["frames"], report["frame_age_ms"], self.seconds
        done = frames["analysed"] + frames["carried"]
        lines = [
            f"{frames['captured']} frames in {seconds:.1f} s: {frames['analysed']} analysed, "
            f"{frames['carried']} carried, {frames['dropped']} dropped; "
            f"{done / max(seconds, 1e-9):.1f} a second."
        ]
        if age["p50"] is not None:
            lines.append(
                f"A result was {age['p50']:.0f} ms old at the median, {age['p95']:.0f} ms at the "
                f"95th percentile. Most faces at once: {report['faces']['most']}."
            )
        return "\n".join(lines)

    def _used_s(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def _resident_mb(self) -> float:
        return float(self._process.memory_info().rss) / 1e6


class ProgressLine:
    """One line on standard error that is written anew twice a second.

    Args:
        show: True or False; None for only when standard error is a terminal.
    """

    def __init__(self, show: bool | None) -> None:
        self._shown = sys.stderr.isatty() if show is None else show
        self._next = 0.0
        self._width = 0

    def update(self, seconds: float, statistics: LiveStatistics) -> None:
        """Writes the line when it is time to."""
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + 0.5
        age = statistics.result_age_p50_ms
        self._write(
            f"{seconds:6.1f} s  {statistics.captured} frames, {statistics.fps:.1f} a second  "
            f"{statistics.analysis_fps:.1f} results a second"
            + (f", {age:.0f} ms old" if age is not None else "")
            + f"  faces: {statistics.faces.now}"
        )

    def clear(self) -> None:
        """Takes the line away, so that other text can follow."""
        if self._width:
            self._write("")
            sys.stderr.write("\r")
            self._width = 0

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r{text:<{self._width}}")
        sys.stderr.flush()
        self._width = len(text)


def _rounded(numbers: dict[str, float | None]) -> dict[str, float | None]:
    return {k: None if v is None else round(v, 2) for k, v in numbers.items()}
