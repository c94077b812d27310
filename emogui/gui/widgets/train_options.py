"""How it is trained: name, length, batch, learning rate, start, backend."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from typing import Final

import ttkbootstrap as ttk

from emogui.gui.catalogue import Catalogue
from emogui.gui.context import ViewContext
from emogui.gui.training_form import BACKENDS, TrainingForm, problems_of
from emogui.gui.widgets.wrapped import Wrapped
from emogui.training.recipes import Recipe

NOTHING: Final = "Random weights"
IMAGENET: Final = "ImageNet weights (Keras downloads them)"
FILE: Final = "A file…"
USUAL: Final = "As Keras is set up"


class OptionFields(ttk.Frame):
    """See the module.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        edit: called with the fields that the user changed, by name.
        ask_start: asks for a file to start from; "" where the user cancelled.
        backends: those that are installed.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        edit: Callable[..., None],
        ask_start: Callable[[], str],
        backends: Sequence[str],
    ) -> None:
        super().__init__(parent)
        self._px, self._edit, self._ask_start = context.px, edit, ask_start
        self._starts: dict[str, str] = {NOTHING: "none"}
        self._showing = False
        for column in (1, 3):
            self.columnconfigure(column, weight=1, uniform="field")
        self._variables: dict[str, tkinter.StringVar] = {}
        self.entries: dict[str, ttk.Entry] = {}
        self._label("Name", 0, 0)
        self._entry("name", 0, 1, "Of the network in the list, and of its folder")
        self.bound = ttk.Combobox(self, values=("epochs", "minutes"), state="readonly", width=8)
        self.bound.grid(row=0, column=2, padx=(self._px(12), self._px(8)), sticky="w")
        self.bound.bind("<<ComboboxSelected>>", lambda _event: self._picked_bound())
        self._entry("length", 0, 3, "How long it trains")
        self._label("Batch", 1, 0)
        self._entry("batch", 1, 1, "Pictures a step; smaller takes less memory")
        self._label("Learning rate", 1, 2)
        self._entry("rate", 1, 3, "At its peak")
        self._label("Start from", 2, 0)
        self.start = ttk.Combobox(self, state="readonly", width=14)
        self.start.grid(row=2, column=1, columnspan=3, sticky="ew", pady=self._px(3))
        self.start.bind("<<ComboboxSelected>>", lambda _event: self._picked_start())
        self._backends = {USUAL: "", **{BACKENDS[name]: name for name in backends}}
        self.backend = ttk.Combobox(self, values=tuple(self._backends), state="readonly", width=14)
        self.backend.bind("<<ComboboxSelected>>", lambda _event: self._picked_backend())
        if len(backends) > 1:
            self._label("Backend", 3, 0)
            self.backend.grid(row=3, column=1, columnspan=3, sticky="ew", pady=self._px(3))
        self.problem = Wrapped(self, style="Small.TLabel")
        self.problem.grid(row=4, column=0, columnspan=4, sticky="ew")

    def _label(self, text: str, row: int, column: int) -> None:
        ttk.Label(self, text=text).grid(
            row=row, column=column, sticky="w", pady=self._px(3),
            padx=(self._px(12) if column else 0, self._px(8)),
        )  # fmt: skip

    def _entry(self, name: str, row: int, column: int, tip: str) -> None:
        variable = self._variables[name] = tkinter.StringVar(self)
        entry = self.entries[name] = ttk.Entry(self, textvariable=variable, width=10)
        entry.grid(row=row, column=column, sticky="ew", pady=self._px(3))
        ttk.ToolTip(entry, text=tip, delay=600)
        variable.trace_add("write", lambda *_names: self._typed(name))

    def show(self, form: TrainingForm, recipe: Recipe, catalogue: Catalogue | None) -> None:
        """Shows the fields as they stand, and what there is to start from."""
        self._showing = True
        for name, variable in self._variables.items():
            value = getattr(form, name)
            if variable.get() != value:
                variable.set(value)
        self._showing = False
        if self.bound.get() != form.bound:
            self.bound.set(form.bound)
        self._list_starts(form.start, recipe, catalogue)
        title = next(t for t, name in self._backends.items() if name == form.backend)
        if self.backend.get() != title:
            self.backend.set(title)
        problems = problems_of(form)
        problem = next((text for name, text in problems.items() if name != "name" or form.name), "")
        self.problem.say(problem)

    def _list_starts(self, start: str, recipe: Recipe, catalogue: Catalogue | None) -> None:
        starts = {NOTHING: "none"}
        if recipe.pretrained:
            starts[IMAGENET] = "imagenet"
        for model in catalogue.models if catalogue else ():
            starts[f"Network “{model.title}”"] = model.model
        if start not in starts.values():
            starts[start] = start
        starts[FILE] = ""
        if starts != self._starts or not self.start.get():
            self._starts = starts
            self.start.configure(values=tuple(starts))
        title = next(title for title, value in starts.items() if value == start)
        if self.start.get() != title:
            self.start.set(title)

    def _typed(self, name: str) -> None:
        if not self._showing:
            self._edit(**{name: self._variables[name].get()})

    def _picked_bound(self) -> None:
        self._edit(bound=self.bound.get())

    def _picked_backend(self) -> None:
        self._edit(backend=self._backends[self.backend.get()])

    def _picked_start(self) -> None:
        before = next(iter(self._starts))
        value = self._starts.get(self.start.get(), "none") or self._ask_start()
        if value:
            self._edit(start=value)
        else:
            self.start.set(before)
            self._edit(start=self._starts[before])
