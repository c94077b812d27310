"""The page on which a training is chosen: recipe, data and options, and beside them the check."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.gui.training_presenter import TrainingPresenter
from emogui.gui.widgets.scrolled import Scrolled
from emogui.gui.widgets.train_data import DataPanel
from emogui.gui.widgets.train_options import OptionFields
from emogui.gui.widgets.train_recipes import RecipeList
from emogui.gui.widgets.train_runs import RunList
from emogui.gui.widgets.train_source import SourceActions, SourceFields
from emogui.gui.widgets.wrapped import Wrapped
from emogui.training.runs import Run

NARROW: Final = 940
"""Logical pixels of width below which the check lies under the choices."""


class SetupActions(SourceActions, Protocol):
    """What the page's buttons do."""

    def start(self) -> None: ...
    def ask_start(self) -> str: ...
    def remove(self, run: Run) -> None: ...


class SetupPage(ttk.Frame):
    """See the module.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        presenter: what is chosen.
        actions: what the buttons do.
        backends: those that are installed.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        presenter: TrainingPresenter,
        actions: SetupActions,
        backends: Sequence[str],
    ) -> None:
        super().__init__(parent)
        px = context.px
        self._context, self._presenter = context, presenter
        self._narrow: bool | None = None
        self._can_start: bool | None = None
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.scroll = Scrolled(self, context)
        self.scroll.grid(row=0, column=0, sticky="nsew")
        body = self.scroll.body
        body.configure(padding=(px(16), px(8), px(16), px(12)))
        self.runs = RunList(body, context, presenter.go_on, presenter.show_report, actions.remove)
        self.left = ttk.Frame(body)
        self.left.columnconfigure(0, weight=1)
        self._heading("Recipe", 0)
        self.recipes = RecipeList(self.left, context, presenter.recipes, presenter.choose_recipe)
        self.recipes.grid(row=1, column=0, sticky="ew")
        self._heading("Data", 2)
        self.source = SourceFields(self.left, context, actions, presenter.data)
        self.source.grid(row=3, column=0, sticky="ew")
        self._heading("Options", 4)
        self.options = OptionFields(self.left, context, presenter.edit, actions.ask_start, backends)
        self.options.grid(row=5, column=0, sticky="ew")
        self.data = DataPanel(body, context, presenter.data, presenter.data.check_again)
        self._build_foot(actions.start)
        self.scroll.bind("<Configure>", lambda event: self._fit(event.width))
        self._fit(px(NARROW))

    def _heading(self, text: str, row: int) -> None:
        px = self._context.px
        ttk.Label(self.left, text=text, font="EmoguiLarge").grid(
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
            foot, text="Start training", icon="play-fill", bootstyle="primary", command=start
        )
        self.start_button.grid(row=0, column=1, padx=(px(12), 0))

    def show(self) -> None:
        """Brings everything up to date."""
        presenter = self._presenter
        self.runs.show(
            presenter.unfinished,
            presenter.finished,
            free=not (presenter.running or presenter.beginning),
        )
        self.recipes.show(presenter.recipe)
        self.source.show()
        recipe = presenter.recipes[presenter.recipe]
        self.options.show(presenter.form, recipe, self._context.catalogue)
        self.data.show()
        why = presenter.why_not
        self.why.say(
            why or "Everything is ready. It trains in a process of its own; you can go on working."
        )
        if self._can_start != (not why):
            self._can_start = not why
            self.start_button.configure(state="disabled" if why else "normal")

    def _fit(self, width: int) -> None:
        narrow = width < self._context.px(NARROW)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        px, body = self._context.px, self.scroll.body
        body.columnconfigure(0, weight=1 if narrow else 9, uniform="" if narrow else "side")
        body.columnconfigure(1, weight=0 if narrow else 11, uniform="" if narrow else "side")
        columns = 1 if narrow else 2
        self.runs.grid(row=0, column=0, columnspan=columns, sticky="ew", pady=(0, px(8)))
        self.left.grid(row=1, column=0, sticky="new")
        self.data.grid(
            row=2 if narrow else 1, column=0 if narrow else 1, sticky="new",
            padx=0 if narrow else (px(28), 0), pady=(px(18), 0) if narrow else 0,
        )  # fmt: skip
