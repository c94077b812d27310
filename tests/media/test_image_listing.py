"""Files, folders and patterns become a list of pictures, or errors that say why not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from emogui.errors import ImageError
from emogui.media.image import find_images


@pytest.fixture
def folder(tmp_path):
    for name in ("b.jpg", "a.PNG", "notes.txt", ".hidden.png", "sub/c.webp", ".secret/d.jpg"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    return tmp_path


def names(inputs):
    return [Path(p).name if e is None else type(e).__name__ for p, e in find_images(inputs)]


def test_a_folder_is_walked_in_order_without_hidden_files(folder):
    assert names([str(folder)]) == ["a.PNG", "b.jpg", "c.webp"]


def test_files_are_taken_as_given(folder):
    inputs = [str(folder / "notes.txt"), str(folder / ".hidden.png"), str(folder / "notes.txt")]
    assert list(find_images(inputs)) == [(text, None) for text in inputs]


def test_patterns(folder):
    assert names([f"{folder}/*"]) == ["a.PNG", "b.jpg"]
    assert names([f"{folder}/*.txt"]) == ["notes.txt"]
    assert names([f"{folder}/**/*.webp"]) == ["c.webp"]
    assert names([f"{folder}/**"]) == ["a.PNG", "b.jpg", "c.webp"]


def test_patterns_keep_the_way_they_were_written(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert [p for p, _ in find_images(["**/*.webp"])] == [str(Path("sub/c.webp"))]
    assert [p for p, _ in find_images(["./**/*.webp"])] == [f".{os.sep}sub{os.sep}c.webp"]
    assert names(["s*/**/c.*"]) == ["c.webp"] and names(["**/**/a.PNG"]) == ["a.PNG"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_links_that_lead_in_a_circle(folder):
    for name in ("up", "again"):
        (folder / "sub" / name).symlink_to(folder, target_is_directory=True)
    assert names([f"{folder}/**/*.webp"]) == ["c.webp"]
    assert names([str(folder)]) == ["a.PNG", "b.jpg", "c.webp"]


def test_a_folder_with_pattern_characters_in_its_name(folder):
    (folder / "sub" / "[1]").mkdir()
    (folder / "sub" / "[1]" / "e.jpg").write_bytes(b"x")
    assert names([f"{folder}/**/e.jpg"]) == ["e.jpg"]


def test_a_file_with_pattern_characters_in_its_name(folder):
    (folder / "x [1].png").write_bytes(b"x")
    assert names([str(folder / "x [1].png")]) == ["x [1].png"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}/absent.jpg", "no file or folder"),
        ("{}/*.bmp", "matches no picture"),
        ("{}/empty", "holds no picture"),
        ("http://example.org/a.png", "is an address"),
        ("", "path is empty"),
        ("a\0b", "no file or folder"),
    ],
)
def test_bad_inputs_yield_their_error_and_the_others_go_on(folder, text, words):
    text = text.format(folder)
    found = list(find_images([text, str(folder / "b.jpg")]))
    assert found[0][0] == text and isinstance(found[0][1], ImageError)
    assert words in found[0][1].message and found[0][1].hint
    assert found[1] == (str(folder / "b.jpg"), None)


def test_nothing_is_read_before_it_is_asked_for(folder):
    pictures = find_images([str(folder)])
    assert next(pictures)[1] is None


def test_a_folder_that_cannot_be_listed(folder, monkeypatch):
    def refuse(top, onerror):
        onerror(PermissionError(13, "Permission denied", str(top)))
        return iter(())

    monkeypatch.setattr("os.walk", refuse)
    ((_, error),) = find_images([str(folder)])
    assert error is not None and "cannot be listed" in error.message
