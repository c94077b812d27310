"""``emogui cameras`` with made cameras."""

from __future__ import annotations

import json

import pytest

from emogui import cli
from emogui.errors import SourceBusyError
from emogui.media import cameras
from emogui.media.cameras import CameraInfo
from emogui.media.modes import CameraMode


@pytest.fixture(autouse=True)
def two_cameras(monkeypatch: pytest.MonkeyPatch) -> None:
    known = [CameraInfo(0, "HD Webcam", 0, "/dev/video0"), CameraInfo(2, "Zoë's", 1400)]
    busy = SourceBusyError("Camera 2 is busy: zoom uses it.", "Close that program.")
    monkeypatch.setattr(cameras, "list_cameras", lambda: known)
    monkeypatch.setattr(
        cameras,
        "camera_modes",
        lambda camera: () if camera.index else (CameraMode(640, 480, (30.0, 15.0)),),
    )
    monkeypatch.setattr(cameras, "camera_problem", lambda camera: busy if camera.index else None)


def test_names_modes_and_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cameras"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "camera  name       device",
        "0       HD Webcam  /dev/video0",
        "    640x480 at 30, 15",
        "1402    Zoë's",
        "    Camera 2 is busy: zoom uses it. Close that program.",
    ]


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cameras", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first["modes"] == [{"width": 640, "height": 480, "rates": [30.0, 15.0]}]
    assert first["problem"] is None
    assert second["camera"] == "1402"
    assert "zoom" in second["problem"]
