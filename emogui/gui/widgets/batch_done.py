"""The page of a batch that has ended: what came of it, its report, its failures."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from typing import Protocol

import ttkbootstrap as ttk

from emogui.gui import batch_words as words
from emogui.gui.batch_presenter import BatchPresenter
from emogui.gui.context import ViewContext
from emogui.gui.widgets.batch_failures import FailureList
from emogui.gui.widgets.scrolled import Scrolled
from emogui.gui.widgets.wrapped import Wrapped


class DoneActions(Protocol):
    """What the page's buttons do."""

    def open_results(self) -> None: ...
    def make_report(self) -> None: ...
    def back(self) -> None: ...
    def go_on(self) -> None: ...


class BatchDonePage(ttk.Frame):
    """See the module.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        presenter: what is shown.
        actions: what the buttons do.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        presenter: BatchPresenter,
        actions: DoneActions,
    ) -> None:
        super().__init__(parent)
        px = context.px
        self._presenter = presenter
        self._report_shown: tuple[bool, bool] | None = None
        self.pdf, self.thumbnails = tkinter.BooleanVar(self), tkinter.BooleanVar(self)
        self.rowconfigure(1, weight=1)
        self.columnconfigure(0, weight=1)
        head = ttk.Frame(self, padding=(px(16), px(10), px(16), px(6)))
        head.grid(row=0, column=0, sticky="ew")
        head.columnconfigure(0, weight=1)
        self.title = Wrapped(head, font="EmoguiLarge")
        self.title.grid(row=0, column=0, sticky="ew")
        self.facts = Wrapped(head)
        self.facts.grid(row=1, column=0, sticky="ew", pady=(px(4), 0))
        self.folder = Wrapped(head, style="Muted.TLabel")
        self.folder.grid(row=2, column=0, sticky="ew", pady=(px(4), 0))
        self.go_on_button = ttk.Button(
            head, text="Go on", icon="play-fill", bootstyle="primary", command=actions.go_on
        )
        self.go_on_button.grid(row=0, column=1, rowspan=2, padx=(px(12), 0), sticky="n")
        self.back_button = ttk.Button(head, text="New batch", command=actions.back)
        self.back_button.grid(row=0, column=2, rowspan=2, padx=(px(8), 0), sticky="n")
        self.scroll = Scrolled(self, context)
        self.scroll.grid(row=1, column=0, sticky="nsew")
        body = self.scroll.body
        body.configure(padding=(px(16), px(6), px(16), px(12)))
        body.columnconfigure(0, weight=1)
        self._build_report(body, px, actions)
        self.failures = FailureList(body, context)
        self.failures.grid(row=1, column=0, sticky="ew", pady=(px(16), 0))

    def _build_report(
        self, body: ttk.Frame, px: Callable[[float], int], actions: DoneActions
    ) -> None:
        row = ttk.Frame(body)
        row.grid(row=0, column=0, sticky="ew")
        self.folder_button = ttk.Button(
            row, text="Open folder", icon="folder2-open", command=actions.open_results
        )
        self.folder_button.pack(side="left", padx=(0, px(8)))
        self.report_button = ttk.Button(
            row, text="Make report", bootstyle="primary", command=actions.make_report, width=13
        )
        self.report_button.pack(side="left", padx=(0, px(12)))
        self.pdf_check = ttk.Checkbutton(row, text="PDF, too", variable=self.pdf)
        self.pdf_check.pack(side="left", padx=(0, px(12)))
        self.thumbnails_check = ttk.Checkbutton(
            row, text="With pictures of faces", variable=self.thumbnails
        )
        self.thumbnails_check.pack(side="left")
        ttk.ToolTip(
            self.report_button, text="A page with all figures, which opens in the browser",
            delay=600,
        )  # fmt: skip
        ttk.ToolTip(
            self.thumbnails_check, delay=600,
            text="The faces worth a look, cut from the sources; then the report shows people",
        )  # fmt: skip

    def show(self) -> None:
        """Brings everything up to date."""
        presenter = self._presenter
        outcome = presenter.outcome
        if outcome is None:
            return
        self.title.say(words.outcome_title(outcome))
        self.facts.say(words.outcome_facts(outcome))
        self.folder.say(str(outcome.folder))
        if presenter.can_go_on:
            self.go_on_button.grid()
        else:
            self.go_on_button.grid_remove()
        wanted = (presenter.reporting, outcome.hidden)
        if wanted != self._report_shown:
            self._report_shown = wanted
            self.report_button.configure(
                text="Making it…" if wanted[0] else "Make report",
                state="disabled" if wanted[0] else "normal",
            )
            self.thumbnails_check.configure(state="disabled" if wanted[1] else "normal")
            if wanted[1]:
                self.thumbnails.set(False)
        self.failures.show(presenter.failures, outcome.failures)
