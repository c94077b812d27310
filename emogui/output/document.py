"""A text of headings, paragraphs, lists and tables, for a page as well as for a window.

The texts may hold ``**bold**`` and ```code```, and nothing else that Markdown knows.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the title."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without order."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first line is a header; cells hold no line breaks."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines to be typed or read as they stand."""

    text: str


Block = Heading | Paragraph | Bullets | Table | Code
Style = Literal["plain", "bold", "code"]

WIDTH = 110
"""Characters of a line of Markdown, as in the other pages of the docs."""

_MARKED = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|`(?P<code>[^`]+)`")


def runs(text: str) -> Iterator[tuple[str, Style]]:
    """The parts of a text, each with how it is set."""
    end = 0
    for found in _MARKED.finditer(text):
        if found.start() > end:
            yield text[end : found.start()], "plain"
        bold = found["bold"]
        yield (bold, "bold") if bold is not None else (found["code"], "code")
        end = found.end()
    if end < len(text):
        yield text[end:], "plain"


def to_markdown(blocks: Sequence[Block]) -> str:
    """The text as Markdown, ending in a line break."""
    return "\n\n".join(map(_markdown, blocks)) + "\n"


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text,
        WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _markdown(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {text}"
        case Paragraph(text):
            return _wrapped(text)
        case Bullets(items):
            return "\n".join(f"- {_wrapped(item, '  ')}" for item in items)
        case Code(text):
            return f"```\n{text}\n```"
        case Table(header, rows):
            lines = [header, ["---"] * len(header), *rows]
            cells = [[cell.replace("|", "\\|") for cell in line] for line in lines]
            return "\n".join(f"| {' | '.join(line)} |" for line in cells)
