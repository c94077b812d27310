"""The choice of a live source: cameras by name, a video file, the address of a stream."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.gui.widgets.live_modes import Asked, ModeButton
from emogui.media.cameras import CameraInfo
from emogui.media.source import VIDEO_SUFFIXES, is_address, without_password

Kind = Literal["camera", "file", "stream"]

FILE_TITLE = "Video file…"
STREAM_TITLE = "Stream address…"
SCHEME = "rtsp://"
"""What an address begins with most often; it stands there when one is asked for."""
VIDEOS = (
    ("Videos", " ".join(f"*{s} *{s.upper()}" for s in sorted(VIDEO_SUFFIXES))),
    ("All files", "*"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A source that can be started.

    Attributes:
        spec: what ``open_source`` takes.
        title: what the user sees.
        kind: camera, file or stream.
    """

    spec: str
    title: str
    kind: Kind


def source_of(spec: str, cameras: Sequence[CameraInfo] = ()) -> Source:
    """Works out what a spec means and how it is called."""
    text = spec.strip()
    if text.isascii() and text.isdigit():
        names = {camera.spec: camera.name for camera in cameras}
        return Source(text, names.get(text, f"Camera {int(text) % 100}"), "camera")
    if is_address(text):
        return Source(text, without_password(text), "stream")
    for camera in cameras:
        if camera.name.casefold() == text.casefold() and not Path(text).exists():
            return Source(camera.spec, camera.name, "camera")
    return Source(spec, Path(spec).name or spec, "file")


class SourceChooser(ttk.Frame):
    """A list of sources, and below it a line for an address when that is wanted.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        chosen: called with a camera that was chosen from the list.
        entered: called with a file or address that was chosen, which is to start at once.
        refresh: asks for the cameras again.
        mode_chosen: called with the present camera and what the user asks of it.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        chosen: Callable[[Source], None],
        entered: Callable[[Source], None],
        refresh: Callable[[], None],
        mode_chosen: Callable[[Source, Asked], None],
    ) -> None:
        super().__init__(parent)
        self._context, self._chosen, self._entered = context, chosen, entered
        self._cameras: tuple[CameraInfo, ...] = ()
        self._sources: list[Source] = []
        self._other: Source | None = None
        self.current: Source | None = None
        """What Start starts; None while nothing is chosen."""
        px = context.px
        self.columnconfigure(0, weight=1)
        self.box = ttk.Combobox(self, state="readonly", width=22)
        self.box.grid(row=0, column=0, sticky="ew")
        self.box.bind("<<ComboboxSelected>>", lambda _event: self._picked())
        self.refresh_button = ttk.Button(self, icon="arrow-clockwise", command=refresh)
        self.refresh_button.grid(row=0, column=1, padx=(px(6), 0))
        ttk.ToolTip(self.refresh_button, text="Look for cameras again", delay=600)
        self._mode_chosen = mode_chosen
        self.mode_button = ModeButton(self, context, self._mode_picked)
        self.mode_button.grid(row=0, column=2, padx=(px(6), 0))
        self._fill()

    def set_cameras(self, cameras: Sequence[CameraInfo]) -> None:
        """Lists these cameras; what was chosen stays chosen if it is still there."""
        self._cameras = tuple(cameras)
        current = self.current
        if current is not None and current.kind == "camera":
            here = {camera.spec for camera in cameras}
            self.current = source_of(current.spec, cameras) if current.spec in here else None
        if self.current is None and cameras:
            self.current = source_of(cameras[0].spec, cameras)
        self._fill()

    @property
    def cameras(self) -> tuple[CameraInfo, ...]:
        return self._cameras

    def choose(self, spec: str) -> Source:
        """Chooses a source from outside, without starting it."""
        self.current = source_of(spec, self._cameras)
        self._fill()
        return self.current

    def ask_file(self) -> None:
        """Asks for a video file and starts it."""
        folder = self._context.settings.last_folder
        path = self._context.dialogs.open_file("Open a video", VIDEOS, folder)
        if path:
            self._context.update_settings(last_folder=str(Path(path).absolute().parent))
            self._entered(self.choose(path))
        else:
            self._fill()

    def ask_address(self) -> None:
        """Lets the address of a stream be typed in the list's place."""
        self.box.configure(state="normal")
        self.box.set(SCHEME)
        self.box.icursor("end")
        self.box.focus_set()
        self.box.bind("<Return>", lambda _event: self._typed())
        self.box.bind("<Escape>", lambda _event: self._give_up())
        self._context.show_status("Type the address of the stream, then press Enter")

    @property
    def asking(self) -> bool:
        """Whether an address is being typed."""
        return str(self.box.cget("state")) == "normal"

    def take_typed(self) -> None:
        """Takes the address that is being typed, as Enter does."""
        if self.asking:
            self._typed()

    def _typed(self) -> str:
        text = self.box.get().strip()
        self._read_only()
        if is_address(rest := text.removeprefix(SCHEME).lstrip()):
            text = rest  # a whole address was pasted behind what stood there already
        if text and text != SCHEME:
            self._entered(self.choose(text))
        else:
            self._fill()
        return "break"

    def _give_up(self) -> str:
        self._read_only()
        self._fill()
        return "break"

    def _read_only(self) -> None:
        self.box.unbind("<Return>")
        self.box.unbind("<Escape>")
        self.box.configure(state="readonly")

    def _picked(self) -> None:
        index = self.box.current()
        self.box.selection_clear()
        title = self.box.get()
        if title == FILE_TITLE and index == len(self._sources):
            self.ask_file()
        elif title == STREAM_TITLE and index == len(self._sources) + 1:
            self.ask_address()
        elif 0 <= index < len(self._sources):
            self.current = self._sources[index]
            self._chosen(self.current)

    @property
    def _current_camera(self) -> CameraInfo | None:
        """The chosen camera, if one is chosen and there."""
        if self.current is None or self.current.kind != "camera":
            return None
        return next((c for c in self._cameras if c.spec == self.current.spec), None)

    def _mode_picked(self, asked: Asked) -> None:
        if self.current is not None:
            self._mode_chosen(self.current, asked)

    def _fill(self) -> None:
        self._sources = [source_of(camera.spec, self._cameras) for camera in self._cameras]
        current = self.current
        if current is not None and current.kind != "camera":
            self._other = current
        if self._other is not None:
            self._sources.append(self._other)
        if current is not None and current not in self._sources:
            self._sources.insert(0, current)
        titles = [source.title for source in self._sources]
        self.box.configure(values=(*titles, FILE_TITLE, STREAM_TITLE))
        self.mode_button.set_camera(self._current_camera)
        if current is None:
            self.box.set("Choose a source")
        else:
            self.box.current(self._sources.index(current))
