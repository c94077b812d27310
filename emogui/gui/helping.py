"""Help: the actions that show what the program is, what it means and how it is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import ttkbootstrap as ttk

from emogui.gui.context import ViewContext
from emogui.gui.dialogs import help as help_dialogs
from emogui.gui.dialogs.base import Dialog
from emogui.gui.dialogs.card import CardDialog, read_card

if TYPE_CHECKING:
    from emogui.output.document import Block

ShowDialog = Callable[[str, Callable[[], Dialog]], None]


class Helping:
    """The actions of the Help menu.

    Args:
        root: the main window.
        context: see ``emogui.gui.context``.
        dialogs: the dialogs that were opened, by name.
        show: makes the dialog of a name, or brings it to the front where it is open.
        using: tells what is in use, in words.
    """

    def __init__(
        self,
        root: ttk.App,
        context: ViewContext,
        dialogs: dict[str, Dialog],
        show: ShowDialog,
        using: Callable[[], str],
    ) -> None:
        self.root, self.context = root, context
        self._dialogs, self._show, self._using = dialogs, show, using

    def do_help_keys(self) -> None:
        self._show("keys", lambda: help_dialogs.show_keys(self.root, self.context.theme))

    def do_help_meaning(self) -> None:
        self._show("meaning", lambda: help_dialogs.show_meaning(self.root, self.context.theme))

    def show_notice_once(self) -> None:
        """Shows the first-start notice unless the user has closed it before."""
        if self.context.settings.notice_seen < help_dialogs.NOTICE_VERSION:

            def seen() -> None:
                self.context.update_settings(notice_seen=help_dialogs.NOTICE_VERSION)

            self._show(
                "meaning",
                lambda: help_dialogs.show_meaning(self.root, self.context.theme, seen),
            )

    def do_help_network(self) -> None:
        """Shows the card of the network that is chosen, once a worker has read it."""
        network = self.context.choice.model

        def show(blocks: list[Block]) -> None:
            shown = self._dialogs.get("network")
            if isinstance(shown, CardDialog) and shown.winfo_exists() and shown.network != network:
                shown.dismiss()
            self._show(
                "network",
                lambda: CardDialog(
                    self.root, self.context.theme, network, blocks, self.context.on_theme
                ),
            )

        self.context.submit(lambda: read_card(network), show, doing="reading about the network")

    def do_about(self) -> None:
        using = self._using()
        self._show("about", lambda: help_dialogs.show_about(self.root, self.context.theme, using))
