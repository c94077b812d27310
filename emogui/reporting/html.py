"""Sets a report as one HTML file that needs nothing beside it: no script, no font, no network."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from html import escape
from typing import Final

from emogui.output.document import Bullets, Code, Heading, Paragraph, Table, runs
from emogui.reporting.blocks import (
    INK,
    MUTED,
    PAPER,
    Area,
    DataTable,
    Document,
    Drawing,
    Label,
    Line,
    Notice,
    Picture,
    ReportBlock,
    Section,
)

_STYLE: Final = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1c1c1e; --muted: #5c5c62;
  --rule: #d4d4d8; --band: #f4f4f6; --notice: #fff4d6; --notice-rule: #b07a00; --link: #0b57b0; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #17181b; --ink: #ececee; --muted: #a6a6ad; --rule: #3c3d42; --band: #222327;
    --notice: #33290f; --notice-rule: #d9a520; --link: #8ab8ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.35rem; margin: 2.6rem 0 .8rem; padding-top: .6rem;
  border-top: 1px solid var(--rule); }
h3 { font-size: 1.1rem; margin: 1.8rem 0 .5rem; overflow-wrap: anywhere; }
h4 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
p, ul { margin: .6rem 0; }
.subtitle { color: var(--muted); margin: 0 0 1.2rem; overflow-wrap: anywhere; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; }
a { color: var(--link); }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.notice { background: var(--notice); border-left: 4px solid var(--notice-rule);
  padding: .6rem .9rem; }
.wide { overflow-x: auto; margin: .9rem 0 1.2rem; }
table { border-collapse: collapse; min-width: 55%; font-size: .9rem; }
caption { text-align: left; color: var(--muted); padding: 0 0 .4rem; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem;
  border-bottom: 1px solid var(--rule); }
td { overflow-wrap: anywhere; }
tbody th, td:not(.n):not(:empty) { min-width: 7.5rem; }
th { font-weight: 600; }
thead th { background: var(--band); vertical-align: bottom; }
tbody th { font-weight: 400; overflow-wrap: anywhere; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
td.n { white-space: nowrap; }
figure { margin: 1rem 0 1.2rem; }
figure svg { display: block; width: 100%; height: auto; }
figcaption { color: var(--muted); font-size: .9rem; }
svg text { font: 12px system-ui, "Segoe UI", Arial, sans-serif; }
img { display: block; border-radius: 4px; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Consolas, monospace; font-size: .85em; }
pre { background: var(--band); padding: .8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
code { overflow-wrap: anywhere; }
footer { margin-top: 3rem; color: var(--muted); font-size: .9rem;
  border-top: 1px solid var(--rule); padding-top: .8rem; }
@media print {
  :root { color-scheme: light; --paper: #ffffff; --ink: #000000; --muted: #444444;
    --rule: #bbbbbb; --band: #f4f4f6; --notice: #fff4d6; --notice-rule: #b07a00; --link: #000000; }
  nav { display: none; }
  body { font-size: 10pt; }
  th, td { padding: .15rem .5rem; }
  main { max-width: none; padding: 0; }
  h2, h3, h4 { break-after: avoid; }
  tr, figure, .notice { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""

# Should a browser or an editor ever be talked into loading something, it may not.
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)

_COLOURS: Final = {INK: "var(--ink)", MUTED: "var(--muted)", PAPER: "var(--paper)"}


def to_html(document: Document) -> str:
    """The report as HTML 5."""
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        '<meta name="robots" content="noindex">\n',
        f"<title>{escape(document.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n",
        f"<main>\n<header>\n<h1>{escape(document.title)}</h1>\n",
        f'<p class="subtitle">{escape(document.subtitle)}</p>\n</header>\n',
        '<nav aria-label="Contents"><ul>\n',
        *(
            f'<li><a href="#{section.key}">{escape(section.title)}</a></li>\n'
            for section in document.sections
        ),
        "</ul></nav>\n",
        *map(_section, document.sections),
        "<footer>Made by emogui on this computer. The file loads nothing from elsewhere.</footer>",
        "\n</main>\n</body>\n</html>\n",
    ]
    # What a file name may hold and UTF-8 may not becomes a question mark.
    return "".join(parts).encode("utf-8", "replace").decode("utf-8")


def _section(section: Section) -> str:
    blocks = "".join(_block(block) for block in section.blocks)
    head = f'<h2 id="{section.key}-title">{escape(section.title)}</h2>'
    return (
        f'<section id="{section.key}" aria-labelledby="{section.key}-title">\n'
        f"{head}\n{blocks}</section>\n"
    )


def _block(block: ReportBlock) -> str:  # noqa: PLR0911 - a kind of block each
    match block:
        case Heading(level, text):
            level = min(6, level + 1)
            return f"<h{level}>{_inline(text)}</h{level}>\n"
        case Paragraph(text):
            return f"<p>{_inline(text)}</p>\n"
        case Notice(text):
            return f'<p class="notice" role="note">{_inline(text)}</p>\n'
        case Bullets(items):
            lines = "".join(f"<li>{_inline(item)}</li>\n" for item in items)
            return f"<ul>\n{lines}</ul>\n"
        case Code(text):
            return f"<pre>{escape(text)}</pre>\n"
        case Table(header, rows):
            head = "".join(f'<th scope="col">{_inline(cell)}</th>' for cell in header)
            body = "".join(_row([_inline(cell) for cell in row], frozenset()) for row in rows)
            return _table("", head, body)
        case DataTable():
            return _data_table(block)
        case Picture(drawing, described, caption):
            return (
                f"<figure>{_svg(drawing, described)}"
                f"<figcaption>{escape(caption)}</figcaption></figure>\n"
            )


def _inline(text: str) -> str:
    tags = {"bold": "strong", "code": "code"}
    return "".join(
        escape(part) if style == "plain" else f"<{tags[style]}>{escape(part)}</{tags[style]}>"
        for part, style in runs(text)
    )


def _data_table(table: DataTable) -> str:
    names = [escape(cell) for cell in table.header]
    head = "".join(
        f'<th scope="col" class="n">{name}</th>'
        if n in table.numeric
        else f'<th scope="col">{name}</th>'
        for n, name in enumerate(names)
    )
    images: list[str] = []
    if table.images:
        head = f'<th scope="col">face</th>{head}'
        images = [_image(data) for data in table.images]
    body = ""
    for number, row in enumerate(table.rows):
        # Names may be written from right to left: they must not turn their neighbours around.
        cells = [f"<bdi>{escape(cell).replace('/', '/<wbr>')}</bdi>" for cell in row]
        body += _row(cells, table.numeric, images[number] if images else None)
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    return _table(caption, head, body)


def _table(caption: str, head: str, body: str) -> str:
    return (
        f'<div class="wide"><table>{caption}\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}</tbody></table></div>\n"
    )


def _row(cells: list[str], numeric: frozenset[int], image: str | None = None) -> str:
    text = "" if image is None else f"<td>{image}</td>"
    for number, cell in enumerate(cells):
        if number == 0:
            text += f'<th scope="row">{cell}</th>'
        else:
            text += f'<td class="n">{cell}</td>' if number in numeric else f"<td>{cell}</td>"
    return f"<tr>{text}</tr>\n"


def _image(data: bytes | None) -> str:
    if data is None:
        return "source gone"
    text = base64.b64encode(data).decode("ascii")
    return f'<img src="data:image/jpeg;base64,{text}" width="96" height="96" alt="the face">'


def _svg(drawing: Drawing, described: str) -> str:
    return (
        f'<svg viewBox="0 0 {drawing.width:g} {drawing.height:g}" role="img" '
        f'aria-label="{escape(described)}">{"".join(_shapes(drawing))}</svg>'
    )


def _shapes(drawing: Drawing) -> Iterator[str]:
    for shape in drawing.shapes:
        match shape:
            case Area(points, fill, outlined):
                path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
                edge = ";stroke:var(--ink);stroke-width:.6" if outlined else ""
                style = f"fill:{_COLOURS.get(fill, fill)}{edge}"
                yield f'<polygon points="{path}" style="{style}"/>'
            case Line(start, end, colour, width):
                yield (
                    f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" '
                    f'y2="{end[1]:.1f}" style="stroke:{_COLOURS[colour]};stroke-width:{width:g}"/>'
                )
            case Label(x, y, text, anchor, colour):
                yield (
                    f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
                    f'style="fill:{_COLOURS[colour]}">{escape(text)}</text>'
                )
