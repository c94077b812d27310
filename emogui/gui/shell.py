"""The main window: buttons, tabs, banner and status line."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import ttkbootstrap as ttk

from emogui.errors import EmoguiError
from emogui.gui.actions import BY_NAME, accelerator
from emogui.gui.context import Button, View, ViewContext
from emogui.gui.documents import Stage
from emogui.gui.presenter import Presenter
from emogui.gui.views.image import ImageView
from emogui.gui.widgets.banner import Banner

if TYPE_CHECKING:
    from emogui.gui.dialogs.leaving import AtWork
    from emogui.gui.views.batch import BatchView
    from emogui.gui.views.live import LiveView
    from emogui.gui.views.train import TrainView


PROGRESS_AFTER_MS = 250
"""What is done sooner shows no progress: it would only flicker."""


class Shell(ttk.Frame):
    """Fills the root window.

    Args:
        root: the window.
        context: what the views get too.
        do: does the action of a name (see ``emogui.gui.actions``).
    """

    def __init__(self, root: ttk.App, context: ViewContext, do: Callable[[str], None]) -> None:
        super().__init__(root)
        self.root, self.context, self._do = root, context, do
        self.mac = root.winsys == "aqua"
        self.live: LiveView | None = None
        self.train: TrainView | None = None
        self.batch: BatchView | None = None
        self._shown: View | None = None
        self._progress: tuple[int, int] | None = None
        self._progress_due: str | None = None
        self.rowconfigure(2, weight=1)
        self.columnconfigure(0, weight=1)
        self._build_toolbar()
        self.banner = Banner(self, context.theme)
        self.banner.grid(row=1, column=0, sticky="ew")
        self.banner.grid_remove()
        self._build_tabs()
        self._build_status()
        context.screen = self
        self.image.changed = self.refresh
        self.refresh()

    # Parts

    def _build_toolbar(self) -> None:
        px = self.context.px
        bar = ttk.Frame(self, padding=(px(12), px(10), px(12), px(4)))
        bar.grid(row=0, column=0, sticky="ew")
        self.buttons: dict[str, ttk.Button] = {}
        plan = (
            ("open", "Open", "folder2-open", "default"),
            ("detect", "Detect", "person-bounding-box", "primary"),
            ("previous_picture", "Previous", "chevron-left", "default"),
            ("next_picture", "Next", "chevron-right", "default"),
            ("save_picture", "Save", "download", "default"),
            ("settings", "Settings", "gear", "default"),
        )
        for name, text, icon, style in plan:
            button = ttk.Button(
                bar, text=text, icon=icon, bootstyle=style, command=partial(self._do, name)
            )
            button.pack(side="left", padx=(0, px(8)))
            self._tip(button, name)
            self.buttons[name] = button
        leave = ttk.Button(
            bar, text="Exit", icon="box-arrow-right", command=lambda: self._do("exit")
        )
        leave.pack(side="right")
        self._tip(leave, "exit")
        self.buttons["exit"] = leave

    def _tip(self, widget: tkinter.Misc, name: str) -> None:
        action = BY_NAME[name]
        keys = accelerator(action.keys, mac=self.mac)
        ttk.ToolTip(widget, text=f"{action.title.rstrip('…')}  ({keys})", delay=600)

    def _build_tabs(self) -> None:
        px = self.context.px
        self.tabs = ttk.Notebook(self)
        self.tabs.grid(row=2, column=0, sticky="nsew")
        self.image = ImageView(self.tabs, self.context)
        self._live_page = ttk.Frame(self.tabs)
        self.tabs.add(self.image, text="Image", padding=px(0))
        self.tabs.add(self._live_page, text="Live camera")
        self._train_page = ttk.Frame(self.tabs)
        self.tabs.add(self._train_page, text="Train")
        self._batch_page = ttk.Frame(self.tabs)
        self.tabs.add(self._batch_page, text="Batch")
        self.tabs.enable_traversal()
        self.tabs.bind("<<NotebookTabChanged>>", lambda _event: self._tab_changed())

    def _build_status(self) -> None:
        px = self.context.px
        bar = ttk.Frame(self, padding=(px(12), px(4), px(12), px(6)))
        bar.grid(row=3, column=0, sticky="ew")
        bar.columnconfigure(0, weight=1)
        self.status = ttk.Label(bar, anchor="w", text="Starting…")
        self.status.grid(row=0, column=0, sticky="ew")
        self.progress = ttk.Progressbar(bar, length=px(140), mode="indeterminate")
        self.progress.grid(row=0, column=1, padx=px(10))
        self.cancel_button = ttk.Button(
            bar,
            text="Cancel",
            bootstyle="primary-link",
            command=lambda: self._do("cancel"),
            padding=0,
        )
        self.cancel_button.grid(row=0, column=2, padx=(0, px(12)))
        self.using = ttk.Label(bar, anchor="e", style="Muted.TLabel")
        self.using.grid(row=0, column=3, sticky="e")

    # What the context shows things with

    def show_error(self, error: EmoguiError, button: Button | None = None) -> None:
        self.banner.show(error.message, error.hint, button=button)

    def show_notice(self, message: str, hint: str = "", button: Button | None = None) -> None:
        self.banner.show(message, hint, "Info", button)

    def clear_error(self) -> None:
        self.banner.clear()

    def show_status(self, text: str) -> None:
        self.status.configure(text=text)

    def _set_progress(self, progress: tuple[int, int] | None) -> None:
        """Shows (done, of) with a way to cancel; an endless bar for one thing; None hides."""
        self._progress = progress
        if progress is None:
            if self._progress_due is not None:
                self.after_cancel(self._progress_due)
                self._progress_due = None
            self.progress.stop()
            self.progress.grid_remove()
            self.cancel_button.grid_remove()
        elif self.progress.winfo_manager():
            self._draw_progress()
        elif self._progress_due is None:
            self._progress_due = self.after(PROGRESS_AFTER_MS, self._draw_progress)

    def _draw_progress(self) -> None:
        self._progress_due = None
        if self._progress is None:
            return
        done, of = self._progress
        mode = "determinate" if of > 1 else "indeterminate"
        if str(self.progress.cget("mode")) != mode or not self.progress.winfo_manager():
            self.progress.stop()
            self.progress.configure(mode=mode)
            if mode == "indeterminate":
                self.progress.start(40)
        if mode == "determinate":
            self.progress.configure(maximum=of, value=done)
        self.progress.grid()
        self.cancel_button.grid()

    # Tabs

    @property
    def on_live(self) -> bool:
        return str(self.tabs.select()) == str(self._live_page)

    @property
    def on_train(self) -> bool:
        return str(self.tabs.select()) == str(self._train_page)

    @property
    def on_batch(self) -> bool:
        return str(self.tabs.select()) == str(self._batch_page)

    @property
    def on_image(self) -> bool:
        return self.tab == "image"

    @property
    def tab(self) -> str:
        """Name of the tab in front: ``"image"``, ``"live"``, ``"train"`` or ``"batch"``."""
        if self.on_live:
            return "live"
        return "train" if self.on_train else "batch" if self.on_batch else "image"

    def show_tab(self, name: str) -> None:
        """Brings a tab to the front by its name; see ``tab``."""
        pages = {"live": self._live_page, "train": self._train_page, "batch": self._batch_page}
        self.tabs.select(pages.get(name, self.image))

    def live_view(self) -> LiveView:
        """The live view, made when it is first needed."""
        if self.live is None:
            from emogui.gui.views.live import LiveView

            self.live = LiveView(self._live_page, self.context)
            self.live.explain = lambda: self._do("help_meaning")
            self.live.pack(fill="both", expand=True)
        return self.live

    def train_view(self) -> TrainView:
        """The train view, made when it is first needed."""
        if self.train is None:
            from emogui.gui.views.train import TrainView

            self.train = TrainView(
                self._train_page,
                self.context,
                lambda: self._do("look_for_models"),
                lambda: self.show_tab("train"),
            )
            self.train.pack(fill="both", expand=True)
        return self.train

    def batch_view(self) -> BatchView:
        """The batch view, made when it is first needed."""
        if self.batch is None:
            from emogui.gui.views.batch import BatchView

            self.batch = BatchView(self._batch_page, self.context, lambda: self.show_tab("batch"))
            self.batch.pack(fill="both", expand=True)
        return self.batch

    @property
    def at_work(self) -> list[AtWork]:
        """What works for long, or is paused, and would end with the window."""
        found: list[AtWork] = []
        if self.train is not None and self.train.running:
            found.append("training")
        if self.batch is not None and self.batch.running:
            found.append("batch")
        return found

    def views(self) -> list[View]:
        """The views that have been made."""
        made = (self.image, self.live, self.train, self.batch)
        return [view for view in made if view is not None]

    def _tab_changed(self) -> None:
        if self.context.closing:
            return
        view: View = self.image
        if self.on_live:
            view = self.live_view()
        elif self.on_train:
            view = self.train_view()
        elif self.on_batch:
            view = self.batch_view()
        if view is not self._shown:
            if self._shown is not None:
                self._shown.on_hide()
            self._shown = view
            view.on_show()
            self.image.changed()

    # State of the buttons and the status line

    def refresh(self) -> None:
        """Brings buttons, progress and status line up to date with the Image tab."""
        presenter = self.image.presenter
        shown = presenter.current
        several = len(presenter.documents) > 1
        on_image = self.on_image
        self._enable("detect", self.on_live or (on_image and shown is not None))
        self._enable("previous_picture", several and on_image)
        self._enable("next_picture", several and on_image)
        has_result = shown is not None and shown.result is not None and shown.image is not None
        self._enable("save_picture", (has_result and on_image) or self.on_live)
        busy = presenter.busy and any(d.wanted for d in presenter.documents)
        self._set_progress(presenter.progress if busy and on_image else None)
        if on_image:
            self.show_status(status_text(presenter))
        self.show_using()

    def show_using(self) -> None:
        """Writes the present choice at the end of the status line."""
        choice = self.context.choice
        parts = self.context.names(choice.model, choice.labels, choice.detector)
        self.using.configure(text="  ·  ".join(parts))

    def _enable(self, name: str, on: bool) -> None:
        self.buttons[name].configure(state="normal" if on else "disabled")


_DOING = {Stage.READING: "Reading", Stage.ANALYSING: "Looking for faces in"}


def status_text(presenter: Presenter) -> str:
    """What the Image tab is doing or has done, in one line."""
    shown = presenter.current
    if presenter.models_loading:
        return "Loading the models…"
    done, of = presenter.progress
    if of > 1:
        return f"Analysing the opened pictures: {done} of {of} done"
    if shown is None:
        return "Ready" if presenter.ready_choice else "Starting…"
    if shown.stage in _DOING:
        return f"{_DOING[shown.stage]} {shown.name}…"
    if shown.result is None:
        return shown.name + (" could not be opened" if shown.stage is Stage.FAILED else "")
    number = len(shown.result.faces)
    found = "No face found" if not number else "1 face" if number == 1 else f"{number} faces"
    total = shown.result.timings_ms.get("total")
    size = f"{shown.result.width} × {shown.result.height}"
    parts = [shown.name, size, found, *([f"{total:.0f} ms"] if total is not None else [])]
    return "  ·  ".join(parts)
