"""A process that another one starts; what the training's tests say of it is not said again."""

from __future__ import annotations

import sys
import time

import pytest

from emogui.child import Child
from emogui.errors import EmoguiError


def test_words_to_a_process_that_has_ended_do_not_matter(tmp_path):
    child = Child([sys.executable, "-c", "print('bye', flush=True)"], tmp_path / "log.txt")

    def take(line: str) -> None:
        assert line == "bye"
        process = child._process
        assert process is not None
        by = time.monotonic() + 10
        while process.poll() is None:
            assert time.monotonic() < by
            time.sleep(0.002)
        child.say("stop")
        child.say("stop")

    assert child.run(take) == 0


def test_it_works_in_the_folder_that_is_named(tmp_path):
    said: list[str] = []
    code = "import os; print(os.getcwd())"
    child = Child([sys.executable, "-c", code], tmp_path / "log.txt", str(tmp_path))
    child.run(said.append)
    assert said == [str(tmp_path.resolve())]


def test_one_that_was_killed_before_it_began_does_not_begin(tmp_path):
    child = Child([sys.executable, "-c", ""], tmp_path / "log.txt")
    child.kill()
    with pytest.raises(EmoguiError, match="cannot be started"):
        child.run(lambda _line: None)
