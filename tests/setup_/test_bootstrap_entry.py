from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from emogui import bootstrap
from emogui.setup_ import main as setup
from emogui.setup_.console import SetupError


@pytest.mark.parametrize("name", ["emogui/bootstrap.py", "emogui/__init__.py"])
def test_an_old_python_can_read_what_tells_it_so(project_root: Path, name: str) -> None:
    source = (project_root / name).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 8))


def test_nothing_but_the_standard_library_is_imported(project_root: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import emogui.bootstrap, emogui.setup_.main\n"
        "foreign = {n.partition('.')[0] for n in sys.modules} - set(sys.stdlib_module_names)\n"
        "print(*sorted(foreign - {'__main__'}))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(project_root)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["emogui"]


def test_an_old_python_goes_on_with_a_newer_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[list[str]] = []

    def call(command: list[str], **_: object) -> int:
        calls.append(command)
        return 0

    monkeypatch.setattr(sys, "version_info", (3, 8, 1))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name, path: f"/somewhere/{name}")
    monkeypatch.setattr(bootstrap.subprocess, "call", call)
    assert bootstrap.main(["run"]) == 0
    assert calls[-1] == ["/somewhere/python3", "-m", "emogui.bootstrap", "run"]
    assert "too old" in capsys.readouterr().out


def test_an_old_python_alone_gets_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name, path: None)
    assert bootstrap.main(["test"]) == 1
    said = capsys.readouterr().err
    assert "needs Python 3.11 or newer" in said
    assert "Python 3.9" in said


def test_wrong_use_is_status_2() -> None:
    with pytest.raises(SystemExit) as stop:
        bootstrap.main(["dance"])
    assert stop.value.code == 2


class _Environment:
    """A finished environment whose programs are only recorded."""

    python = Path("/env/bin/python")

    def script(self, name: str) -> Path:
        return Path("/env/bin") / name


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What would be called in an environment that is ready; nothing fails."""
    made: list[list[str]] = []

    def call(command: list[str], root: Path) -> int:
        made.append(command)
        return 0

    monkeypatch.setattr(setup, "set_up", lambda *_, **__: _Environment())
    monkeypatch.setattr(setup, "_call", call)
    return made


def test_run_opens_the_window_on_the_sample(
    monkeypatch: pytest.MonkeyPatch, calls: list[list[str]], tmp_path: Path
) -> None:
    monkeypatch.setattr(setup, "_has_display", lambda _: True)
    assert setup.run(tmp_path) == 0
    assert calls[0][1:4] == ["-m", "emogui", "gui"]
    assert calls[0][4].endswith("sample.jpg")


def test_run_without_a_display_does_the_job_without_a_window(
    monkeypatch: pytest.MonkeyPatch,
    calls: list[list[str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(setup, "_has_display", lambda _: False)
    assert setup.run(tmp_path) == 0
    assert calls[0][1:] == ["-m", "emogui.setup_.sample", str(tmp_path / "output")]
    assert "No display" in capsys.readouterr().out


def test_tests_come_last_and_any_failure_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names: list[str] = []

    def call(command: list[str], root: Path) -> int:
        names.append(command[2] if "-m" in command else Path(command[0]).name)
        return int("mypy" in command[0])

    monkeypatch.setattr(setup, "set_up", lambda *_, **__: _Environment())
    monkeypatch.setattr(setup, "_call", call)
    assert setup.test(tmp_path) == 1
    assert names == ["ruff", "ruff", "mypy", "lint-imports", "pytest"]
    assert capsys.readouterr().out.rstrip().endswith("Failed: mypy.")


def test_all_well_is_status_0_and_pytest_has_the_last_word(
    calls: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert setup.test(tmp_path, ["-k", "crop"]) == 0
    assert calls[-1][1:] == ["-m", "pytest", "-k", "crop"]
    assert capsys.readouterr().out.rstrip().endswith("== pytest")


def test_what_cannot_be_set_up_is_said_plainly(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise SetupError("There is no Tk.", "Install it.")

    monkeypatch.setattr(setup, "set_up", fail)
    assert setup.run(tmp_path) == 1
    assert capsys.readouterr().err.strip() == "There is no Tk.\nInstall it."


@pytest.mark.skipif(os.name == "nt", reason="the lock is another one there")
def test_two_set_ups_of_one_tree_do_not_meet(tmp_path: Path) -> None:
    lock = tmp_path / "output" / "setup.lock"
    with (
        setup._alone(lock),
        pytest.raises(SetupError, match="Another set-up is working"),
        setup._alone(lock),
    ):
        pass
    with setup._alone(lock):
        pass


def test_ci_runs_the_readme_command(project_root: Path) -> None:
    script = project_root / ".ci" / "run"
    if not script.exists():  # an unpacked source distribution has none
        pytest.skip("no .ci folder here")
    readme = (project_root / "README.md").read_text(encoding="utf-8")
    command = script.read_text(encoding="utf-8").strip().splitlines()[-1]
    assert command == "python3 -m emogui.bootstrap test"
    assert f"`{command}`" in readme
    assert os.name == "nt" or os.access(script, os.X_OK)
