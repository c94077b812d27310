"""The controls and events of a training, without a training: what is told, and when it stops."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time

import pytest

from emogui.errors import TrainingError
from emogui.training import events
from emogui.training.remote import Remote, StopAsked


class Pipe:
    """A remote with something to write controls into."""

    def __init__(self):
        read, self._write = os.pipe()
        self.output = io.StringIO()
        self.remote = Remote(self.output, controls=read)
        self.remote._training = object()  # one that can be saved
        self.remote.listen()

    def say(self, word):
        os.write(self._write, f"{word}\n".encode())

    def end(self):
        os.close(self._write)

    def said(self):
        return [events.parse_event(line) for line in self.output.getvalue().splitlines()]

    def until(self, condition):
        by = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < by
            time.sleep(0.002)

    def stops(self):
        """Whether the training is ended at its next step."""
        try:
            self.remote.between()
        except StopAsked:
            return True
        return False


def test_a_pause_waits_until_it_may_go_on():
    pipe = Pipe()
    pipe.say(events.PAUSE)
    pipe.until(lambda: not pipe.remote._go_on.is_set())
    waiting = threading.Thread(target=pipe.remote.between)
    waiting.start()
    pipe.until(lambda: pipe.said() == [events.Paused()])
    assert waiting.is_alive()
    pipe.say(events.RESUME)
    waiting.join(10)
    assert pipe.said() == [events.Paused(), events.Resumed()]
    pipe.end()


def test_a_stop_ends_it_between_two_steps_also_in_a_pause():
    pipe = Pipe()
    assert not pipe.stops()
    pipe.say(events.PAUSE)
    pipe.say("sing")  # not a control
    pipe.say(events.STOP)
    pipe.until(pipe.stops)
    pipe.end()


def test_when_the_watcher_dies_the_training_stops():
    pipe = Pipe()
    pipe.say(events.ATTACHED)
    pipe.end()
    pipe.until(pipe.stops)


def test_without_a_watcher_the_end_of_input_means_nothing():
    pipe = Pipe()
    pipe.end()
    pipe.until(lambda: not any(t.name == "train-controls" for t in threading.enumerate()))
    assert not pipe.stops()


def test_when_nobody_reads_it_stops():
    pipe = Pipe()
    pipe.output.close()
    pipe.remote.saved(0.5)
    assert pipe.stops()
    pipe.end()


def test_failures_are_told_and_passed_on():
    pipe = Pipe()
    with pytest.raises(TrainingError), pipe.remote.failures():
        raise TrainingError("No pictures.", "Choose others.")
    with pytest.raises(OSError, match="full"), pipe.remote.failures():
        raise OSError(28, "No space left: full", "/runs/x")
    first, second = pipe.said()
    assert first == events.Failed("No pictures.", "Choose others.")
    assert "/runs/x" in second.message and "disk" in second.hint
    pipe.end()


def test_a_stop_before_there_is_anything_to_save_ends_the_process():
    code = (
        "import sys, time\n"
        "from emogui.training.remote import Remote\n"
        "Remote(sys.stdout, 0).listen()\n"
        "time.sleep(60)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input="stop\n", capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == events.STOPPED_STATUS, done.stderr
    assert events.parse_event(done.stdout) == events.Stopped(0.0)
