"""Cameras, with OpenCV's capture and the devices replaced, since a test machine has none."""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import cv2_enumerate_cameras
import numpy as np
import pytest

from emogui.errors import SourceError
from emogui.media import camera as camera_module
from emogui.media.camera import CameraSource, _check_device
from emogui.media.cameras import CameraInfo, list_cameras, open_source
from emogui.media.video import VideoSource


class FakeCapture:
    """Delivers ``pictures`` blue frames (BGR), then fails."""

    def __init__(self, pictures: int = 3, opens: bool = True) -> None:
        self.left, self.opens, self.released = pictures, opens, False
        self.settings: dict[int, float] = {}

    def isOpened(self) -> bool:
        return self.opens

    def read(self) -> tuple[bool, Any]:
        if self.left <= 0:
            return False, None
        self.left -= 1
        return True, np.full((48, 64, 3), (255, 0, 0), np.uint8)

    def get(self, what: int) -> float:
        return 30.0 if what == cv2.CAP_PROP_FPS else 0.0

    def set(self, what: int, value: float) -> bool:
        self.settings[what] = value
        return True

    def release(self) -> None:
        self.released = True


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> None:
    """The device file is there and permitted."""
    monkeypatch.setattr(camera_module, "_check_device", lambda device, name: None)
    monkeypatch.setattr(Path, "exists", lambda self: True)


def use(monkeypatch: pytest.MonkeyPatch, capture: FakeCapture) -> list[tuple[Any, ...]]:
    calls: list[tuple[Any, ...]] = []

    def make(*arguments: Any) -> FakeCapture:
        calls.append(arguments)
        return capture

    monkeypatch.setattr(cv2, "VideoCapture", make)
    return calls


def test_a_camera_delivers_rgb_with_rising_index_and_time(
    monkeypatch: pytest.MonkeyPatch, device: None
) -> None:
    capture = FakeCapture()
    use(monkeypatch, capture)
    with CameraSource(1) as source:
        assert (source.name, source.is_camera, source.fps) == ("camera 1", True, 30.0)
        first, second = source.read(), source.read()
        assert first is not None and second is not None
        assert first.image[0, 0].tolist() == [0, 0, 255]
        assert (first.index, second.index) == (0, 1)
        assert 0 <= first.time_s <= second.time_s
        assert abs(second.captured_at - time.monotonic()) < 1
    assert capture.released
    assert capture.settings[cv2.CAP_PROP_BUFFERSIZE] == 1
    assert capture.settings[cv2.CAP_PROP_FRAME_WIDTH] == 640
    assert capture.settings[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")


def test_a_camera_that_stops_is_lost(monkeypatch: pytest.MonkeyPatch, device: None) -> None:
    use(monkeypatch, FakeCapture(pictures=2))
    with CameraSource(0) as source:
        assert source.read() is not None
        assert source.read() is not None
        began = time.monotonic()
        with pytest.raises(SourceError, match="Camera 0 stopped delivering"):
            source.read()
        assert time.monotonic() - began < 3


def test_an_unplugged_camera_is_noticed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_module, "_check_device", lambda device, name: None)
    monkeypatch.setattr(sys, "platform", "linux")
    use(monkeypatch, FakeCapture(pictures=1))
    monkeypatch.setattr(camera_module, "_FAILED_READS", 10**6)
    with CameraSource(97) as source:  # there is no /dev/video97
        assert source.read() is not None
        began = time.monotonic()
        with pytest.raises(SourceError, match="stopped delivering"):
            source.read()
        assert time.monotonic() - began < 0.5


def test_a_camera_that_opens_but_delivers_nothing(
    monkeypatch: pytest.MonkeyPatch, device: None
) -> None:
    capture = FakeCapture(pictures=0)
    use(monkeypatch, capture)
    monkeypatch.setattr(camera_module, "OPEN_LIMIT_S", 0.05)
    with pytest.raises(SourceError, match="opened but delivers no picture"):
        CameraSource(0)
    assert capture.released


def test_interrupt_ends_the_wait_for_a_picture(
    monkeypatch: pytest.MonkeyPatch, device: None
) -> None:
    use(monkeypatch, FakeCapture(pictures=1))
    monkeypatch.setattr(camera_module, "_FAILED_READS", 10**6)
    with CameraSource(0) as source:
        source.read()
        threading.Timer(0.05, source.interrupt).start()
        assert source.read() is None


