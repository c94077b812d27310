"""The Image tab: the picture with its faces, the selected face's chart, the opened pictures."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from pathlib import Path

import ttkbootstrap as ttk

from emogui.errors import EmoguiError
from emogui.gui.context import Lane, ViewContext
from emogui.gui.documents import Document, Stage, reading_order
from emogui.gui.engine import Engine
from emogui.gui.explaining import Explaining
from emogui.gui.messages import Command, ExplainFailed, FaceExplained, Message, ReadPicture
from emogui.gui.presenter import Presenter
from emogui.gui.widgets.face_panel import FacePanel
from emogui.gui.widgets.image_canvas import ImageCanvas
from emogui.gui.widgets.picture_list import PictureList

LOW, LOW_WITH_LIST = 480, 600
"""Logical pixels of height below which the chart stands closer."""

LIST_NEEDS = 110
"""Logical pixels of height below which a list of pictures is of no use."""

NO_FACE = (
    "If there is one, it may be too small, turned away or hidden. "
    "Try a lower threshold in the settings, or another detector in the Detector menu, "
    "and press Detect."
)


class ImageView(ttk.Frame):
    """See the module; keeps the contract of ``emogui.gui.context``."""

    def __init__(self, parent: tkinter.Misc, context: ViewContext) -> None:
        super().__init__(parent)
        self.context = context
        self.changed: Callable[[], None] = lambda: None
        """Called after each change, for the buttons and the status line."""
        self.explain: Callable[[], None] = lambda: None
        self.adjust: Callable[[], None] = lambda: None
        self._engine = Engine(
            context.make_analyzer, lambda m: context.post(lambda: self._handle(m))
        )
        self.presenter = Presenter(
            self._send,
            self._render,
            context.choice,
            detect_on_open=context.settings.detect_on_open,
        )
        self.explaining = Explaining(self.presenter, self._send, self._render)
        self._shown_error: EmoguiError | None = None
        self._ready = False
        self._build()
        context.on_choice(self.presenter.set_choice)
        context.on_settings(self._settings_changed)
        context.on_theme(self._restyle)
        self._ready = True
        self._render()

    def _build(self) -> None:
        px = self.context.px
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.canvas = ImageCanvas(self, self.context, self.presenter.select)
        self.canvas.grid(row=0, column=0, sticky="nsew", padx=(px(12), 0), pady=px(10))
        side = ttk.Frame(self, padding=(px(18), px(12), px(16), px(8)), width=px(330))
        side.grid(row=0, column=1, sticky="ns")
        side.grid_propagate(False)
        side.columnconfigure(0, weight=1)
        side.rowconfigure(1, weight=1)
        self._side = side
        self.panel = FacePanel(
            side,
            self.context,
            self._explain,
            self._adjust,
            self.explaining.toggle,
            self.explaining.choose,
        )
        self.panel.grid(row=0, column=0, sticky="ew")
        self.list = PictureList(side, self.context, self.presenter.show)
        self.list.grid(row=1, column=0, sticky="nsew", pady=(px(16), 0))
        for widget in (side, self.panel):
            widget.bind("<Configure>", lambda _event: self._share_height(), add="+")

    # The contract for views

    def on_show(self) -> None:
        self.canvas.focus_set()

    def on_hide(self) -> None:
        """Nothing of it runs while it is hidden, except what was asked for."""

    def close(self) -> None:
        self.presenter.cancel()

    def is_closed(self) -> bool:
        return True

    # What the user does

    def start(self) -> None:
        """Loads the models; called when the window is visible and the workers run."""
        self.presenter.prepare()

    def open(self, paths: Sequence[str]) -> None:
        """Opens files, and the pictures in folders."""
        if not paths:
            return
        if any(Path(path).is_dir() for path in paths):
            self.context.submit(
                lambda: _expand(paths), self._open_found, doing="looking for pictures"
            )
        else:
            self.presenter.open(paths)
            self.canvas.focus_set()

    def _open_found(self, found: list[str]) -> None:
        if found:
            self.presenter.open(found)
        else:
            self.context.show_error(
                EmoguiError("There is no picture in that folder.", "Open another one.")
            )

    def detect(self) -> None:
        self.context.clear_error()
        if self.presenter.current is None:
            self.context.show_status("Open a picture first, then Detect looks for faces in it.")
        else:
            self.presenter.detect()

    # Within

    def _explain(self) -> None:
        self.explain()

    def _adjust(self) -> None:
        self.adjust()

    def _handle(self, message: Message) -> None:
        if isinstance(message, FaceExplained | ExplainFailed):
            self.explaining.handle(message)
        else:
            self.presenter.handle(message)

    def _send(self, command: Command) -> None:
        lane: Lane = "read" if isinstance(command, ReadPicture) else "analyse"
        self.context.submit(lambda: self._engine.run(command), lane=lane)

    def _settings_changed(self, _settings: object) -> None:
        self.presenter.detect_on_open = self.context.settings.detect_on_open

    def _restyle(self) -> None:
        self.canvas.restyle()
        self.panel.restyle()

    def _render(self) -> None:
        """Shows what the presenter says."""
        if not self._ready or self.context.closing:
            return
        self.explaining.update()
        presenter = self.presenter
        shown = presenter.current
        if shown is None:
            self.canvas.show(None, None, None)
            self.canvas.message.show(
                "images",
                "Drop a picture here",
                "or press Open to choose one, or paste one from the clipboard",
            )
        else:
            self.canvas.show(shown.image, shown.result, shown.selected, self.explaining.explanation)
            if shown.image is None and shown.stage is Stage.FAILED:
                self.canvas.message.show(
                    "file-earmark-x",
                    f"{shown.name} could not be opened",
                    shown.error.hint if shown.error else "",
                )
            elif shown.image is None:
                self.canvas.message.show("", f"Reading {shown.name}…", "")
        self._render_panel(shown)
        self.panel.show_map(self.explaining.on, self.explaining.emotion)
        self._render_list()
        self._render_error(shown)
        self.changed()

    def _render_panel(self, shown: Document | None) -> None:
        panel = self.panel
        if shown is None:
            panel.show_text("", "The chart of the selected face appears here.")
        elif shown.face is not None and shown.result is not None and shown.selected is not None:
            faces = shown.result.faces
            place = reading_order(faces).index(shown.selected) + 1
            panel.show_face(shown.face, place, len(faces), self._found_with(shown))
        elif shown.stage is Stage.ANALYSING or shown.wanted:
            if self.presenter.models_loading:
                panel.show_text("One moment", "The models are being loaded…")
            else:
                panel.show_text("One moment", "Looking for faces…")
        elif shown.stage is Stage.FAILED:
            panel.show_text("", "")
        elif shown.error is not None:
            panel.show_text("No result", f"{shown.error.message}\n\n{shown.error.hint}".strip())
        elif shown.result is not None and not shown.result.faces:
            panel.show_text("No face found", NO_FACE, adjust=True)
        elif shown.result is not None:
            panel.show_text("", "Click a face, or use the arrow keys, to see its chart.")
        else:
            panel.show_text("", "Press Detect to look for faces.")

    def _found_with(self, shown: Document) -> str:
        result = shown.result
        assert result is not None
        text = ", ".join(self.context.names(result.model, result.labels, result.detector))
        if self.presenter.outdated:
            text += "\nYour choice has changed: press Detect to update."
        return text

    def _render_list(self) -> None:
        self.list.update_rows(self.presenter.documents, self.presenter.position)
        self._share_height()

    def _share_height(self) -> None:
        """Gives the list what the panel leaves, makes the panel low if need be."""
        px, height = self.context.px, self._side.winfo_height()
        several = len(self.presenter.documents) > 1
        self.panel.set_low(height < px(LOW_WITH_LIST if several else LOW))
        if several and height - self.panel.winfo_reqheight() > px(LIST_NEEDS):
            self.list.grid()
        else:
            self.list.grid_remove()

    def _render_error(self, shown: Document | None) -> None:
        """Puts a new error into the banner; one that was dismissed does not come again."""
        error = self.presenter.models_error or (shown.error if shown is not None else None)
        error = error or self.explaining.error
        if error is not self._shown_error:
            if error is not None:
                self.context.show_error(error)
            else:
                self.context.clear_error()
            self._shown_error = error


def _expand(paths: Sequence[str]) -> list[str]:
    """Files as they are, folders as the pictures in them; runs in a worker."""
    from emogui.media.image import find_images

    found: list[str] = []
    for path in paths:
        if Path(path).is_dir():
            found += [name for name, error in find_images([path]) if error is None]
        else:
            found.append(path)
    return found
