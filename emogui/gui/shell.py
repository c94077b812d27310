"""The main window: buttons, tabs, banner and status line, and what each action does."""

from __future__ import annotations

import logging
import tkinter
from collections.abc import Callable
from typing import TYPE_CHECKING

import ttkbootstrap as ttk

from emogui.errors import EmoguiError
from emogui.gui.actions import ACTIONS, BY_NAME, ON_PICTURE, accelerator, sequences
from emogui.gui.context import View, ViewContext
from emogui.gui.views.image import ImageView
from emogui.gui.widgets.banner import Banner

if TYPE_CHECKING:
    from emogui.gui.views.live import LiveView

logger = logging.getLogger(__name__)


class Shell(ttk.Frame):
    """Fills the root window.

    Args:
        root: the window.
        context: what the views get too.
        close: ends the program.
    """

    def __init__(self, root: ttk.App, context: ViewContext, close: Callable[[], None]) -> None:
        super().__init__(root)
        self.root, self.context, self._close = root, context, close
        self.mac = root.winsys == "aqua"
        self.live: LiveView | None = None
        self._shown: View | None = None
        self.rowconfigure(2, weight=1)
        self.columnconfigure(0, weight=1)
        self._build_toolbar()
        self.banner = Banner(self, context.theme)
        self.banner.grid(row=1, column=0, sticky="ew")
        self.banner.grid_remove()
        self._build_tabs()
        self._build_status()
        context.screen = self
        self._bind_keys()

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
                bar, text=text, icon=icon, bootstyle=style, command=lambda n=name: self.do(n)
            )
            button.pack(side="left", padx=(0, px(8)))
            self._tip(button, name)
            self.buttons[name] = button
        leave = ttk.Button(
            bar, text="Exit", icon="box-arrow-right", command=lambda: self.do("exit")
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
            bar, text="Cancel", bootstyle="link", command=lambda: self.do("cancel"), padding=0
        )
        self.cancel_button.grid(row=0, column=2, padx=(0, px(12)))
        self.using = ttk.Label(bar, anchor="e", style="Muted.TLabel")
        self.using.grid(row=0, column=3, sticky="e")
        self.set_progress(None)

    # What the context shows things with

    def show_error(self, error: EmoguiError) -> None:
        self.banner.show(error.message, error.hint)

    def show_notice(self, message: str, hint: str = "") -> None:
        self.banner.show(message, hint, "Info")

    def clear_error(self) -> None:
        self.banner.clear()

    def show_status(self, text: str) -> None:
        self.status.configure(text=text)

    def set_progress(self, progress: tuple[int, int] | None) -> None:
        """Shows (done, of) and Cancel; an endless bar where there is one thing; None hides."""

    # Tabs

    @property
    def on_live(self) -> bool:
        return str(self.tabs.select()) == str(self._live_page)

    def show_tab(self, name: str) -> None:
        """Brings ``"image"`` or ``"live"`` to the front."""
        self.tabs.select(self._live_page if name == "live" else self.image)

    def live_view(self) -> LiveView:
        """The live view, made when it is first needed."""
        if self.live is None:
            from emogui.gui.views.live import LiveView

            self.live = LiveView(self._live_page, self.context)
            self.live.pack(fill="both", expand=True)
        return self.live

    def _tab_changed(self) -> None:
        if self.context.closing:
            return
        view: View = self.live_view() if self.on_live else self.image
        if view is not self._shown:
            if self._shown is not None:
                self._shown.on_hide()
            self._shown = view
            view.on_show()

    # Actions

    def do(self, name: str) -> None:
        """Does the action of that name (see ``emogui.gui.actions``)."""
        if not self.context.closing:
            getattr(self, f"do_{name}")()

    def _bind_keys(self) -> None:
        for group in ACTIONS.values():
            for action in group:
                if action.name in ON_PICTURE:
                    continue
                for keys in (action.keys, *action.also):
                    for sequence in sequences(keys, mac=self.mac):
                        self.root.bind(sequence, lambda _e, n=action.name: self._key(n), add="+")

    def _key(self, name: str) -> str:
        self.do(name)
        return "break"

    def do_exit(self) -> None:
        self._close()

    def do_detect(self) -> None:
        if self.on_live:
            self.live_view().toggle_analysis()
        else:
            self.image.detect()
