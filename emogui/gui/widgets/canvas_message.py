"""Words in the middle of a canvas, where a picture would be."""

from __future__ import annotations

import tkinter
from tkinter.font import nametofont

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext


class CanvasMessage:
    """Canvas items: an icon, a title and a text below it.

    Args:
        canvas: where they are drawn.
        context: see ``emogui.gui.context``.
    """

    TAG = "message"

    def __init__(self, canvas: tkinter.Canvas, context: ViewContext) -> None:
        self._canvas = canvas
        self._context = context
        self._icon: tkinter.Image | None = None
        self._said = ("", "", "")

    def show(self, icon: str, title: str, text: str) -> None:
        """Says something else; without a title, nothing."""
        if (icon, title, text) != self._said:
            self._said = (icon, title, text)
            self.draw()

    def draw(self) -> None:
        """Draws it in the theme's colours, in the middle of the canvas as it is now."""
        canvas, c, px = self._canvas, self._context.theme.colours, self._context.px
        canvas.delete(self.TAG)
        icon, title, text = self._said
        if not title:
            return
        x, y = canvas.winfo_width() / 2, canvas.winfo_height() / 2
        if icon:
            self._icon = ttk.Icon(icon, size=56, color=c.muted)
            canvas.create_image(x, y - px(52), image=self._icon, tags=self.TAG)
        bold = nametofont("EmoguiLarge", root=canvas)
        width = max(px(200), canvas.winfo_width() - px(64))
        head = canvas.create_text(
            x, y + px(6), text=title, fill=c.text, font=bold, width=width, justify="center",
            tags=self.TAG,
        )  # fmt: skip
        below = canvas.bbox(head)[3] + px(8)
        canvas.create_text(
            x, below, text=text, fill=c.muted, anchor="n", width=width, justify="center",
            font="TkDefaultFont", tags=self.TAG,
        )  # fmt: skip
