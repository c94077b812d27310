"""The questions that a modal dialog answers, behind one interface so that tests can answer."""

from __future__ import annotations

import tkinter
from collections.abc import Sequence
from tkinter import filedialog, messagebox
from typing import Protocol

FileTypes = Sequence[tuple[str, str | tuple[str, ...]]]


class Dialogs(Protocol):
    """Asks the user for files; an empty answer means that the user cancelled."""

    def open_files(self, title: str, types: FileTypes, folder: str) -> tuple[str, ...]: ...
    def open_file(self, title: str, types: FileTypes, folder: str) -> str: ...
    def save_file(self, title: str, types: FileTypes, folder: str, name: str) -> str: ...
    def open_folder(self, title: str, folder: str) -> str: ...
    def yes_no(self, title: str, question: str) -> bool: ...


class TkDialogs:
    """The dialogs of the system, as Tk offers them."""

    def __init__(self, parent: tkinter.Misc) -> None:
        self._parent = parent

    def open_files(self, title: str, types: FileTypes, folder: str) -> tuple[str, ...]:
        found = filedialog.askopenfilenames(
            parent=self._parent, title=title, filetypes=list(types), initialdir=folder or None
        )
        return tuple(found or ())

    def open_file(self, title: str, types: FileTypes, folder: str) -> str:
        return (
            filedialog.askopenfilename(
                parent=self._parent, title=title, filetypes=list(types), initialdir=folder or None
            )
            or ""
        )

    def save_file(self, title: str, types: FileTypes, folder: str, name: str) -> str:
        return (
            filedialog.asksaveasfilename(
                parent=self._parent,
                title=title,
                filetypes=list(types),
                initialdir=folder or None,
                initialfile=name,
                defaultextension="." + name.rpartition(".")[2],
            )
            or ""
        )

    def open_folder(self, title: str, folder: str) -> str:
        return (
            filedialog.askdirectory(
                parent=self._parent, title=title, initialdir=folder or None, mustexist=True
            )
            or ""
        )

    def yes_no(self, title: str, question: str) -> bool:
        return messagebox.askyesno(title, question, parent=self._parent)
