from __future__ import annotations

import json
from pathlib import Path

import pytest

from emogui import paths
from emogui.backend.store import list_models, load_model_info, unreadable_models, verify
from emogui.errors import ModelError
from emogui.labels import HEADS


@pytest.fixture
def copy(tmp_path) -> Path:
    """A network's folder that a test may damage: model.json and made files."""
    info = load_model_info("resnet50")
    folder = tmp_path / "copy"
    folder.mkdir()
    card = json.loads((info.path / "model.json").read_text(encoding="utf-8"))
    for role in card["files"]:
        (folder / card["files"][role]["file"]).write_bytes(role.encode())
    (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")
    return folder


def change(folder: Path, **changes: object) -> None:
    card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps(card | changes), encoding="utf-8")


def test_the_shipped_network_is_listed_whole():
    (info,) = [m for m in list_models() if m.name == "resnet50"]
    assert {head: entry.labels for head, entry in info.heads.items()} == dict(HEADS)
    assert info.input_size >= 64
    assert info.crop.scale > 0
    assert verify(info) == []


def test_the_users_own_networks_are_listed_too(copy, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "user_models", lambda: tmp_path)
    assert [m.name for m in list_models()][-1] == "copy"
    assert load_model_info("copy").path == copy


def test_wrong_and_missing_files_are_named(copy):
    info = load_model_info(copy)
    assert any("another sha256" in line for line in verify(info))
    info.file("fast").unlink()
    assert any("is missing" in line for line in verify(info))
    with pytest.raises(ModelError, match="lacks its file"):
        info.file("fast")


def test_a_file_of_another_network_is_refused(copy):
    with pytest.raises(ModelError, match=r"damaged, or of another network.*doctor"):
        load_model_info(copy).intact("fast")
    assert load_model_info("resnet50").intact("fast").is_file()


def test_the_keras_file_may_be_missing(copy):
    info = load_model_info(copy)
    info.file("keras").unlink()
    assert not any(".keras" in line for line in verify(info))


def test_an_unknown_name_tells_the_known_ones():
    with pytest.raises(ModelError, match=r"no network called 'nonesuch'.*resnet50"):
        load_model_info("nonesuch")


def test_a_folder_without_card(tmp_path):
    with pytest.raises(ModelError, match=r"no readable model\.json"):
        load_model_info(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "not valid JSON"), ("[]", "does not describe"), ("{}", "does not describe")],
)
def test_a_damaged_card(copy, text, words):
    (copy / "model.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=words):
        load_model_info(copy)


def test_a_card_of_a_later_format(copy):
    change(copy, format=99)
    with pytest.raises(ModelError, match="format 99"):
        load_model_info(copy)


def test_a_temperature_of_zero_is_no_temperature(copy):
    change(copy, heads={"ferplus": {"labels": ["a", "b"], "temperature": 0}})
    with pytest.raises(ModelError, match="temperature"):
        load_model_info(copy)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"heads": {}}, "no heads"),
        ({"heads": {"ferplus": {"labels": ["a", "a"]}}}, "all different"),
        ({"heads": {"ferplus": {"labels": ["a", "b"], "temperature": float("nan")}}}, "above 0"),
        ({"input": {"size": 0}}, "0 pixels"),
        ({"input": {}}, "'size' is missing"),
        ({"crop": {"scale": float("nan"), "shift_x": 0, "shift_y": 0}}, "crop rule"),
        ({"files": {"fast": {"file": "../x.xml", "sha256": "", "bytes": 1}}}, "not the name"),
    ],
)
def test_numbers_that_no_network_can_have(copy, changes, words):
    change(copy, **changes)
    with pytest.raises(ModelError, match=words):
        load_model_info(copy)


def test_a_damaged_card_does_not_hide_the_other_networks(copy, tmp_path, monkeypatch):
    (copy / "model.json").write_text("{", encoding="utf-8")
    monkeypatch.setattr(paths, "user_models", lambda: tmp_path)
    assert [m.name for m in list_models()] == ["resnet50"]
    (error,) = unreadable_models()
    assert str(copy / "model.json") in error.message
