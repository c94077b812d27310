"""What a batch reads: a list of inputs with the buttons that change it, and the results' folder."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

import ttkbootstrap as ttk

from emogui.gui.batch_presenter import BatchPresenter
from emogui.gui.context import ViewContext
from emogui.gui.widgets.wrapped import Wrapped

SHOWN: Final = 200
"""Inputs that are listed; more make the list slow, and nobody reads them."""

ROWS: Final = 5


class InputActions(Protocol):
    """What the buttons do."""

    def add_files(self) -> None: ...
    def add_folder(self) -> None: ...
    def add_table(self) -> None: ...
    def choose_output(self) -> None: ...


class InputList(ttk.Frame):
    """See the module; the list takes Delete.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        presenter: what is chosen.
        actions: what the buttons do.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        presenter: BatchPresenter,
        actions: InputActions,
    ) -> None:
        super().__init__(parent)
        self._px, self._presenter = context.px, presenter
        self._listed: tuple[str, ...] | None = None
        px = context.px
        self.columnconfigure(0, weight=1)
        self.tree = ttk.Treeview(
            self, columns=("folder",), show="tree headings", selectmode="extended", height=ROWS
        )
        self.tree.heading("#0", text="Input", anchor="w")
        self.tree.heading("folder", text="In", anchor="w")
        self.tree.column("#0", width=px(170), minwidth=px(90), stretch=True)
        self.tree.column("folder", width=px(200), minwidth=px(80), stretch=True)
        bar = ttk.Scrollbar(self, orient="vertical", command=self.tree.yview)
        self.tree.configure(yscrollcommand=bar.set)
        self.tree.grid(row=0, column=0, sticky="ew")
        bar.grid(row=0, column=1, sticky="ns")
        self.tree.bind("<Delete>", lambda _event: self._remove())
        self.tree.bind("<BackSpace>", lambda _event: self._remove())
        self.tree.bind("<<TreeviewSelect>>", lambda _event: self._show_buttons())
        row = ttk.Frame(self)
        row.grid(row=1, column=0, columnspan=2, sticky="ew", pady=(px(6), 0))
        self.files_button = self._button(row, "Files…", actions.add_files)
        self.folder_button = self._button(row, "Folder…", actions.add_folder)
        self.table_button = self._button(row, "Table of paths…", actions.add_table)
        self.remove_button = self._button(row, "Remove", self._remove)
        ttk.ToolTip(self.files_button, text="Pictures and videos", delay=600)
        ttk.ToolTip(self.folder_button, text="With everything in it, sorted by name", delay=600)
        ttk.ToolTip(
            self.table_button, delay=600,
            text="A .csv, .tsv or .txt file: the paths are in its column source, path or file, "
            "else in the first one; a column group is kept for the report",
        )  # fmt: skip
        self.said = Wrapped(self, style="Small.TLabel")
        self.said.grid(row=2, column=0, columnspan=2, sticky="ew", pady=(px(4), 0))
        self.show()

    def _button(self, row: ttk.Frame, text: str, command: Callable[[], None]) -> ttk.Button:
        button = ttk.Button(row, text=text, command=command)
        button.pack(side="left", padx=(0, self._px(6)))
        return button

    def show(self) -> None:
        """Brings the list up to date."""
        inputs = self._presenter.inputs
        if inputs != self._listed:
            self._listed = inputs
            self.tree.delete(*self.tree.get_children())
            for number, path in enumerate(inputs[:SHOWN]):
                one = Path(path)
                self.tree.insert(
                    "", "end", iid=str(number), text=_shown(one.name or path),
                    values=(_shown(str(one.parent)),),
                )  # fmt: skip
            more = len(inputs) - SHOWN
            if more > 0:
                self.tree.insert("", "end", iid="more", text=f"and {more:,} more")
            self.said.say(
                "Or drop them here. Folders are walked, whatever they hold."
                if not inputs
                else f"{len(inputs):,} chosen. The files in folders are listed when it starts."
            )
        self._show_buttons()

    def _show_buttons(self) -> None:
        on = bool(self.tree.selection())
        if on == self.remove_button.instate(["disabled"]):
            self.remove_button.configure(state="normal" if on else "disabled")

    def _remove(self) -> None:
        chosen = self.tree.selection()
        numbers = {int(one) for one in chosen if one != "more"}
        if "more" in chosen:
            numbers |= set(range(SHOWN, len(self._presenter.inputs)))
        if numbers:
            self._presenter.remove(numbers)


class OutputField(ttk.Frame):
    """The folder for the results, to be typed or chosen.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        presenter: what is chosen.
        choose: asks for a folder.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        presenter: BatchPresenter,
        choose: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self.columnconfigure(0, weight=1)
        self.path = tkinter.StringVar(self)
        self.entry = ttk.Entry(self, textvariable=self.path, width=20)
        self.entry.grid(row=0, column=0, sticky="ew")
        self.button = ttk.Button(self, text="Folder…", command=choose)
        self.button.grid(row=0, column=1, padx=(context.px(6), 0))
        self.entry.bind("<Return>", lambda _event: self._typed())
        self.entry.bind("<FocusOut>", lambda _event: self._typed())

    def show(self) -> None:
        """Shows what is chosen, unless the user is typing there."""
        value = _shown(self._presenter.output)
        if self.path.get() != value and self.focus_get() is not self.entry:
            self.path.set(value)
            self.entry.xview_moveto(1.0)

    def _typed(self) -> None:
        path = self.path.get().strip()
        if path != _shown(self._presenter.output):
            self._presenter.choose_output(path)


def _shown(text: str) -> str:
    """A path as Tk takes it: bytes that are no Unicode become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
