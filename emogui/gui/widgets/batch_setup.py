"""The page on which a batch is chosen: inputs and results' folder, and beside them the options."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from typing import Final, Protocol

import ttkbootstrap as ttk

from emogui.gui import batch_words as words
from emogui.gui.batch_presenter import BatchPresenter
from emogui.gui.context import ViewContext
from emogui.gui.widgets.batch_inputs import InputActions, InputList, OutputField
from emogui.gui.widgets.batch_options import BatchOptionFields
from emogui.gui.widgets.scrolled import Scrolled
from emogui.gui.widgets.soft_box import SoftBox
from emogui.gui.widgets.wrapped import Wrapped

NARROW: Final = 900
"""Logical pixels of width below which the options lie under the inputs."""


class BatchActions(InputActions, Protocol):
    """What the page's buttons do."""

    def start(self) -> None: ...
    def go_on(self) -> None: ...


class BatchSetupPage(ttk.Frame):
    """See the module.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        presenter: what is chosen.
        actions: what the buttons do.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        presenter: BatchPresenter,
        actions: BatchActions,
    ) -> None:
        super().__init__(parent)
        px = context.px
        self._context, self._presenter = context, presenter
        self._narrow: bool | None = None
        self._start_shown: tuple[bool, bool] | None = None
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.scroll = Scrolled(self, context)
        self.scroll.grid(row=0, column=0, sticky="nsew")
        body = self.scroll.body
        body.configure(padding=(px(16), px(8), px(16), px(12)))
        self.left, self.right = ttk.Frame(body), ttk.Frame(body)
        for side in (self.left, self.right):
            side.columnconfigure(0, weight=1)
        self._heading(self.left, "Pictures and videos", 0)
        self.inputs = InputList(self.left, context, presenter, actions)
        self.inputs.grid(row=1, column=0, sticky="ew")
        self._heading(self.left, "Folder for the results", 2)
        self.output = OutputField(self.left, context, presenter, actions.choose_output)
        self.output.grid(row=3, column=0, sticky="ew")
        self.found = SoftBox(body, context, "Info")
        self.go_on_button = ttk.Button(
            self.found.row, text="Go on", icon="play-fill", bootstyle="primary",
            command=actions.go_on,
        )  # fmt: skip
        self.results_button = ttk.Button(
            self.found.row, text="Show results", command=presenter.show_results
        )
        self.found.row.pack(fill="x", pady=(px(8), 0))
        self.fault = SoftBox(body, context, "Danger")
        for box in (self.found, self.fault):
            box.grid(row=0, column=0, columnspan=2, sticky="ew", pady=(0, px(12)))
        self._heading(self.right, "Options", 0)
        self.options = BatchOptionFields(self.right, context, presenter.edit)
        self.options.grid(row=1, column=0, sticky="ew")
        self._build_foot(actions.start)
        self.scroll.bind("<Configure>", lambda event: self._fit(event.width))
        self._fit(px(NARROW))

    def _heading(self, side: ttk.Frame, text: str, row: int) -> None:
        px = self._context.px
        ttk.Label(side, text=text, font="EmoguiLarge").grid(
            row=row, column=0, sticky="w", pady=(px(14) if row else 0, px(6))
        )

    def _build_foot(self, start: Callable[[], None]) -> None:
        px = self._context.px
        foot = ttk.Frame(self, padding=(px(16), px(8), px(16), px(8)))
        foot.grid(row=1, column=0, sticky="ew")
        foot.columnconfigure(0, weight=1)
        self.why = Wrapped(foot, style="Muted.TLabel")
        self.why.grid(row=0, column=0, sticky="ew")
        self.start_button = ttk.Button(
            foot, text="Start batch", icon="play-fill", bootstyle="primary", command=start
        )
        self.start_button.grid(row=0, column=1, padx=(px(12), 0))

    def show(self) -> None:
        """Brings everything up to date."""
        presenter, context = self._presenter, self._context
        self.inputs.show()
        self.output.show()
        self._show_found()
        choice = context.choice
        using = context.names(choice.model, choice.labels, choice.detector)
        self.options.show(presenter.form, "  ·  ".join(using))
        why = presenter.why_not
        self.why.say(words.advice(why, can_go_on=presenter.can_go_on))
        wanted = (not why, presenter.replaces)
        if wanted != self._start_shown:
            self._start_shown = wanted
            self.start_button.configure(
                state="normal" if wanted[0] else "disabled",
                text="Start over…" if wanted[1] else "Start batch",
                bootstyle="default" if wanted[1] else "primary",
            )

    def _show_found(self) -> None:
        found, fault = self._presenter.found, self._presenter.fault
        if found is None:
            self.found.grid_remove()
        else:
            self.found.heading.say(words.found_title(found))
            self.found.text.say(words.found_facts(found))
            _place(self.go_on_button, self._presenter.can_go_on)
            _place(self.results_button, found.begun)
            self.found.grid()
        if fault is None:
            self.fault.grid_remove()
        else:
            self.fault.heading.say(fault.message)
            self.fault.text.say(fault.hint)
            self.fault.grid()

    def _fit(self, width: int) -> None:
        narrow = width < self._context.px(NARROW)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        px, body = self._context.px, self.scroll.body
        for column in (0, 1):
            alone = narrow and column == 1
            body.columnconfigure(column, weight=0 if alone else 1, uniform="" if narrow else "side")
        self.left.grid(row=1, column=0, sticky="new")
        self.right.grid(
            row=2 if narrow else 1, column=0 if narrow else 1, sticky="new",
            padx=0 if narrow else (px(28), 0), pady=(px(18), 0) if narrow else 0,
        )  # fmt: skip


def _place(button: ttk.Button, on: bool) -> None:
    """Shows a button in its row, or takes it away."""
    if on and not button.winfo_manager():
        button.pack(side="left", padx=(0, 8))
    elif not on and button.winfo_manager():
        button.pack_forget()
