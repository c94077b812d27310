"""A few steps on real backends, each in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SCRIPT = Path(__file__).with_name("train_steps.py")


@pytest.fixture(scope="module")
def data(random_faces) -> Path:
    return random_faces


def train(backend: str, data: Path, output: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), backend, str(data), str(output), *more],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def backend_or_skip(name: str) -> str:
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    return name


@pytest.fixture(scope="module")
def uninterrupted(data, tmp_path_factory) -> list[float]:
    """Sums of the weights after an undisturbed training on TensorFlow."""
    done = train("tensorflow", data, tmp_path_factory.mktemp("uninterrupted"), "tiny")
    assert done.returncode == 0, done.stderr[-2000:]
    weights: list[float] = json.loads(done.stdout.splitlines()[-1])["weights"]
    return weights


BACKENDS = ["tensorflow", "jax", pytest.param("torch", marks=pytest.mark.torch)]


@pytest.mark.parametrize("backend", BACKENDS)
def test_after_a_kill_every_backend_reaches_the_same_end(backend, data, uninterrupted, tmp_path):
    backend_or_skip(backend)
    killed = train(backend, data, tmp_path, "tiny", "kill")
    assert killed.returncode == 9, killed.stderr[-2000:]
    resumed = train(backend, data, tmp_path, "tiny")
    assert resumed.returncode == 0, resumed.stderr[-2000:]
    end = json.loads(resumed.stdout.splitlines()[-1])
    assert any("going on at epoch" in line for line in end["lines"])
    assert end["done"] == 1.0
    assert [row["epoch"] for row in end["history"]] == [1, 2]
    figures = {"ferplus_accuracy", "ferplus_balanced_six", "fer2013_accuracy", "score", "loss"}
    figures |= {"ferplus_nll", "fer2013_nll", "train_ferplus_accuracy", "train_fer2013_accuracy"}
    assert figures <= set(end["history"][0])
    for name in ("best.npz", "history.csv", "config.json", "checkpoint.npz"):
        assert (tmp_path / name).is_file()
    assert not list(tmp_path.glob("*.part"))
    # PyTorch trains in bfloat16 where the processor can.
    tolerance = 0.05 if backend == "torch" else 0.005
    np.testing.assert_allclose(end["weights"], uninterrupted, rtol=tolerance, atol=tolerance)


@pytest.fixture(scope="module")
def words_on_tensorflow(data, tmp_path_factory) -> dict[str, Any]:
    """The end of a training of layers in words."""
    done = train("tensorflow", data, tmp_path_factory.mktemp("words"), "words")
    assert done.returncode == 0, done.stderr[-2000:]
    end: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return end


@pytest.mark.parametrize("backend", BACKENDS[1:])
def test_layers_in_words_are_the_same_network(backend, data, words_on_tensorflow, tmp_path):
    """PyTorch has the channels first: flattening must put the values in the same order."""
    done = train(backend_or_skip(backend), data, tmp_path, "words")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Gradients do not exist" not in done.stderr
    end, first = json.loads(done.stdout.splitlines()[-1]), words_on_tensorflow
    assert end["done"] == first["done"] == 1.0
    np.testing.assert_allclose(end["logits"], first["logits"], atol=0.02)
    assert end["history"][0]["loss"] == pytest.approx(first["history"][0]["loss"], rel=0.01)


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_trains_in_half_precision(backend, data, tmp_path):
    done = train(backend_or_skip(backend), data, tmp_path, "tiny", "bfloat16")
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1])["done"] == 1.0


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("backend", BACKENDS)
def test_trains_the_resnet50(backend, data, tmp_path):
    done = train(backend_or_skip(backend), data, tmp_path, "resnet50")
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1])["done"] == 1.0
