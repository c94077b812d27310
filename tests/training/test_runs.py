"""Runs in their folders: made, listed, gone on with, removed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from emogui.errors import TrainingError
from emogui.training import runs
from emogui.training.runs import Phase, RunPlan


@pytest.fixture(autouse=True)
def user_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("emogui.paths.user_data", lambda: tmp_path / "emogui")
    return tmp_path / "emogui"


def plan(name="first", **changes):
    return RunPlan(**({"name": name, "recipe": "resnet50", "data": "/data/fer.csv"} | changes))


def write_checkpoint(folder, *, epoch, step=0, seconds=60.0, epochs=4.0, minutes=None):
    meta = {
        "config": {"epochs": epochs, "minutes": minutes, "rows": 160, "batch": 16},
        "progress": {"epoch": epoch, "step": step, "seconds": seconds, "history": [{"epoch": 1}]},
    }
    meta = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    np.savez(folder / "checkpoint.npz", meta=meta)


def test_a_run_is_listed_as_it_was_planned():
    made = runs.create_run(plan(votes="/data/votes.csv", epochs=2.5, batch=32))
    (found,) = runs.list_runs()
    assert found.plan == made.plan and found.phase is Phase.TRAIN and not found.finished
    assert (found.done, found.busy) == (0.0, False)


def test_the_command_repeats_the_plan(tmp_path):
    words = plan(votes="/v.csv", epochs=2.5, batch=32, learning_rate=0.01, init="none")
    command = words.train_command(tmp_path)
    assert command[:4] == ["train", "resnet50", "--data", "/data/fer.csv"]
    assert command[command.index("--epochs") + 1] == "2.5"
    assert command[command.index("--learning-rate") + 1] == "0.01"
    assert command[-2:] == ["--progress", "json"]
    assert "--minutes" not in command and "--backend" not in command


@pytest.mark.parametrize("name", ["", "..", "a/b", " x", "-x", "é", "x" * 61, "resnet50"])
def test_names_that_cannot_be(name):
    with pytest.raises(TrainingError):
        runs.create_run(plan(name))


def test_a_name_is_taken_once():
    runs.create_run(plan("mine"))
    assert "already" in runs.name_problem("mine")
    assert runs.free_name("mine") == "mine-2"


def test_how_far_it_is_stands_in_the_checkpoint():
    run = runs.create_run(plan())
    write_checkpoint(run.folder, epoch=1, step=5)
    assert runs.load_run(run.folder).done == pytest.approx(1.5 / 4)
    write_checkpoint(run.folder, epoch=1, seconds=90.0, epochs=None, minutes=3.0)
    found = runs.load_run(run.folder)
    assert found.done == pytest.approx(0.5) and found.history == [{"epoch": 1}]


def test_a_damaged_checkpoint_is_no_progress_and_a_damaged_run_is_left_out():
    run = runs.create_run(plan())
    (run.folder / "checkpoint.npz").write_bytes(b"PK nonsense")
    assert runs.load_run(run.folder).done == 0.0
    (run.folder / runs.RUN).write_text("{")
    assert runs.list_runs() == []
    with pytest.raises(TrainingError):
        runs.load_run(run.folder)


def test_the_phase_is_kept():
    run = runs.create_run(plan())
    runs.set_phase(run, Phase.DONE)
    assert runs.load_run(run.folder).finished


def test_one_process_a_run():
    run = runs.create_run(plan())
    runs.lock(run.folder, os.getpid())
    assert runs.load_run(run.folder).busy
    with pytest.raises(TrainingError, match="being trained"):
        runs.remove_run(run)
    runs.unlock(run.folder)
    runs.remove_run(run)
    assert not run.folder.exists()


def test_a_process_that_is_gone_holds_nothing():
    run = runs.create_run(plan())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        runs.lock(run.folder, process.pid)
        assert runs.is_busy(run.folder)
        process.kill()
    assert not runs.is_busy(run.folder)
