"""How a batch analyses, and what it writes."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Mapping
from typing import Final

import ttkbootstrap as ttk

from emogui.gui.batch_form import BatchForm, Frames
from emogui.gui.context import ViewContext
from emogui.gui.dialogs.saving import FACES
from emogui.gui.widgets.wrapped import Wrapped

FRAMES: Final[dict[str, Frames]] = {
    "Up to N a second, N =": "fps",
    "Every Nth, N =": "every",
    "All": "all",
}
LOOKS: Final = {"Thorough: small faces, too": False, "Fast: one look, large faces": True}
OUTPUTS: Final = (
    ("parquet", "Parquet", "faces.parquet: the table for pandas, Polars, DuckDB, R"),
    ("jsonl", "JSON Lines", "frames.jsonl: a line a picture or frame"),
    ("annotate", "Annotated copies", "Of pictures and videos, with framed and named faces"),
    ("crops", "Face crops", "Each face as a picture of its own"),
)
SUBTITLES: Final = (
    ("srt", "SRT", "The emotions of each video as SubRip subtitles"),
    ("vtt", "WebVTT", "The emotions of each video as subtitles for browsers"),
    ("eaf", "ELAN", "The emotions of each video as annotations for ELAN (.eaf)"),
)


class BatchOptionFields(ttk.Frame):
    """See the module.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        edit: called with the fields that the user changed, by name.
    """

    def __init__(
        self, parent: tkinter.Misc, context: ViewContext, edit: Callable[..., None]
    ) -> None:
        super().__init__(parent)
        self._px, self._edit = context.px, edit
        self._showing = False
        self.checks: dict[str, ttk.Checkbutton] = {}
        self._variables: dict[str, tkinter.BooleanVar] = {}
        px = context.px
        self.columnconfigure(1, weight=1)
        self._label("Pictures", 0)
        self.look = self._choice(0, tuple(LOOKS), lambda text: edit(fast=LOOKS[text]))
        self._label("Frames of videos", 1)
        row = ttk.Frame(self)
        row.grid(row=1, column=1, sticky="ew", pady=px(3))
        row.columnconfigure(0, weight=1)
        self.frames = ttk.Combobox(row, values=tuple(FRAMES), state="readonly", width=14)
        self.frames.grid(row=0, column=0, sticky="ew")
        self.frames.bind(
            "<<ComboboxSelected>>", lambda _event: edit(frames=FRAMES[self.frames.get()])
        )
        self.number = tkinter.StringVar(self)
        self.number_entry = ttk.Entry(row, textvariable=self.number, width=6)
        self.number_entry.grid(row=0, column=1, padx=(px(6), 0))
        self.number.trace_add("write", lambda *_names: self._typed())
        self._label("Tables", 2)
        self._checks(2, OUTPUTS[:2], always="CSV")
        self._label("Pictures of faces", 3)
        self._checks(3, OUTPUTS[2:])
        self._label("Faces in copies", 4)
        self.hide = self._choice(4, tuple(FACES), lambda text: edit(hide=FACES[text]))
        self._label("Subtitles", 5)
        self._checks(5, SUBTITLES)
        self._label("Network", 6)
        self.using = Wrapped(self, style="Muted.TLabel")
        self.using.grid(row=6, column=1, sticky="ew", pady=px(3))
        ttk.ToolTip(
            self.look, delay=600,
            text="Thorough finds faces from 16 pixels up; fast is several times as quick and "
            "misses small ones",
        )  # fmt: skip
        ttk.ToolTip(self.number_entry, text="How many a second, or which nth one", delay=600)

    def _label(self, text: str, row: int) -> None:
        ttk.Label(self, text=text).grid(
            row=row, column=0, sticky="w", pady=self._px(3), padx=(0, self._px(12))
        )

    def _choice(
        self, row: int, values: tuple[str, ...], picked: Callable[[str], None]
    ) -> ttk.Combobox:
        box = ttk.Combobox(self, values=values, state="readonly", width=14)
        box.grid(row=row, column=1, sticky="ew", pady=self._px(3))
        box.bind("<<ComboboxSelected>>", lambda _event: picked(box.get()))
        return box

    def _checks(self, row: int, plan: tuple[tuple[str, str, str], ...], always: str = "") -> None:
        frame = ttk.Frame(self)
        frame.grid(row=row, column=1, sticky="ew", pady=self._px(3))
        if always:
            on = ttk.Checkbutton(frame, text=always, state="disabled", takefocus=False)
            on.state(["selected", "!alternate"])
            on.pack(side="left", padx=(0, self._px(14)))
            ttk.ToolTip(on, text="faces.csv and failures.csv are always written", delay=600)
        for name, text, tip in plan:
            variable = self._variables[name] = tkinter.BooleanVar(self)
            check = self.checks[name] = ttk.Checkbutton(
                frame, text=text, variable=variable, command=lambda name=name: self._ticked(name)
            )
            check.pack(side="left", padx=(0, self._px(14)))
            ttk.ToolTip(check, text=tip, delay=600)

    def show(self, form: BatchForm, using: str) -> None:
        """Shows the fields as they stand, and what is in use."""
        self._showing = True
        if self.number.get() != form.number:
            self.number.set(form.number)
        for name, variable in self._variables.items():
            if variable.get() != getattr(form, name):
                variable.set(getattr(form, name))
        self._showing = False
        _pick(self.look, LOOKS, form.fast)
        _pick(self.frames, FRAMES, form.frames)
        _pick(self.hide, FACES, form.hide)
        _set_state(self.number_entry, "normal" if form.frames != "all" else "disabled")
        _set_state(self.hide, "readonly" if form.annotate else "disabled")
        self.using.say(using)

    def _typed(self) -> None:
        if not self._showing:
            self._edit(number=self.number.get())

    def _ticked(self, name: str) -> None:
        self._edit(**{name: self._variables[name].get()})


def _pick(box: ttk.Combobox, titles: Mapping[str, object], value: object) -> None:
    title = next(title for title, one in titles.items() if one == value)
    if box.get() != title:
        box.set(title)


def _set_state(widget: tkinter.Widget, state: str) -> None:
    if str(widget.cget("state")) != state:
        widget.configure(state=state)  # type: ignore[call-arg]
