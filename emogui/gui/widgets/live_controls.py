"""The row above the live picture: source, start and stop, snapshot, mirror, figures."""

from __future__ import annotations

import tkinter
from typing import Protocol

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.gui.widgets.live_sources import Source, SourceChooser


class LiveActions(Protocol):
    """What the row has done."""

    def start_or_stop(self) -> None: ...
    def start(self, spec: str | None = None) -> None: ...
    def snapshot(self) -> None: ...
    def set_mirror(self, mirrored: bool) -> None: ...
    def look_for_cameras(self) -> None: ...
    def choose(self, source: Source) -> None: ...


class LiveControls(ttk.Frame):
    """See the module."""

    def __init__(self, parent: tkinter.Misc, context: ViewContext, actions: LiveActions) -> None:
        super().__init__(parent)
        px = context.px
        self.chooser = SourceChooser(
            self,
            context,
            actions.choose,
            lambda source: actions.start(source.spec),
            actions.look_for_cameras,
        )
        self._actions = actions
        self.start_button = ttk.Button(
            self, text="Start", icon="play-fill", bootstyle="primary", command=self._start, width=6
        )
        self.snapshot_button = ttk.Button(
            self, text="Snapshot", icon="camera", command=actions.snapshot
        )
        self._mirrored = tkinter.BooleanVar(self, False)
        self.mirror = ttk.Checkbutton(
            self,
            text="Mirror",
            variable=self._mirrored,
            command=lambda: actions.set_mirror(self._mirrored.get()),
        )
        self.figures = ttk.Label(self, style="Muted.TLabel", anchor="e")
        # What is packed first keeps its room in a narrow window.
        self.figures.pack(side="right", padx=(px(8), 0))
        self.chooser.pack(side="left")
        self.start_button.pack(side="left", padx=(px(8), 0))
        self.snapshot_button.pack(side="left", padx=(px(8), 0))
        self.mirror.pack(side="left", padx=(px(12), 0))
        self._running: bool | None = None
        self.show_running(False)

    def show_running(self, running: bool) -> None:
        """Makes the button say what it does next."""
        if running != self._running:
            self._running = running
            self.start_button.configure(
                text="Stop" if running else "Start", icon="stop-fill" if running else "play-fill"
            )

    def show_mirror(self, mirrored: bool) -> None:
        self._mirrored.set(mirrored)

    def show_figures(self, text: str) -> None:
        self.figures.configure(text=text)

    def _start(self) -> None:
        if self.chooser.asking:
            self.chooser.take_typed()
        else:
            self._actions.start_or_stop()
