"""The window as a whole: start, tabs, keys, theme, memory, the end."""

from __future__ import annotations

import threading
import time

import pytest

from emogui.errors import ModelError
from emogui.gui.actions import ACTIONS, BY_NAME, ON_PICTURE, accelerator, sequences
from emogui.gui.dialogs.help import NOTICE_VERSION
from emogui.gui.settings import Settings


def test_the_window_is_visible_with_its_buttons_and_menus(window):
    assert window.root.winfo_viewable()
    assert window.root.title().startswith("emogui")
    texts = [button.cget("text") for button in window.shell.buttons.values()]
    assert {"Open", "Detect", "Exit"} <= set(texts)
    menus = [window.commands.menus.bar.entrycget(i, "label") for i in range(10)]
    wanted = [
        "File",
        "Faces",
        "Camera",
        "Video",
        "Training",
        "Batch",
        "Model",
        "Detector",
        "View",
        "Help",
    ]
    assert menus == wanted
    assert window.shell.status.cget("text") == "Ready"


def test_exit_ends_the_program_within_two_seconds(make_app):
    window = make_app()
    began = time.monotonic()
    window.shell.buttons["exit"].invoke()
    window.wait_until(lambda: window.app.closed, 3)
    assert time.monotonic() - began < 2


def test_closing_in_the_middle_of_a_detection_is_quick_and_clean(make_app, picture):
    window = make_app()
    window.gate.clear()
    window.dialogs.files = (str(picture),)
    window.shell.buttons["open"].invoke()
    window.wait_until(lambda: window.presenter.current.stage.name == "ANALYSING")
    began = time.monotonic()
    window.root.tk.call(*window.root.tk.splitlist(window.root.protocol("WM_DELETE_WINDOW")))
    window.wait_until(lambda: window.app.closed, 3)
    assert time.monotonic() - began < 2
    window.gate.set()  # the late result arrives at a window that is gone


def test_closing_while_the_models_load_is_quick(make_app, picture):
    loading, go_on = threading.Event(), threading.Event()

    def slow(_choice):
        loading.set()
        go_on.wait(20)
        raise ModelError("too late")

    window = make_app((str(picture),), factory=slow, ready=False)
    window.wait_until(loading.is_set)
    began = time.monotonic()
    window.key("<Control-q>")
    window.wait_until(lambda: window.app.closed, 3)
    assert time.monotonic() - began < 2
    go_on.set()


def test_every_action_does_something_and_has_a_shortcut_of_its_own(window):
    keys = []
    for action in BY_NAME.values():
        assert window.commands.method(action.name) is not None, action.name
        assert action.keys, action.name
        keys += [s for k in (action.keys, *action.also) for s in sequences(k, mac=False)]
    assert len(keys) == len(set(keys))


def test_shortcuts_follow_the_platform():
    save = BY_NAME["save_chart"].keys
    assert accelerator(save, mac=False) == "Ctrl+Shift+S"
    assert accelerator(save, mac=True) == "Command-Shift-S"
    assert sequences("Mod+O", mac=True) == ["<Command-O>", "<Command-o>"]
    assert sequences("Mod+0", mac=False) == ["<Control-Key-0>"]


def test_the_menus_show_the_shortcuts(window):
    for group in ("File", "Faces", "View", "Help"):
        menu = window.commands.menus.menus[group]
        shown = {
            menu.entrycget(i, "label"): menu.entrycget(i, "accelerator")
            for i in range(menu.index("end") + 1)
            if menu.type(i) == "command"
        }
        for action in ACTIONS[group]:
            assert shown[action.title] == accelerator(action.keys, mac=False)


@pytest.mark.parametrize("name", sorted(set(BY_NAME) - ON_PICTURE - {"exit"}))
def test_every_action_can_be_done_with_nothing_open(window, name):
    if name == "show_live":
        pytest.skip("the Live tab has tests of its own")
    window.commands.do(name)
    window.settle()


def test_the_model_menu_lists_each_head_and_picks_one(window):
    menu = window.commands.menus.menus["Model"]
    entries = [i for i in range(menu.index("end") + 1) if menu.type(i) == "radiobutton"]
    labels = [menu.entrycget(i, "label") for i in entries]
    assert any("FER+ (8 emotions)" in label for label in labels)
    other = next(i for i in entries if "FER-2013 (7 emotions)" in menu.entrycget(i, "label"))
    menu.invoke(other)
    window.settle()
    assert window.context.choice.labels == "fer2013"
    assert "FER-2013" in window.shell.using.cget("text")
    window.key("<Control-m>")
    assert window.context.choice.labels == "ferplus"


def test_the_detector_menu_picks_and_yunet_asks_for_its_file(window, tmp_path):
    menu = window.commands.menus.menus["Detector"]
    titles = {
        menu.entrycget(i, "value"): i
        for i in range(menu.index("end") + 1)
        if menu.type(i) == "radiobutton"
    }
    assert {"centerface", "haar", "yunet"} <= set(titles)
    menu.invoke(titles["haar"])
    assert window.context.choice.detector == "haar"

    menu.invoke(titles["yunet"])  # the dialog is cancelled
    assert window.context.choice.detector == "haar"
    assert window.commands.menus.detector_var.get() == "haar"

    window.dialogs.file = str(tmp_path / "yunet.onnx")
    menu.invoke(titles["yunet"])
    assert window.context.choice.detector == "yunet"
    assert window.context.choice.detector_file == window.dialogs.file


