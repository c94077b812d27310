"""The dialogs: the first-start notice, settings, help."""

from __future__ import annotations

import contextlib
import tkinter

import pytest

from emogui.gui.actions import BY_NAME
from emogui.gui.settings import Settings


def texts(widget: tkinter.Misc) -> str:
    """All text in a window."""
    found = []
    for child in widget.winfo_children():
        with contextlib.suppress(tkinter.TclError):
            found.append(str(child.cget("text")))
        found.append(texts(child))
    return "\n".join(found)


@pytest.mark.parametrize("how", ["button", "<Return>", "<Escape>", "window"])
def test_the_first_start_notice_is_shown_once_and_closed_in_any_way(make_app, store, how):
    store.save(Settings(theme="light"))
    window = make_app()
    notice = window.commands.dialogs["meaning"]
    assert notice.winfo_viewable()
    said = texts(notice)
    for word in ("not a feeling", "work", "school", "medicine", "law", "AI Act", "leaves"):
        assert word in said
    if how == "button":
        notice.row.winfo_children()[0].invoke()
    elif how == "window":
        notice.dismiss()
    else:
        notice.focus_force()
        window.root.update()
        window.root.focus_get().event_generate(how)
    window.root.update()
    assert not notice.winfo_exists()
    window.close()

    again = make_app()
    assert "meaning" not in again.commands.dialogs
    again.commands.do("help_meaning")
    assert again.commands.dialogs["meaning"].winfo_viewable()


def test_the_notice_does_not_stand_in_the_way(make_app, store, picture):
    store.save(Settings(theme="light"))
    window = make_app((str(picture),))
    window.wait_until(lambda: window.presenter.current.result is not None)
    window.settle()
    window.screenshot("first-start")
    window.close()
    assert store.load().settings.notice_seen == 0, "it was not closed by the user"


def test_settings_take_effect_with_save_and_are_kept(window, store):
    window.key("<Control-comma>")
    dialog = window.commands.dialogs["settings"]
    window.screenshot("settings")
    assert str(dialog.scale.cget("state")) == "disabled"
    dialog.own_threshold.set(False)
    dialog.threshold.set(0.31)
    dialog.labels.set("FER-2013 (7 emotions)")
    dialog.theme_name.set("Dark")
    dialog.text_size.set("125 %")
    dialog.detect_on_open.set(False)
    dialog.save_button.invoke()
    window.settle()

    settings = window.context.settings
    assert settings.threshold == 0.31 and settings.labels == "fer2013"
    assert settings.theme == "dark" and window.context.theme.mode == "dark"
    assert settings.scale == 125 and not window.presenter.detect_on_open
    window.close()
    assert store.load().settings.threshold == 0.31


def test_cancelled_settings_change_nothing(window):
    before = window.context.settings
    window.commands.do("settings")
    dialog = window.commands.dialogs["settings"]
    dialog.theme_name.set("Dark")
    dialog.focus_force()
    window.root.update()
    dialog.event_generate("<Escape>")
    window.root.update()
    assert not dialog.winfo_exists() and window.context.settings == before


def test_the_usual_threshold_is_the_detectors_own(window):
    window.context.update_settings(threshold=0.2)
    window.commands.do("settings")
    dialog = window.commands.dialogs["settings"]
    assert dialog.number.cget("text") == "0.20"
    dialog.own_threshold.set(True)
    dialog.save_button.invoke()
    assert window.context.settings.threshold is None


def test_a_dialog_that_is_open_is_not_opened_twice(window):
    window.commands.do("settings")
    first = window.commands.dialogs["settings"]
    window.commands.do("settings")
    assert window.commands.dialogs["settings"] is first


def test_the_help_names_every_shortcut(window):
    window.key("<F1>")
    said = texts(window.commands.dialogs["keys"])
    for action in BY_NAME.values():
        assert action.title.rstrip("…") in said
    window.screenshot("shortcuts")


def test_about_tells_version_licence_and_what_is_in_use(window):
    from emogui import __version__

    window.commands.do("about")
    said = texts(window.commands.dialogs["about"])
    assert __version__ in said and "MIT" in said and "FER+" in said


def test_exit_by_its_keys_works_in_a_dialog_too(window):
    window.commands.do("settings")
    dialog = window.commands.dialogs["settings"]
    dialog.focus_force()
    window.root.update()
    dialog.event_generate("<Control-q>")
    window.wait_until(lambda: window.app.closed, 3)


def test_closing_while_a_dialog_of_the_system_is_open_is_clean(window):
    def ask(*_question):
        window.app.close()
        window.wait_until(lambda: window.app.closed, 3)
        raise tkinter.TclError("application has been destroyed")

    window.dialogs.open_files = ask
    window.root.after(0, window.shell.buttons["open"].invoke)
    window.wait_until(lambda: window.app.closed, 5)
