"""The card of the network in use: what it is for, how good it is, where it fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import ttkbootstrap as ttk

from emogui.gui.dialogs.base import Dialog
from emogui.gui.theme import Theme
from emogui.gui.widgets.reading import ReadingPane
from emogui.output.document import Block, to_markdown

WIDTH, HEIGHT = 860, 560


def read_card(name_or_folder: str) -> list[Block]:
    """Reads a network's card; reads files, so call it in a worker.

    Raises:
        EmoguiError: there is no such network, or its records are damaged.
    """
    from emogui.backend.store import load_model_info
    from emogui.output.model_card import model_card

    return model_card(load_model_info(name_or_folder))


class CardDialog(Dialog):
    """Shows a card; the text can be selected and copied, all of it as Markdown.

    Args:
        root: the main window.
        theme: for colours and sizes.
        network: name or folder of the network.
        blocks: of :func:`read_card`.
        on_theme: has a function called after a change of theme, and gives one that ends that.
    """

    def __init__(
        self,
        root: ttk.App,
        theme: Theme,
        network: str,
        blocks: Sequence[Block],
        on_theme: Callable[[Callable[[], None]], Callable[[], None]],
    ) -> None:
        self._ends_theme: Callable[[], None] = lambda: None
        super().__init__(root, theme, "emogui: about the network", self._gone)
        self.network = network
        self._blocks = blocks
        self.resizable(True, True)
        px = theme.px
        self.minsize(px(480), px(320))
        room = root.winfo_screenheight() - px(200)
        self.pane = ReadingPane(self.body, theme, px(WIDTH), min(px(HEIGHT), room))
        self.pane.pack(fill="both", expand=True)
        self.add_button("Close", self.dismiss, default=True)
        self.copy_button = self.add_button("Copy all", self._copy)
        self._ends_theme = on_theme(self.pane.restyle)
        self.present()
        self.pane.text.focus_set()  # so that the arrow keys scroll
        # Apart from the making of the window, so that neither holds up a live picture.
        self._filling = self.after_idle(partial(self.pane.show, blocks))

    def _copy(self) -> None:
        self.clipboard_clear()
        self.clipboard_append(to_markdown(self._blocks))
        self.copy_button.configure(text="Copied")

    def _gone(self) -> None:
        self._ends_theme()
        self.after_cancel(self._filling)
