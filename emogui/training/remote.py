"""A training that another program follows and controls: see :mod:`emogui.training.events`."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TextIO

from emogui.errors import EmoguiError
from emogui.piped import Controls
from emogui.training import events
from emogui.training.pace import Pace
from emogui.training.schedule import size_at
from emogui.training.watcher import Watcher

if TYPE_CHECKING:
    from emogui.training.train import Training

STEP_EACH_S: Final = 0.5
"""Least time between two events ``step``: nobody reads faster."""


class StopAsked(Exception):  # noqa: N818 - as KeyboardInterrupt, it is no error
    """Raised between two steps of a training that was told to stop."""


class Remote(Watcher):
    """Writes events, reads controls.

    Args:
        output: gets the events.
        controls: file descriptor that controls are read from; None for none.
    """

    def __init__(self, output: TextIO, controls: int | None = None) -> None:
        self._output, self._controls = output, controls
        self._lock = threading.Lock()
        self._go_on = threading.Event()
        self._go_on.set()
        self._stop = threading.Event()
        self._training: Training | None = None
        self._pace: Pace | None = None
        self._stepped_at = self._measuring_since = 0.0

    def listen(self) -> None:
        """Begins to read controls, in a thread."""
        Controls(self._controls, self._go_on.clear, self._go_on.set, self._tell_to_stop).listen()

    def send(self, event: events.Event) -> None:
        """Writes an event; when nobody reads any more, the training is stopped."""
        with self._lock:
            try:
                self._output.write(events.format_event(event) + "\n")
                self._output.flush()
            except (OSError, ValueError):  # the pipe or the stream is closed
                self._tell_to_stop()

    def say(self, text: str) -> None:
        """Sends a line for people."""
        self.send(events.Said(text))

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
                    "Close other programs, or train with a smaller batch.",
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

    def follow(self, training: Training, checkpoint_minutes: float, backend: str) -> None:
        """Trains to the end.

        Args:
            training: to run.
            checkpoint_minutes: see ``Training.run``.
            backend: what Keras runs on.

        Raises:
            KeyboardInterrupt: it was told to stop; it can be saved, and go on another time.
        """
        config = training.config
        self._pace = Pace(
            config.stages, epochs=config.epochs, minutes=config.minutes, rows=training.rows
        )
        self._training = training
        self.send(_started(training, backend))
        try:
            for done, loss in training.run(checkpoint_minutes, self):
                self._step(training, self._pace, done, loss)
        except StopAsked as stop:
            raise KeyboardInterrupt from stop

    # A Watcher

    def between(self) -> None:
        """Waits while the training is paused, and ends it when it is told to stop.

        Raises:
            StopAsked: it is.
        """
        if not self._go_on.is_set() and not self._stop.is_set():
            self.send(events.Paused())
            self._go_on.wait()
            if not self._stop.is_set():
                self.send(events.Resumed())
        if self._stop.is_set():
            raise StopAsked

    def evaluating(self, epoch: int) -> None:
        self._measuring_since = time.monotonic()
        self.send(events.Evaluating(epoch))

    def epoch(self, figures: Mapping[str, float]) -> None:
        if self._pace is not None:
            self._pace.measured(time.monotonic() - self._measuring_since)
        self.send(events.Epoch(figures))

    def saved(self, done: float) -> None:
        self.send(events.Saved(done))

    # Inside

    def _step(self, training: Training, pace: Pace, done: float, loss: float) -> None:
        progress = training.progress
        size = size_at(min(done, 1 - 1e-9), training.config.stages)
        pace.stepped(progress.seconds, sum(progress.pictures.values()), size)
        now = time.monotonic()
        if now - self._stepped_at < STEP_EACH_S and done < 1:
            return
        self._stepped_at = now
        self.send(
            events.Step(
                done,
                progress.epoch + 1,
                progress.step,
                loss,
                progress.seconds,
                pace.pictures_per_second,
                pace.seconds_left(done),
            )
        )

    def _tell_to_stop(self) -> None:
        self._stop.set()
        self._go_on.set()
        if self._training is None:  # nothing is learned yet that could be saved
            try:
                self._output.write(events.format_event(events.Stopped(0.0)) + "\n")
                self._output.flush()
            except (OSError, ValueError):
                pass
            os._exit(events.STOPPED_STATUS)


def _started(training: Training, backend: str) -> events.Started:
    from emogui.training.hardware import accelerator, processor

    config, progress = training.config, training.progress
    device, devices = accelerator() or processor(), training.devices.count
    return events.Started(
        data=training.data,
        rows=training.rows,
        public_rows=training.public_rows,
        epochs=config.epochs,
        minutes=config.minutes,
        batch=config.batch,
        steps_per_epoch=training.steps_per_epoch,
        backend=backend,
        device=f"{devices} x {device}" if devices > 1 else device,
        done=training.done,
        epoch=progress.epoch + 1,
        seconds=progress.seconds,
        history=list(progress.history),
    )
