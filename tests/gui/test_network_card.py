"""The card of the network in use, shown in the window."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from emogui.gui.dialogs.card import CardDialog, read_card
from emogui.output.document import to_markdown

SHIPPED = Path(__file__).parents[2] / "weights" / "resnet50"


def open_card(window) -> CardDialog:
    window.commands.do("help_network")
    window.wait_until(lambda: shown(window))
    return shown(window)


def shown(window) -> CardDialog | None:
    """The dialog, once it is there and filled."""
    dialog = window.commands.dialogs.get("network")
    if dialog is None or not dialog.winfo_exists():
        return None
    return dialog if dialog.pane.text.compare("end", ">", "5.0") else None


def test_the_card_is_shown_and_read_by_keyboard(window):
    dialog = open_card(window)
    text = dialog.pane.text
    window.root.update()
    said = text.get("1.0", "end")
    for words in ("Model card: ResNet50", "Article 5(1)(f)", "contempt (n = ", "sha256"):
        assert words in said
    assert "**" not in said and "`" not in said, "marks of Markdown are for the page"
    window.screenshot("network-card")

    dialog.focus_force()
    text.focus_force()
    window.root.update()
    assert text.yview()[0] == 0.0
    text.event_generate("<Next>")
    window.root.update()
    page = text.yview()[0]
    assert page > 0.0
    text.event_generate("<End>")
    window.root.update()
    assert text.yview()[1] == 1.0
    text.event_generate("<Home>")
    assert text.yview()[0] == 0.0
    text.event_generate("<Tab>")
    window.root.update()
    assert dialog.focus_get() in dialog.row.winfo_children()
    dialog.event_generate("<Escape>")
    window.root.update()
    assert not dialog.winfo_exists()


def test_it_can_be_selected_and_copied_but_not_changed(window):
    dialog = open_card(window)
    text = dialog.pane.text
    text.focus_force()
    window.root.update()
    before = text.get("1.0", "end")
    text.event_generate("<Key>", keysym="x")
    assert text.get("1.0", "end") == before
    text.event_generate("<Control-a>")
    text.event_generate("<Control-c>")
    assert dialog.clipboard_get().strip() == before.strip()
    dialog.copy_button.invoke()
    assert dialog.clipboard_get() == to_markdown(read_card("resnet50"))


def test_it_follows_the_theme_and_lets_go_of_it(window):
    dialog = open_card(window)
    text = dialog.pane.text
    light, margin = str(text.cget("background")), str(text.cget("padx"))
    window.context.update_settings(theme="dark")
    window.root.update()
    assert str(text.cget("background")) == window.context.theme.colours.background != light
    assert str(text.cget("padx")) == margin
    window.screenshot("network-card-dark")
    dialog.dismiss()
    window.context.update_settings(theme="light")  # a listener left behind would fail the test
    window.root.update()


def test_another_network_has_another_card(window, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    shutil.copy(SHIPPED / "model.json", mine)
    first = open_card(window)
    window.context.update_settings(model=str(mine))
    window.commands.do("help_network")
    window.wait_until(lambda: not first.winfo_exists() and shown(window))
    assert "belong to whoever trained them" in shown(window).pane.text.get("1.0", "end")


@pytest.mark.parametrize("what", ["gone", "damaged"])
def test_a_network_that_cannot_be_read_is_told_in_the_banner(window, tmp_path, what):
    if what == "damaged":
        (tmp_path / "model.json").write_text("{", encoding="utf-8")
    window.context.update_settings(model=str(tmp_path if what == "damaged" else tmp_path / "gone"))
    window.commands.do("help_network")
    window.wait_until(lambda: window.shell.banner.visible)
    assert shown(window) is None
