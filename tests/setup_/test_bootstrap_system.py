from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from emogui.setup_ import system
from emogui.setup_.console import CommandError, Console, SetupError
from emogui.setup_.interpreter import Interpreter, probe

COMPLETE = Interpreter("/opt/python/bin/python3", (3, 12, 1), tk=True, venv=True)
DEBIAN = Interpreter("/usr/bin/python3", (3, 11, 2), tk=False, venv=False)
DEBIAN_COMPLETE = Interpreter("/usr/bin/python3", (3, 11, 2), tk=True, venv=True)
BUILT = Interpreter("/home/me/.pyenv/bin/python3", (3, 12, 1), tk=False, venv=True)
APT = system.MANAGERS[0]


@pytest.fixture
def computer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets which Pythons there are, and whether packages may be installed."""

    def be(
        mine: Interpreter,
        others: Sequence[Interpreter] = (),
        *,
        rights: bool = True,
        manager: system.PackageManager | None = APT,
    ) -> None:
        monkeypatch.setattr(system, "current", lambda: mine)
        monkeypatch.setattr(system, "others", lambda known: iter(others))
        monkeypatch.setattr(system, "administrator", lambda: [] if rights else None)
        monkeypatch.setattr(system, "package_manager", lambda: manager)
        there = manager.program if manager else ""
        monkeypatch.setattr(system.shutil, "which", lambda name: name if name == there else None)

    return be


def test_the_probe_asks_a_real_python() -> None:
    found = probe(sys.executable)
    assert found is not None
    assert found.version == sys.version_info[:3]
    assert found.complete


def test_the_probe_passes_over_what_does_not_run(tmp_path: Path) -> None:
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    assert probe(str(shim)) is None
    assert probe(str(tmp_path / "none")) is None


def test_a_complete_python_is_taken(computer: Any) -> None:
    computer(COMPLETE)
    assert system.choose() == (COMPLETE, "")


def test_debians_python_is_completed_where_that_may_be_done(computer: Any) -> None:
    computer(DEBIAN, [COMPLETE])
    assert system.choose() == (DEBIAN, "")


def test_without_rights_another_complete_python_is_taken(computer: Any) -> None:
    computer(DEBIAN, [COMPLETE], rights=False)
    chosen, why = system.choose()
    assert chosen == COMPLETE
    assert "no Tk" in why


def test_a_python_built_without_tk_gives_way_to_the_systems(computer: Any) -> None:
    computer(BUILT, [DEBIAN_COMPLETE])
    chosen, why = system.choose()
    assert chosen == DEBIAN_COMPLETE
    assert "pyenv" in why
    computer(BUILT, [DEBIAN], rights=False)
    assert system.choose()[0] == DEBIAN


def test_no_python_with_tk_at_all(computer: Any) -> None:
    computer(BUILT, manager=None)
    with pytest.raises(SetupError, match="built without Tk"):
        system.choose()


def test_the_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    here = probe(sys.executable)
    assert here is not None
    monkeypatch.setattr(system, "LIBRARIES", {"libnowhere.so.9": "gl", "libc.so.6": "glib"})
    monkeypatch.setattr(system.shutil, "which", lambda name: None)
    bare = Interpreter(here.path, here.version, tk=False, venv=False)
    if sys.platform.startswith("linux"):
        assert system.needs(bare, display=True) == ["tk", "venv", "gl", "xvfb"]
    else:
        assert system.needs(bare, display=True) == ["tk", "venv"]


def test_a_second_python_has_packages_of_its_own() -> None:
    other = Interpreter("/usr/bin/python3.99", (3, 99, 0), tk=False, venv=False)
    assert system.packages(APT, ["tk", "venv", "gl"], other) == [
        "python3.99-tk",
        "python3.99-venv",
        "libgl1",
    ]
    assert system.packages(APT, ["tk", "xvfb"], DEBIAN) == ["python3-tk", "xvfb"]


def test_without_rights_the_exact_command_is_said(computer: Any, tmp_path: Path) -> None:
    computer(DEBIAN, rights=False)
    console = Console(tmp_path / "log")
    with pytest.raises(SetupError) as caught:
        system.install(console, ["tk", "venv", "gl"], DEBIAN, tmp_path)
    command = "sudo apt-get update && sudo apt-get install -y python3-tk python3-venv libgl1"
    assert command in caught.value.hint
    assert "Nothing has been changed" in caught.value.hint


def test_other_distributions_get_their_own_command(computer: Any, tmp_path: Path) -> None:
    computer(DEBIAN, manager=system.MANAGERS[1])
    with pytest.raises(SetupError) as caught:
        system.install(Console(tmp_path / "log"), ["tk", "xvfb"], DEBIAN, tmp_path)
    assert "sudo dnf install -y python3-tkinter xorg-x11-server-Xvfb" in caught.value.hint


class _Recorder(Console):
    """Runs nothing; fails at the commands that hold the word given."""

    def __init__(self, log: Path, failing: str = "nothing fails") -> None:
        super().__init__(log)
        self.commands: list[Sequence[str]] = []
        self.failing = failing

    def run(self, command: Sequence[str], **options: Any) -> str:
        self.commands.append(command)
        if self.failing in command:
            raise CommandError(options["failure"], "E: Unable to locate package python3-tk")
        return ""


def test_with_rights_apt_installs(computer: Any, tmp_path: Path) -> None:
    computer(DEBIAN)
    console = _Recorder(tmp_path / "log", failing="update")  # the lists that are there may do
    system.install(console, ["tk", "venv"], DEBIAN, tmp_path)
    assert list(console.commands[-1])[-2:] == ["python3-tk", "python3-venv"]
    assert "DEBIAN_FRONTEND=noninteractive" in console.commands[-1]


def test_what_apt_says_is_shown_when_it_fails(computer: Any, tmp_path: Path) -> None:
    computer(DEBIAN)
    with pytest.raises(SetupError) as caught:
        system.install(_Recorder(tmp_path / "log", failing="install"), ["tk"], DEBIAN, tmp_path)
    assert "Unable to locate package" in caught.value.message
    assert "apt-get install -y python3-tk" in caught.value.hint
