"""The two commands of the README: set up and run, set up and test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from emogui.errors import EmoguiError
from emogui.setup_ import system
from emogui.setup_.console import Console, SetupError
from emogui.setup_.environment import Environment

EXTRAS: Final = ("dev", "train")
INTERRUPTED: Final = 130

_CHECKS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ruff check", ("ruff", "check", ".")),
    ("ruff format", ("ruff", "format", "--check", ".")),
    ("mypy", ("mypy",)),
    ("import-linter", ("lint-imports", "--no-cache")),
)
"""Every check but the tests: its name and the program with its arguments."""


def run(root: Path, *, window: bool = True) -> int:
    """Sets everything up and opens the window on the sample picture.

    Args:
        root: the project's root.
        window: False does the same without one, as where there is no display.

    Returns:
        The exit status.
    """
    try:
        environment = set_up(root, extras=(), virtual_display=False)
    except KeyboardInterrupt:
        return _interrupted()
    except (EmoguiError, OSError) as error:
        return _failed(error)
    python = str(environment.python)
    if window and _has_display(environment):
        print("Opening the window on the sample picture. Next time: .venv/bin/emogui", flush=True)
        return _call([python, "-m", "emogui", "gui", str(root / "assets" / "sample.jpg")], root)
    if window:
        print("No display was found, so here is the same without a window.", flush=True)
    return _call([python, "-m", "emogui.setup_.sample", str(root / "output")], root)


def test(root: Path, pytest_arguments: Sequence[str] = ()) -> int:
    """Sets everything up, the virtual display included, and runs all checks.

    Args:
        root: the project's root.
        pytest_arguments: for pytest; without any, all tests run, the slow ones too.

    Returns:
        0 when every check has passed, 1 otherwise.
    """
    try:
        environment = set_up(root, extras=EXTRAS, virtual_display=True)
    except KeyboardInterrupt:
        return _interrupted()
    except (EmoguiError, OSError) as error:
        return _failed(error)
    failed = []
    for name, (program, *words) in _CHECKS:
        print(f"\n== {name}", flush=True)
        if _call([str(environment.script(program)), *words], root):
            failed.append(name)
    if failed:
        print(f"\nFailed so far: {', '.join(failed)}.", flush=True)
    print("\n== pytest", flush=True)
    python = str(environment.python)
    if _call([python, "-m", "pytest", *(pytest_arguments or ["--slow"])], root):
        failed.append("pytest")
    if failed and failed != ["pytest"]:
        print(f"Failed: {', '.join(failed)}.", flush=True)
    return 1 if failed else 0


def set_up(root: Path, *, extras: Sequence[str], virtual_display: bool) -> Environment:
    """Brings the system's packages and the environment into the state that is wanted.

    Args:
        root: the project's root.
        extras: the optional dependencies to install too.
        virtual_display: whether Xvfb is needed.

    Raises:
        SetupError: it cannot be done; nothing is left half done that the next call cannot mend.
    """
    console = Console(root / "output" / "setup.log")
    environment = Environment(root, console)
    with _alone(root / "output" / "setup.lock"):
        ready = environment.ready(extras)
        if ready and not (virtual_display and system.lacks_xvfb()):
            return environment
        python, remark = system.choose()
        if remark and not ready:
            console.say(f"- {remark}")
        missing = ["xvfb"] if ready else system.needs(python, display=virtual_display)
        if missing:
            system.install(console, missing, python, root)
            python, _ = system.choose()
            left = system.needs(python, display=virtual_display)
            if not ready and left:
                raise SetupError(
                    f"The system's packages are installed, and still {', '.join(left)} cannot be "
                    f"loaded by {python.name}.",
                    "Run this command again with /usr/bin/python3.",
                )
        if not ready:
            environment.make(python)
            environment.fill(extras)
    return environment


def _has_display(environment: Environment) -> bool:
    """Whether a window can really be opened: a display that is named may be gone."""
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        return False
    code = "import tkinter; tkinter.Tk().destroy()"
    try:
        tried = subprocess.run(
            [environment.python, "-c", code], capture_output=True, timeout=30, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return tried.returncode == 0


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Keeps two set-ups of one tree from working at the same time."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SetupError(
                f"Another set-up is working in {lock.parent.parent}.", "Wait until it is done."
            ) from None
        yield


def _call(command: Sequence[str], root: Path) -> int:
    """Runs a program on the terminal; an interrupt is the program's to answer."""
    with subprocess.Popen(command, cwd=root) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


def _failed(error: Exception) -> int:
    if isinstance(error, EmoguiError):
        text = f"{error.message}\n{error.hint}".strip()
    else:
        text = f"emogui could not be set up: {error}"
    print(f"\n{text}", file=sys.stderr)
    return 1


def _interrupted() -> int:
    print("\nInterrupted. Run the same command again to go on.", file=sys.stderr)
    return INTERRUPTED
