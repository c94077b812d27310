"""What the commands share: a standard output that is theirs alone, progress bars, tables."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

if TYPE_CHECKING:
    from matplotlib.figure import Figure

T = TypeVar("T")


@contextmanager
def private_stdout() -> Iterator[TextIO]:
    """Keeps standard output for results; whatever else is printed goes to standard error.

    Libraries print, some of them from C++, and would spoil JSON Lines that another program
    reads. The stream given is UTF-8 with plain line ends on every system.
    """
    outer = sys.stdout
    if outer is None:  # closed by the caller; what is written to files still counts
        with suppress(OSError):
            os.dup2(2, 1)  # else the first file opened becomes the standard output of libraries
        yield io.StringIO()
        return
    try:
        real = outer.fileno() == 1
    except (OSError, ValueError):
        real = False
    if not real:  # replaced by a caller, for example a test: only Python's prints can be led away
        sys.stdout = sys.stderr
        try:
            yield outer
        finally:
            sys.stdout = outer
        return
    outer.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    raw = io.FileIO(kept, "w", closefd=False)
    results = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", newline="\n")
    try:
        yield results
        results.flush()
    finally:
        with suppress(OSError):  # a pipe that was closed was reported when it was written to
            results.close()
        sys.stdout = outer
        os.dup2(kept, 1)
        os.close(kept)


def add_progress_option(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Adds ``--progress`` and ``--no-progress``."""
    parser.add_argument(
        "--progress",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="show a progress bar on standard error (default: when that is a terminal)",
    )


def add_data_options(
    parser: argparse.ArgumentParser | argparse._ArgumentGroup,
    what: str = "csv, npz or folder of faces",
    *,
    required: bool = True,
) -> None:
    """Adds ``--data`` and ``--votes``, which name a data set with labels.

    Args:
        parser: of the command.
        what: help for ``--data``.
        required: whether the command always needs the set.
    """
    parser.add_argument("--data", required=required, metavar="PATH", help=what)
    parser.add_argument("--votes", metavar="CSV", help="fer2013new.csv, the FER+ votes")


def save_figure(figure: Figure, path: Path, dpi: int = 130) -> None:
    """Writes a matplotlib figure as a PNG file.

    Raises:
        EmoguiError: it cannot be written.
    """
    from emogui.output.files import replacing

    with replacing(path) as part:
        figure.savefig(part, format="png", dpi=dpi)


def progress(items: Iterable[T], total: int | None, unit: str, show: bool | None) -> Iterator[T]:
    """Passes items on while a bar on standard error shows how many and the time left.

    Args:
        items: what is worked on.
        total: how many there are; None where nobody knows.
        unit: what one is called.
        show: True or False; None for only when standard error is a terminal.
    """
    from tqdm import tqdm

    wanted = sys.stderr.isatty() if show is None else show
    bar: Iterator[T] = iter(
        tqdm(items, total=total, unit=f" {unit}", disable=not wanted, file=sys.stderr)
    )
    return bar


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Left-aligned columns, each as wide as its content."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [head, *rows]
    ]
    return "\n".join(lines)
