from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from emogui.setup_.console import CommandError, Console, duration, tail


def test_a_program_goes_to_the_log_and_its_steps_to_the_screen(tmp_path: Path) -> None:
    out = io.StringIO()
    console = Console(tmp_path / "logs" / "setup.log", out)
    with console.step("Counting"):
        said = console.run(
            [sys.executable, "-c", "print('one'); import sys; print('two', file=sys.stderr)"],
            cwd=tmp_path,
            failure="It has failed.",
        )
    assert sorted(said.split()) == ["one", "two"]
    assert "one\n" in console.log.read_text(encoding="utf-8")
    assert out.getvalue() == "- Counting ...\n  done (0 s)\n"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_one_line_that_is_rewritten(tmp_path: Path) -> None:
    out = _Terminal()
    console = Console(tmp_path / "log", out)
    with console.step("Loading"):
        console.run(
            [sys.executable, "-c", "print('Collecting numpy')"],
            cwd=tmp_path,
            progress=lambda line: "numpy",
            failure="It has failed.",
        )
    assert "numpy" in out.getvalue()
    assert out.getvalue().count("\n") == 1


def test_a_failure_carries_what_was_printed(tmp_path: Path) -> None:
    console = Console(tmp_path / "log", io.StringIO())
    code = "print('the disk is full'); raise SystemExit(3)"
    with pytest.raises(CommandError, match=r"It has failed\.") as caught:
        console.run([sys.executable, "-c", code], cwd=tmp_path, failure="It has failed.")
    assert "the disk is full" in caught.value.output


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    console = Console(tmp_path / "log", io.StringIO())
    with pytest.raises(CommandError, match="No such file"):
        console.run([str(tmp_path / "none")], cwd=tmp_path, failure="It has failed.")


def test_words_for_times_and_ends() -> None:
    assert duration(7.4) == "7 s"
    assert duration(192) == "3 min 12 s"
    assert tail("a\nb\nc\n", 2) == "    b\n    c"
