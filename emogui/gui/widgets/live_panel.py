"""What is known of the followed face, beside the live picture; nothing in it jumps about."""

from __future__ import annotations

import tkinter
from collections.abc import Callable

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.gui.widgets.bar_chart import BarChart
from emogui.gui.widgets.doubt_box import DoubtBox
from emogui.types import FaceResult

MEANING = "How the face appears at this moment, not what the person feels."


class LivePanel(ttk.Frame):
    """Heading, chart and doubt of one face.

    Unlike in the Image tab the doubt lies below the chart, in the place of the footnote: in a
    video it comes and goes, and the bars must not move with it.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        explain: shows what the numbers mean.
    """

    def __init__(
        self, parent: tkinter.Misc, context: ViewContext, explain: Callable[[], None]
    ) -> None:
        super().__init__(parent)
        px = context.px
        self._face_shown: bool | None = None
        self._low = False
        self._words: dict[str, str] = {}
        self.columnconfigure(0, weight=1)
        self.count = ttk.Label(self, style="Small.TLabel")
        self.heading = ttk.Label(self, font="EmoguiTitle", anchor="w")
        self.detail = ttk.Label(self, style="Muted.TLabel", justify="left")
        self.chart = BarChart(self, context)
        self._doubt_place = ttk.Frame(self, height=px(76))
        self._doubt_place.grid_propagate(False)
        self._doubt_place.columnconfigure(0, weight=1)
        self._doubt = DoubtBox(self._doubt_place, context, 8)
        self.note = ttk.Label(self._doubt_place, text=MEANING, style="Small.TLabel", justify="left")
        self.more = ttk.Button(
            self,
            text="What do these numbers mean?",
            bootstyle="primary-link",
            padding=0,
            command=explain,
        )
        self.count.grid(row=0, column=0, sticky="w")
        self.heading.grid(row=1, column=0, sticky="ew")
        self.detail.grid(row=2, column=0, sticky="ew")
        self.chart.grid(row=3, column=0, sticky="ew", pady=(px(14), px(6)))
        self._doubt_place.grid(row=4, column=0, sticky="ew", pady=(px(4), px(6)))
        self.note.grid(row=0, column=0, sticky="ew")
        self.more.grid(row=5, column=0, sticky="w", pady=(px(2), 0))
        self.bind("<Configure>", self._wrap)
        self.show_text("", "")

    def show_text(self, heading: str, detail: str) -> None:
        """Shows words instead of a face; both may be empty."""
        self._set("count", self.count, "")
        self._set("heading", self.heading, heading)
        self._set("detail", self.detail, detail)
        self._show_parts(False)
        if heading:
            self.heading.grid()
        else:
            self.heading.grid_remove()

    def show_face(self, face: FaceResult, place: int, of: int, following: bool) -> None:
        """Shows a face.

        Args:
            face: the face.
            place: its number from left to right, from 1.
            of: how many faces there are.
            following: whether the user picked it, so that it stays chosen.
        """
        how = "picked" if following else "the largest"
        self._set("count", self.count, f"Face {place} of {of}" + (f", {how}" if of > 1 else ""))
        self._set("heading", self.heading, face.emotion.capitalize())
        self.heading.grid()
        size = f"{face.box.w} × {face.box.h} px"
        self._set("detail", self.detail, f"{face.confidence * 100:.0f} %   ·   {size}")
        self.chart.show(face)
        self._show_parts(True)
        if face.uncertain:
            self._doubt.say(face)
            if not self._doubt.winfo_manager():
                self.note.grid_remove()
                self._doubt.grid(row=0, column=0, sticky="ew")
        elif self._doubt.winfo_manager():
            self._doubt.grid_remove()
            self.note.grid()

    @property
    def doubtful(self) -> bool:
        """Whether the doubt is shown."""
        return bool(self._face_shown and self._doubt.winfo_manager())

    def set_low(self, low: bool) -> None:
        """Takes less height, for a small window."""
        if low != self._low:
            self._low = low
            self.chart.set_low(low)

    def restyle(self) -> None:
        self.chart.restyle()

    def _show_parts(self, face: bool) -> None:
        if face == self._face_shown:
            return
        self._face_shown = face
        for widget in (self.count, self.chart, self._doubt_place, self.more):
            if face:
                widget.grid()
            else:
                widget.grid_remove()

    def _set(self, name: str, label: ttk.Label, text: str) -> None:
        """Changes a label only where it says something else: a change costs a new layout."""
        if self._words.get(name) != text:
            self._words[name] = text
            label.configure(text=text)

    def _wrap(self, event: tkinter.Event[tkinter.Misc]) -> None:
        for label in (self.heading, self.detail, self.note):
            label.configure(wraplength=max(80, event.width - 4))
        self._doubt.wrap(event.width)
