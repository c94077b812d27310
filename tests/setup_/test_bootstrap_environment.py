from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from emogui.setup_.console import CommandError, Console, SetupError
from emogui.setup_.environment import STAMP, Environment, _pip_progress
from emogui.setup_.interpreter import Interpreter

PYTHON = Interpreter(sys.executable, (3, 11, 2), tk=True, venv=True)
OFFLINE = (
    "WARNING: Retrying: NewConnectionError('Failed to establish a new connection: [Errno -3] "
    "Temporary failure in name resolution')\nERROR: No matching distribution found for hatchling"
)


class _Console(Console):
    """Records the commands; the first that holds a failing word fails with the output given."""

    def __init__(self, log: Path) -> None:
        self.screen = io.StringIO()
        super().__init__(log, self.screen)
        self.commands: list[list[str]] = []
        self.failing, self.output = "nothing fails", ""

    def run(self, command: Sequence[str], **options: Any) -> str:
        self.commands.append(list(command))
        if self.failing in command:
            raise CommandError(options["failure"], self.output)
        return ""


class _Environment(Environment):
    """Its Python is not asked but described."""

    runs = True
    trouble = ""
    opencv = ("opencv-python",)

    def _runs(self) -> bool:
        return self.runs

    def _health(self) -> dict[str, Any]:
        return {"trouble": self.trouble, "opencv": list(self.opencv)}


@pytest.fixture
def console(tmp_path: Path) -> _Console:
    return _Console(tmp_path / "output" / "setup.log")


@pytest.fixture
def environment(tmp_path: Path, console: _Console) -> _Environment:
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return _Environment(tmp_path, console)


def put_program(environment: Environment) -> None:
    environment.bin.mkdir(exist_ok=True)
    environment.script("emogui").write_text("", encoding="utf-8")


def state(environment: Environment) -> Any:
    return json.loads((environment.folder / STAMP).read_text(encoding="utf-8"))


def test_from_nothing_to_ready(environment: _Environment, console: _Console) -> None:
    assert not environment.ready(())
    environment.make(PYTHON)
    environment.fill(())
    put_program(environment)
    assert console.commands[0][:3] == [PYTHON.path, "-m", "venv"]
    assert console.commands[1][1:4] == ["-m", "pip", "install"]
    assert environment.ready(())
    assert not environment.ready(("dev",))


def test_more_extras_are_added_and_none_is_lost(
    environment: _Environment, console: _Console
) -> None:
    environment.make(PYTHON)
    environment.fill(("dev", "train"))
    environment.fill(())
    put_program(environment)
    assert ".[dev,train]" in console.commands[-1]
    assert environment.ready(("dev",))


def test_a_changed_project_is_installed_again(environment: _Environment) -> None:
    environment.make(PYTHON)
    environment.fill(())
    put_program(environment)
    (environment.root / "pyproject.toml").write_text("[project]\nx = 1\n", encoding="utf-8")
    assert not environment.ready(())


def test_a_second_opencv_is_noticed_and_mended(
    environment: _Environment, console: _Console
) -> None:
    environment.make(PYTHON)
    environment.fill(())
    put_program(environment)
    environment.opencv = ("opencv-python", "opencv-python-headless")
    assert not environment.ready(())
    environment.fill(())
    verbs = [command[3] for command in console.commands[-2:]]
    assert verbs == ["uninstall", "install"]
    assert "opencv-python-headless" in console.commands[-2]
    assert "opencv-python>=4.14,<5" in console.commands[-1]


@pytest.mark.parametrize("halfway", ["making", "installing"])
def test_one_that_was_interrupted_is_made_anew(
    environment: _Environment, console: _Console, halfway: str
) -> None:
    environment.make(PYTHON)
    environment._write_stamp(halfway)
    (environment.folder / "leftover").write_text("", encoding="utf-8")
    environment.make(PYTHON)
    assert not (environment.folder / "leftover").exists()
    assert state(environment)["state"] == "made"
    assert "half made" in console.screen.getvalue()


def test_one_whose_python_has_gone_is_made_anew(environment: _Environment) -> None:
    environment.make(PYTHON)
    (environment.folder / "leftover").write_text("", encoding="utf-8")
    environment.runs = False
    environment.make(PYTHON)
    assert not (environment.folder / "leftover").exists()


