"""The Batch tab: drop folders, choose what is written, start, and find the tables later."""

from __future__ import annotations

import tkinter
from collections.abc import Callable, Sequence
from pathlib import Path

import ttkbootstrap as ttk

from emogui.bulk.found import FoundBatch, find_batch
from emogui.gui import batch_words as words
from emogui.gui.batch_presenter import BatchPresenter, Page
from emogui.gui.batch_progress import Outcome
from emogui.gui.batch_work import BatchWork
from emogui.gui.context import ViewContext
from emogui.gui.folders import open_folder
from emogui.gui.widgets.batch_done import BatchDonePage
from emogui.gui.widgets.batch_progress import BatchProgressPage
from emogui.gui.widgets.batch_setup import BatchSetupPage

MEDIA = (
    (
        "Pictures and videos",
        "*.jpg *.jpeg *.png *.webp *.bmp *.gif *.tif *.tiff *.heic *.heif *.avif *.mp4 *.mov "
        "*.mkv *.avi *.webm *.m4v *.JPG *.JPEG *.PNG *.MP4 *.MOV *.AVI",
    ),
    ("All files", "*"),
)
TABLES = (("Tables of paths", "*.csv *.tsv *.txt"), ("All files", "*"))


AGAIN_MS = 1000


class BatchView(ttk.Frame):
    """See the module; keeps the contract of ``emogui.gui.context``.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        show: brings the tab to the front.
        words: how emogui is started in a process of its own; tests give another program.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        show: Callable[[], None] = lambda: None,
        *,
        words: Sequence[str] | None = None,
    ) -> None:
        super().__init__(parent)
        self.context, self._bring_to_front = context, show
        self.work = BatchWork(context, words)
        self.presenter = BatchPresenter(self.work, lambda: context.choice, tell=context.show_error)
        self.work.presenter = self.presenter
        self._visible = self._stale = False
        self._page: Page | None = None
        self._told: Outcome | None = None
        self._again: str | None = None
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self._pages: dict[Page, BatchSetupPage | BatchProgressPage | BatchDonePage] = {}
        context.on_choice(lambda _choice: self._changed())
        self.presenter.changed = self._changed
        self._recall()
        self._show()

    def _recall(self) -> None:
        """Offers to go on with the batch that worked last, where it was interrupted."""
        folder = self.context.settings.batch_output

        def found(batch: FoundBatch | None) -> None:
            waits = batch is not None and not batch.complete
            if waits and not (self.presenter.inputs or self.presenter.output):
                self.presenter.choose_output(folder)

        if folder:
            self.context.submit(lambda: find_batch(folder), found, lambda _error: None)

    # The contract for views

    def on_show(self) -> None:
        self._visible = True
        self.presenter.recheck()
        self._show()

    def on_hide(self) -> None:
        self._visible = False

    def close(self) -> None:
        if self._again is not None:
            self.after_cancel(self._again)
        self.work.close()

    def is_closed(self) -> bool:
        return self.work.is_closed()

    # What is shown

    @property
    def running(self) -> bool:
        """Whether a batch works, or is paused."""
        return self.presenter.running

    def _changed(self) -> None:
        """Something is another way now: it is shown once, when the window's loop comes round."""
        if not self._stale:
            self._stale = True
            self.context.post(self._show)

    def _show(self) -> None:
        self._stale = False
        presenter = self.presenter
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
        elif presenter.page is Page.DONE:
            self._told = presenter.outcome
            self.done.show()
        if self._visible:
            self.context.show_status(self.status)
            self._watch_others()

    def _watch_others(self) -> None:
        """Looks again and again while another process is at work in the chosen folder."""

        def look() -> None:
            self._again = None
            self.presenter.recheck()

        found = self.presenter.found
        if self._again is None and found is not None and found.busy and not self.running:
            self._again = self.after(AGAIN_MS, look)

    def _page_of(self, page: Page) -> BatchSetupPage | BatchProgressPage | BatchDonePage:
        """The widgets of a page, made when they are first needed."""
        if page not in self._pages:
            self._pages[page] = self._make(page)
        return self._pages[page]

    def _make(self, page: Page) -> BatchSetupPage | BatchProgressPage | BatchDonePage:
        context, presenter = self.context, self.presenter
        if page is Page.SETUP:
            return BatchSetupPage(self, context, presenter, self)
        if page is Page.RUN:
            return BatchProgressPage(self, context, presenter.pause_or_go_on, presenter.stop)
        return BatchDonePage(self, context, presenter, self)

    @property
    def setup(self) -> BatchSetupPage:
        """The page on which a batch is chosen."""
        page = self._page_of(Page.SETUP)
        assert isinstance(page, BatchSetupPage)
        return page

    @property
    def progress(self) -> BatchProgressPage:
        """The page of a batch that works."""
        page = self._page_of(Page.RUN)
        assert isinstance(page, BatchProgressPage)
        return page

    @property
    def done(self) -> BatchDonePage:
        """The page of the results."""
        page = self._page_of(Page.DONE)
        assert isinstance(page, BatchDonePage)
        return page

    def _tell_unseen(self) -> None:
        """Another tab is in front: that a batch is done is told there."""
        outcome = self.presenter.outcome
        if self.presenter.page is Page.DONE and outcome is not None and outcome is not self._told:
            self._told = outcome
            self.context.show_notice(
                f"Batch: {words.outcome_title(outcome)}.",
                button=("Show results", self._bring_to_front),
            )

    @property
    def status(self) -> str:
        """The line at the bottom of the window."""
        presenter = self.presenter
        if presenter.progress is not None:
            return words.status(presenter.progress)
        if presenter.page is Page.DONE and presenter.outcome is not None:
            return f"Batch: {words.outcome_title(presenter.outcome)}"
        if presenter.can_go_on:
            return "An interrupted batch can go on"
        return presenter.why_not or "Ready"

    # What the user does

    def add(self, paths: Sequence[str]) -> None:
        """Adds what was chosen or dropped; dropped on results, it begins a new choice."""
        if not paths:
            return
        if self.presenter.page is Page.DONE:
            self.presenter.back()
        self.context.update_settings(last_folder=str(Path(paths[0]).absolute().parent))
        self.presenter.add(paths)

    def add_files(self) -> None:
        folder = self.context.settings.last_folder
        self.add(self.context.dialogs.open_files("Add pictures and videos", MEDIA, folder))

    def add_folder(self) -> None:
        path = self.context.dialogs.open_folder("Add a folder", self.context.settings.last_folder)
        self.add([path] if path else [])

    def add_table(self) -> None:
        folder = self.context.settings.last_folder
        path = self.context.dialogs.open_file("Add a table of paths", TABLES, folder)
        self.add([path] if path else [])

    def choose_output(self) -> None:
        before = self.presenter.output or self.context.settings.last_folder
        path = self.context.dialogs.open_folder("Folder for the results", before)
        if path:
            if self.presenter.page is Page.DONE:
                self.presenter.back()
            self.presenter.choose_output(path)

    def start(self) -> None:
        """Starts the batch that is chosen; asks before it replaces another one's results."""
        presenter = self.presenter
        if presenter.running:
            return
        self.context.clear_error()
        if presenter.replaces and not presenter.why_not:
            question = (
                f"“{presenter.output}” holds results of an earlier batch. Throw them away and "
                "start over?"
            )
            if not self.context.dialogs.yes_no("Start over", question):
                return
        if not presenter.why_not:
            self.context.update_settings(batch_output=presenter.output)
        presenter.start()

    def go_on(self) -> None:
        """Goes on with the interrupted batch that is shown."""
        self.context.clear_error()
        self.context.update_settings(batch_output=self.presenter.output)
        self.presenter.go_on()

    def start_or_go_on(self) -> None:
        """Goes on with an interrupted batch where one is shown, else starts the chosen one."""
        if self.presenter.can_go_on:
            self.go_on()
        else:
            self.start()

    def pause_or_go_on(self) -> None:
        self.presenter.pause_or_go_on()

    def stop(self) -> None:
        """Ends the batch, which can go on."""
        self.presenter.stop()

    def open_results(self) -> None:
        outcome = self.presenter.outcome
        if outcome is not None:
            folder = outcome.folder
            self.context.submit(lambda: open_folder(folder), doing="opening the folder")

    def make_report(self) -> None:
        """Makes a report of the results that are shown, as the check boxes say."""
        if self.presenter.page is Page.DONE:
            self.context.clear_error()
            page = self.done
            self.presenter.make_report(pdf=page.pdf.get(), thumbnails=page.thumbnails.get())

    def back(self) -> None:
        self.presenter.back()

    def turn_page(self, by: int) -> None:
        """Scrolls by a page: 1 down, -1 up."""
        self._page_of(self.presenter.page).scroll.turn_page(by)
