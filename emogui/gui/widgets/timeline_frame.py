"""The timeline as it lies under the live picture: its row of controls and the chart."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from typing import TYPE_CHECKING

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.gui.widgets.timeline_note import NoteEntry
from emogui.gui.widgets.timeline_strip import TimelineStrip
from emogui.gui.widgets.timeline_window import SPANS

if TYPE_CHECKING:
    from emogui.gui.widgets.timeline import LiveTimeline

HEIGHT, LOW_HEIGHT = 176, 126
"""Of the chart in logical pixels, usually and where there is little room."""

_AMPLE, _SCARCE = 480, 380
"""Logical pixels of height for picture and chart below which the chart gets low, and below which
it is put away unless the user wants it."""

_NARROW = 560
"""Logical pixels of width below which buttons have no words."""

FOLLOWED, EVERYONE = "One face", "Everyone"


class TimelineFrame(ttk.Frame):
    """See the module.

    Args:
        parent: the stage; its size decides on the chart's.
        context: see ``emogui.gui.context``.
        actions: what the controls do.
    """

    def __init__(self, parent: tkinter.Misc, context: ViewContext, actions: LiveTimeline) -> None:
        super().__init__(parent)
        px = context.px
        self._context, self._actions = context, actions
        self.open = context.settings.timeline
        self._wanted = False  # opened by the user in a window with little room
        self._room = -1
        self._words: dict[ttk.Button, str] = {}
        self.columnconfigure(0, weight=1)
        self.bar = ttk.Frame(self)
        self.bar.grid(row=0, column=0, sticky="ew")
        self.toggle_button = ttk.Button(
            self.bar, text="Timeline", icon="chevron-down", bootstyle="ghost", padding=px(3),
            command=actions.toggle,
        )  # fmt: skip
        self.toggle_button.pack(side="left")
        self._words[self.toggle_button] = "Timeline"
        self._build_controls()
        self.strip = TimelineStrip(self, context, actions.history, actions.request)
        self.strip.grid(row=1, column=0, sticky="ew", pady=(px(4), 0))
        self.note = NoteEntry(self.strip, context)
        parent.bind("<Configure>", lambda event: self._fit(event.height), add="+")
        self.bind("<Configure>", lambda event: self._fit_words(event.width))
        self._show_parts()

    def _build_controls(self) -> None:
        px, actions = self._context.px, self._actions
        self._controls = ttk.Frame(self.bar)
        self.who = ttk.Combobox(
            self._controls, values=(FOLLOWED, EVERYONE), state="readonly", width=8
        )
        self.who.set(FOLLOWED)
        self.span = ttk.Combobox(self._controls, values=tuple(SPANS), state="readonly", width=6)
        self.show_span(self._context.settings.timeline_span_s)
        self.valence = tkinter.BooleanVar(self, False)
        self.valence_check = ttk.Checkbutton(
            self._controls, text="Valence", variable=self.valence, command=actions.request
        )
        ttk.ToolTip(
            self.valence_check,
            text="Happiness minus sadness, anger, fear, disgust and contempt: "
            "derived from the numbers, not measured.",
            delay=600,
        )
        self.pause_button = self._button("Pause", "pause-fill", actions.pause_or_follow)
        self.mark_button = self._button("Mark", "flag", actions.mark)
        self.save_button = self._button("Save", "download", actions.save)
        ttk.ToolTip(self.mark_button, text="Mark this moment  (M)", delay=600)
        ttk.ToolTip(self.save_button, text="Save the timeline as a table", delay=600)
        for widget in (self.who, self.span, self.valence_check):
            widget.pack(side="left", padx=(px(8), 0))
        for button in (self.save_button, self.mark_button, self.pause_button):
            button.pack(side="right", padx=(px(6), 0))
        self.who.bind("<<ComboboxSelected>>", lambda _event: self._picked())
        self.span.bind("<<ComboboxSelected>>", lambda _event: self._picked())

    def _button(self, text: str, icon: str, command: Callable[[], None]) -> ttk.Button:
        button = ttk.Button(
            self._controls, text=text, icon=icon, command=command, padding=self._context.px(4)
        )
        self._words[button] = text
        return button

    @property
    def shows_everyone(self) -> bool:
        """Whether the mean of all faces is wanted instead of the followed one."""
        return self.who.get() == EVERYONE

    def set_open(self, is_open: bool) -> None:
        """Shows the chart, or only the title; as the user wishes."""
        self.open = self._wanted = is_open
        self._show_parts()

    def show_following(self, follows: bool) -> None:
        """Makes the button say what it does next."""
        self._words[self.pause_button] = "Pause" if follows else "Live"
        self.pause_button.configure(icon="pause-fill" if follows else "skip-end-fill")
        self._fit_words(self.winfo_width())

    def show_span(self, seconds: int) -> None:
        """Names the stretch of time that is shown."""
        self.span.set(next((t for t, s in SPANS.items() if s == seconds), "1 min"))

    def _picked(self) -> None:
        self.strip.focus_set()  # so that arrow keys scroll, and M marks
        if SPANS[self.span.get()] != self._context.settings.timeline_span_s:
            self._actions.show_span(SPANS[self.span.get()])
        self._actions.request()

    def _fit(self, height: int) -> None:
        """Takes no more of the stage than leaves the picture room."""
        px = self._context.px
        room = 2 if height >= px(_AMPLE) else 1 if height >= px(_SCARCE) else 0
        if room != self._room:
            self._room = room
            self.open = self._context.settings.timeline and (room > 0 or self._wanted)
            self._show_parts()

    def _show_parts(self) -> None:
        px = self._context.px
        self.toggle_button.configure(icon="chevron-down" if self.open else "chevron-up")
        self.strip.configure(height=px(HEIGHT if self._room == 2 else LOW_HEIGHT))
        if self.open:
            self._controls.pack(side="left", fill="x", expand=True)
            self.strip.grid()
        else:
            self._controls.pack_forget()
            self.strip.grid_remove()
        self._fit_words(self.winfo_width())

    def _fit_words(self, width: int) -> None:
        narrow = 1 < width < self._context.px(_NARROW)
        for button, text in self._words.items():
            # Put away, it is but its title.
            wanted = "" if narrow and (self.open or button is not self.toggle_button) else text
            if str(button.cget("text")) != wanted:
                button.configure(text=wanted)
