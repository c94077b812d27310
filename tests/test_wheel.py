"""The wheel that the tree gives carries what it needs and works outside the tree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def run(command: Sequence[str | Path], cwd: Path) -> str:
    """What a program prints on standard output, started as from a user's shell."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(project_root: Path, target: str, folder: Path) -> Path:
    run([sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder], project_root)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(project_root, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel, and this one's packages but emogui."""
    folder = tmp_path_factory.mktemp("away")
    venv.create(folder / "env", symlinks=os.name != "nt")
    windows = os.name == "nt"
    programs = folder / "env" / ("Scripts" if windows else "bin")
    python = programs / ("python.exe" if windows else "python")
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(run([python, "-c", ask], folder).strip())
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    # A .pth file in a folder that a .pth file names is not read: a tree installed in editable
    # form stays out of sight.
    (packages / "borrowed.pth").write_text("\n".join(sorted(borrowed)), encoding="utf-8")
    command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    run([*command, "--no-deps", "--no-index", "--ignore-installed", wheel], folder)
    return programs


def test_the_wheel_holds_what_runs_and_nothing_else(project_root: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {
        "emogui/py.typed",
        "emogui/assets/sample.jpg",
        "emogui/assets/icon.png",
        "emogui/assets/icon.ico",
    } <= names
    for card in (project_root / "weights").glob("*/model.json"):
        files = json.loads(card.read_text(encoding="utf-8"))["files"]
        there = {"model.json"} | {entry["file"] for role, entry in files.items() if role != "keras"}
        folder = f"emogui/weights/{card.parent.name}"
        assert {f"{folder}/{file}" for file in there} <= names
    assert not [name for name in names if name.endswith((".keras", ".pyc"))]
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"emogui"}


def test_the_wheel_works_outside_the_tree(installed: Path, project_root: Path) -> None:
    from emogui import __version__

    elsewhere = installed.parent.parent
    emogui = installed / ("emogui.exe" if os.name == "nt" else "emogui")
    assert run([emogui, "--version"], elsewhere).strip() == f"emogui {__version__}"
    python = installed / ("python.exe" if os.name == "nt" else "python")
    ask = "from emogui import paths; print(paths.assets() / 'sample.jpg')"
    sample = Path(run([python, "-c", ask], elsewhere).strip())
    assert sample.is_relative_to(elsewhere)
    models = json.loads(run([emogui, "models", "--json"], elsewhere))
    shipped = {model["name"]: Path(model["path"]) for model in models}
    assert shipped["resnet50"].is_relative_to(elsewhere)
    card = run([emogui, "models", "--card", "resnet50"], elsewhere)
    page = (project_root / "docs" / "model-card.md").read_text(encoding="utf-8")
    assert card == page, "the card does not come from the tree"
    command = [emogui, "analyze", str(sample), "--annotate", str(elsewhere / "out"), "--json", "-"]
    record = json.loads(run(command, elsewhere))
    assert record["error"] is None
    assert len(record["faces"]) == 2
    assert record["model"] == "resnet50"
    assert list((elsewhere / "out").iterdir())


def test_the_source_distribution_builds_the_same_wheel(
    project_root: Path, wheel: Path, tmp_path: Path
) -> None:
    (tmp_path / "sdist").mkdir()
    source = build(project_root, "sdist", tmp_path / "sdist")
    shutil.unpack_archive(source, tmp_path / "tree")
    (tree,) = (tmp_path / "tree").iterdir()
    assert (tree / "tests" / "test_wheel.py").is_file()
    (tmp_path / "wheel").mkdir()
    again = build(tree, "wheel", tmp_path / "wheel")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())