def test_a_folder_without_a_model_gives_a_message(window, tmp_path):
    window.dialogs.folder = str(tmp_path)
    window.commands.do("load_model")
    window.wait_until(lambda: window.shell.banner.visible)
    assert window.context.choice.model == "resnet50"


def test_the_theme_switches_and_is_remembered(window, picture, store):
    window.open(picture)
    light = window.canvas.cget("background")
    window.key("<Control-t>")
    assert window.context.theme.mode == "dark"
    assert window.canvas.cget("background") != light
    window.settle()
    window.screenshot("image-dark")
    window.close()
    assert store.load().settings.theme == "dark"


def test_place_choices_and_folder_are_remembered(make_app, store, picture):
    window = make_app()
    window.root.geometry("900x640+50+60")
    window.open(picture)
    window.context.update_settings(labels="fer2013", detect_on_open=False)
    window.wait_until(lambda: window.root.winfo_width() == 900)
    window.close()

    saved = store.load().settings
    assert saved.labels == "fer2013" and saved.last_folder == str(picture.parent)
    again = make_app()
    assert again.root.geometry() == "900x640+50+60"
    assert again.context.choice.labels == "fer2013"
    assert not again.context.settings.detect_on_open


@pytest.mark.parametrize("geometry", ["900x640+9000+50", "nonsense", "5x5+0+0", "900x640+5+-700"])
def test_a_place_off_the_screen_is_not_used(make_app, store, geometry):
    store.save(Settings(theme="light", geometry=geometry, notice_seen=NOTICE_VERSION))
    window = make_app()
    assert 0 <= window.root.winfo_x() < window.root.winfo_screenwidth() - 200
    assert 0 <= window.root.winfo_y() < window.root.winfo_screenheight() - 200
    assert window.root.winfo_width() > 500


def test_a_damaged_settings_file_gives_a_notice_and_no_crash(make_app, store, expected_errors):
    expected_errors.append("cannot be used")
    store.path.write_text("{ broken")
    window = make_app()
    assert "set aside" in window.shell.banner.message
    window.screenshot("damaged-settings")


def test_an_error_in_a_callback_is_told_and_the_window_lives(window, expected_errors, picture):
    expected_errors.append("A callback of the window failed")
    window.root.after(0, lambda: 1 / 0)
    window.wait_until(lambda: window.shell.banner.visible)
    assert "ZeroDivisionError" in window.shell.banner.message
    window.open(picture)
    assert window.presenter.current.result is not None


def test_late_outcomes_do_not_reach_a_cancelled_or_closing_window(window):
    seen = []
    gate = threading.Event()
    job = window.context.submit(gate.wait, lambda _value: seen.append("late"))
    job.cancel()
    window.context.submit(lambda: 5, seen.append)
    gate.set()
    window.wait_until(lambda: seen)
    assert seen == [5]


def test_pollers_run_until_they_are_removed(window):
    turns = []
    remove = window.context.on_poll(lambda: turns.append(1))
    window.wait_until(lambda: len(turns) > 3)
    remove()
    before = len(turns)
    done = []
    window.context.submit(lambda: None, lambda _value: done.append(1))
    window.wait_until(lambda: done)
    assert len(turns) - before <= 1


def test_focus_goes_round_with_tab_and_is_visible(window, picture):
    window.open(picture)
    window.shell.buttons["open"].focus_force()
    seen = []
    for _ in range(14):
        window.root.update()
        seen.append(window.root.focus_get())
        window.root.focus_get().event_generate("<Tab>")
    assert window.canvas in seen and window.shell.tabs in seen
    assert window.shell.buttons["exit"] in seen
    assert int(str(window.canvas.cget("highlightthickness"))) >= 1
    assert window.canvas.cget("highlightcolor") != window.canvas.cget("highlightbackground")


def test_the_theme_follows_the_system_and_starts_as_it_was_last_time(make_app, store, monkeypatch):
    store.save(Settings(theme="system", notice_seen=NOTICE_VERSION))
    monkeypatch.setattr("emogui.gui.app.system_mode", lambda: "dark")
    window = make_app()
    window.wait_until(lambda: window.context.theme.mode == "dark")
    window.close()
    monkeypatch.setattr("emogui.gui.app.system_mode", lambda: None)
    again = make_app()
    assert again.context.theme.mode in ("dark", "light")
    again.wait_until(lambda: again.context.theme.mode == "light")


def test_the_tab_shown_last_comes_back_unless_pictures_are_named(make_app, store, picture):
    store.save(Settings(theme="light", notice_seen=NOTICE_VERSION, tab="live"))
    window = make_app((str(picture),))
    assert not window.shell.on_live
    window.close()
    store.save(Settings(theme="light", notice_seen=NOTICE_VERSION, tab="live"))
    again = make_app()
    assert again.shell.on_live


def test_what_is_chosen_has_a_mark_that_can_be_seen_in_any_theme(window):
    if window.root.winsys != "x11":
        pytest.skip("elsewhere the system draws the mark")
    menu = window.commands.menus.menus["Detector"]
    before = menu.entrycget(0, "selectimage")
    assert window.root.tk.call("image", "height", before) >= 12
    plain = menu.entrycget(0, "image")
    assert window.root.tk.call("image", "height", plain) >= 12, "Tk cuts the mark to its size"
    other = "light" if window.app.theme.mode == "dark" else "dark"
    window.commands.pick_theme(other)
    window.root.update()
    assert menu.entrycget(0, "selectimage") != before
    assert str(menu.cget("activebackground")) == window.app.theme.colours.info_soft
