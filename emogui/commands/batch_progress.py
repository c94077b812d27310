"""Tells the progress of a batch on standard error: as a bar, as lines, or as JSON for programs."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emogui.bulk.control import Progress, Tell

_LINES_S = 10.0
_JSON_S = 1.0


@contextmanager
def make_teller(how: str | None, total: int, done: int) -> Iterator[Tell]:
    """What a batch tells its progress to.

    Args:
        how: ``"bar"``, ``"lines"``, ``"json"`` or ``"none"``; None takes a bar where standard
            error is a terminal, else lines.
        total: inputs.
        done: those that an earlier run has done.
    """
    if how is None:
        how = "bar" if sys.stderr.isatty() else "lines"
    if how == "bar":
        with _bar(total, done) as tell:
            yield tell
    elif how == "none":
        yield lambda progress: None
    else:
        teller = _Lines(total, done, as_json=how == "json")
        yield teller.tell
        teller.finish()


@contextmanager
def _bar(total: int, done: int) -> Iterator[Tell]:
    from tqdm import tqdm

    with tqdm(total=total, initial=done, unit=" files", file=sys.stderr, dynamic_ncols=True) as bar:

        def tell(progress: Progress) -> None:
            if progress.warning:
                bar.write(f"emogui: {_printable(progress.warning)}", file=sys.stderr)
            bar.update(progress.done - bar.n)
            bar.set_postfix_str(_words(progress), refresh=False)
            if progress.frame:
                bar.update(0)

        yield tell


def _words(progress: Progress) -> str:
    counts = progress.counts
    words = f"{counts.faces} faces, {counts.failures} failures"
    if progress.frame:
        of = f"/{progress.frames}" if progress.frames else ""
        words += f", frame {progress.frame}{of}"
    return words


class _Lines:
    """A line now and then."""

    def __init__(self, total: int, done: int, *, as_json: bool) -> None:
        self._total, self._start = total, done
        self._as_json = as_json
        self._began = self._told_at = time.monotonic()
        self._last: Progress | None = None

    def tell(self, progress: Progress) -> None:
        if progress.warning:
            text = _printable(progress.warning)
            print(
                json.dumps({"warning": text}) if self._as_json else f"emogui: {text}",
                file=sys.stderr,
                flush=True,
            )
        self._last = progress
        now = time.monotonic()
        if now - self._told_at >= (_JSON_S if self._as_json else _LINES_S):
            self._print(progress, now)

    def finish(self) -> None:
        if self._last is not None:
            self._print(self._last, time.monotonic())

    def _print(self, progress: Progress, now: float) -> None:
        self._told_at = now
        elapsed = max(1e-3, now - self._began)
        rate = (progress.done - self._start) / elapsed
        left = (self._total - progress.done) / rate if rate else None
        if self._as_json:
            told: dict[str, Any] = {
                "done": progress.done,
                "total": self._total,
                "per_second": round(rate, 3),
                "seconds_left": None if left is None else round(left),
                "faces": progress.counts.faces,
                "failures": progress.counts.failures,
                "source": _printable(progress.source),
                "frame": progress.frame,
                "frames": progress.frames,
            }
            print(json.dumps(told), file=sys.stderr, flush=True)
            return
        time_left = "" if left is None else f", {_clock(left)} left"
        print(
            f"emogui: {progress.done} of {self._total} files, {rate:.1f} a second{time_left}; "
            f"{_words(progress)}",
            file=sys.stderr,
            flush=True,
        )


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
