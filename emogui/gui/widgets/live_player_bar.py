"""The row of buttons below a video: play, step, the slider, speed, loop, the whole of it."""

from __future__ import annotations

import tkinter
from functools import partial
from typing import Protocol

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.gui.widgets.live_record_sign import clock
from emogui.gui.widgets.live_seek import SeekBar
from emogui.media.player import PlayerState

WHOLE = "Analyse whole video…"
NARROW = 560
"""Logical pixels of width below which some buttons are in a menu."""

SPEEDS = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0)


class PlayerActions(Protocol):
    """What the row has done."""

    def toggle(self) -> None: ...
    def step(self, frames: int) -> None: ...
    def seek(self, time_s: float) -> None: ...
    def skip(self, seconds: float) -> None: ...
    def set_speed(self, speed: float) -> None: ...
    def set_loop(self, loop: bool) -> None: ...
    def analyse_whole(self) -> None: ...


class PlayerBar(ttk.Frame):
    """See the module."""

    def __init__(self, parent: tkinter.Misc, context: ViewContext, actions: PlayerActions) -> None:
        px = context.px
        super().__init__(parent, padding=(px(12), 0, 0, px(8)))
        self._shown: dict[str, object] = {}
        self.columnconfigure(4, weight=1)
        self.back = self._button("skip-start-fill", "One frame back  (,)", 0)
        self.play = self._button("pause-fill", "Play or pause  (Space)", 1)
        self.forward = self._button("skip-end-fill", "One frame forward  (.)", 2)
        self.back.configure(command=lambda: actions.step(-1))
        self.play.configure(command=actions.toggle)
        self.forward.configure(command=lambda: actions.step(1))
        self.position = ttk.Label(self, anchor="e", width=5)
        self.position.grid(row=0, column=3, padx=(px(4), px(4)))
        self.slider = SeekBar(self, context, actions.seek)
        self.slider.grid(row=0, column=4, sticky="ew")
        self.duration = ttk.Label(self, anchor="w", style="Muted.TLabel")
        self.duration.grid(row=0, column=5, padx=(px(4), px(10)))
        self.speed = ttk.Menubutton(self, text="1×", width=4)
        self._speed = tkinter.DoubleVar(self, 1.0)
        self._actions = actions
        menu = ttk.Menu(self.speed, tearoff=False)
        for speed in SPEEDS:
            menu.add_command(label=f"{speed:g}×", command=partial(actions.set_speed, speed))
        self.speed.configure(menu=menu)
        self.speed.grid(row=0, column=6, padx=(0, px(6)))
        ttk.ToolTip(self.speed, text="Speed", delay=600)
        self._looping = tkinter.BooleanVar(self, False)
        self.loop = ttk.Checkbutton(
            self, text="Loop", variable=self._looping, command=self._loop_changed
        )
        self.loop.grid(row=0, column=7, padx=(0, px(10)))
        self.whole = ttk.Button(self, text="Analyse all…", command=actions.analyse_whole)
        self.whole.grid(row=0, column=8)
        ttk.ToolTip(
            self.whole, text="Analyse every frame, as fast as it goes, into files", delay=600
        )
        self.more = ttk.Menubutton(self, icon="three-dots")
        self._more = ttk.Menu(self.more, tearoff=False)
        self._more.add_checkbutton(label="Loop", variable=self._looping, command=self._loop_changed)
        self._more.add_command(label=WHOLE, command=actions.analyse_whole)
        self.more.configure(menu=self._more)
        self._narrow: bool | None = None
        self._few_px = px(NARROW)
        self.bind("<Configure>", lambda event: self._fit(event.width < self._few_px))
        for widget in (self.slider, self.back, self.play, self.forward):
            widget.bind("<Left>", partial(self._skip, actions, -5.0))
            widget.bind("<Right>", partial(self._skip, actions, 5.0))

    def show(self, state: PlayerState, looping: bool) -> None:
        """Shows how the player stands; cheap where nothing has changed."""
        icon = "pause-fill"
        if not state.playing:
            icon = "arrow-counterclockwise" if state.at_end else "play-fill"
        if self._changes("icon", icon):
            self.play.configure(icon=icon)
        duration_s = state.duration_s
        at_s = self.slider.position_s if self.slider.dragging else state.position_s
        if self._changes("position", clock(at_s)):
            self.position.configure(text=clock(at_s))
        if self._changes("duration", duration_s):
            self.duration.configure(text="" if duration_s is None else clock(duration_s))
            if duration_s is None:
                self.slider.grid_remove()
            else:
                self.slider.grid()
        self.slider.show(state.position_s, duration_s or 0.0)
        if self._changes("speed", state.speed):
            self.speed.configure(text=f"{state.speed:g}×")
        if self._changes("looping", looping):
            self._looping.set(looping)

    def set_busy(self, busy: bool) -> None:
        """Greys the button for the whole video while one is being analysed."""
        state = "disabled" if busy else "normal"
        self.whole.configure(state=state)
        self._more.entryconfigure(WHOLE, state=state)

    def restyle(self) -> None:
        """Takes the colours of the present theme."""
        self.slider.restyle()

    def _loop_changed(self) -> None:
        self._actions.set_loop(self._looping.get())

    def _fit(self, narrow: bool) -> None:
        """Puts what is needed less often into a menu where there is little room."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        for widget in (self.back, self.forward, self.loop, self.whole):
            if narrow:
                widget.grid_remove()
            else:
                widget.grid()
        if narrow:
            self.more.grid(row=0, column=9)
        else:
            self.more.grid_remove()

    def _button(self, icon: str, tip: str, column: int) -> ttk.Button:
        button = ttk.Button(self, icon=icon)
        button.grid(row=0, column=column, padx=(0, 2))
        ttk.ToolTip(button, text=tip, delay=600)
        return button

    def _changes(self, name: str, value: object) -> bool:
        """Whether a part is to show something else than before: a change costs a new layout."""
        if name in self._shown and self._shown[name] == value:
            return False
        self._shown[name] = value
        return True

    @staticmethod
    def _skip(actions: PlayerActions, seconds: float, _event: object) -> str:
        actions.skip(seconds)
        return "break"
