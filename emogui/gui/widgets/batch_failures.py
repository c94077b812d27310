"""The inputs and frames that failed, with the reasons."""

from __future__ import annotations

import tkinter
from typing import Final

import ttkbootstrap as ttk

from emogui.bulk.found import Failure
from emogui.gui import batch_words as words
from emogui.gui.context import ViewContext
from emogui.gui.widgets.wrapped import Wrapped

FEWEST_ROWS: Final = 3
MOST_ROWS: Final = 10


class FailureList(ttk.Frame):
    """A line a failure; the whole text of the selected one stands below.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
    """

    def __init__(self, parent: tkinter.Misc, context: ViewContext) -> None:
        super().__init__(parent)
        px = context.px
        self._failures: tuple[Failure, ...] = ()
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self.title = ttk.Label(self, font="EmoguiBold", anchor="w")
        self.title.grid(row=0, column=0, columnspan=2, sticky="ew", pady=(0, px(4)))
        self.tree = ttk.Treeview(
            self, columns=("reason",), show="tree headings", selectmode="browse", height=FEWEST_ROWS
        )
        self.tree.heading("#0", text="Input", anchor="w")
        self.tree.heading("reason", text="Why", anchor="w")
        self.tree.column("#0", width=px(200), minwidth=px(100), stretch=False)
        self.tree.column("reason", width=px(300), minwidth=px(120), stretch=True)
        self._bar = ttk.Scrollbar(self, orient="vertical", command=self.tree.yview)
        self.tree.configure(yscrollcommand=self._bar.set)
        self.whole = Wrapped(self, style="Small.TLabel")
        self.tree.bind("<<TreeviewSelect>>", lambda _event: self._selected())

    def show(self, failures: tuple[Failure, ...], count: int) -> None:
        """Shows these.

        Args:
            failures: the first ones, in the order of the table.
            count: how many there are.
        """
        count = max(count, len(failures))
        self.title.configure(text=words.failures_title(count, len(failures)))
        if failures[: len(self._failures)] != self._failures:
            self.tree.delete(*self.tree.get_children())
            self._failures = ()
        for number, one in enumerate(failures[len(self._failures) :], len(self._failures)):
            self.tree.insert(
                "",
                "end",
                iid=str(number),
                text=words.failed_source(one),
                values=(words.reason(one),),
            )
        if len(failures) != len(self._failures):
            self.tree.configure(height=min(MOST_ROWS, max(FEWEST_ROWS, len(failures))))
        self._failures = failures
        if failures and not self.tree.winfo_manager():
            self.tree.grid(row=1, column=0, sticky="nsew")
            self._bar.grid(row=1, column=1, sticky="ns")
            self.whole.grid(row=2, column=0, columnspan=2, sticky="ew", pady=(4, 0))
        elif not failures and self.tree.winfo_manager():
            for widget in (self.tree, self._bar, self.whole):
                widget.grid_remove()
        self._selected()

    def _selected(self) -> None:
        chosen = self.tree.selection()
        if not chosen:
            self.whole.say("")
            return
        one = self._failures[int(chosen[0])]
        self.whole.say(f"{one.source}: {words.reason(one)}")
