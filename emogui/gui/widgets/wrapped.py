"""A label whose text wraps at its own width."""

from __future__ import annotations

import tkinter
from typing import Any

import ttkbootstrap as ttk


class Wrapped(ttk.Label):
    """As ttk's label; its parent decides how wide it is."""

    def __init__(self, parent: tkinter.Misc, **options: Any) -> None:
        super().__init__(parent, justify="left", anchor="w", wraplength=200, **options)
        self._said: str | None = None
        self.bind("<Configure>", self._wrap)

    def say(self, text: str, style: str = "") -> None:
        """Changes the text, where it is another one: a change costs a new layout."""
        if text != self._said:
            self._said = text
            self.configure(text=text)
        if style and str(self.cget("style")) != style:
            self.configure(style=style)

    @property
    def text(self) -> str:
        return self._said if self._said is not None else str(self.cget("text"))

    def _wrap(self, event: tkinter.Event[tkinter.Misc]) -> None:
        width = max(80, event.width - 4)
        if int(str(self.cget("wraplength"))) != width:
            self.configure(wraplength=width)
