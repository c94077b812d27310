"""A process of emogui that another one starts: words in, events out, its chatter in a log."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Final

from emogui import types
from emogui.errors import EmoguiError

LOW_PRIORITY: Final = 10
"""How nice a process is on Unix: the window and everything else go before."""

if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
else:
    _FLAGS = 0

CHATTER: Final = ("Traceback", "  ", "\t")
"""How lines of a log begin that tell people nothing."""


def python() -> list[str]:
    """The words that start Python so that it imports this emogui."""
    # The folder where the window happens to be started must not lend its files as modules,
    # unless it is what emogui itself was started from.
    source = Path(types.__file__).resolve().parents[1]
    safe = [] if source == Path.cwd() else ["-P"]
    return [sys.executable, *safe]


def program() -> list[str]:
    """The words that start emogui's command line."""
    return [*python(), "-m", "emogui"]


class Child:
    """One process. ``run`` is for one thread, the other methods for any.

    Args:
        command: words of the program and its arguments.
        log: file that its standard error is added to.
        folder: that it works in; None for that of this process.
    """

    def __init__(self, command: Sequence[str], log: Path, folder: str | None = None) -> None:
        self._command, self._log, self._folder = list(command), log, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._log_began = 0
        self.killed = False

    def run(
        self, take: Callable[[str], None], started: Callable[[int], None] = lambda _pid: None
    ) -> int:
        """Runs it to its end.

        Args:
            take: gets each line of standard output.
            started: gets the process's number.

        Returns:
            Its exit status, below 0 where a signal ended it.

        Raises:
            EmoguiError: it cannot be started.
        """
        try:
            with self._log.open("ab") as log:
                self._log_began = log.tell()
                process = self._start(log)
        except OSError as error:
            raise EmoguiError(
                f"The process that does the work cannot be started: {error.strerror or error}.",
                "Check that the disk is not full; 'emogui doctor' looks at the installation.",
            ) from error
        with process:
            started(process.pid)
            assert process.stdout is not None
            for line in process.stdout:
                take(line.decode("utf-8", "replace").rstrip("\n"))
            return process.wait()

    def _start(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        with self._lock:
            if self.killed:
                raise OSError("it was stopped before it began")
            process = self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self._folder,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
                # Ctrl+C in the terminal is for the window, which ends it properly.
                start_new_session=sys.platform != "win32",
                creationflags=_FLAGS,
            )
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, process.pid, LOW_PRIORITY)
        return process

    def say(self, word: str) -> None:
        """Sends it a control; one that has ended does not mind."""
        with self._lock:
            process = self._process
            if process is None or process.stdin is None:
                return
            with contextlib.suppress(OSError, ValueError):
                # Not by way of the stream: what it could not write it would write when it closes.
                os.write(process.stdin.fileno(), f"{word}\n".encode())

    def kill(self) -> None:
        """Ends it at once."""
        with self._lock:
            self.killed = True
            if self._process is not None:
                with contextlib.suppress(OSError):
                    self._process.kill()

    def last_words(self) -> str:
        """The last line of its log that says something, without the ``emogui:`` before it."""
        try:
            with self._log.open("rb") as log:
                end = log.seek(0, os.SEEK_END)
                log.seek(max(self._log_began, end - 16_384))
                lines = log.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return ""
        ours = [line for line in lines if line.startswith("emogui: ")]
        if ours:
            return ours[-1].removeprefix("emogui: ")
        said = [line for line in lines if line.strip() and not line.startswith(CHATTER)]
        return said[-1].strip()[:300] if said else ""


def why_it_ended(status: int) -> str:
    """An exit status in words."""
    if status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = f"signal {-status}"
        return f"the system ended it ({name})"
    return f"it ended with status {status}"
