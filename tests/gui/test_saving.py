"""Saving, copying, pasting, dropping."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image as PilImage

from emogui.gui import clipboard, drop, exports


def wait_for(window, path):
    window.wait_until(lambda: path.exists() and "Saved" in window.shell.status.cget("text"))


def test_the_annotated_picture_is_saved_in_its_own_size(window, picture, tmp_path):
    window.open(picture)
    path = tmp_path / "ausgabe ü.png"
    window.dialogs.save = str(path)
    window.shell.buttons["save_picture"].invoke()
    wait_for(window, path)
    saved = np.asarray(PilImage.open(path).convert("RGB"))
    original = np.asarray(PilImage.open(picture).convert("RGB"))
    assert saved.shape == original.shape and (saved != original).any()


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_chart_is_saved(window, picture, tmp_path, suffix, start):
    window.open(picture)
    path = tmp_path / f"chart.{suffix}"
    window.dialogs.save = str(path)
    window.key("<Control-S>")
    wait_for(window, path)
    assert path.read_bytes().startswith(start)


def test_results_of_all_pictures_are_saved_as_json_lines_and_csv(
    window, picture, tmp_path, make_picture
):
    window.open(picture, make_picture(tmp_path / "other.png", faces=1))
    window.wait_until(lambda: not window.presenter.busy)
    path = tmp_path / "r.json"
    window.dialogs.save = str(path)
    window.key("<Control-e>")
    wait_for(window, path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [len(line["faces"]) for line in lines] == [2, 1]
    assert lines[0]["source"] == str(picture)

    table = tmp_path / "r.csv"
    window.dialogs.save = str(table)
    window.key("<Control-e>")
    wait_for(window, table)
    assert len(table.read_text().splitlines()) == 4


def test_a_place_that_cannot_be_written_gives_a_banner(window, picture, tmp_path):
    window.open(picture)
    window.dialogs.save = str(tmp_path / "no such folder" / "x.png")
    window.commands.do("save_picture")
    window.wait_until(lambda: window.shell.banner.visible)
    assert window.shell.banner.hint


def test_an_unknown_suffix_gives_a_banner(window, picture, tmp_path):
    window.open(picture)
    window.dialogs.save = str(tmp_path / "x.xyz")
    window.commands.do("save_results")
    window.wait_until(lambda: window.shell.banner.visible)
    assert ".xyz" in window.shell.banner.message


def test_a_cancelled_dialog_saves_nothing(window, picture, tmp_path):
    window.open(picture)
    before = sorted(tmp_path.iterdir())
    for name in ("save_picture", "save_chart", "save_results"):
        window.commands.do(name)
    window.settle()
    assert sorted(tmp_path.iterdir()) == before and not window.shell.banner.visible


def test_values_are_copied_as_a_table(window, picture):
    window.open(picture)
    window.key("<Control-C>")
    rows = [line.split("\t") for line in window.root.clipboard_get().splitlines()]
    assert rows[0][:6] == ["face", "x", "y", "w", "h", "emotion"]
    assert rows[1][5:8] == ["happiness", "0.9000", "no"] and rows[2][7] == "yes"
    assert sum(map(float, rows[1][8:])) == pytest.approx(1, abs=1e-3)


def test_the_picture_is_copied(window, picture, monkeypatch):
    copied = []
    monkeypatch.setattr(clipboard, "copy_image", copied.append)
    window.open(picture)
    window.key("<Control-c>")
    window.wait_until(lambda: "clipboard" in window.shell.status.cget("text"))
    assert copied[0].shape == (300, 400, 3)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="how it is done on Linux")
def test_copying_a_picture_without_its_program_says_what_to_install(window, picture, monkeypatch):
    monkeypatch.setattr(clipboard.shutil, "which", lambda _name: None)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    window.open(picture)
    window.commands.do("copy_picture")
    window.wait_until(lambda: window.shell.banner.visible)
    assert "sudo apt install xclip" in window.shell.banner.hint


def test_a_picture_is_pasted_and_analysed(window, picture, monkeypatch):
    monkeypatch.setattr("PIL.ImageGrab.grabclipboard", lambda: PilImage.open(picture))
    window.key("<Control-v>")
    window.wait_until(lambda: window.presenter.current is not None)
    window.settle()
    assert window.presenter.current.name == "Pasted picture"
    assert len(window.presenter.current.result.faces) == 2


def test_a_copied_file_is_pasted(window, picture, monkeypatch):
    monkeypatch.setattr("PIL.ImageGrab.grabclipboard", lambda: None)
    window.root.clipboard_clear()
    window.root.clipboard_append(picture.as_uri())
    window.key("<Control-v>")
    window.wait_until(lambda: window.presenter.current is not None)
    window.settle()
    assert window.presenter.current.name == picture.name


def test_an_empty_clipboard_says_so(window, monkeypatch):
    def missing():
        raise NotImplementedError("wl-paste or xclip is required")

    monkeypatch.setattr("PIL.ImageGrab.grabclipboard", missing)
    window.root.clipboard_clear()
    window.key("<Control-v>")
    window.wait_until(lambda: window.shell.banner.visible)
    assert "no picture in the clipboard" in window.shell.banner.message


def test_dropped_files_are_opened(window, tmp_path, make_picture):
    paths = [make_picture(tmp_path / name) for name in ("plain.png", "mit blank {ü}.png")]
    # As tkdnd gives it: a Tcl list, in which names with blanks are quoted.
    data = window.root.tk.eval("list " + " ".join(tcl_quoted(path) for path in paths))
    window.commands.open(drop.dropped_paths(window.shell, data))
    window.settle()
    assert [d.name for d in window.presenter.documents] == [p.name for p in paths]


def tcl_quoted(path) -> str:
    return '"' + str(path).replace("{", "\\{").replace("}", "\\}") + '"'


def test_a_drop_reaches_the_window_through_tkdnd(window, picture, monkeypatch):
    bound = {}
    monkeypatch.setattr("tkinterdnd2.TkinterDnD._require", lambda _root: "2.9", raising=True)
    target = SimpleNamespace(
        _root=lambda: window.root,
        drop_target_register=lambda *kinds: bound.setdefault("kinds", kinds),
        dnd_bind=bound.setdefault,
        tk=window.root.tk,
    )
    assert drop.accept_files(target, window.commands.open)
    bound["<<Drop>>"](SimpleNamespace(data="{" + str(picture) + "}"))
    window.settle()
    assert window.presenter.current.name == picture.name


def test_without_tkdnd_the_window_simply_takes_no_drops(window, monkeypatch):
    def absent(_root):
        raise RuntimeError("Unable to load tkdnd library.")

    monkeypatch.setattr("tkinterdnd2.TkinterDnD._require", absent)
    assert drop.accept_files(window.shell, window.commands.open) is False


def test_paths_in_text_takes_only_files_that_are_there(tmp_path, make_picture):
    path = make_picture(tmp_path / "ä b.png")
    text = f'{path.as_uri()}\n"{path}"\n/no/such/file\n\nhello\n' + "x" * 5000
    assert exports.paths_in_text(text) == (str(path), str(path))
