"""A line to type the note of a mark into, which stops nothing else."""

from __future__ import annotations

import tkinter
from collections.abc import Callable

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext


class NoteEntry(ttk.Frame):
    """Lies over the top of the timeline while a note is typed.

    Enter keeps what was typed, and so do the next mark and a click into the chart; Escape leaves
    the note as it was. Afterwards the keyboard is where it was before.

    Args:
        parent: over which it lies.
        context: see ``emogui.gui.context``.
    """

    def __init__(self, parent: tkinter.Misc, context: ViewContext) -> None:
        super().__init__(parent, bootstyle="bordered", padding=context.px(1))
        px = context.px
        self._context = context
        self._before: tkinter.Misc = parent
        self._keep: Callable[[str], None] | None = None
        self._remove: Callable[[], None] | None = None
        inner = ttk.Frame(self, padding=(px(8), px(3)))
        inner.pack(fill="both", expand=True)
        inner.columnconfigure(1, weight=1)
        self.label = ttk.Label(inner)
        self.entry = ttk.Entry(inner)
        self.remove_button = ttk.Button(
            inner, text="Remove", bootstyle="primary-link", padding=0, command=self._removed
        )
        self.label.grid(row=0, column=0, padx=(0, px(8)))
        self.entry.grid(row=0, column=1, sticky="ew")
        self.remove_button.grid(row=0, column=2, padx=(px(8), 0))
        self.entry.bind("<Return>", lambda _event: self._done(keep=True))
        self.entry.bind("<KP_Enter>", lambda _event: self._done(keep=True))
        self.entry.bind("<Escape>", lambda _event: self._done(keep=False))

    @property
    def asking(self) -> bool:
        """Whether it is in sight."""
        return self._keep is not None

    def ask(
        self,
        when: str,
        note: str,
        width: int,
        keep: Callable[[str], None],
        remove: Callable[[], None],
    ) -> None:
        """Asks for a note; one that is being typed is kept first.

        Args:
            when: the moment, in words.
            note: what it is so far.
            width: of the chart, in pixels.
            keep: gets the new note.
            remove: takes the mark away.
        """
        self.finish()
        self._before = self._focused() or self.master
        px = self._context.px
        self._keep, self._remove = keep, remove
        self.label.configure(text=f"Note for {when}")
        self.entry.delete(0, "end")
        self.entry.insert(0, note)
        self.place(x=px(48), y=0, width=max(px(240), width))
        self.lift()
        self.entry.focus_set()

    def finish(self) -> None:
        """Keeps what was typed, if a note is being typed."""
        if self.asking:
            self._done(keep=True)

    def _focused(self) -> tkinter.Misc | None:
        """What has the keyboard now, and gets it back."""
        try:
            return self.focus_get()
        except KeyError:  # the list of a combobox, which Tk knows and Python does not
            return None

    def _done(self, *, keep: bool) -> str:
        keeper, self._keep, self._remove = self._keep, None, None
        self.place_forget()
        if keeper is not None:
            if keep:
                keeper(" ".join(self.entry.get().split()))
            self._before.focus_set()
        return "break"

    def _removed(self) -> None:
        remove = self._remove
        self._done(keep=False)
        if remove is not None:
            remove()
