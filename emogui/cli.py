"""The command line. Each command is imported when it is called, so that help appears at once."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Final, NoReturn

from emogui.errors import EmoguiError, UsageError
from emogui.version import __version__

COMMANDS: Final[dict[str, str]] = {
    "gui": "open the window (also without any command)",
    "analyze": "analyse pictures and videos without a window",
    "batch": "analyse folders of pictures and videos into tables, and go on after a stop",
    "report": "make a page to read of what a batch has found",
    "live": "analyse a camera, video or stream without a window",
    "cameras": "list the cameras of this computer",
    "models": "list the networks that can be used",
    "doctor": "check the installation and say what mends it",
    "evaluate": "measure a network on a data set",
    "compare": "compare networks on the same faces",
    "recipes": "list the trainings that there are by name",
    "train": "train a network by a recipe",
    "export": "make the fast form of a trained network",
    "retrain": "make a network again, by the record of how it was made",
    "calibrate": "fit a network's confidence and its threshold for doubt",
}
"""The commands, in the order of the help, each with a line on what it does."""

OK, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs emogui.

    Args:
        argv: the arguments after the program's name; those of the process by default.

    Returns:
        The exit status: 0 when all went well, 1 when something could not be done, 2 when the
        command line was used wrongly, 130 when it was interrupted.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if not words:
        words = ["gui"]
    try:
        return _run(words)
    except SystemExit as stop:  # argparse has printed help, the version or what is wrong
        return stop.code if isinstance(stop.code, int) else FAILED
    except BrokenPipeError:
        _forget_stdout()
        return FAILED
    except (EmoguiError, ImportError, OSError, MemoryError, KeyboardInterrupt) as error:
        status, text = _explain(error)
        print(f"emogui: {text}", file=sys.stderr)
        return status


def _explain(error: BaseException) -> tuple[int, str]:
    """The exit status and the words for what stopped a command."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED, "interrupted"
    if isinstance(error, ImportError):  # a dependency is missing or damaged
        return FAILED, (
            f"a part that it needs cannot be loaded: {error}. 'emogui doctor' says what mends it."
        )
    if isinstance(error, MemoryError):
        return FAILED, "the memory of this computer does not suffice; close other programs."
    if isinstance(error, OSError):  # a full disk, a folder that may not be written, ...
        where = f"'{error.filename}': " if error.filename else ""
        what = error.strerror or str(error) or type(error).__name__
        return FAILED, f"{where}{what}. Check the path, its permissions and the disk."
    return (WRONG_USE if isinstance(error, UsageError) else FAILED), str(error)


def _run(words: list[str]) -> int:
    name = words[0] if words[0] in COMMANDS else ""
    command = importlib.import_module(f"emogui.commands.{name}") if name else None
    args = _make_parser(words, name, command).parse_args(words)
    if command is None:
        raise UsageError("A command was expected.", f"It is one of {', '.join(COMMANDS)}.")
    status: int = command.run(args)
    # What is still buffered must meet a closed pipe here, where it is caught, not at exit.
    if sys.stdout is not None:  # it is under pythonw on Windows
        sys.stdout.flush()
    return status


class _Parser(argparse.ArgumentParser):
    """Tells a user who gave a file instead of a command which command takes it."""

    first_word = ""

    def error(self, message: str) -> NoReturn:
        if self.first_word and Path(self.first_word).exists():
            message = (
                f"'{self.first_word}' is not a command; "
                f"'emogui gui {self.first_word}' opens it, "
                f"'emogui analyze {self.first_word}' analyses it."
            )
        super().error(message)


def _make_parser(
    words: list[str], name: str, command: ModuleType | None
) -> argparse.ArgumentParser:
    """The parser of all commands, of which only the one called knows its options."""
    parser = _Parser(
        prog="emogui",
        description="Shows how the faces in a picture or before a camera appear to feel. "
        "Everything stays on this computer.",
        epilog="'emogui COMMAND --help' tells the options of a command.",
    )
    if not name:
        parser.first_word = words[0]
    parser.add_argument("--version", action="version", version=f"emogui {__version__}")
    subparsers = parser.add_subparsers(
        metavar="COMMAND", dest="command", required=True, parser_class=argparse.ArgumentParser
    )
    for known, text in COMMANDS.items():
        if command is not None and known == name:
            command.add_parser(subparsers)
        else:
            subparsers.add_parser(known, help=text, add_help=False)
    return parser


def _forget_stdout() -> None:
    """Lets the interpreter flush at exit into nothing, since the reader has gone."""
    try:
        target = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, target)
    os.close(nowhere)
