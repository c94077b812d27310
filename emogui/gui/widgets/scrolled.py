"""A frame that scrolls when what it holds is higher than its room."""

from __future__ import annotations

import tkinter

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext

_OWN_WHEEL = ("Treeview", "Listbox", "Text", "TCombobox")
"""Classes of widgets that scroll themselves."""


class Scrolled(ttk.Frame):
    """Fill ``body``. The wheel scrolls it, and what gets the focus comes into sight.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
    """

    def __init__(self, parent: tkinter.Misc, context: ViewContext) -> None:
        super().__init__(parent)
        self._context = context
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.canvas = tkinter.Canvas(self, highlightthickness=0, borderwidth=0, takefocus=False)
        self.canvas.grid(row=0, column=0, sticky="nsew")
        self._bar = ttk.Scrollbar(self, orient="vertical", command=self.canvas.yview)
        self.canvas.configure(yscrollcommand=self._scrolled)
        self.body = ttk.Frame(self.canvas)
        self._item = self.canvas.create_window(0, 0, window=self.body, anchor="nw")
        self.body.bind("<Configure>", lambda _event: self._measure())
        self.canvas.bind("<Configure>", self._resized)
        top = self.winfo_toplevel()
        for name in ("<MouseWheel>", "<Button-4>", "<Button-5>"):
            top.bind(name, self._wheel, add="+")
        top.bind("<FocusIn>", self._focused, add="+")
        context.on_theme(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        """Takes the colours of the present theme."""
        if self.winfo_exists():
            self.canvas.configure(background=self._context.theme.colours.background)

    def turn_page(self, by: int) -> None:
        """Scrolls by nearly what is in sight: 1 down, -1 up."""
        if self.scrolls:
            self.canvas.yview_scroll(by, "pages")

    def to_top(self) -> None:
        self.canvas.yview_moveto(0)

    @property
    def scrolls(self) -> bool:
        """Whether not all of the body is in sight."""
        return bool(self._bar.winfo_manager())

    def _resized(self, event: tkinter.Event[tkinter.Misc]) -> None:
        self.canvas.itemconfigure(self._item, width=event.width)
        self._measure()

    def _measure(self) -> None:
        height = max(self.body.winfo_reqheight(), self.canvas.winfo_height())
        self.canvas.configure(scrollregion=(0, 0, 1, height))

    def _scrolled(self, first: float, last: float) -> None:
        self._bar.set(first, last)
        if float(first) <= 0.0 and float(last) >= 1.0:
            self._bar.grid_remove()
        else:
            self._bar.grid(row=0, column=1, sticky="ns")

    def _inside(self, widget: object) -> bool:
        return str(widget).startswith(f"{self.body}.") and bool(self.winfo_viewable())

    def _wheel(self, event: tkinter.Event[tkinter.Misc]) -> None:
        if not self.scrolls or not self._inside(event.widget):
            return
        if isinstance(event.widget, str) or event.widget.winfo_class() in _OWN_WHEEL:
            return
        up = event.num == 4 or event.delta > 0
        self.canvas.yview_scroll(-3 if up else 3, "units")

    def _focused(self, event: tkinter.Event[tkinter.Misc]) -> None:
        if not self.scrolls or not self._inside(event.widget):
            return
        widget = event.widget
        top = widget.winfo_rooty() - self.body.winfo_rooty()
        bottom, margin = top + widget.winfo_height(), self._context.px(12)
        room, height = self.canvas.winfo_height(), self.body.winfo_height()
        above = self.canvas.canvasy(0)
        if top - margin < above:
            self.canvas.yview_moveto(max(0, top - margin) / height)
        elif bottom + margin > above + room:
            self.canvas.yview_moveto((bottom + margin - room) / height)