def test_one_of_a_moved_project_is_made_anew(environment: _Environment) -> None:
    environment.make(PYTHON)
    (environment.folder / "leftover").write_text("", encoding="utf-8")
    stamp = {**state(environment), "root": "/somewhere/else"}
    (environment.folder / STAMP).write_text(json.dumps(stamp), encoding="utf-8")
    environment.make(PYTHON)
    assert not (environment.folder / "leftover").exists()


def test_the_users_own_is_used_where_it_can_be(
    environment: _Environment, console: _Console
) -> None:
    environment.folder.mkdir()
    (environment.folder / "theirs").write_text("", encoding="utf-8")
    environment.make(PYTHON)
    environment.fill(())
    put_program(environment)
    assert (environment.folder / "theirs").exists()
    assert "has not made it" in console.screen.getvalue()
    assert state(environment)["by"] == "its user"
    assert environment.ready(())


def test_the_users_own_is_set_aside_where_it_cannot(
    environment: _Environment, console: _Console
) -> None:
    for name in (".venv.aside", ".venv.aside-2"):
        environment.folder.mkdir()
        (environment.folder / "theirs").write_text(name, encoding="utf-8")
        environment.runs = False
        environment.make(PYTHON)
        kept = environment.root / name / "theirs"
        assert kept.read_text(encoding="utf-8") == name
        assert name in console.screen.getvalue()
        (environment.folder / STAMP).unlink()
        for file in sorted(environment.folder.iterdir()):
            file.unlink()
        environment.folder.rmdir()


def test_a_link_to_elsewhere_is_not_followed(environment: _Environment, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / STAMP).write_text('{"by": "emogui.bootstrap", "state": "making"}', encoding="utf-8")
    environment.folder.symlink_to(theirs, target_is_directory=True)
    environment.make(PYTHON)
    assert (theirs / STAMP).exists()
    assert not environment.folder.is_symlink()


def test_several_opencvs_in_the_users_own_are_refused(environment: _Environment) -> None:
    environment.folder.mkdir()
    environment.opencv = ("opencv-contrib-python", "opencv-python")
    with pytest.raises(SetupError, match="several OpenCV packages") as caught:
        environment.fill(())
    assert "pip uninstall opencv-contrib-python opencv-python" in caught.value.hint


def test_without_a_network_it_says_so_and_spoils_nothing(
    environment: _Environment, console: _Console
) -> None:
    environment.make(PYTHON)
    environment.fill(())
    put_program(environment)
    console.failing, console.output = ".[dev]", OFFLINE
    with pytest.raises(SetupError, match="package index could not be reached") as caught:
        environment.fill(("dev",))
    assert "Check the network" in caught.value.hint
    assert "setup.log" in caught.value.hint
    assert environment.ready(())


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: No matching distribution found for tensorflow>=2.18", "has no build for Python"),
        ("error: metadata-generation-failed", "once the cause is gone"),
    ],
)
def test_each_failure_has_its_advice(
    environment: _Environment, console: _Console, output: str, advice: str
) -> None:
    environment.make(PYTHON)
    console.failing, console.output = "--editable", output
    with pytest.raises(SetupError) as caught:
        environment.fill(())
    assert advice in str(caught.value)


def test_too_little_room_is_said_before_anything_is_made(
    environment: _Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emogui.setup_.environment.ROOM_GB", 1e9)
    with pytest.raises(SetupError, match="are free"):
        environment.make(PYTHON)
    assert not environment.folder.exists()


def test_packages_that_do_not_load_are_told(environment: _Environment) -> None:
    environment.make(PYTHON)
    environment.trouble = "ImportError: libGL.so.1"
    with pytest.raises(SetupError, match=r"libGL\.so\.1"):
        environment.fill(())


@pytest.mark.slow
def test_a_real_environment_is_made_and_recognised(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    console = Console(tmp_path / "output" / "setup.log", io.StringIO())
    environment = Environment(tmp_path, console)
    base = getattr(sys, "_base_executable", sys.executable)
    environment.make(Interpreter(base, (3, 11, 2), tk=True, venv=True))
    assert environment._usable()
    assert not environment.ready(())
    environment.python.unlink()
    assert not environment._usable()


def test_pips_lines_become_a_few_words() -> None:
    wheel = "  Downloading https://host/a/numpy-2.1-cp311.whl (16.6 MB)"
    assert _pip_progress("Collecting numpy>=1.26") == "collecting numpy>=1.26"
    assert _pip_progress(wheel) == "downloading numpy-2.1-cp311.whl"
    assert _pip_progress("Installing collected packages: numpy, pillow") == "unpacking"
    assert _pip_progress("  Installing build dependencies: started") is None
