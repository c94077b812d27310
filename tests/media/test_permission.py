"""Permissions of macOS and Windows, with their modules replaced."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from emogui.errors import SourcePermissionError
from emogui.media.permission import check_permission

UNDECIDED, RESTRICTED, DENIED, ALLOWED = 0, 1, 2, 3


def mac(monkeypatch: pytest.MonkeyPatch, status: int, answer: bool | None = None) -> list[str]:
    asked: list[str] = []

    def request(kind: str, completion: Callable[[bool], None]) -> None:
        asked.append(kind)
        assert answer is not None
        completion(answer)

    camera = SimpleNamespace(
        authorizationStatusForMediaType_=lambda kind: status,
        requestAccessForMediaType_completionHandler_=request,
    )
    foundation = SimpleNamespace(AVCaptureDevice=camera, AVMediaTypeVideo="vide")
    monkeypatch.setitem(sys.modules, "AVFoundation", foundation)  # type: ignore[arg-type]
    monkeypatch.setattr(sys, "platform", "darwin")
    return asked


@pytest.mark.parametrize("status", [RESTRICTED, DENIED])
def test_macos_refuses(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    mac(monkeypatch, status)
    with pytest.raises(SourcePermissionError, match="Camera 0 may not be used") as caught:
        check_permission("camera 0")
    assert "Privacy & Security > Camera" in caught.value.hint


def test_macos_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert mac(monkeypatch, ALLOWED) == []
    check_permission("camera 0")


def test_macos_asks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = mac(monkeypatch, UNDECIDED, answer=True)
    check_permission("camera 0", ask=False)
    assert asked == []
    check_permission("camera 0")
    assert asked == ["vide"]
    mac(monkeypatch, UNDECIDED, answer=False)
    with pytest.raises(SourcePermissionError):
        check_permission("camera 0")


@pytest.mark.parametrize(("value", "denied"), [("Deny", True), ("Allow", False), (None, False)])
def test_windows(monkeypatch: pytest.MonkeyPatch, value: str | None, denied: bool) -> None:
    def open_key(root: int, key: str) -> Any:
        if value is None:
            raise FileNotFoundError
        return nullcontext(key)

    registry = SimpleNamespace(
        HKEY_CURRENT_USER=1, OpenKey=open_key, QueryValueEx=lambda key, name: (value, 1)
    )
    monkeypatch.setitem(sys.modules, "winreg", registry)  # type: ignore[arg-type]
    monkeypatch.setattr(sys, "platform", "win32")
    if denied:
        with pytest.raises(SourcePermissionError):
            check_permission("camera 0")
    else:
        check_permission("camera 0")


def test_a_system_that_tells_otherwise_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "AVFoundation", None)
    monkeypatch.setattr(sys, "platform", "darwin")
    check_permission("camera 0")
