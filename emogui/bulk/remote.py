"""A batch that another program follows and controls: see :mod:`emogui.bulk.events`."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Final, TextIO

from emogui import piped
from emogui.bulk import events
from emogui.bulk.control import BatchControl, Progress
from emogui.bulk.pace import Pace
from emogui.bulk.report import BatchReport
from emogui.errors import EmoguiError

TELL_EACH_S: Final = 0.25
"""Least time between two events ``advanced``: nobody reads faster."""


class Remote:
    """Writes events, reads controls.

    Args:
        output: gets the events.
        control: of the batch.
        controls: file descriptor that controls are read from; None for none.
    """

    def __init__(self, output: TextIO, control: BatchControl, controls: int | None = None) -> None:
        self._output, self._control = output, control
        self._lock = threading.Lock()
        self._controls = piped.Controls(controls, self._pause, self._resume, control.cancel)
        self._told_at = -TELL_EACH_S
        self._pace: Pace | None = None
        self._paused_at: float | None = None
        self._paused_s = 0.0
        self._last: Progress | None = None
        self._began = 0

    def listen(self) -> None:
        """Begins to read controls, in a thread."""
        self._controls.listen()

    def send(self, event: events.Event) -> None:
        """Writes an event; when nobody reads any more, the batch ends and can go on later."""
        with self._lock:
            try:
                self._output.write(piped.format_event(event) + "\n")
                self._output.flush()
            except (OSError, ValueError):  # the pipe or the stream is closed
                self._control.cancel()

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Sends what goes wrong inside it, and lets it pass."""
        try:
            yield
        except EmoguiError as error:
            self.send(events.Failed(error.message, error.hint))
            raise
        except MemoryError:
            self.send(
                events.Failed(
                    "The memory of this computer does not suffice.",
                    "Close other programs, and go on with the batch.",
                )
            )
            raise
        except OSError as error:
            where = f"'{error.filename}': " if error.filename else ""
            self.send(
                events.Failed(
                    f"{where}{error.strerror or error}.",
                    "Check the path, its permissions, and that the disk is not full.",
                )
            )
            raise

    def started(self, total: int, done: int) -> None:
        """The list of inputs is made."""
        self._pace, self._began = Pace(total), done
        self.send(events.Started(total, done))

    def tell(self, progress: Progress) -> None:
        """Takes the progress of a batch, see `Tell`."""
        if progress.warning:
            self.send(events.Warned(progress.warning))
        counts = progress.counts
        now = time.monotonic()
        if self._pace is not None:
            within = progress.frame / progress.frames if progress.frames else 0.0
            pieces = counts.pictures + counts.frames + counts.failed_inputs
            self._pace.add(now - self._paused_s, progress.done + min(within, 1.0), pieces)
        self._last = progress
        if now - self._told_at >= TELL_EACH_S:
            self._told_at = now
            self._tell(progress)

    def ended(self, report: BatchReport) -> None:
        """The batch came to its end, or was stopped."""
        if self._last is not None:
            self._tell(self._last)
        counts = asdict(report.counts)
        del counts["failed_inputs"]
        if report.complete:
            self.send(events.Finished(report.inputs, **counts))
        else:
            done = self._began if self._last is None else self._last.done
            self.send(events.Stopped(done, report.inputs, **counts))

    def _tell(self, progress: Progress) -> None:
        counts, pace = progress.counts, self._pace
        self.send(
            events.Advanced(
                progress.done,
                progress.total,
                counts.pictures,
                counts.frames,
                counts.faces,
                counts.failures,
                progress.source,
                progress.frame,
                progress.frames,
                None if pace is None else pace.per_second,
                None if pace is None else pace.seconds_left_with(progress.frame, progress.frames),
            )
        )

    def _pause(self) -> None:
        if not self._control.paused:
            self._paused_at = time.monotonic()
            self._control.pause()
            self.send(events.Paused())

    def _resume(self) -> None:
        if self._paused_at is not None:
            self._paused_s += time.monotonic() - self._paused_at
            self._paused_at = None
            self._control.resume()
            self.send(events.Resumed())
