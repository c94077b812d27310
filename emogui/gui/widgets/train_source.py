"""Which data set is trained on, and where FER+'s votes are."""

from __future__ import annotations

import tkinter
from typing import Protocol

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.gui.training_data import DataChoice


class SourceActions(Protocol):
    """What the buttons do."""

    def choose_file(self) -> None: ...
    def choose_folder(self) -> None: ...
    def choose_votes(self) -> None: ...
    def clear_votes(self) -> None: ...


class SourceFields(ttk.Frame):
    """Two lines: the data set with its buttons, and the votes with theirs.

    A path can be typed as well: Enter, or leaving the field, takes it.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        actions: what the buttons do.
        choice: what is chosen, told of what is typed.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        actions: SourceActions,
        choice: DataChoice,
    ) -> None:
        super().__init__(parent)
        px = context.px
        self._choice = choice
        self.columnconfigure(1, weight=1)
        self.path, self.votes = tkinter.StringVar(self), tkinter.StringVar(self)
        self.path_entry = self._field(px(4), 0, "Data set", self.path)
        self.votes_entry = self._field(px(4), 1, "FER+ votes", self.votes)
        self.file_button = ttk.Button(self, text="File…", command=actions.choose_file)
        self.folder_button = ttk.Button(self, text="Folder…", command=actions.choose_folder)
        self.votes_button = ttk.Button(self, text="File…", command=actions.choose_votes)
        self.none_button = ttk.Button(self, text="None", command=actions.clear_votes)
        for row, buttons in enumerate(
            ((self.file_button, self.folder_button), (self.votes_button, self.none_button))
        ):
            for column, button in enumerate(buttons, 2):
                button.grid(row=row, column=column, sticky="ew", padx=(px(6), 0), pady=px(2))
        ttk.ToolTip(
            self.votes_button, delay=600,
            text="fer2013new.csv of FER+; only for FER-2013 without votes in it",
        )  # fmt: skip
        for entry in (self.path_entry, self.votes_entry):
            entry.bind("<Return>", lambda _event: self._typed())
            entry.bind("<FocusOut>", lambda _event: self._typed())

    def _field(self, pad: int, row: int, text: str, variable: tkinter.StringVar) -> ttk.Entry:
        ttk.Label(self, text=text).grid(row=row, column=0, sticky="w", padx=(0, 2 * pad))
        entry = ttk.Entry(self, textvariable=variable, width=18)
        entry.grid(row=row, column=1, sticky="ew")
        return entry

    def show(self) -> None:
        """Shows what is chosen, unless the user is typing there."""
        for entry, variable, value in (
            (self.path_entry, self.path, self._choice.path),
            (self.votes_entry, self.votes, self._choice.votes),
        ):
            if variable.get() != value and self.focus_get() is not entry:
                variable.set(value)
                entry.xview_moveto(1.0)

    def _typed(self) -> None:
        path, votes = self.path.get().strip(), self.votes.get().strip()
        if path != self._choice.path:
            self._choice.choose(path)
        if votes != self._choice.votes:
            self._choice.choose_votes(votes)
