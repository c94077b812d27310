"""Several devices learn what one does; each training in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emogui.errors import TrainingError
from emogui.training import devices
from emogui.training.devices import find_devices, share_of

SCRIPT = Path(__file__).with_name("train_steps.py")


def train(backend: str, data: Path, output: Path, *more: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), backend, str(data), str(output), "tiny", *more],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    end: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return end


@pytest.fixture(scope="module", params=["jax", "tensorflow"])
def backend(request) -> str:
    if importlib.util.find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    return str(request.param)


@pytest.fixture(scope="module")
def folder(backend, tmp_path_factory) -> Path:
    path: Path = tmp_path_factory.mktemp(f"on_{backend}")
    return path


@pytest.fixture(scope="module")
def by_one(backend, random_faces, folder) -> dict[str, Any]:
    return train(backend, random_faces, folder / "one", "two")


@pytest.fixture(scope="module")
def by_two(backend, random_faces, folder) -> dict[str, Any]:
    return train(backend, random_faces, folder / "two", "shared")


@pytest.mark.timeout(600)
def test_two_devices_learn_what_one_does(by_one, by_two):
    """With mixup, clipped gradients, weight decay and batch normalisation."""
    assert any("sharing each batch among" in line for line in by_two["lines"])
    assert not any("sharing" in line for line in by_one["lines"])
    assert len(by_one["losses"]) == 8
    np.testing.assert_allclose(by_two["losses"], by_one["losses"], rtol=1e-4)
    np.testing.assert_allclose(by_two["weights"], by_one["weights"], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(by_two["logits"], by_one["logits"], atol=1e-3)
    for row, same in zip(by_two["history"], by_one["history"], strict=True):
        assert row["fer2013_nll"] == pytest.approx(same["fer2013_nll"], rel=1e-4)


@pytest.mark.timeout(600)
def test_what_two_devices_began_goes_on_on_one(backend, random_faces, folder, by_one, by_two):
    end = train(backend, random_faces, folder / "two-half", "two")
    assert any("going on at epoch" in line for line in end["lines"])
    np.testing.assert_allclose(end["losses"], by_one["losses"][4:], rtol=1e-4)
    np.testing.assert_allclose(end["weights"], by_one["weights"], rtol=1e-3, atol=1e-4)
    record = json.loads((folder / "two-half" / "record.json").read_text(encoding="utf-8"))
    assert [m["hardware"].get("devices", 1) for m in record["machines"]] == [2, 1]


@pytest.mark.parametrize(("batch", "count"), [(8, 2), (8, 4), (24, 3), (64, 1)])
def test_shares_hold_the_pairs_that_mixup_mixes(batch, count):
    shares = [share_of(batch, device, count) for device in range(count)]
    assert sorted(np.concatenate(shares)) == list(range(batch))
    turned = np.arange(batch)[::-1]
    for share in shares:
        assert len(share) == batch // count
        np.testing.assert_array_equal(share[::-1], turned[share])


@pytest.mark.parametrize(("batch", "count"), [(64, 2), (48, 3), (7, 1), (2, 1)])
def test_as_many_accelerators_as_share_the_batch_evenly(batch, count, monkeypatch):
    three = ("gpu:0", "gpu:1", "gpu:2")
    monkeypatch.setattr(devices, "_listed", lambda _: (three, True))
    assert find_devices(None, batch) == three[:count]


def test_a_processor_is_one_device_unless_asked(monkeypatch):
    monkeypatch.setattr(devices, "_listed", lambda _: (("cpu:0", "cpu:1"), False))
    assert find_devices(None, 64) == ("cpu:0",)
    assert find_devices(2, 64) == ("cpu:0", "cpu:1")


def test_a_batch_that_cannot_be_shared(monkeypatch):
    monkeypatch.setattr(devices, "_listed", lambda _: (("gpu:0", "gpu:1"), True))
    with pytest.raises(
        TrainingError, match=r"cannot be shared by 2 devices.*multiple of 4"
    ) as said:
        find_devices(2, 30)
    assert "--batch 28" in said.value.hint


def test_more_devices_than_there_are():
    with pytest.raises(TrainingError, match="asks for more than there are: tensorflow finds 1"):
        find_devices(2, 64)


def test_pytorch_trains_on_one(monkeypatch):
    monkeypatch.setattr("keras.backend.backend", lambda: "torch")
    assert len(find_devices(None, 64)) == 1
    with pytest.raises(TrainingError, match="one device; got --devices 2") as said:
        find_devices(2, 64)
    assert "--backend jax" in said.value.hint
