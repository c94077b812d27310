"""What the window makes ahead of its need."""

from __future__ import annotations

import sys

from emogui.gui.ahead import TABS, Ahead


def test_settings_and_live_tab_find_their_styles_and_icons_drawn(window, monkeypatch):
    monkeypatch.setattr("emogui.gui.views.live.list_cameras", list)
    ahead = Ahead(window.root, window.context)
    children = window.root.winfo_children()
    window.wait_until(ahead.turn)
    assert set(TABS) <= set(sys.modules)
    assert window.root.winfo_children() == children, "what was made for its style is still there"
    drawn = images(window)
    window.shell.buttons["settings"].invoke()
    assert not images(window) - drawn
    window.shell.show_tab("live")
    window.root.update()
    # The sign of a recording, and the icons of the card and the player's menu are the tab's own.
    assert len(images(window) - drawn) <= 4


def test_the_live_tab_opens_whether_or_not_it_was_imported_ahead(
    window, monkeypatch, expected_errors
):
    expected_errors.append("no such module")

    def fails(_name: str) -> None:
        raise ImportError("no such module")

    monkeypatch.setattr("emogui.gui.ahead.importlib.import_module", fails)
    ahead = Ahead(window.root, window.context)
    window.wait_until(ahead.turn)
    window.shell.show_tab("live")
    window.root.update()
    assert window.shell.on_live


def images(window) -> set[str]:
    return set(window.root.tk.splitlist(window.root.tk.call("image", "names")))


def test_the_train_tab_finds_what_it_needs_drawn(window):
    ahead = Ahead(window.root, window.context)
    window.wait_until(ahead.turn)
    drawn = images(window)
    window.shell.show_tab("train")
    window.wait_until(lambda: window.shell.train is not None)
    # What only this tab has, such as the icon of a check mark.
    assert len(images(window) - drawn) <= 4
