"""What the actions of the Train tab do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emogui.gui.shell import Shell

if TYPE_CHECKING:
    from emogui.gui.views.train import TrainView


class TrainCommands:
    """The methods ``do_NAME`` for the actions of ``emogui.gui.actions``; each brings the tab to the
    front, so that nothing is started or ended unseen.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def do_show_train(self) -> None:
        self._shell.show_tab("train")

    def do_train_file(self) -> None:
        self._view().choose_file()

    def do_train_folder(self) -> None:
        self._view().choose_folder()

    def do_train_start(self) -> None:
        self._view().start()

    def do_train_pause(self) -> None:
        self._view().pause_or_go_on()

    def do_train_stop(self) -> None:
        self._view().stop()

    def _view(self) -> TrainView:
        self._shell.show_tab("train")
        return self._shell.train_view()
