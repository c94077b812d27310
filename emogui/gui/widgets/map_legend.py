"""The legend of an explanation, in a corner of the picture: what the colours mean."""

from __future__ import annotations

import tkinter
from tkinter.font import nametofont
from typing import TYPE_CHECKING

from PIL import Image as PilImage
from PIL import ImageTk

from emogui.gui.context import ViewContext

if TYPE_CHECKING:
    from emogui.backend.explanation import Explanation


class MapLegend:
    """Canvas items at the lower left of a picture: a title, and a scale with its two ends.

    Args:
        canvas: where they are drawn.
        context: see ``emogui.gui.context``.
    """

    TAG = "legend"

    def __init__(self, canvas: tkinter.Canvas, context: ViewContext) -> None:
        self._canvas = canvas
        self._context = context
        self._bar: ImageTk.PhotoImage | None = None
        self.text = ""

    def draw(self, explanation: Explanation | None) -> None:
        """Draws the legend of an explanation in the theme's colours, or takes it away."""
        canvas, px = self._canvas, self._context.px
        canvas.delete(self.TAG)
        self.text = ""
        if explanation is None:
            return
        from emogui.output.heatmap import colour_bar, scale_ends

        c = self._context.theme.colours
        bold, plain = nametofont("EmoguiBold", root=canvas), nametofont("EmoguiSmall", root=canvas)
        self.text = f"What spoke for {explanation.emotion}"
        ends = scale_ends(explanation)
        lengths = [plain.measure(end) for end in ends]
        pad, bar, thick = px(10), px(96), px(10)
        inner = max(bold.measure(self.text), sum(lengths) + bar + 2 * px(8))
        bar = inner - sum(lengths) - 2 * px(8)
        line = int(bold.metrics("linespace")) + px(6)
        height = 2 * pad + line + int(plain.metrics("linespace"))
        left, top = px(12), canvas.winfo_height() - px(12) - height
        canvas.create_rectangle(
            left, top, left + inner + 2 * pad, top + height,
            fill=c.surface, outline=c.line, tags=self.TAG,
        )  # fmt: skip
        x = left + pad
        canvas.create_text(
            x, top + pad, text=self.text, anchor="nw", font=bold, fill=c.text, tags=self.TAG
        )
        middle = top + pad + line + int(plain.metrics("linespace")) / 2
        canvas.create_text(
            x, middle, text=ends[0], anchor="w", font=plain, fill=c.text, tags=self.TAG
        )
        canvas.create_text(
            x + inner, middle, text=ends[1], anchor="e", font=plain, fill=c.text, tags=self.TAG
        )
        picture = PilImage.fromarray(colour_bar(bar, thick))
        self._bar = ImageTk.PhotoImage(picture, master=canvas)
        canvas.create_image(
            x + lengths[0] + px(8), middle, image=self._bar, anchor="w", tags=self.TAG
        )
