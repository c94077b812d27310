"""The Batch tab in the real window, with a stand-in for the batch's command, and once for real."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest

from emogui.bulk.found import find_batch
from emogui.bulk.lock import WORK, FolderLock, is_busy
from emogui.child import program
from emogui.gui.batch_presenter import Page
from emogui.gui.batch_progress import Doing
from tests.gui.test_train_tab import overflows

FAKE = Path(__file__).with_name("fake_batch.py")


class Batch:
    """The tab in front, and a folder to analyse."""

    def __init__(self, driver, folder, words):
        self.driver, self.folder = driver, folder
        self.photos = folder / "photos"
        self.photos.mkdir(exist_ok=True)
        self.results = folder / "photos-results"
        self.browsed = []
        driver.commands.do("show_batch")
        driver.wait_until(lambda: driver.shell.batch is not None)
        self.view = driver.shell.batch
        self.presenter = self.view.presenter
        self.view.work._words = words
        self.view.work._browse = lambda address: self.browsed.append(address) or True

    def order(self, *words):
        (self.folder / "orders").write_text(" ".join(words))

    def wait(self, condition, timeout=30.0):
        self.driver.wait_until(condition, timeout)

    def choose(self):
        self.driver.dialogs.folder = str(self.photos)
        self.view.setup.inputs.folder_button.invoke()
        self.wait(lambda: not self.presenter.looking)

    def start(self):
        self.wait(lambda: self.view.setup.start_button.instate(["!disabled"]))
        self.view.setup.start_button.invoke()
        self.wait(lambda: self.presenter.running)

    def started(self):
        progress = self.presenter.progress
        return progress is not None and progress.done >= 1

    def banner(self):
        return self.driver.shell.banner


def wait_until_free(folder):
    by = time.monotonic() + 20
    while is_busy(folder):
        assert time.monotonic() < by
        time.sleep(0.01)


@pytest.fixture
def batch(make_app, tmp_path, monkeypatch):
    monkeypatch.setenv("EMOGUI_FAKE", str(tmp_path))
    one = Batch(make_app(), tmp_path, [sys.executable, str(FAKE)])
    yield one
    one.view.work.kill()
    for thread in one.view.work._threads:
        thread.join(10)
        assert not thread.is_alive()


def test_the_whole_way_from_a_dropped_folder_to_a_report(batch):
    view, presenter = batch.view, batch.presenter
    assert view.setup.start_button.instate(["disabled"])
    batch.driver.commands.open((str(batch.photos),))  # what a drop on the window does
    batch.wait(lambda: presenter.output == str(batch.results) and not presenter.looking)
    assert batch.driver.shell.on_batch
    batch.start()
    batch.wait(lambda: presenter.page is Page.DONE and presenter.failures)
    batch.wait(view.done.winfo_viewable)
    assert "12 inputs done" in view.done.title.text and "24 faces" in view.done.facts.text
    assert len(view.done.failures.tree.get_children()) == 2
    assert not view.done.go_on_button.winfo_manager()
    view.done.pdf_check.invoke()
    view.done.report_button.invoke()
    batch.wait(lambda: batch.browsed)
    assert batch.browsed == [(batch.results / "report.html").as_uri()]
    assert (batch.results / "report.html").read_text() == "--pdf"
    batch.wait(lambda: view.done.report_button.instate(["!disabled"]))
    view.done.back_button.invoke()
    batch.wait(view.setup.winfo_viewable)
    assert "finished batch" in view.setup.found.heading.text
    assert view.setup.start_button.cget("text") == "Start over…"


def test_pause_cancel_and_go_on(batch):
    presenter = batch.presenter
    batch.order("slow")
    batch.choose()
    batch.start()
    batch.wait(lambda: batch.started() and presenter.progress.doing is Doing.WORKING)
    page = batch.view.progress
    batch.wait(lambda: page.pause_button.instate(["!disabled"]))
    page.pause_button.invoke()
    batch.wait(lambda: presenter.progress.doing is Doing.PAUSED)
    batch.wait(lambda: page.pause_button.cget("text") == "Resume")
    batch.driver.commands.do("batch_pause")
    batch.wait(lambda: presenter.progress.doing is Doing.WORKING)
    batch.driver.commands.do("batch_stop")
    batch.wait(lambda: presenter.page is Page.DONE)
    batch.wait(lambda: "Stopped" in batch.view.done.title.text and presenter.can_go_on)
    assert not batch.banner().visible
    batch.order()
    batch.wait(batch.view.done.go_on_button.winfo_viewable)
    batch.view.done.go_on_button.invoke()
    batch.wait(lambda: presenter.outcome is not None and presenter.outcome.complete)


def test_an_interrupted_batch_is_offered_when_its_folder_is_chosen(batch):
    presenter, setup = batch.presenter, batch.view.setup
    batch.order("crash")
    batch.choose()
    batch.start()
    batch.wait(lambda: not presenter.running)
    assert "broke off" in batch.banner().message and "Go on" in batch.banner().hint
    batch.wait(lambda: presenter.can_go_on and setup.go_on_button.winfo_viewable())
    assert "3 of 12 inputs done" in setup.found.text.text
    presenter.choose_output(str(batch.folder / "elsewhere"))
    batch.wait(lambda: not setup.found.winfo_manager())
    batch.driver.dialogs.folder = str(batch.results)
    setup.output.button.invoke()
    batch.wait(setup.go_on_button.winfo_viewable)
    batch.order()
    batch.driver.commands.do("batch_start")
    batch.wait(lambda: presenter.page is Page.DONE and presenter.outcome.complete)


def test_a_batch_of_another_process_can_go_on_once_that_has_ended(batch):
    batch.order("crash")
    batch.choose()
    batch.start()
    batch.wait(lambda: batch.presenter.can_go_on)
    with FolderLock(batch.results / WORK / "lock"):
        batch.presenter.look_again()
        batch.wait(lambda: "at work" in batch.view.setup.found.heading.text)
        assert not batch.presenter.can_go_on
        assert batch.view.setup.start_button.instate(["disabled"])
    batch.wait(batch.view.setup.go_on_button.winfo_viewable)


def test_it_is_offered_again_after_a_power_cut(batch, make_app):
    batch.order("crash")
    batch.choose()
    batch.start()
    batch.wait(lambda: not batch.presenter.running)
    batch.driver.close()
    again = make_app()
    again.wait_until(lambda: again.shell.on_batch and again.shell.batch is not None)
    again.wait_until(lambda: again.shell.batch.presenter.can_go_on)


def test_starting_over_asks_and_replaces(batch):
    batch.choose()
    batch.start()
    batch.wait(lambda: batch.presenter.page is Page.DONE)
    batch.view.done.back_button.invoke()
    batch.wait(lambda: batch.presenter.replaces)
    batch.start()
    assert batch.driver.dialogs.asked[-1] == "Start over"
    batch.wait(lambda: batch.presenter.page is Page.DONE)
    assert batch.presenter.outcome.complete


def test_what_a_batch_says_of_its_failure_is_shown(batch):
    batch.order("fail")
    batch.choose()
    batch.start()
    batch.wait(lambda: batch.banner().visible)
    assert (batch.banner().message, batch.banner().hint) == ("The disk is full.", "Make room.")
    assert batch.presenter.page is Page.SETUP


def test_a_report_that_cannot_be_made_says_why(batch):
    batch.choose()
    batch.start()
    batch.wait(lambda: batch.presenter.page is Page.DONE)
    batch.order("fail")
    batch.driver.commands.do("batch_report")
    batch.wait(lambda: batch.banner().visible)
    assert "The table cannot be read" in batch.banner().hint and not batch.browsed


def test_closing_asks_and_keeps_the_batch_for_later(batch):
    batch.order("slow")
    batch.choose()
    batch.start()
    batch.wait(batch.started)
    driver = batch.driver
    driver.app.close()
    dialog = driver.commands.dialogs["leaving"]
    batch.wait(dialog.winfo_viewable)
    dialog.stay_button.invoke()
    assert not driver.app.closed and batch.presenter.running
    driver.app.close()
    driver.commands.dialogs["leaving"].keep_button.invoke()
    driver.wait_until(lambda: driver.app.closed, 5)
    wait_until_free(batch.results)
    found = find_batch(batch.results)
    assert not found.complete and 0 < found.done < found.total


def test_a_batch_that_ends_unseen_is_told_in_the_other_tab(batch):
    batch.choose()
    batch.start()
    batch.driver.commands.do("show_image")
    batch.wait(lambda: batch.banner().visible)
    assert "12 inputs done" in batch.banner().message
    batch.banner().button.invoke()
    batch.wait(lambda: batch.driver.shell.on_batch and batch.view.done.winfo_viewable())


def test_inputs_are_listed_removed_and_not_taken_twice(batch):
    presenter, inputs = batch.presenter, batch.view.setup.inputs
    one, two = batch.folder / "a.jpg", batch.folder / "list.csv"
    batch.driver.dialogs.files = (str(one), str(one))
    inputs.files_button.invoke()
    batch.driver.dialogs.file = str(two)
    inputs.table_button.invoke()
    batch.wait(lambda: len(inputs.tree.get_children()) == 2)
    assert presenter.inputs == (str(one), str(two))
    inputs.tree.selection_set("0")
    inputs.tree.focus_force()
    batch.driver.root.update()
    inputs.tree.event_generate("<Delete>")
    batch.wait(lambda: len(inputs.tree.get_children()) == 1)
    assert presenter.inputs == (str(two),)
    presenter.add([f"/in/{n}.jpg" for n in range(1000)])
    batch.wait(lambda: inputs.tree.exists("more"))
    assert len(inputs.tree.get_children()) < 300


@pytest.mark.parametrize("size", ["1180x780", "760x520"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_in_small_windows_and_both_themes(batch, size, theme):
    root, view = batch.driver.root, batch.view
    batch.driver.commands.pick_theme(theme)
    root.geometry(size)
    width = int(size.partition("x")[0])
    batch.wait(lambda: abs(root.winfo_width() - width) < 2)
    batch.choose()
    assert not overflows(view)
    assert view.setup.start_button.winfo_viewable()
    batch.order("slow")
    batch.start()
    batch.wait(lambda: batch.started() and view.progress.winfo_viewable())
    assert not overflows(view)
    batch.order()
    batch.wait(lambda: batch.presenter.page is Page.DONE and view.done.winfo_viewable())
    batch.wait(view.done.failures.tree.winfo_viewable)
    assert not overflows(view)


def test_keys_reach_everything(batch):
    """Tab goes through all fields and buttons of the page, and what has the focus is in sight."""
    root, setup = batch.driver.root, batch.view.setup
    root.geometry("760x520")
    batch.choose()
    batch.presenter.edit(annotate=True)
    batch.wait(lambda: setup.start_button.instate(["!disabled"]))
    setup.inputs.tree.focus_force()
    seen = []
    for _ in range(40):
        root.update()
        widget = root.focus_get()
        if widget in seen:
            break
        seen.append(widget)
        if str(widget).startswith(str(setup.scroll.body)):
            top = widget.winfo_rooty() - setup.scroll.canvas.winfo_rooty()
            assert -1 <= top < setup.scroll.canvas.winfo_height()
        widget.tk_focusNext().focus_force()
    options = setup.options
    wanted = {setup.inputs.tree, setup.inputs.files_button, setup.output.entry, options.look,
              options.frames, options.number_entry, options.hide, *options.checks.values(),
              setup.start_button}  # fmt: skip
    assert wanted <= set(seen)


def test_a_real_batch_of_three_pictures(batch, project_root, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(project_root))
    batch.view.work._words = program()
    for name in ("a", "b", "c"):
        shutil.copy(project_root / "assets" / "sample.jpg", batch.photos / f"{name}.jpg")
    (batch.photos / "broken.jpg").write_bytes(b"no picture")
    batch.choose()
    batch.presenter.edit(fast=True)
    batch.start()
    batch.wait(lambda: batch.presenter.page is Page.DONE and batch.presenter.failures, 90)
    outcome = batch.presenter.outcome
    assert (outcome.complete, outcome.pictures, outcome.failures) == (True, 3, 1)
    with (batch.results / "faces.csv").open(encoding="utf-8", newline="") as file:
        assert len({row["source"] for row in csv.DictReader(file)}) == 3
    batch.driver.commands.do("batch_report")
    batch.wait(lambda: batch.browsed or batch.banner().visible, 60)
    assert "<html" in (batch.results / "report.html").read_text(encoding="utf-8")


def test_a_killed_batch_leaves_the_window_standing(batch):
    batch.order("slow")
    batch.choose()
    batch.start()
    batch.wait(batch.started)
    os.kill(batch.view.work._batch._process.pid, signal.SIGKILL)
    batch.wait(lambda: not batch.presenter.running)
    assert "SIGKILL" in batch.banner().message and "Go on" in batch.banner().hint
    batch.wait(lambda: batch.presenter.can_go_on)
