from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from emogui import cli, doctor
from emogui.doctor import Finding

GOOD = Finding("Tk", "ok", "8.6.13")
NOTE = Finding("nncf", "optional", "is not installed", "pip install nncf")
BAD = Finding("OpenCV", "missing", "is not there", "pip install 'opencv-python<5'")


def find(monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> None:
    def examine() -> Iterator[Finding]:
        return iter(findings)

    monkeypatch.setattr(doctor, "examine", examine)


def test_all_well(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    find(monkeypatch, GOOD, NOTE)
    assert cli.main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "8.6.13" in said
    assert "-> pip install nncf" in said
    assert "has all that it needs" in said


def test_something_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find(monkeypatch, GOOD, BAD)
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "MISSING" in said
    assert "-> pip install 'opencv-python<5'" in said
    assert "1 needed thing is missing" in said


def test_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    find(monkeypatch, GOOD, BAD)
    assert cli.main(["doctor", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert report["findings"][1] == {
        "name": "OpenCV",
        "state": "missing",
        "found": "is not there",
        "mend": "pip install 'opencv-python<5'",
    }
