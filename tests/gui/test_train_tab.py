"""The Train tab in the real window, with a stand-in for the training's commands."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from emogui.gui.training_presenter import Page
from emogui.gui.training_progress import Doing
from emogui.training import runs
from emogui.training.runs import LOCK

FAKE = Path(__file__).with_name("fake_emogui.py")


class Train:
    """The tab in front, and a small data set."""

    def __init__(self, driver, folder):
        self.driver, self.folder = driver, folder
        driver.commands.do("show_train")
        driver.wait_until(lambda: driver.shell.train is not None)
        self.view = driver.shell.train
        self.presenter = self.view.presenter
        self.data = folder / "faces.npz"
        rng = np.random.default_rng(0)
        np.savez(
            self.data,
            images=rng.integers(0, 256, (60, 48, 48), np.uint8),
            labels=(np.arange(60) % 7).astype(np.uint8),
            usage=np.array([0] * 40 + [1] * 10 + [2] * 10, np.uint8),
        )

    def order(self, *words):
        (self.folder / "orders").write_text(" ".join(words))

    def wait(self, condition, timeout=30.0):
        self.driver.wait_until(condition, timeout)

    def choose(self, path=None):
        self.driver.dialogs.file = str(path or self.data)
        self.view.setup.source.file_button.invoke()
        self.wait(lambda: self.presenter.data.report or self.presenter.data.failure)
        self.driver.root.update()

    def start(self):
        self.presenter.edit(length="3")
        button = self.view.setup.start_button
        self.wait(lambda: button.instate(["!disabled"]))
        button.invoke()
        self.wait(lambda: self.presenter.running)

    def banner(self):
        return self.driver.shell.banner

    def say(self):
        return str(self.view.setup.data.said.text)


@pytest.fixture
def train(make_app, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("EMOGUI_FAKE", str(tmp_path))
    words = [sys.executable, str(FAKE)]
    monkeypatch.setattr("emogui.gui.training_work.program", lambda: words)
    one = Train(make_app(), tmp_path)
    yield one
    supervisor = one.view.work._supervisor
    if supervisor is not None:
        supervisor.kill()
        by = time.monotonic() + 10
        while supervisor.alive:
            assert time.monotonic() < by
            time.sleep(0.005)


def overflows(frame):
    """Widgets in sight that stick out of their parents on the right."""
    found = []
    for child in frame.winfo_children():
        if child.winfo_viewable() and child.winfo_manager():
            parent = child.master
            if child.winfo_x() + child.winfo_width() > parent.winfo_width() + 1:
                found.append((str(child), child.winfo_width(), parent.winfo_width()))
            found += overflows(child)
    return found


def test_the_whole_way_from_a_recipe_to_a_network_in_use(train):
    view, presenter = train.view, train.presenter
    assert view.setup.start_button.instate(["disabled"])
    train.choose()
    assert "npz" in train.say() and "40 Training" in train.say()
    train.wait(lambda: view.setup.data.classes.has_samples)
    view.setup.recipes.tree.selection_set("cnn-toleubay")
    train.wait(lambda: presenter.recipe == "cnn-toleubay")
    entry = view.setup.options.entries["length"]
    entry.delete(0, "end")
    entry.insert(0, "3")
    train.start()
    train.wait(lambda: presenter.page is Page.RUN)
    train.wait(lambda: presenter.page is Page.REPORT)
    train.wait(lambda: view.report.has_picture and view.report.winfo_viewable())
    rows = view.report.figures.get_children()
    assert view.report.figures.item(rows[0])["text"] == "Accuracy"
    assert view.report.curves.accuracy.lines == 3 and view.report.curves.loss.lines == 1
    name = presenter.report.run.plan.name
    train.wait(lambda: train.driver.context.catalogue.model(name))  # without a restart
    view.report.heads.current(1)
    view.report.heads.event_generate("<<ComboboxSelected>>")
    view.report.use_button.invoke()
    assert (train.driver.context.choice.model, train.driver.context.choice.labels) == (
        name,
        "fer2013",
    )
    train.driver.settle()
    view.report.back_button.invoke()
    train.wait(view.setup.winfo_viewable)
    assert (name, "Report") in view.setup.runs.buttons
    assert presenter.form.name == f"{name}-2"


def test_pause_cancel_and_resume(train):
    train.order("slow")
    train.choose()
    train.start()
    presenter = train.presenter
    train.wait(lambda: presenter.progress.doing is Doing.TRAINING and presenter.progress.step > 1)
    page = train.view.progress
    train.wait(lambda: page.pause_button.instate(["!disabled"]))
    page.pause_button.invoke()
    train.wait(lambda: presenter.progress.doing is Doing.PAUSED)
    train.wait(lambda: page.pause_button.cget("text") == "Resume")
    train.driver.commands.do("train_pause")
    train.wait(lambda: presenter.progress.doing is Doing.TRAINING)
    page.stop_button.invoke()
    train.wait(lambda: not presenter.running and presenter.unfinished)
    (run,) = presenter.unfinished
    assert 0 < run.done < 1 and not train.banner().visible
    train.order()
    train.wait(lambda: (run.plan.name, "Resume") in train.view.setup.runs.buttons)
    train.view.setup.runs.buttons[(run.plan.name, "Resume")].invoke()
    train.wait(lambda: presenter.page is Page.REPORT)


def test_a_killed_training_leaves_the_window_standing(train):
    train.order("slow")
    train.choose()
    train.start()
    presenter = train.presenter
    train.wait(lambda: presenter.progress.started and presenter.progress.step > 2)
    folder = presenter.progress.run.folder
    os.kill(json.loads((folder / LOCK).read_text())["pid"], signal.SIGKILL)
    train.wait(lambda: not presenter.running)
    assert "interrupted" in train.banner().message and "Resume" in train.banner().hint
    train.wait(lambda: presenter.unfinished)
    train.driver.commands.do("show_image")
    train.driver.settle()


def test_what_a_training_says_of_its_failure_is_shown(train):
    train.order("fail")
    train.choose()
    train.start()
    train.wait(lambda: train.banner().visible)
    assert train.banner().message == "The data have no labels."
    assert train.banner().hint == "Take others."


def test_a_data_set_that_cannot_be_read_shows_why_and_keeps_from_starting(train):
    view = train.view
    broken = train.folder / "broken.npz"
    broken.write_bytes(b"PK nonsense")
    train.choose(broken)
    danger = view.setup.data.danger
    train.wait(danger.winfo_viewable)
    assert "cannot be read" in danger.heading.text and "damaged" in danger.text.text
    assert view.setup.start_button.instate(["disabled"])
    train.choose()  # the next one is better
    train.wait(lambda: not danger.winfo_viewable())
    train.wait(lambda: view.setup.start_button.instate(["!disabled"]))


def test_a_path_can_be_typed(train):
    source = train.view.setup.source
    source.path_entry.focus_force()
    source.path_entry.insert(0, str(train.folder / "nothing.csv"))
    source.path_entry.event_generate("<Return>")
    train.wait(lambda: train.presenter.data.failure is not None)
    assert "no data set" in train.presenter.data.failure.message


def test_a_check_can_be_cancelled(train):
    train.driver.dialogs.folder = str(train.folder)
    train.driver.commands.do("train_folder")
    train.wait(lambda: train.view.setup.data.button.cget("text") == "Cancel")
    train.driver.commands.do("train_stop")
    train.wait(lambda: train.presenter.data.checking is None)
    assert "not checked" in train.presenter.why_not


def test_closing_asks_and_keeps_the_training_for_later(train):
    train.order("slow")
    train.choose()
    train.start()
    presenter, driver = train.presenter, train.driver
    train.wait(lambda: presenter.progress.started and presenter.progress.step > 1)
    folder = presenter.progress.run.folder
    driver.app.close()
    dialog = driver.commands.dialogs["leaving"]
    train.wait(dialog.winfo_viewable)
    dialog.stay_button.invoke()
    assert not driver.app.closed and presenter.running
    driver.app.close()
    began = time.monotonic()
    driver.commands.dialogs["leaving"].keep_button.invoke()
    driver.wait_until(lambda: driver.app.closed, 5)
    assert time.monotonic() - began < 2
    by = time.monotonic() + 20
    while runs.is_busy(folder):
        assert time.monotonic() < by
        time.sleep(0.01)
    assert 0 < runs.load_run(folder).done < 1


def test_a_training_that_ends_unseen_is_told_in_the_other_tab(train):
    train.choose()
    train.start()
    train.driver.commands.do("show_image")
    train.wait(lambda: train.banner().visible)
    assert "is trained" in train.banner().message
    train.banner().button.invoke()
    train.wait(lambda: train.driver.shell.on_train and train.view.report.winfo_viewable())


def test_deleting_a_run_asks_first(train):
    train.order("fail")
    train.choose()
    train.start()
    train.wait(lambda: train.presenter.unfinished)
    (run,) = train.presenter.unfinished
    train.wait(lambda: (run.plan.name, "Delete…") in train.view.setup.runs.buttons)
    train.view.setup.runs.buttons[(run.plan.name, "Delete…")].invoke()
    assert train.driver.dialogs.asked[-1] == "Delete the training"
    train.wait(lambda: not run.folder.exists())
    train.wait(lambda: not train.presenter.runs)


@pytest.mark.parametrize("size", ["1180x780", "760x520"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_in_small_windows_and_both_themes(train, size, theme):
    root, view = train.driver.root, train.view
    train.driver.commands.pick_theme(theme)
    root.geometry(size)
    train.choose()
    train.wait(lambda: view.setup.data.classes.has_samples)
    width = int(size.partition("x")[0])
    train.wait(lambda: abs(root.winfo_width() - width) < 2)
    assert not overflows(view)
    assert view.setup.start_button.winfo_viewable()
    train.order("slow")
    train.start()
    train.wait(lambda: view.presenter.progress.step > 1 and view.progress.winfo_viewable())
    train.driver.root.update()
    assert not overflows(view)
    train.order()
    train.wait(lambda: view.presenter.page is Page.REPORT and view.report.winfo_viewable())
    train.driver.root.update()
    assert not overflows(view)


def test_keys_reach_everything(train):
    """Tab goes through all fields and buttons of the page, and what has the focus is in sight."""
    root, setup = train.driver.root, train.view.setup
    root.geometry("760x520")
    train.choose()
    train.wait(lambda: setup.start_button.instate(["!disabled"]))
    setup.recipes.tree.focus_force()
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
    wanted = {setup.recipes.tree, setup.source.path_entry, setup.source.file_button,
              setup.options.entries["rate"], setup.options.start, setup.start_button}  # fmt: skip
    assert wanted <= set(seen)


def test_the_window_starts_in_the_train_tab_where_it_was_left(make_app, store):
    window = make_app()
    window.commands.do("show_train")
    window.wait_until(lambda: window.shell.train is not None)
    window.close()
    again = make_app()
    again.wait_until(lambda: again.shell.on_train and again.shell.train is not None)


def test_other_tabs_actions_do_nothing_to_pictures_unseen(train, picture):
    train.driver.open(picture)
    train.driver.commands.do("show_train")
    train.wait(lambda: train.driver.shell.on_train)
    before = train.driver.presenter.current.selected
    for action in ("next_face", "next_picture", "detect", "explain"):
        train.driver.commands.do(action)
    train.driver.settle()
    assert train.driver.presenter.current.selected == before
    assert train.driver.shell.buttons["save_picture"].instate(["disabled"])
