"""What a report is made of, beside the text blocks of `emogui.output.document`.

A report is laid out once, as blocks, and set twice: as HTML and as PDF. So both say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from emogui.output.document import Block

INK, MUTED, PAPER = "ink", "muted", "paper"
"""Colours that follow the page: light or dark."""

Anchor = Literal["start", "middle", "end"]

TEXT_SIZE: Final = 12.0
"""Height of a drawing's letters, in its units."""


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon; ``fill`` is ``#rrggbb`` or one of `INK`, `MUTED`, `PAPER`."""

    points: tuple[tuple[float, float], ...]
    fill: str
    outlined: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    start: tuple[float, float]
    end: tuple[float, float]
    colour: str = INK
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Label:
    """Text at a point of its base line."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"
    colour: str = INK


Shape = Area | Line | Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart, in units of about a pixel, x to the right and y down."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart with what it shows in words, for who cannot see it, and a line below it."""

    drawing: Drawing
    described: str
    caption: str


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table of data; its cells are plain text, whatever is in them.

    Attributes:
        caption: what it shows.
        header: its columns.
        rows: its lines.
        numeric: the columns that are set to the right.
        images: JPEG a line, before its first cell; empty for none at all.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    images: tuple[bytes | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A paragraph that must not be overlooked."""

    text: str


ReportBlock = Block | Picture | DataTable | Notice


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report with its heading; ``key`` is its anchor."""

    key: str
    title: str
    blocks: tuple[ReportBlock, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]


def plain(text: str, most: int = 90) -> str:
    """A name from a file system as text that is safe to show on one line.

    What cannot be seen or would turn the text around is written as an escape; what is long loses
    its middle.
    """
    shown = "".join(
        c if c.isprintable() or c == "\u200d" else c.encode("unicode_escape").decode() for c in text
    )
    if len(shown) <= most:
        return shown
    head = most // 3
    return f"{shown[:head]} ... {shown[len(shown) - (most - head - 5) :]}"
