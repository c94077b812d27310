"""Breaks text into lines for a page of known width, in the typefaces that matplotlib carries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from PIL import ImageFont

from emogui.output.document import Style
from emogui.output.fonts import font_file

Piece = tuple[str, Style]
"""Text and how it is set."""

Words = list[Piece]

FILES: Final[dict[Style, str]] = {
    "plain": "DejaVuSans.ttf",
    "bold": "DejaVuSans-Bold.ttf",
    "code": "DejaVuSansMono.ttf",
}

_MEASURED: Final = 200
"""Letters are measured at this size, in pixels."""

_PLAIN_SIGNS: Final = str.maketrans({"\u2013": "-", "\u2019": "'", "\u2026": "..."})
"""Signs that matplotlib would write as drawings, which cannot be searched for."""


def path_of(style: Style) -> Path:
    """The file of a typeface."""
    return font_file().with_name(FILES[style])


def printable(text: str) -> str:
    """The text with escapes for what DejaVu Sans has no letter for."""
    known = _letters()
    return "".join(
        c if ord(c) in known else c.encode("unicode_escape").decode("ascii")
        for c in text.translate(_PLAIN_SIGNS)
    )


def width_of(text: str, style: Style, size: float) -> float:
    """Width of a text in points."""
    return _measured(text, style) * size


def broken(pieces: Iterable[Piece], size: float, width: float) -> list[Words]:
    """The text as lines no wider than ``width`` points; words that are wider are cut.

    Args:
        pieces: the text.
        size: of the letters, in points.
        width: of a line.

    Returns:
        A list a line, at least one.
    """
    lines: list[Words] = []
    line: Words = []
    room = width
    for text, style in pieces:
        for word in _split(printable(text)):
            rest = word
            if line and width_of(word.rstrip(" "), style, size) > room:
                lines.append(line)
                line, room, rest = [], width, word.lstrip(" ")
            while width_of(rest.rstrip(" "), style, size) > width:
                fits = _fitting(rest, style, size, width)
                lines.append([(rest[:fits], style)])
                rest = rest[fits:]
            if rest:
                _append(line, rest, style)
                room -= width_of(rest, style, size)
    lines.append(line)
    return lines


def column_widths(
    rows: Sequence[Sequence[Words]], size: float, width: float, gap: float
) -> list[float]:
    """Widths of the columns of a table: as the cells need, the widest ones narrowed to fit."""
    count = max((len(row) for row in rows), default=0)
    needed = [0.0] * count
    for row in rows:
        for number, cell in enumerate(row):
            natural = sum(width_of(printable(text), style, size) for text, style in cell)
            needed[number] = max(needed[number], natural + 1)
    room = width - gap * max(0, count - 1)
    if sum(needed) <= room:
        needed[0] += max(0.0, min(40.0, room - sum(needed)))
        return needed
    # Those that are narrower than their share keep what they need; the others share the rest.
    open_, left = set(range(count)), room
    while True:
        share = left / len(open_)
        narrow = {number for number in open_ if needed[number] <= share}
        if not narrow or narrow == open_:
            break
        left -= sum(needed[number] for number in narrow)
        open_ -= narrow
    total = sum(needed[number] for number in open_)
    for number in open_:
        needed[number] = max(0.5 * share, left * needed[number] / total)
    too_much = sum(needed) / room
    return [w / too_much for w in needed] if too_much > 1 else needed


def _split(text: str) -> list[str]:
    """Words, each with the blanks behind it."""
    words: list[str] = []
    for part in text.replace("\n", " ").split(" "):
        words.append(f"{part} ")
    if words:
        words[-1] = words[-1][:-1]
    return [word for word in words if word]


def _append(line: Words, word: str, style: Style) -> None:
    if line and line[-1][1] == style:
        line[-1] = (line[-1][0] + word, style)
    else:
        line.append((word, style))


def _fitting(word: str, style: Style, size: float, width: float) -> int:
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(word[:middle], style, size) <= width:
            low = middle
        else:
            high = middle - 1
    return low


@lru_cache(maxsize=20_000)
def _measured(text: str, style: Style) -> float:
    return float(_font(style).getlength(text)) / _MEASURED


@cache
def _font(style: Style) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path_of(style)), _MEASURED, layout_engine=ImageFont.Layout.BASIC)


@cache
def _letters() -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(path_of("plain"))).get_charmap())
