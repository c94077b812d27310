"""The real commands in processes of their own, with a tiny network: kills, stops, the whole way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from emogui.labels import FERPLUS
from emogui.training import events, runs
from emogui.training.report import read_report
from emogui.training.runs import RunPlan
from emogui.training.supervisor import Ended, Supervisor

TINY = [sys.executable, str(Path(__file__).with_name("tiny_emogui.py"))]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def data(tmp_path) -> Path:
    """600 random faces with votes."""
    rng = np.random.default_rng(0)
    n = 600
    votes = np.zeros((n, 10), np.uint8)
    votes[np.arange(n), rng.integers(0, len(FERPLUS), n)] = 10
    path = tmp_path / "faces.npz"
    np.savez(
        path,
        images=rng.integers(0, 256, (n, 48, 48), np.uint8),
        labels=rng.integers(0, 7, n).astype(np.uint8),
        usage=np.array([0] * 400 + [1] * 100 + [2] * 100, np.uint8),
        ferplus_votes=votes,
        ferplus_columns=np.array([*FERPLUS, "unknown", "NF"]),
    )
    return path


def command(data, output, *more):
    words = ["train", "resnet50", "--data", str(data), "--output", str(output), "--batch", "16"]
    return [*TINY, *words, "--epochs", "6", "--progress", "json", *more]


class Training:
    """The command as the window runs it, its events in a list."""

    def __init__(self, data, output, *more):
        self.said, self.other = [], []
        self.process = subprocess.Popen(
            command(data, output, *more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.say(events.ATTACHED)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            event = events.parse_event(line.decode())
            (self.other if event is None else self.said).append(event or line)

    def say(self, word):
        self.process.stdin.write(f"{word}\n".encode())
        self.process.stdin.flush()

    def until(self, wanted):
        by = time.monotonic() + 240
        while True:
            for event in list(self.said):
                if isinstance(event, wanted):
                    return event
            assert time.monotonic() < by and self.process.poll() is None, self.said
            time.sleep(0.01)

    def wait(self):
        status = self.process.wait(240)
        self._reader.join(10)
        self.process.stdin.close()
        self.process.stdout.close()
        return status


def test_pause_stop_and_the_death_of_the_watcher(data, tmp_path):
    output = tmp_path / "run"
    training = Training(data, output)
    training.until(events.Step)
    training.say(events.PAUSE)
    training.until(events.Paused)
    seconds = [e.seconds for e in training.said if isinstance(e, events.Step)][-1]
    began = time.monotonic()
    while time.monotonic() - began < 4:  # a pause that would show if it were counted
        assert training.process.poll() is None
        time.sleep(0.1)
    count = len(training.said)
    training.say(events.RESUME)
    training.until(events.Resumed)
    while not any(isinstance(e, events.Step) for e in training.said[count:]):
        time.sleep(0.01)
    after = next(e for e in training.said[count:] if isinstance(e, events.Step))
    assert after.seconds - seconds < 3.5
    training.say(events.STOP)
    assert training.wait() == events.STOPPED_STATUS
    assert training.other == []
    stopped = training.said[-1]
    assert isinstance(stopped, events.Stopped) and 0 < stopped.done < 1

    training = Training(data, output)
    started = training.until(events.Started)
    assert started.done == pytest.approx(stopped.done)
    training.until(events.Step)
    training.process.stdin.close()  # as when the window is killed
    assert training.process.wait(240) == events.STOPPED_STATUS
    training._reader.join(10)
    training.process.stdout.close()


def test_kills_at_any_moment_end_where_an_undisturbed_training_ends(data, tmp_path):
    undisturbed = Training(data, tmp_path / "quiet")
    assert undisturbed.wait() == 0
    rng = np.random.default_rng(int(os.environ.get("EMOGUI_KILL_SEED", "0")))
    output = tmp_path / "killed"
    for _ in range(6):
        # A checkpoint each second, so that kills fall into them as well.
        training = Training(data, output, "--checkpoint-minutes", "0.02")
        training.until(events.Started)
        time.sleep(float(rng.uniform(0.0, 4.0)))
        training.process.send_signal(signal.SIGKILL)
        training.wait()
        if any(isinstance(event, events.Finished) for event in training.said):
            break
    last = Training(data, output)
    assert last.wait() == 0
    started = next(e for e in last.said if isinstance(e, events.Started))
    assert started.version == events.VERSION
    assert isinstance(last.said[-1], events.Finished)
    with np.load(output / "checkpoint.npz") as a, np.load(tmp_path / "quiet/checkpoint.npz") as b:
        weights = [key for key in a.files if key[0] == "w"]
        for key in weights:
            np.testing.assert_allclose(a[key], b[key], rtol=0.02, atol=0.02)
    lines = (output / "history.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["1", "2", "3", "4", "5", "6"]


def test_a_stop_while_the_last_epoch_is_measured_still_ends_well(data, tmp_path):
    output = tmp_path / "run"
    training = Training(data, output, "--epochs", "1")
    training.until(events.Evaluating)
    training.say(events.STOP)
    training.wait()
    training = Training(data, output, "--epochs", "1")
    assert training.wait() == 0
    assert isinstance(training.said[-1], events.Finished) and training.said[-1].best_epoch == 1
    assert (output / "best.npz").is_file()


def test_the_whole_way_to_a_network_with_figures(data, tmp_path, monkeypatch):
    from emogui.backend.store import load_model_info

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr("emogui.paths.user_data", lambda: tmp_path / "data" / "emogui")
    pytest.importorskip("nncf")
    plan = RunPlan("tiny", "resnet50", str(data), epochs=1.0, batch=16, title="Tiny")
    said, over = [], threading.Event()

    def tell(message):
        said.append(message)
        if isinstance(message, Ended):
            over.set()

    Supervisor(runs.create_run(plan), tell, TINY).start()
    assert over.wait(500)
    assert said[-1].error is None, said[-1].error
    info = load_model_info("tiny")
    assert info.title == "Tiny" and len(info.metrics) == 2
    assert info.heads["ferplus"].temperature != 1.0
    report = read_report(said[-1].run)
    assert [head.labels for head in report.heads] == ["ferplus", "fer2013"]
    assert (report.heads[0].folder / "confusion.png").is_file()
