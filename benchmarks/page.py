"""Puts what a benchmark found into a page of the docs, between markers of its own.

Text outside of the markers is written by hand and is kept.
"""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

from emogui.training.provenance import source_commit

ROOT = Path(__file__).resolve().parents[1]


def write_block(page: Path, name: str, text: str) -> None:
    """Replaces the block of that name, or adds it at the end; makes the page where it lacks."""
    start, end = f"<!-- {name}: made by a command, see below -->", f"<!-- end of {name} -->"
    block = f"{start}\n{text.strip()}\n{end}"
    before = page.read_text(encoding="utf-8") if page.exists() else ""
    pattern = re.compile(re.escape(start) + ".*?" + re.escape(end), re.DOTALL)
    if pattern.search(before):
        after = pattern.sub(lambda _: block, before)
    else:
        after = f"{before.rstrip()}\n\n{block}\n".lstrip()
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(after, encoding="utf-8")


def made_by() -> str:
    """The command that is running, folders left out of its paths, and the commit."""
    words = [Path(word).name if Path(word).is_absolute() else word for word in sys.argv[1:]]
    command = shlex.join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *words])
    return f"Made by `{command}`, commit {source_commit() or 'unknown'}."