def test_a_busy_camera(monkeypatch: pytest.MonkeyPatch, device: None) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    use(monkeypatch, FakeCapture(opens=False))
    with pytest.raises(SourceError, match="Camera 0 is busy"):
        CameraSource(0)


@pytest.mark.parametrize(("platform", "place"), [("win32", "Settings >"), ("darwin", "System Set")])
def test_other_systems_are_told_where_to_allow_it(
    monkeypatch: pytest.MonkeyPatch, platform: str, place: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    use(monkeypatch, FakeCapture(opens=False))
    with pytest.raises(SourceError) as caught:
        CameraSource(0)
    assert place in caught.value.hint


def test_a_missing_device(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no camera 3 on this computer"):
        _check_device(tmp_path / "video3", "camera 3")


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EBUSY, "is busy"), (errno.ENODEV, "was unplugged"), (errno.EIO, "cannot be opened")],
)
def test_a_device_that_does_not_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int, words: str
) -> None:
    device = tmp_path / "video0"
    device.touch()

    def refuse(*_: Any) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(SourceError, match=words):
        _check_device(device, "camera 0")


def test_a_device_without_permission_names_the_group(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    device = tmp_path / "video0"
    device.touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SourceError, match="may not be used by you") as caught:
        _check_device(device, "camera 0")
    assert "usermod -aG video" in caught.value.hint


def test_a_stream_shows_no_password_and_has_a_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = use(monkeypatch, FakeCapture(opens=False))
    with pytest.raises(SourceError) as caught:
        CameraSource("rtsp://me:secret@cam.local/1")
    assert "secret" not in str(caught.value)
    assert "rtsp://cam.local/1" in str(caught.value)
    address, backend, limits = calls[0]
    assert address == "rtsp://me:secret@cam.local/1"
    assert backend == cv2.CAP_FFMPEG
    assert cv2.CAP_PROP_OPEN_TIMEOUT_MSEC in limits


def test_a_stream_that_nobody_offers_is_told_soon() -> None:
    with pytest.raises(SourceError, match=r"No stream was found at rtsp://127.0.0.1:9/x"):
        CameraSource("rtsp://127.0.0.1:9/x")


def test_the_list_has_unique_names_and_no_device_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def enumerate_cameras(backend: int) -> list[Any]:
        return [
            SimpleNamespace(index=2, name="Webcam", path="/dev/video2"),
            SimpleNamespace(index=0, name="Webcam", path="/dev/video0"),
            SimpleNamespace(index=4, name="", path="/dev/video4"),
        ]

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", enumerate_cameras)
    monkeypatch.setattr(cv2_enumerate_cameras, "supported_backends", (200, 1800))
    monkeypatch.setattr(cv2.videoio_registry, "getCameraBackends", lambda: [200, 1800])
    assert list_cameras() == [
        CameraInfo(0, "Webcam", 0, "/dev/video0"),
        CameraInfo(2, "Webcam (2)", 0, "/dev/video2"),
        CameraInfo(4, "Camera 4", 0, "/dev/video4"),
    ]


def test_the_list_is_empty_where_the_system_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(backend: int) -> list[Any]:
        raise OSError("no such thing")

    monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", fail)
    monkeypatch.setattr(cv2_enumerate_cameras, "supported_backends", (200,))
    monkeypatch.setattr(cv2.videoio_registry, "getCameraBackends", lambda: [200])
    assert list_cameras() == []


def test_the_real_list_never_raises() -> None:
    assert all(isinstance(camera, CameraInfo) for camera in list_cameras())


def test_the_spec_of_a_camera_names_its_backend() -> None:
    assert CameraInfo(1, "Webcam").spec == "1"
    assert CameraInfo(1, "Webcam", 1400).spec == "1401"


def test_open_source_tells_cameras_streams_and_files_apart(
    monkeypatch: pytest.MonkeyPatch, device: None, tmp_path: Path
) -> None:
    calls = use(monkeypatch, FakeCapture(pictures=100))
    assert open_source("1401").is_camera
    assert calls[-1][0] == 1401
    assert open_source("rtsp://host/1").is_camera
    monkeypatch.setattr(VideoSource, "__init__", lambda self, path, **how: None)
    assert not open_source("https://host/clip.mp4?x=1").is_camera
    assert not open_source(str(tmp_path / "a.mp4")).is_camera


@pytest.mark.parametrize("spec", ["", "  ", "99999999999"])
def test_open_source_refuses_nonsense(spec: str) -> None:
    with pytest.raises(SourceError):
        open_source(spec)
