"""The page of a batch that works: how far it is, what failed, pause and cancel."""

from __future__ import annotations

import tkinter
from collections.abc import Callable

import ttkbootstrap as ttk

from emogui.gui import batch_words as words
from emogui.gui.batch_progress import BatchProgress, Doing
from emogui.gui.context import ViewContext
from emogui.gui.widgets.batch_failures import FailureList
from emogui.gui.widgets.flat_bar import FlatBar
from emogui.gui.widgets.scrolled import Scrolled
from emogui.gui.widgets.wrapped import Wrapped


class BatchProgressPage(ttk.Frame):
    """See the module.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        pause: pauses, or goes on.
        stop: cancels.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        pause: Callable[[], None],
        stop: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        px = context.px
        self._buttons: tuple[str, str, bool] | None = None
        self.rowconfigure(1, weight=1)
        self.columnconfigure(0, weight=1)
        head = ttk.Frame(self, padding=(px(16), px(10), px(16), px(6)))
        head.grid(row=0, column=0, sticky="ew")
        head.columnconfigure(0, weight=1)
        self.title = Wrapped(head, font="EmoguiLarge")
        self.title.grid(row=0, column=0, sticky="ew")
        self.doing = Wrapped(head, style="Muted.TLabel")
        self.doing.grid(row=1, column=0, sticky="ew")
        self.pause_button = ttk.Button(
            head, text="Pause", icon="pause-fill", bootstyle="primary", command=pause, width=8
        )
        self.pause_button.grid(row=0, column=1, rowspan=2, padx=(px(12), 0))
        self.stop_button = ttk.Button(head, text="Cancel", command=stop, width=9)
        self.stop_button.grid(row=0, column=2, rowspan=2, padx=(px(8), 0))
        ttk.ToolTip(self.pause_button, text="Pause or resume the batch", delay=600)
        ttk.ToolTip(
            self.stop_button, text="End it; what is done is kept, and it can go on", delay=600
        )
        self.scroll = Scrolled(self, context)
        self.scroll.grid(row=1, column=0, sticky="nsew")
        body = self.scroll.body
        body.configure(padding=(px(16), px(4), px(16), px(12)))
        body.columnconfigure(0, weight=1)
        self.bar = FlatBar(body, context)
        self.bar.grid(row=0, column=0, sticky="ew")
        self.total = ttk.Label(body, anchor="e")
        self.total.grid(row=0, column=1, sticky="e", padx=(px(12), 0))
        self.figures = Wrapped(body, style="Muted.TLabel")
        self.figures.grid(row=1, column=0, columnspan=2, sticky="ew", pady=(px(6), 0))
        self.warning = Wrapped(body, style="Small.TLabel")
        self.warning.grid(row=2, column=0, columnspan=2, sticky="ew", pady=(px(2), px(12)))
        self.failures = FailureList(body, context)
        self.failures.grid(row=3, column=0, columnspan=2, sticky="nsew")

    def show(self, progress: BatchProgress) -> None:
        """Shows how far the batch is."""
        self.title.say(f"Into {progress.folder.name}")
        self.doing.say(words.doing(progress))
        waits = progress.doing is Doing.PREPARING and not progress.done
        self.bar.set(None if waits else progress.share)
        said = words.total(progress)
        if self.total.cget("text") != said:
            self.total.configure(text=said)
        self.figures.say(words.figures(progress))
        self.warning.say(progress.warning)
        self.failures.show(progress.failures, progress.failed)
        self._show_buttons(progress)

    def _show_buttons(self, progress: BatchProgress) -> None:
        wanted = (
            "Resume" if progress.paused else "Pause",
            "End now" if progress.doing is Doing.STOPPING else "Cancel",
            progress.paused or progress.can_pause,
        )
        if wanted == self._buttons:
            return
        self._buttons = wanted
        self.pause_button.configure(
            text=wanted[0], icon="play-fill" if progress.paused else "pause-fill",
            state="normal" if wanted[2] else "disabled",
        )  # fmt: skip
        self.stop_button.configure(text=wanted[1])
