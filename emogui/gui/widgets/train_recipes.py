"""The recipes to choose from, and what the chosen one is."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Mapping

import ttkbootstrap as ttk

from emogui.gui import training_words as words
from emogui.gui.catalogue import head_title
from emogui.gui.context import ViewContext
from emogui.gui.widgets.wrapped import Wrapped
from emogui.training.recipes import Recipe

ROWS = 6


class RecipeList(ttk.Frame):
    """A line a recipe: name, what it learns, what was claimed of it; below, the chosen one.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        recipes: name to recipe.
        chosen: called with the name of the recipe that the user takes.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        recipes: Mapping[str, Recipe],
        chosen: Callable[[str], None],
    ) -> None:
        super().__init__(parent)
        px = context.px
        self._recipes, self._chosen = recipes, chosen
        self.columnconfigure(0, weight=1)
        self.tree = ttk.Treeview(
            self, columns=("learns", "claimed"), show="tree headings", selectmode="browse",
            height=min(ROWS, len(recipes)),
        )  # fmt: skip
        self.tree.heading("#0", text="Recipe", anchor="w")
        self.tree.heading("learns", text="Learns", anchor="w")
        self.tree.heading("claimed", text="Claimed", anchor="w")
        self.tree.column("#0", width=px(245), minwidth=px(120), stretch=True)
        self.tree.column("learns", width=px(120), minwidth=px(70), stretch=False)
        self.tree.column("claimed", width=px(90), minwidth=px(50), stretch=True)
        for name, recipe in recipes.items():
            learns = ", ".join(head_title(head) for head in recipe.heads)
            self.tree.insert("", "end", iid=name, text=recipe.title,
                             values=(learns, recipe.claimed or "–"))  # fmt: skip
        bar = ttk.Scrollbar(self, orient="vertical", command=self.tree.yview)
        self.tree.configure(yscrollcommand=bar.set)
        self.tree.grid(row=0, column=0, sticky="ew")
        bar.grid(row=0, column=1, sticky="ns")
        self.facts = Wrapped(self, style="Small.TLabel")
        self.facts.grid(row=1, column=0, columnspan=2, sticky="ew", pady=(px(6), 0))
        self.tree.bind("<<TreeviewSelect>>", lambda _event: self._selected())

    def show(self, name: str) -> None:
        """Marks a recipe and tells what it is."""
        if self.tree.selection() != (name,):
            self.tree.selection_set(name)
            self.tree.focus(name)
            self.tree.see(name)
        self.facts.say(words.recipe_facts(self._recipes[name]))

    def _selected(self) -> None:
        selection = self.tree.selection()
        if selection:
            self._chosen(selection[0])
