"""The Train tab: choose a recipe and a data set, train a network, look at how good it is."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from pathlib import Path

import ttkbootstrap as ttk

from emogui.gui import training_words as words
from emogui.gui.context import ViewContext
from emogui.gui.folders import open_folder
from emogui.gui.training_form import installed_backends, missing_for_export
from emogui.gui.training_presenter import Page, TrainingPresenter
from emogui.gui.training_work import TrainingWork
from emogui.gui.widgets.train_progress import ProgressPage
from emogui.gui.widgets.train_report import ReportPage
from emogui.gui.widgets.train_setup import SetupPage
from emogui.training.recipes import RECIPES
from emogui.training.report import RunReport
from emogui.training.runs import Run

DATA_FILES = (("Data sets", "*.csv *.npz"), ("All files", "*"))
VOTES_FILES = (("FER+ votes", "*.csv"), ("All files", "*"))
START_FILES = (("Networks and weights", "*.keras *.h5 *.npz"), ("All files", "*"))


class TrainView(ttk.Frame):
    """See the module; keeps the contract of ``emogui.gui.context``.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        networks_changed: called when there is another network to choose.
        show: brings the tab to the front.
        words: how emogui is started in a process of its own; tests give another program.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        networks_changed: Callable[[], None] = lambda: None,
        show: Callable[[], None] = lambda: None,
        *,
        words: Sequence[str] | None = None,
    ) -> None:
        super().__init__(parent)
        self.context, self._bring_to_front = context, show
        self.work = TrainingWork(context, words)
        self.presenter = TrainingPresenter(
            RECIPES,
            self.work,
            tell=context.show_error,
            network_ready=networks_changed,
            lacking=missing_for_export(),
        )
        self.work.presenter = self.presenter
        self._visible = self._stale = False
        self._page: Page | None = None
        self._told: RunReport | None = None
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self._pages: dict[Page, SetupPage | ProgressPage | ReportPage] = {}
        if context.settings.train_data:
            self.presenter.data.path = context.settings.train_data
            self.presenter.data.votes = context.settings.train_votes
        self.presenter.changed = self._changed
        self._show()

    # The contract for views

    def on_show(self) -> None:
        self._visible = True
        data = self.presenter.data
        self.work.look_up()
        if data.path and not (data.report or data.failure or data.checking):
            data.check_again()
        self._show()

    def on_hide(self) -> None:
        self._visible = False

    def close(self) -> None:
        self.work.close()

    def is_closed(self) -> bool:
        return self.work.is_closed()

    # What is shown

    @property
    def running(self) -> bool:
        """Whether a training works, or is paused."""
        return self.presenter.running

    def _changed(self) -> None:
        """Something is another way now: it is shown once, when the window's loop comes round."""
        if not self._stale:
            self._stale = True
            self.context.post(self._show)

    def _show(self) -> None:
        self._stale = False
        presenter = self.presenter
        self._remember()
        if not self._visible and self._page is not None:
            self._tell_unseen()
            return
        if presenter.page is not self._page:
            self._page = presenter.page
            for frame in self._pages.values():
                frame.grid_remove()
            page = self._page_of(presenter.page)
            page.grid(row=0, column=0, sticky="nsew")
            page.scroll.to_top()
        if presenter.page is Page.SETUP:
            self.setup.show()
        elif presenter.page is Page.RUN and presenter.progress is not None:
            self.progress.show(presenter.progress)
        elif presenter.report is not None:
            self.report.show(presenter.report, presenter.report_losses)
        if self._visible:
            self.context.show_status(self.status)

    def _page_of(self, page: Page) -> SetupPage | ProgressPage | ReportPage:
        """The widgets of a page, made when they are first needed."""
        if page not in self._pages:
            self._pages[page] = self._make(page)
        return self._pages[page]

    def _make(self, page: Page) -> SetupPage | ProgressPage | ReportPage:
        context, presenter = self.context, self.presenter
        if page is Page.SETUP:
            return SetupPage(self, context, presenter, self, installed_backends())
        if page is Page.RUN:
            return ProgressPage(self, context, presenter.pause_or_go_on, presenter.stop)
        return ReportPage(self, context, self)

    @property
    def setup(self) -> SetupPage:
        """The page on which a training is chosen."""
        page = self._page_of(Page.SETUP)
        assert isinstance(page, SetupPage)
        return page

    @property
    def progress(self) -> ProgressPage:
        """The page of a run that works."""
        page = self._page_of(Page.RUN)
        assert isinstance(page, ProgressPage)
        return page

    @property
    def report(self) -> ReportPage:
        """The page of a finished run."""
        page = self._page_of(Page.REPORT)
        assert isinstance(page, ReportPage)
        return page

    def _tell_unseen(self) -> None:
        """Another tab is in front: that a training is finished is told there."""
        report = self.presenter.report
        if self.presenter.page is Page.REPORT and report is not self._told and report is not None:
            self._told = report
            self.context.show_notice(
                f"The network “{report.run.plan.name}” is trained and in the list.",
                button=("Show report", self._bring_to_front),
            )

    @property
    def status(self) -> str:
        """The line at the bottom of the window."""
        presenter = self.presenter
        if presenter.progress is not None:
            return words.status(presenter.progress)
        return "Ready" if not presenter.why_not else presenter.why_not

    def _remember(self) -> None:
        data = self.presenter.data
        if data.report is not None:
            self.context.update_settings(train_data=data.path, train_votes=data.votes)

    # What the user does

    def start(self) -> None:
        """Starts the training that is chosen."""
        self.context.clear_error()
        self.presenter.start()

    def pause_or_go_on(self) -> None:
        self.presenter.pause_or_go_on()

    def stop(self) -> None:
        """Cancels the training, which can be resumed, or the check."""
        if self.presenter.running:
            self.presenter.stop()
        else:
            self.presenter.data.cancel()

    def choose_file(self) -> None:
        path = self.context.dialogs.open_file("Data set", DATA_FILES, self._folder)
        if path:
            self.presenter.data.choose(path)

    def choose_folder(self) -> None:
        path = self.context.dialogs.open_folder("Data set in folders", self._folder)
        if path:
            self.presenter.data.choose(path)

    def choose_votes(self) -> None:
        path = self.context.dialogs.open_file("FER+ votes", VOTES_FILES, self._folder)
        if path:
            self.presenter.data.choose_votes(path)

    def clear_votes(self) -> None:
        if self.presenter.data.votes:
            self.presenter.data.choose_votes("")

    def ask_start(self) -> str:
        return self.context.dialogs.open_file("Weights to start from", START_FILES, self._folder)

    def remove(self, run: Run) -> None:
        """Deletes a run once the user agreed."""
        name = run.plan.name
        kept = (
            "Its report goes; the network stays in the list."
            if run.finished
            else "What it has learned so far is lost."
        )
        if self.context.dialogs.yes_no("Delete the training", f"Delete “{name}”? {kept}"):
            self.presenter.remove(run)

    def use_network(self, run: Run, head: str) -> None:
        """Takes the network of a run in the Image and Live tabs."""
        self.context.update_settings(model=run.plan.name, labels=head)
        self.context.show_notice(
            f"“{run.plan.name}” is in use.",
            "The Image and Live tabs use it now; the menu Model has the others.",
        )

    def open_folder(self, run: Run) -> None:
        self.context.submit(lambda: open_folder(run.folder), doing="opening the folder")

    def back(self) -> None:
        self.presenter.back()

    def turn_page(self, by: int) -> None:
        """Scrolls by a page: 1 down, -1 up."""
        self._page_of(self.presenter.page).scroll.turn_page(by)

    @property
    def _folder(self) -> str:
        path = self.presenter.data.path
        return str(Path(path).parent) if path else self.context.settings.last_folder
