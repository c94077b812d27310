"""A card over the live picture that says what is the matter, with a way on."""

from __future__ import annotations

import tkinter
from collections.abc import Callable

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext


class LiveMessage(ttk.Frame):
    """An icon, a title, a text and up to two buttons, over the middle of its parent."""

    def __init__(self, parent: tkinter.Misc, context: ViewContext) -> None:
        super().__init__(parent, padding=context.px(20))
        self._context = context
        px = context.px
        self._icon_name = ""
        self._icon: tkinter.PhotoImage | None = None
        self._picture = ttk.Label(self, anchor="center")
        self.title = ttk.Label(self, font="EmoguiLarge", anchor="center", justify="center")
        self.text = ttk.Label(self, style="Muted.TLabel", anchor="center", justify="center")
        self._row = ttk.Frame(self)
        self.button = ttk.Button(self._row, bootstyle="primary")
        self.other = ttk.Button(self._row)
        self._picture.pack(pady=(0, px(8)))
        self.title.pack(fill="x")
        self.text.pack(fill="x", pady=(px(6), 0))
        self._row.pack(pady=(px(14), 0))
        parent.bind("<Configure>", self._wrap, add="+")

    @property
    def visible(self) -> bool:
        return bool(self.winfo_manager())

    def show(
        self,
        icon: str,
        title: str,
        text: str,
        button: tuple[str, Callable[[], None]] | None = None,
        other: tuple[str, Callable[[], None]] | None = None,
        *,
        below: bool = False,
    ) -> None:
        """Shows a message.

        Args:
            icon: name of an icon; may be empty.
            title: what is the matter.
            text: what to do; may be empty.
            button: words and command of the main button.
            other: likewise of a second one.
            below: at the lower edge, so that the picture stays in sight.
        """
        self._icon_name = icon
        self._draw_icon()
        self.title.configure(text=title)
        self.text.configure(text=text)
        if text:
            self.text.pack(after=self.title, fill="x", pady=(self._context.px(6), 0))
        else:
            self.text.pack_forget()
        for widget, plan in ((self.button, button), (self.other, other)):
            widget.pack_forget()
            if plan is not None:
                widget.configure(text=plan[0], command=plan[1])
                widget.pack(side="left", padx=self._context.px(4))
        if button is None and other is None:
            self._row.pack_forget()
        else:
            self._row.pack(pady=(self._context.px(14), 0))
        self._wrap(None)
        if below:
            self.place(relx=0.5, rely=1.0, y=-self._context.px(16), anchor="s")
        else:
            self.place(relx=0.5, rely=0.5, y=0, anchor="center")
        self.lift()

    def hide(self) -> None:
        self.place_forget()

    def restyle(self) -> None:
        """Takes the colours of the present theme."""
        self._draw_icon()

    def _draw_icon(self) -> None:
        if self._icon_name:
            self._icon = ttk.Icon(self._icon_name, size=48, color=self._context.theme.colours.muted)
            self._picture.configure(image=self._icon)
            self._picture.pack(before=self.title, pady=(0, self._context.px(8)))
        else:
            self._picture.pack_forget()

    def _wrap(self, _event: object) -> None:
        width = min(self._context.px(460), max(160, self.master.winfo_width() - 80))
        for label in (self.title, self.text):
            label.configure(wraplength=width)
