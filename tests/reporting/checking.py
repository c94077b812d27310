"""Reads a report as a strict reader of HTML does."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "img", "line", "polygon", "wbr", "br", "link", "hr"}
NAMES = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "footer", "nav"),
    *("section", "h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "li", "a", "strong", "code", "pre"),
    *("div", "table", "caption", "thead", "tbody", "tr", "th", "td", "bdi", "wbr", "figure"),
    *("figcaption", "svg", "polygon", "line", "text", "img"),
}


class Page(HTMLParser):
    """A page whose elements are all known, closed in order, and load nothing.

    Attributes:
        text: everything that is to be read.
        ids, links: anchors, and the addresses of links.
        images: how many.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self._heading = 0
        self.text = ""
        self.ids: list[str] = []
        self.links: list[str] = []
        self.images = 0
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in NAMES, tag
        given = dict(attrs)
        assert len(given) == len(attrs)
        assert all(value is not None for value in given.values()), attrs
        assert not any(name.startswith("on") for name in given)
        for name in ("src", "href"):
            address = given.get(name)
            assert address is None or address.startswith(("#", "data:image/jpeg;base64,"))
        assert "url(" not in (given.get("style") or "")
        if tag == "img":
            self.images += 1
            assert given["alt"]
        if tag == "svg":
            assert given["role"] == "img"
            assert given["aria-label"]
        if tag == "a":
            self.links.append(str(given["href"]))
        if "id" in given:
            self.ids.append(str(given["id"]))
        if tag[0] == "h" and tag[1:].isdecimal():
            assert int(tag[1:]) <= self._heading + 1, "a level of headings is left out"
            self._heading = int(tag[1:])
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "style":
            assert "@import" not in data
            assert "url(" not in data
        else:
            self.text += data
