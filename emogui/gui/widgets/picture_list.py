"""The opened pictures, one a line, with what was found in each."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.gui.documents import Document, Stage


class PictureList(ttk.Frame):
    """Choose a line with the mouse or the arrow keys to show that picture.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        show: called with the index of the chosen picture.
    """

    def __init__(
        self, parent: tkinter.Misc, context: ViewContext, show: Callable[[int], None]
    ) -> None:
        super().__init__(parent)
        px = context.px
        self._show = show
        self._rows: list[str] = []
        self._texts: dict[str, tuple[str, str]] = {}
        self._choosing = False
        self.title = ttk.Label(self, text="Pictures", font="EmoguiBold")
        self.title.pack(anchor="w", pady=(0, px(4)))
        body = ttk.Frame(self)
        body.pack(fill="both", expand=True)
        self.tree = ttk.Treeview(
            body, columns=("found",), show="tree", selectmode="browse", height=4
        )
        self.tree.column("#0", width=px(170), minwidth=px(80), stretch=True)
        self.tree.column("found", width=px(100), minwidth=px(60), anchor="e", stretch=False)
        bar = ttk.Scrollbar(body, orient="vertical", command=self.tree.yview)
        self._bar = bar
        self.tree.configure(yscrollcommand=self._scrolled)
        self.tree.pack(side="left", fill="both", expand=True)
        self.tree.bind("<<TreeviewSelect>>", lambda _event: self._chosen())

    def update_rows(self, documents: Sequence[Document], current: int | None) -> None:
        """Brings the lines up to date, touching only those that changed."""
        rows = [str(document.number) for document in documents]
        if rows != self._rows:
            gone = [row for row in self._rows if row not in rows]
            for row in gone:
                self.tree.delete(row)
                self._texts.pop(row, None)
            for index, row in enumerate(rows):
                if row not in self._texts:
                    self.tree.insert("", index, iid=row)
                    self._texts[row] = ("", "")
            self._rows = rows
            self.title.configure(text=f"Pictures ({len(rows)})")
        for document in documents:
            row, texts = str(document.number), (document.name, summary(document))
            if self._texts[row] != texts:
                self._texts[row] = texts
                self.tree.item(row, text=texts[0], values=(texts[1],))
        wanted = () if current is None else (rows[current],)
        if self.tree.selection() != wanted:
            self._choosing = True
            self.tree.selection_set(wanted)
            for row in wanted:
                self.tree.see(row)
                self.tree.focus(row)

    def _scrolled(self, first: str, last: str) -> None:
        """Shows the scrollbar only while there is something to scroll."""
        self._bar.set(first, last)
        needed = float(first) > 0.0 or float(last) < 1.0
        if needed and not self._bar.winfo_manager():
            self._bar.pack(side="right", fill="y", before=self.tree)
        elif not needed and self._bar.winfo_manager():
            self._bar.pack_forget()

    def _chosen(self) -> None:
        if self._choosing:  # our own doing, reported back by Tk
            self._choosing = False
            return
        chosen = self.tree.selection()
        if chosen:
            self._show(self._rows.index(chosen[0]))


def summary(document: Document) -> str:
    """What is known of a picture in a word or two."""
    if document.error is not None:
        return "not readable" if document.stage is Stage.FAILED else "error"
    if document.stage is Stage.ANALYSING:
        return "…"
    if document.result is None:
        return "waiting" if document.wanted else ""
    faces = document.result.faces
    if not faces:
        return "no face"
    return faces[0].emotion if len(faces) == 1 else f"{len(faces)} faces"
