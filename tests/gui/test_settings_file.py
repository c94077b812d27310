"""What is remembered between runs, and what happens to a file that is not as it should be."""

from __future__ import annotations

import json

import pytest

from emogui.gui.settings import Settings, SettingsStore


@pytest.fixture
def file(tmp_path):
    return SettingsStore(tmp_path / "deep" / "folder")


def test_settings_come_back_as_they_were_saved(file):
    settings = Settings(
        model="x", labels="fer2013", detector="yunet", detector_file="/a/ü.onnx", threshold=0.35,
        model_folders=("/m1", "/m2"), detect_on_open=False, theme="dark", scale=150,
        geometry="800x600+1+2", maximized=True, camera="0", mirror=False, notice_seen=1,
    )  # fmt: skip
    assert file.save(settings)
    loaded = file.load()
    assert loaded.settings == settings and loaded.notice == ""
    assert [path.name for path in file.path.parent.iterdir()] == ["settings.json"]


def test_without_a_file_the_usual_settings_hold(file):
    assert file.load().settings == Settings()


@pytest.mark.parametrize("content", [b"{ not json", b"\xff\xfe\x00", b"[1, 2]", b"", b"null"])
def test_a_damaged_file_is_set_aside_with_a_notice(file, content):
    file.path.parent.mkdir(parents=True)
    file.path.write_bytes(content)
    loaded = file.load()
    assert loaded.settings == Settings()
    assert "set aside" in loaded.notice and "settings.damaged.json" in loaded.notice
    assert (file.path.parent / "settings.damaged.json").read_bytes() == content
    assert file.load().notice == ""


def test_values_of_the_wrong_kind_fall_back_one_by_one(file):
    file.path.parent.mkdir(parents=True)
    wrong = {
        "theme": "pink", "threshold": 7, "scale": 13, "detect_on_open": "yes", "mirror": 1,
        "model_folders": [1, 2], "geometry": None, "notice_seen": True, "labels": "fer2013",
        "unknown": 5,
    }  # fmt: skip
    file.path.write_text(json.dumps(wrong))
    assert file.load().settings == Settings(labels="fer2013")


def test_a_folder_that_cannot_be_written_is_not_fatal(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert not SettingsStore(tmp_path / "file" / "below").save(Settings())


def test_a_failed_write_leaves_the_old_file(file, monkeypatch):
    file.save(Settings(theme="dark"))

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("emogui.gui.settings.json.dump", full)
    assert not file.save(Settings(theme="light"))
    assert file.load().settings.theme == "dark"
    assert [path.name for path in file.path.parent.iterdir()] == ["settings.json"]
