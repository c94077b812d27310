"""The row above the live picture: source, start, snapshot, record, publish, mirror, figures."""

from __future__ import annotations

import tkinter
from tkinter.font import Font
from typing import Protocol

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.gui.widgets.live_modes import Asked
from emogui.gui.widgets.live_sources import Source, SourceChooser

_FIGURES = 26
"""Letters that the figures need at most; they must not push the buttons about."""


class LiveActions(Protocol):
    """What the row has done."""

    def start_or_stop(self) -> None: ...
    def start(self, spec: str | None = None) -> None: ...
    def snapshot(self) -> None: ...
    def record(self) -> None: ...
    def publish(self) -> None: ...
    def set_mirror(self, mirrored: bool) -> None: ...
    def look_for_cameras(self) -> None: ...
    def choose(self, source: Source) -> None: ...
    def choose_mode(self, source: Source, asked: Asked) -> None: ...


class LiveControls(ttk.Frame):
    """See the module. In a narrow window some buttons show their icons alone."""

    def __init__(self, parent: tkinter.Misc, context: ViewContext, actions: LiveActions) -> None:
        super().__init__(parent)
        px = context.px
        self.chooser = SourceChooser(
            self,
            context,
            actions.choose,
            lambda source: actions.start(source.spec),
            actions.look_for_cameras,
            actions.choose_mode,
        )
        self._actions, self._px = actions, px
        self.start_button = ttk.Button(
            self, text="Start", icon="play-fill", bootstyle="primary", command=self._start, width=6
        )
        self.snapshot_button = ttk.Button(
            self, text="Snapshot", icon="camera", command=actions.snapshot
        )
        self.record_button = ttk.Button(
            self, text="Record", icon="record-circle", command=actions.record
        )
        self.publish_button = ttk.Button(
            self, text="Publish", icon="broadcast", command=actions.publish
        )
        ttk.ToolTip(self.snapshot_button, text="Save the present picture", delay=600)
        ttk.ToolTip(self.record_button, text="Record results and video", delay=600)
        ttk.ToolTip(self.publish_button, text="Send results to other programs", delay=600)
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
        self.record_button.pack(side="left", padx=(px(8), 0))
        self.publish_button.pack(side="left", padx=(px(8), 0))
        self.mirror.pack(side="left", padx=(px(12), 0))
        self._running: bool | None = None
        self._recording = self._publishing = self._narrow = False
        self._widest, self._spaces = 0, px(60)
        self.bind("<Configure>", lambda event: self._fit(event.width))
        self.show_running(False)

    def show_running(self, running: bool) -> None:
        """Makes the button say what it does next."""
        if running != self._running:
            self._running = running
            self.start_button.configure(
                text="Stop" if running else "Start", icon="stop-fill" if running else "play-fill"
            )

    def show_recording(self, recording: bool) -> None:
        """Makes the button say what it does next."""
        if recording != self._recording:
            self._recording = recording
            self._label()

    def show_publishing(self, publishing: bool) -> None:
        """Makes the button say what it does next."""
        if publishing != self._publishing:
            self._publishing = publishing
            self._label()

    def show_mirror(self, mirrored: bool) -> None:
        self._mirrored.set(mirrored)

    def show_figures(self, text: str) -> None:
        self.figures.configure(text=text)

    def _label(self) -> None:
        words = "Stop recording" if self._recording else "Record"
        self.record_button.configure(
            text="" if self._narrow else words,
            icon="stop-circle" if self._recording else "record-circle",
            bootstyle="danger" if self._recording else "default",
        )
        self.publish_button.configure(
            text="" if self._narrow else "Stop publishing" if self._publishing else "Publish",
            bootstyle="info" if self._publishing else "default",
        )
        self.snapshot_button.configure(text="" if self._narrow else "Snapshot")
        self.chooser.box.configure(width=12 if self._narrow else 22)
        between = self._px(4 if self._narrow else 8)
        for button in (
            self.start_button, self.snapshot_button, self.record_button, self.publish_button
        ):  # fmt: skip
            button.pack_configure(padx=(between, 0))

    def _fit(self, width: int) -> None:
        if not self._widest:  # the first time, when all words are there
            self._widest = self._wide_width()
        narrow = width < self._widest
        if narrow != self._narrow:
            self._narrow = narrow
            self._label()

    def _wide_width(self) -> int:
        """Pixels that the row takes with all its words."""
        font = Font(self, name="TkDefaultFont", exists=True)
        row = (
            self.chooser, self.start_button, self.snapshot_button, self.record_button,
            self.publish_button, self.mirror,
        )  # fmt: skip
        longer = sum(
            font.measure(later) - font.measure(now)
            for now, later in (("Record", "Stop recording"), ("Publish", "Stop publishing"))
        )
        return (
            sum(one.winfo_reqwidth() for one in row)
            + longer
            + font.measure("0" * _FIGURES)
            + self._spaces
        )

    def _start(self) -> None:
        if self.chooser.asking:
            self.chooser.take_typed()
        else:
            self._actions.start_or_stop()
