"""Sets a report as PDF, A4, with text that can be selected and searched.

matplotlib draws it, which the program needs in any case; there is no further dependency.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image as PilImage

from emogui.output.document import Bullets, Code, Heading, Paragraph, Table, runs
from emogui.output.files import replacing
from emogui.reporting.blocks import (
    INK,
    MUTED,
    PAPER,
    TEXT_SIZE,
    Area,
    DataTable,
    Document,
    Drawing,
    Label,
    Line,
    Notice,
    Picture,
    ReportBlock,
)
from emogui.reporting.page import BODY, BOTTOM, LEFT, RIGHT, TOP, Pages
from emogui.reporting.typeset import Piece, Words, broken, column_widths, width_of

_COLOURS: Final = {INK: "#000000", MUTED: "#555555", PAPER: "#ffffff"}
_HEADING_SIZES: Final = {1: 15.0, 2: 12.0, 3: 10.5}
_CELL: Final = 8.0
_GAP: Final = 8.0
_THUMBNAIL: Final = 54.0
_SHORT: Final = 14


def write_pdf(document: Document, path: str | Path) -> None:
    """Writes the report as PDF.

    Raises:
        EmoguiError: the file cannot be written.
    """
    with replacing(path) as part, _quiet(), Pages(part, document.title) as pages:
        pages.lines(broken([(document.title, "bold")], 18, RIGHT - LEFT), 18)
        pages.lines(broken([(document.subtitle, "plain")], BODY, RIGHT - LEFT), BODY, "#555555")
        for section in document.sections:
            blocks: list[ReportBlock] = [Heading(1, section.title), *section.blocks]
            for number, block in enumerate(blocks):
                if isinstance(block, Heading):  # which does not end a page
                    pages.need(50 + sum(map(_least, blocks[number + 1 : number + 2])))
                _block(pages, block)


def _block(pages: Pages, block: ReportBlock) -> None:
    wide = RIGHT - LEFT
    match block:
        case Heading(level, text):
            _heading(pages, text, level)
        case Paragraph(text):
            pages.lines(broken(runs(text), BODY, wide), BODY)
            pages.skip(4)
        case Notice(text):
            _notice(pages, text)
        case Bullets(items):
            for item in items:
                pages.lines(broken(runs(item), BODY, wide - 14), BODY, indent=14, mark="\u2022")
                pages.skip(2)
            pages.skip(3)
        case Code(text):
            for line in text.splitlines():
                pages.lines(broken([(line, "code")], 7.5, wide - 8), 7.5, indent=8)
            pages.skip(5)
        case Table(header, rows):
            cells = [[list(runs(cell)) for cell in row] for row in rows]
            _table(pages, [list(runs(cell)) for cell in header], cells, frozenset())
        case DataTable():
            _data_table(pages, block)
        case Picture(drawing, _, caption):
            _picture(pages, drawing, caption)


def _heading(pages: Pages, text: str, level: int) -> None:
    size = _HEADING_SIZES.get(level, 10.0)
    pages.skip(size * 0.8)
    bold: list[Piece] = [(part, "bold") for part, _ in runs(text)]
    pages.lines(broken(bold, size, RIGHT - LEFT), size)
    pages.skip(3)


def _notice(pages: Pages, text: str) -> None:
    lines = broken(runs(text), BODY, RIGHT - LEFT - 18)
    height = len(lines) * pages.leading(BODY) + 8
    pages.need(height)
    pages.box(LEFT, pages.y, RIGHT - LEFT, height, "#fff4d6")
    pages.box(LEFT, pages.y, 3, height, "#b07a00")
    pages.skip(4)
    pages.lines(lines, BODY, indent=12)
    pages.skip(10)


def _data_table(pages: Pages, table: DataTable) -> None:
    if table.caption:
        caption = broken([(table.caption, "plain")], 8.5, RIGHT - LEFT)
        pages.need(_least(table))
        pages.lines(caption, 8.5, "#555555")
        pages.skip(2)
    cells: list[list[Words]] = [[[(cell, "plain")] for cell in row] for row in table.rows]
    header: list[Words] = [[(cell, "plain")] for cell in table.header]
    _table(pages, header, cells, table.numeric, table.images)


def _table(
    pages: Pages,
    header: list[Words],
    rows: list[list[Words]],
    numeric: frozenset[int],
    images: tuple[bytes | None, ...] = (),
) -> None:
    left = LEFT + (_THUMBNAIL + _GAP if images else 0)
    bold: list[Words] = [[(text, "bold") for text, _ in cell] for cell in header]
    widths = column_widths([bold, *rows], _CELL, RIGHT - left, _GAP)

    lowest = _THUMBNAIL + 5 if images else 0.0
    end = left + sum(widths) + _GAP * (len(widths) - 1)

    def put(cells: list[Words], lowest: float = 0.0) -> None:
        set_ = [broken(cell, _CELL, w) for cell, w in zip(cells, widths, strict=True)]
        x = left
        deepest = max([1, *map(len, set_)])
        for number, (lines, width) in enumerate(zip(set_, widths, strict=True)):
            for n, line in enumerate(lines):
                start = x
                if number in numeric:
                    start += width - sum(width_of(text, style, _CELL) for text, style in line)
                pages.line(start, pages.y + n * pages.leading(_CELL), line, _CELL)
            x += width + _GAP
        pages.skip(max(lowest, deepest * pages.leading(_CELL) + 3))
        pages.rule(LEFT, end, pages.y - 1.5, "#cccccc")

    def height(cells: list[Words]) -> float:
        lines = max([1, *(len(broken(c, _CELL, w)) for c, w in zip(cells, widths, strict=True))])
        return lines * pages.leading(_CELL) + 3

    # A short table is not divided.
    whole = height(bold) + sum(max(height(row), lowest) for row in rows[:_SHORT])
    pages.need(whole if len(rows) <= _SHORT else height(bold) + sum(map(height, rows[:3])))
    put(bold)
    for number, row in enumerate(rows):
        if pages.need(max(height(row), lowest)):
            put(bold)
        if images:
            _thumbnail(pages, images[number])
        put(row, lowest)
    pages.skip(8)


def _thumbnail(pages: Pages, data: bytes | None) -> None:
    if data is None:
        pages.line(LEFT, pages.y, [("source gone", "plain")], _CELL)
    else:
        with PilImage.open(BytesIO(data)) as image:
            pages.image(LEFT, pages.y, _THUMBNAIL, np.asarray(image.convert("RGB")))


def _picture(pages: Pages, drawing: Drawing, caption: str) -> None:
    scale = (RIGHT - LEFT) / drawing.width
    lines = broken([(caption, "plain")], 8.5, RIGHT - LEFT)
    pages.need(_picture_height(Picture(drawing, "", caption)))
    x0, y0 = LEFT, pages.y
    for shape in drawing.shapes:
        match shape:
            case Area(points, fill, outlined):
                placed = [(x0 + scale * x, y0 + scale * y) for x, y in points]
                pages.polygon(placed, _COLOURS.get(fill, fill), outlined=outlined)
            case Line((ax, ay), (bx, by), colour, width):
                ends = [(x0 + scale * ax, y0 + scale * ay), (x0 + scale * bx, y0 + scale * by)]
                pages.stroke(ends, _COLOURS[colour], width * scale)
            case Label(x, y, text, anchor, colour):
                place = (x0 + scale * x, y0 + scale * y)
                pages.label(*place, text, scale * TEXT_SIZE * 0.95, anchor, _COLOURS[colour])
    pages.skip(drawing.height * scale + 2)
    pages.lines(lines, 8.5, "#555555")
    pages.skip(8)


def _least(block: ReportBlock) -> float:
    """Height of what of a block must not be torn from its heading; about, for text."""
    if isinstance(block, Picture):
        return _picture_height(block)
    if isinstance(block, DataTable):
        caption = broken([(block.caption, "plain")], 8.5, RIGHT - LEFT)
        rows = min(len(block.rows), 3 if len(block.rows) > _SHORT else _SHORT)
        each = _THUMBNAIL + 5 if block.images else Pages.leading(_CELL) + 3
        return len(caption) * Pages.leading(8.5) + 20 + rows * each
    return 60.0


def _picture_height(picture: Picture) -> float:
    lines = len(broken([(picture.caption, "plain")], 8.5, RIGHT - LEFT))
    drawn = picture.drawing.height * (RIGHT - LEFT) / picture.drawing.width
    return min(drawn + lines * Pages.leading(8.5) + 4, BOTTOM - TOP)


@contextmanager
def _quiet() -> Iterator[None]:
    """Matplotlib logs how it makes its fonts smaller, at great length."""
    logger = logging.getLogger("fontTools.subset")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
