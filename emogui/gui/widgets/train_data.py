"""What is in the chosen data set: how the check goes, its findings, counts and samples."""

from __future__ import annotations

import tkinter
from collections.abc import Callable

import ttkbootstrap as ttk

from emogui.gui import training_words as words
from emogui.gui.context import ViewContext
from emogui.gui.training_data import DataChoice
from emogui.gui.widgets.flat_bar import FlatBar
from emogui.gui.widgets.soft_box import SoftBox
from emogui.gui.widgets.train_classes import ClassTable
from emogui.gui.widgets.wrapped import Wrapped

NOTHING = (
    "Choose fer2013.csv, an .npz file, or a folder with a folder of pictures for each emotion. "
    "It is looked through before anything starts: nothing is changed in it, and nothing leaves "
    "this computer."
)


class DataPanel(ttk.Frame):
    """See the module.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        choice: what is chosen and what the check found.
        again: checks once more.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        choice: DataChoice,
        again: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        px = context.px
        self._choice = choice
        self.columnconfigure(0, weight=1)
        head = ttk.Frame(self)
        head.grid(row=0, column=0, sticky="ew")
        head.columnconfigure(0, weight=1)
        self.title = ttk.Label(head, text="What is in it", font="EmoguiLarge", anchor="w")
        self.title.grid(row=0, column=0, sticky="ew")
        self.button = ttk.Button(head, text="Check again", padding=(px(8), px(2)))
        self.button.grid(row=0, column=1)
        self.bar = FlatBar(self, context)
        self.bar.grid(row=1, column=0, sticky="ew", pady=(px(6), 0))
        self.said = Wrapped(self, style="Muted.TLabel")
        self.said.grid(row=2, column=0, sticky="ew", pady=(px(6), 0))
        self.danger = SoftBox(self, context, "Danger")
        self.warning = SoftBox(self, context, "Warning")
        self.danger.grid(row=3, column=0, sticky="ew", pady=(px(8), 0))
        self.warning.grid(row=4, column=0, sticky="ew", pady=(px(8), 0))
        self.classes = ClassTable(self, context)
        self.classes.grid(row=5, column=0, sticky="ew", pady=(px(10), 0))
        self._again = again
        self.show()

    def show(self) -> None:
        """Brings everything up to date."""
        choice = self._choice
        self._show_bar()
        self._show_button()
        if not choice.path:
            self.said.say(NOTHING)
        elif choice.checking is not None:
            of = choice.checking.of
            self.said.say(
                f"Looking for Training pictures that are also test pictures: "
                f"{choice.checking.done:,} of {of:,}" if of else "Reading the data set…"
            )  # fmt: skip
        elif choice.report is not None:
            self.said.say("\n".join(words.data_facts(choice.report)))
        else:
            self.said.say("" if choice.failure else "Not checked.")
        self._show_boxes()
        self.classes.show(choice.report)

    def _show_bar(self) -> None:
        checking = self._choice.checking
        if checking is None:
            self.bar.set(0.0)
            self.bar.grid_remove()
        else:
            self.bar.set(checking.done / checking.of if checking.of else None)
            self.bar.grid()

    def _show_button(self) -> None:
        if not self._choice.path:
            self.button.grid_remove()
            return
        if self._choice.checking is not None:
            self.button.configure(text="Cancel", command=self._choice.cancel)
        else:
            self.button.configure(text="Check again", command=self._again)
        self.button.grid()

    def _show_boxes(self) -> None:
        failure, report = self._choice.failure, self._choice.report
        problems = "\n".join(report.problems) if report else ""
        warnings = "\n".join(report.warnings) if report else ""
        if failure is not None:
            self._box(self.danger, failure.message, failure.hint)
        else:
            self._box(self.danger, "Nothing can be trained on it" if problems else "", problems)
        self._box(self.warning, "Worth knowing" if warnings else "", warnings)

    def _box(self, box: SoftBox, heading: str, text: str) -> None:
        if not heading:
            box.grid_remove()
            return
        box.heading.say(heading)
        box.text.say(text)
        box.grid()
