"""What is known of the selected face, beside the picture: its emotion, doubts and chart."""

from __future__ import annotations

import tkinter
from collections.abc import Callable

import ttkbootstrap as ttk

from emogui.gui.actions import BY_NAME, accelerator
from emogui.gui.context import ViewContext
from emogui.gui.widgets.bar_chart import BarChart
from emogui.gui.widgets.doubt_box import DoubtBox
from emogui.types import FaceResult

MEANING = "How the face appears in this picture, not what the person feels."


class FacePanel(ttk.Frame):
    """A heading, a line of detail, the doubt (if any), the chart and a footnote.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        explain: shows what the numbers mean.
        adjust: shows the settings, offered when no face was found.
        toggle_map: turns the map of what spoke for an emotion on or off.
        pick: called with the emotion whose bar is clicked.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        explain: Callable[[], None],
        adjust: Callable[[], None],
        toggle_map: Callable[[], None],
        pick: Callable[[str], None],
    ) -> None:
        super().__init__(parent)
        self._low = False
        px = context.px
        self.columnconfigure(0, weight=1)
        self.count = ttk.Label(self, style="Small.TLabel")
        self._map_on = tkinter.BooleanVar(self, False)
        self.map_toggle = ttk.Checkbutton(
            self,
            text="Explain",
            variable=self._map_on,
            bootstyle="primary-round-toggle",
            command=toggle_map,
        )
        keys = accelerator(BY_NAME["explain"].keys, mac=self._windowing() == "aqua")
        ttk.ToolTip(
            self.map_toggle,
            text=f"Show on the face what spoke for its emotion, and what against  ({keys})\n"
            "Click a bar to see another emotion",
            delay=600,
        )
        self.heading = ttk.Label(self, font="EmoguiTitle", anchor="w")
        self.detail = ttk.Label(self, style="Muted.TLabel", justify="left")
        self.doubt = DoubtBox(self, context, 10)
        self.chart = BarChart(self, context, pick)
        self.note = ttk.Label(self, text=MEANING, style="Small.TLabel", justify="left")
        self.more = ttk.Button(
            self,
            text="What do these numbers mean?",
            bootstyle="primary-link",
            padding=0,
            command=explain,
        )
        self.adjust = ttk.Button(self, text="Settings…", command=adjust)
        self.count.grid(row=0, column=0, sticky="w")
        self.map_toggle.grid(row=0, column=0, sticky="e")
        self.heading.grid(row=1, column=0, sticky="ew")
        self.detail.grid(row=2, column=0, sticky="ew")
        self.doubt.grid(row=3, column=0, sticky="ew", pady=(px(10), 0))
        self.chart.grid(row=4, column=0, sticky="ew", pady=(px(14), px(10)))
        self.note.grid(row=5, column=0, sticky="ew")
        self.more.grid(row=6, column=0, sticky="w", pady=(px(2), 0))
        self.adjust.grid(row=7, column=0, sticky="w", pady=(px(12), 0))
        self.bind("<Configure>", self._wrap)
        self.show_text("", "")

    def set_low(self, low: bool) -> None:
        """Takes less height, for a small window; the footnote then stands in the help alone."""
        self._low = low
        self.chart.set_low(low)
        if low:
            self.note.grid_remove()
        elif self.chart.winfo_manager():
            self.note.grid()

    def show_text(self, heading: str, detail: str, *, adjust: bool = False) -> None:
        """Shows words instead of a face.

        Args:
            heading: in large letters; may be empty.
            detail: below it; may be empty.
            adjust: whether to offer the settings.
        """
        self.count.configure(text="")
        self.heading.configure(text=heading)
        self.detail.configure(text=detail)
        self.chart.show(None)
        if heading:
            self.heading.grid()
        else:
            self.heading.grid_remove()
        self.map_toggle.grid_remove()
        for widget in (self.count, self.doubt, self.chart, self.note, self.more):
            widget.grid_remove()
        if adjust:
            self.adjust.grid()
        else:
            self.adjust.grid_remove()

    def show_face(self, face: FaceResult, place: int, of: int, found: str) -> None:
        """Shows a face.

        Args:
            face: the face.
            place: its number from left to right, from 1.
            of: how many faces there are.
            found: what it was found with.
        """
        self.count.configure(text=f"Face {place} of {of}")
        self.heading.configure(text=face.emotion.capitalize())
        size = f"{face.box.w} × {face.box.h} px"
        self.detail.configure(text=f"{face.confidence * 100:.1f} %   ·   {size}\n{found}")
        self.chart.show(face)
        for widget in (self.count, self.map_toggle, self.heading, self.chart, self.more):
            widget.grid()
        if not self._low:
            self.note.grid()
        self.adjust.grid_remove()
        if face.uncertain:
            self.doubt.say(face)
            self.doubt.grid()
        else:
            self.doubt.grid_remove()

    def show_map(self, on: bool, emotion: str | None) -> None:
        """Says whether the map is on, and marks the bar of the emotion that it explains."""
        self._map_on.set(on)
        self.chart.mark(emotion)

    def _windowing(self) -> str:
        return str(self.tk.call("tk", "windowingsystem"))

    def restyle(self) -> None:
        self.chart.restyle()

    def _wrap(self, event: tkinter.Event[tkinter.Misc]) -> None:
        for label in (self.heading, self.detail, self.note):
            label.configure(wraplength=max(80, event.width - 4))
        self.doubt.wrap(event.width)
