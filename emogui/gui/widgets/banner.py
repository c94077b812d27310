"""A line across the window that says what went wrong and what to do; it never blocks."""

from __future__ import annotations

import tkinter

import ttkbootstrap as ttk

from emogui.gui.context import Button
from emogui.gui.theme import Theme


class Banner(ttk.Frame):
    """Shows one message at a time; packed away while there is none."""

    def __init__(self, parent: tkinter.Misc, theme: Theme) -> None:
        super().__init__(parent, style="DangerSoft.TFrame", padding=theme.px(10))
        self.message = ""
        self.hint = ""
        self._title = ttk.Label(self, style="DangerSoftBold.TLabel", anchor="w", justify="left")
        self._hint = ttk.Label(self, style="DangerSoft.TLabel", anchor="w", justify="left")
        self._close = ttk.Button(self, text="Dismiss", command=self.clear, takefocus=True)
        self._close.pack(side="right", anchor="n")
        self.button = ttk.Button(self)
        self._title.pack(fill="x", padx=(theme.px(6), 0))
        self._hint.pack(fill="x", padx=(theme.px(6), 0))
        self._theme = theme
        self.bind("<Configure>", self._wrap)

    @property
    def visible(self) -> bool:
        return bool(self.winfo_manager())

    def show(
        self, message: str, hint: str, kind: str = "Danger", button: Button | None = None
    ) -> None:
        """Shows a message.

        Args:
            message: what is the matter.
            hint: what to do about it; may be empty.
            kind: ``"Danger"``, ``"Warning"`` or ``"Info"``, which decides the colour.
            button: what can be done about it at once.
        """
        self.message, self.hint = message, hint
        self.configure(style=f"{kind}Soft.TFrame")
        self._title.configure(text=message, style=f"{kind}SoftBold.TLabel")
        self._hint.configure(text=hint, style=f"{kind}Soft.TLabel")
        if hint:
            self._hint.pack(fill="x", padx=(self._theme.px(6), 0))
        else:
            self._hint.pack_forget()
        if button is not None:
            self.button.configure(text=button[0], command=button[1])
            self.button.pack(side="right", anchor="n", padx=self._theme.px(8), before=self._title)
        else:
            self.button.pack_forget()
        self.grid()

    def clear(self) -> None:
        self.message = self.hint = ""
        self.grid_remove()

    def _wrap(self, event: tkinter.Event[tkinter.Misc]) -> None:
        buttons = self._close.winfo_reqwidth() + self.button.winfo_reqwidth()
        width = max(100, event.width - buttons - self._theme.px(56))
        self._title.configure(wraplength=width)
        self._hint.configure(wraplength=width)
