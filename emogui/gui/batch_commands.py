"""What the actions of the Batch tab do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emogui.gui.shell import Shell

if TYPE_CHECKING:
    from emogui.gui.views.batch import BatchView


class BatchCommands:
    """The methods ``do_NAME`` for the actions of ``emogui.gui.actions``; each brings the tab to the
    front, so that nothing is started or ended unseen.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def do_show_batch(self) -> None:
        self._shell.show_tab("batch")

    def do_batch_files(self) -> None:
        self._view().add_files()

    def do_batch_folder(self) -> None:
        self._view().add_folder()

    def do_batch_table(self) -> None:
        self._view().add_table()

    def do_batch_output(self) -> None:
        self._view().choose_output()

    def do_batch_start(self) -> None:
        self._view().start_or_go_on()

    def do_batch_pause(self) -> None:
        self._view().pause_or_go_on()

    def do_batch_stop(self) -> None:
        self._view().stop()

    def do_batch_report(self) -> None:
        self._view().make_report()

    def _view(self) -> BatchView:
        self._shell.show_tab("batch")
        return self._shell.batch_view()
