"""Shows a set-up step by step, and keeps what the tools say in a log."""

from __future__ import annotations

import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from emogui.errors import EmoguiError

HEARTBEAT_S: Final = 60.0
TAIL_LINES: Final = 20


class SetupError(EmoguiError):
    """The set-up cannot go on; the hint says what to do before trying again."""


class CommandError(SetupError):
    """A program that the set-up runs has failed.

    Args:
        message: what was tried.
        output: everything the program printed.
        hint: what to do about it.
    """

    def __init__(self, message: str, output: str = "", hint: str = "") -> None:
        super().__init__(message, hint)
        self.output = output


class Console:
    """Prints the steps of a set-up and runs its programs, whose output goes to a log.

    Args:
        log: file that takes the programs' output; made anew.
        out: where the steps are shown; a terminal gets a line that is rewritten, anything else
            a line at the start, the end and each minute between.
    """

    def __init__(self, log: Path, out: TextIO | None = None) -> None:
        self.log = log
        self._out = sys.stdout if out is None else out
        self._live = self._out.isatty()
        self._started = 0.0
        self._title = ""
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("", encoding="utf-8")

    def say(self, text: str = "") -> None:
        """Prints a line."""
        print(text, file=self._out, flush=True)

    def note(self, text: str) -> None:
        """Writes a line into the log alone."""
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"{text}\n")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Shows that something is being done, and how long it took."""
        self._started, self._title = time.monotonic(), title
        if self._live:
            self._rewrite(f"- {title} ...")
        else:
            self.say(f"- {title} ...")
        try:
            yield
        except BaseException:
            if self._live:
                self._rewrite(f"- {title} ... failed\n")
            raise
        took = duration(time.monotonic() - self._started)
        if self._live:
            self._rewrite(f"- {title} ... done ({took})\n")
        else:
            self.say(f"  done ({took})")

    def run(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        progress: Callable[[str], str | None] = lambda line: None,
        failure: str,
    ) -> str:
        """Runs a program to its end, its output into the log.

        Args:
            command: the program and its arguments.
            cwd: the folder to run it in.
            env: its environment; the own one by default.
            progress: turns a line of output into a few words to show, or None.
            failure: the message of the error raised when it fails.

        Returns:
            What it printed, standard error included.

        Raises:
            CommandError: it could not be started or ended with a status other than 0.
        """
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(command)}\n")
            try:
                process = subprocess.Popen(
                    list(command),
                    cwd=cwd,
                    env=None if env is None else dict(env),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    encoding="utf-8",
                    errors="replace",
                )
            except OSError as error:
                raise CommandError(f"{failure} {command[0]}: {error.strerror}.") from error
            with process:
                try:
                    output = self._follow(process, log, progress)
                except BaseException:
                    process.terminate()
                    raise
        if process.returncode:
            raise CommandError(failure, output)
        return output

    def _follow(
        self,
        process: subprocess.Popen[str],
        log: TextIO,
        progress: Callable[[str], str | None],
    ) -> str:
        """Copies the output to the log and shows how far the program is."""
        assert process.stdout is not None
        stream = process.stdout
        lines: queue.Queue[str | None] = queue.Queue()

        def read() -> None:
            for line in stream:
                lines.put(line)
            lines.put(None)

        threading.Thread(target=read, daemon=True).start()
        heard: list[str] = []
        words = ""
        next_beat = time.monotonic() + HEARTBEAT_S
        while True:
            try:
                line = lines.get(timeout=1.0)
            except queue.Empty:
                line = ""
            if line is None:
                return "".join(heard)
            if line:
                log.write(line)
                heard.append(line)
                words = progress(line) or words
            if self._live:
                self._rewrite(f"- {self._title} ... {self._elapsed()} {words}")
            elif time.monotonic() >= next_beat:
                self.say(f"  {self._elapsed()} {words}".rstrip())
                next_beat += HEARTBEAT_S

    def _elapsed(self) -> str:
        return duration(time.monotonic() - self._started)

    def _rewrite(self, text: str) -> None:
        """Puts the text in place of the line; with spaces, which every terminal understands."""
        end = "\n" if text.endswith("\n") else ""
        width = shutil.get_terminal_size().columns - 1
        self._out.write(f"\r{text.rstrip()[:width]:<{width}}{end}")
        self._out.flush()


def duration(seconds: float) -> str:
    """``"7 s"`` or ``"3 min 12 s"``."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def tail(output: str, lines: int = TAIL_LINES) -> str:
    """The last lines of a program's output, indented."""
    return "\n".join(f"    {line}" for line in output.rstrip().splitlines()[-lines:])
