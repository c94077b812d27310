"""A small window above the main one; Escape closes it, and it never blocks the program."""

from __future__ import annotations

import tkinter
from collections.abc import Callable

import ttkbootstrap as ttk

from emogui.gui.theme import Theme


class Dialog(ttk.Toplevel):
    """Fill ``body``, add buttons with ``add_button``, then call ``present``.

    Args:
        root: the main window.
        theme: for colours and sizes.
        title: of the window.
        closed: called once when it goes, however it was closed.
    """

    def __init__(
        self,
        root: ttk.App,
        theme: Theme,
        title: str,
        closed: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(title=title, master=root)
        self.withdraw()
        self.theme = theme
        self._over = root
        self._closed = closed
        self.transient(root)
        self.resizable(False, False)
        px = theme.px
        # Some desktops give a dialog no frame of its own.
        edge = ttk.Frame(self, bootstyle="bordered", padding=px(1))
        edge.pack(fill="both", expand=True)
        outer = ttk.Frame(edge, padding=(px(24), px(20), px(24), px(16)))
        outer.pack(fill="both", expand=True)
        self.body = ttk.Frame(outer)
        self.body.pack(fill="both", expand=True)
        self.row = ttk.Frame(outer)
        self.row.pack(fill="x", pady=(px(18), 0))
        self.bind("<Escape>", lambda _event: self.dismiss())
        self.protocol("WM_DELETE_WINDOW", self.dismiss)

    def add_button(
        self, text: str, command: Callable[[], None], *, default: bool = False
    ) -> ttk.Button:
        """Adds a button from the right; the default one is pressed with Enter."""
        button = ttk.Button(
            self.row, text=text, command=command, bootstyle="primary" if default else "default"
        )
        button.pack(side="right", padx=(self.theme.px(8), 0))
        if default:
            self.bind("<Return>", lambda event: self._enter(event, button))
            button.focus_set()
        return button

    def _enter(self, event: tkinter.Event[tkinter.Misc], button: ttk.Button) -> None:
        # A focused button answers Enter itself, as ttkbootstrap binds it.
        if not isinstance(event.widget, tkinter.ttk.Button):
            button.invoke()

    def present(self) -> None:
        """Shows the dialog in the middle of the main window."""
        self.update_idletasks()
        over = self._over
        width, height = self.winfo_reqwidth(), self.winfo_reqheight()
        x = over.winfo_rootx() + (over.winfo_width() - width) // 2
        y = over.winfo_rooty() + (over.winfo_height() - height) // 3
        x = max(0, min(x, self.winfo_screenwidth() - width))
        y = max(0, min(y, self.winfo_screenheight() - height))
        self.geometry(f"+{x}+{y}")
        self.deiconify()
        self.lift()

    def dismiss(self) -> None:
        """Closes the dialog."""
        if self._closed is not None:
            closed, self._closed = self._closed, None
            closed()
        self.destroy()

    def paragraph(self, heading: str, text: str, width: int = 460) -> None:
        """Adds a heading (unless empty) and a text that wraps."""
        px = self.theme.px
        if heading:
            ttk.Label(self.body, text=heading, font="EmoguiBold").pack(
                anchor="w", pady=(px(10), px(2))
            )
        ttk.Label(self.body, text=text, wraplength=px(width), justify="left").pack(anchor="w")
