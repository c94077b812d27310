"""A text to be read: headings, paragraphs, lists and tables that scroll, and can be selected."""

from __future__ import annotations

import tkinter
import tkinter.font
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import ttkbootstrap as ttk

from emogui.gui.theme import Theme
from emogui.output.document import Block, Bullets, Code, Heading, Paragraph, Table, runs

MARGIN, BETWEEN_COLUMNS, WIDEST_COLUMN = 14, 18, 340
HEADINGS = {1: "EmoguiTitle", 2: "EmoguiLarge"}


class ReadingPane(ttk.Frame):
    """A Tk text that cannot be written in; the keys scroll it.

    Args:
        parent: what it lies in.
        theme: for colours and sizes.
        width: asked for, in pixels of the screen; likewise ``height``.
        height: see ``width``.
    """

    def __init__(self, parent: tkinter.Misc, theme: Theme, width: int, height: int) -> None:
        super().__init__(parent, width=width, height=height)
        self.theme = theme
        self.pack_propagate(False)
        px = theme.px
        self.text = tkinter.Text(
            self,
            wrap="word",
            borderwidth=0,
            highlightthickness=px(1),
            cursor="arrow",
            spacing2=px(2),
            width=1,
            height=1,
            takefocus=True,
            exportselection=False,
            insertwidth=0,
        )
        bar = ttk.Scrollbar(self, orient="vertical", command=self.text.yview)
        self.text.configure(yscrollcommand=bar.set)
        bar.pack(side="right", fill="y")
        self.text.pack(side="left", fill="both", expand=True)
        self._tables = 0
        self._bind_keys()
        self._tags()
        self.restyle()

    def show(self, blocks: Sequence[Block]) -> None:
        """Shows another text, from its beginning."""
        self.text.configure(state="normal")
        self.text.delete("1.0", "end")
        for block in blocks:
            self._insert(block)
        self.text.configure(state="disabled")
        self.text.yview_moveto(0.0)

    def restyle(self) -> None:
        """Takes the colours of the present theme."""
        c, margin = self.theme.colours, self.theme.px(MARGIN)
        self.text.configure(
            padx=margin,  # ttkbootstrap sets its own with every theme, the font too
            pady=margin,
            font="TkTextFont",
            background=c.background,
            foreground=c.text,
            highlightbackground=c.line,
            highlightcolor=c.primary,
            selectbackground=c.info_soft,
            selectforeground=c.text,
            inactiveselectbackground=c.info_soft,
        )
        self.text.tag_configure("head", foreground=c.muted)
        self.text.tag_configure("block", background=c.surface)
        self.text.tag_configure("code", foreground=c.muted)
        self.text.tag_configure("ruled", background=c.surface)

    def _tags(self) -> None:
        px, text = self.theme.px, self.text
        indent = px(16)
        for level, font in HEADINGS.items():
            above = px(22) if level > 1 else 0
            text.tag_configure(f"h{level}", font=font, spacing1=above, spacing3=px(6))
        text.tag_configure("plain", spacing3=px(8))
        text.tag_configure("item", lmargin1=px(4), lmargin2=indent, tabs=(indent,), spacing3=px(5))
        text.tag_configure("bold", font="EmoguiBold")
        text.tag_configure("code", font="TkFixedFont")
        text.tag_configure(
            "block", font="TkFixedFont", lmargin1=px(8), lmargin2=px(24), rmargin=px(8)
        )
        text.tag_configure("head", font="EmoguiBold")
        text.tag_raise("sel")

    def _insert(self, block: Block) -> None:
        match block:
            case Heading(level, text):
                self.text.insert("end", f"{text}\n", f"h{min(level, 2)}")
            case Paragraph(text):
                self._insert_line(text, "plain")
            case Bullets(items):
                for item in items:
                    self.text.insert("end", "•\t", "item")
                    self._insert_line(item, "item")
                self._gap()
            case Code(text):
                self.text.insert("end", f"{text}\n", "block")
                self._gap()
            case Table():
                self._insert_table(block)

    def _insert_line(self, text: str, tag: str, *more: str) -> None:
        for part, style in runs(text):
            self.text.insert("end", part, (tag, *more, *([style] if style != "plain" else [])))
        self.text.insert("end", "\n", (tag, *more))

    def _insert_table(self, table: Table) -> None:
        """Lays a table out with tab stops; what is longer than its line goes on under its cell."""
        self._tables += 1
        tag = f"table{self._tables}"
        px, lines = self.theme.px, [table.header, *table.rows]
        stops, at = [], px(4)
        for column in range(len(table.header) - 1):
            widest = max(self._width(line[column], bold=line is table.header) for line in lines)
            at += min(widest, px(WIDEST_COLUMN)) + px(BETWEEN_COLUMNS)
            stops.append(at)
        self.text.tag_configure(
            tag, tabs=tuple(stops), lmargin1=px(4), lmargin2=at, spacing1=px(3), spacing3=px(3)
        )
        for index, line in enumerate(lines):
            first = ("head",) if index == 0 else (("ruled",) if index % 2 else ())
            self._insert_line("\t".join(line), tag, *first)
        self._gap()

    def _gap(self) -> None:
        self.text.insert("end", "\n", "gap")

    def _width(self, cell: str, *, bold: bool) -> int:
        return sum(
            self._font("EmoguiBold" if bold or style == "bold" else _FONTS[style]).measure(part)
            for part, style in runs(cell)
        )

    def _font(self, name: str) -> tkinter.font.Font:
        return tkinter.font.nametofont(name, self.text)

    def _bind_keys(self) -> None:
        text = self.text
        moves: dict[str, Callable[[], Any]] = {
            "<Up>": partial(text.yview_scroll, -2, "units"),
            "<Down>": partial(text.yview_scroll, 2, "units"),
            "<Prior>": partial(text.yview_scroll, -1, "pages"),
            "<Next>": partial(text.yview_scroll, 1, "pages"),
            "<space>": partial(text.yview_scroll, 1, "pages"),
            "<Home>": partial(text.yview_moveto, 0.0),
            "<End>": partial(text.yview_moveto, 1.0),
        }
        mod = "Command" if self.theme.root.winsys == "aqua" else "Control"
        moves |= {f"<{mod}-Home>": moves["<Home>"], f"<{mod}-End>": moves["<End>"]}
        moves |= {f"<{mod}-{key}>": self.select_all for key in "aA"}
        moves |= {f"<{mod}-{key}>": self.copy for key in "cC"}
        for keys, move in moves.items():
            text.bind(keys, partial(_answer, move))
        # A text takes Tab for itself, even where nothing can be written.
        text.bind("<Tab>", lambda event: _focus(event.widget.tk_focusNext()))
        text.bind("<Shift-Tab>", lambda event: _focus(event.widget.tk_focusPrev()))
        text.bind("<Button-1>", lambda _event: text.focus_set(), add="+")

    def select_all(self) -> None:
        """Selects the whole text."""
        self.text.tag_add("sel", "1.0", "end-1c")

    def copy(self) -> None:
        """Copies what is selected."""
        if self.text.tag_ranges("sel"):
            self.text.clipboard_clear()
            self.text.clipboard_append(self.text.get("sel.first", "sel.last"))


_FONTS = {"plain": "TkTextFont", "bold": "EmoguiBold", "code": "TkFixedFont"}


def _answer(move: Callable[[], Any], _event: object) -> str:
    move()
    return "break"


def _focus(widget: tkinter.Misc | None) -> str:
    if widget is not None:
        widget.focus_set()
    return "break"
