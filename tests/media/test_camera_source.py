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

from emogui.errors import (
    SourceBusyError,
    SourceError,
    SourceLostError,
    SourceMissingError,
    SourcePermissionError,
    SourceTimeoutError,
)
from emogui.media import grabber, v4l2
from emogui.media.camera import CameraSource
from emogui.media.cameras import CameraInfo, list_cameras, open_source
from emogui.media.stream import StreamSource
from emogui.media.video import VideoSource


class FakeCapture:
    """Delivers ``pictures`` blue frames (BGR), then fails."""

    def __init__(self, pictures: int = 3, opens: bool = True) -> None:
        self.left, self.opens, self.released = pictures, opens, False
        self.settings: dict[int, float] = {}

    def isOpened(self) -> bool:
        return self.opens

    def read(self) -> tuple[bool, Any]:
        time.sleep(0.005)
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


class HangingCapture(FakeCapture):
    """Delivers its pictures, then hangs as a driver does, until it is set free."""

    def __init__(self, pictures: int) -> None:
        super().__init__(pictures)
        self.hangs, self.free = threading.Event(), threading.Event()

    def read(self) -> tuple[bool, Any]:
        if self.left <= 0:
            self.hangs.set()
            self.free.wait(20)
        return super().read()


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> None:
    """The device file is there and permitted."""
    monkeypatch.setattr(v4l2, "check_camera", lambda device, name: None)
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
    capture = FakeCapture(pictures=10**6)
    use(monkeypatch, capture)
    with CameraSource(1) as source:
        assert (source.name, source.is_camera, source.fps) == ("camera 1", True, 30.0)
        first, second = source.read(), source.read()
        assert first is not None and second is not None
        assert first.image[0, 0].tolist() == [0, 0, 255]
        assert 0 <= first.index < second.index
        assert 0 <= first.time_s <= second.time_s
        assert source.size == (64, 48)
        assert abs(second.captured_at - time.monotonic()) < 1
    assert capture.released
    assert capture.settings[cv2.CAP_PROP_BUFFERSIZE] == 1
    assert capture.settings[cv2.CAP_PROP_FRAME_WIDTH] == 640
    assert capture.settings[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")


def test_a_camera_that_stops_is_lost(monkeypatch: pytest.MonkeyPatch, device: None) -> None:
    use(monkeypatch, FakeCapture(pictures=2))
    with CameraSource(0) as source:
        began = time.monotonic()
        with pytest.raises(SourceLostError, match="Camera 0 stopped delivering"):
            read_all(source)
        assert time.monotonic() - began < 2


def read_all(source: CameraSource) -> None:
    while source.read() is not None:
        pass


def test_an_unplugged_camera_is_noticed_although_its_driver_hangs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    device = tmp_path / "video0"
    device.touch()
    monkeypatch.setattr(v4l2, "check_camera", lambda device, name: None)
    monkeypatch.setattr("emogui.media.camera.device_file", lambda number: device)
    hanging = HangingCapture(pictures=3)
    use(monkeypatch, hanging)
    with CameraSource(0) as source:
        assert source.read() is not None
        assert hanging.hangs.wait(5)
        device.unlink()
        began = time.monotonic()
        with pytest.raises(SourceLostError, match="was unplugged"):
            read_all(source)
        assert time.monotonic() - began < 2
        monkeypatch.setattr(grabber, "_JOIN_S", 0.05)
    assert not hanging.released  # the thread is left behind ...
    hanging.free.set()
    while not hanging.released:  # ... and releases the camera when the driver lets it
        time.sleep(0.01)


def test_a_camera_whose_driver_falls_silent_is_lost_within_two_seconds(
    monkeypatch: pytest.MonkeyPatch, device: None
) -> None:
    hanging = HangingCapture(pictures=3)
    use(monkeypatch, hanging)
    with CameraSource(0) as source:
        began = time.monotonic()
        with pytest.raises(SourceLostError, match="stopped delivering"):
            read_all(source)
        assert time.monotonic() - began < 2.5
        hanging.free.set()


def test_a_driver_that_hangs_while_opening_is_given_up(
    monkeypatch: pytest.MonkeyPatch, device: None
) -> None:
    free, capture = threading.Event(), FakeCapture()

    def hang(*_: Any) -> FakeCapture:
        free.wait(20)
        return capture

    monkeypatch.setattr(cv2, "VideoCapture", hang)
    monkeypatch.setattr(grabber, "OPEN_LIMIT_S", 0.05)
    monkeypatch.setattr(grabber, "_JOIN_S", 0.05)
    with pytest.raises(SourceTimeoutError, match="Camera 0 did not open in time"):
        CameraSource(0)
    free.set()
    while not capture.released:
        time.sleep(0.01)


def test_size_and_rate_are_asked_for_and_what_came_is_told(
    monkeypatch: pytest.MonkeyPatch, device: None
) -> None:
    capture = FakeCapture(pictures=10**6)
    use(monkeypatch, capture)
    with CameraSource(0, size=(1280, 720), fps=15.0) as source:
        assert capture.settings[cv2.CAP_PROP_FRAME_WIDTH] == 1280
        assert capture.settings[cv2.CAP_PROP_FRAME_HEIGHT] == 720
        assert capture.settings[cv2.CAP_PROP_FPS] == 15.0
        assert source.size == (64, 48)
        assert source.fps == 30.0


def test_a_camera_that_opens_but_delivers_nothing(
    monkeypatch: pytest.MonkeyPatch, device: None
) -> None:
    capture = FakeCapture(pictures=0)
    use(monkeypatch, capture)
    monkeypatch.setattr(grabber, "OPEN_LIMIT_S", 0.05)
    with pytest.raises(SourceError, match="opened but delivers no picture"):
        CameraSource(0)
    assert capture.released


def test_interrupt_ends_the_wait_for_a_picture(
    monkeypatch: pytest.MonkeyPatch, device: None
) -> None:
    use(monkeypatch, FakeCapture(pictures=1))
    monkeypatch.setattr(grabber, "_FAILED_READS", 10**6)
    with CameraSource(0) as source:
        source.read()
        threading.Timer(0.05, source.interrupt).start()
        assert source.read() is None


def test_a_busy_camera(monkeypatch: pytest.MonkeyPatch, device: None) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    use(monkeypatch, FakeCapture(opens=False))
    with pytest.raises(SourceBusyError, match="Camera 0 is busy"):
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
    with pytest.raises(SourceMissingError, match="There is no camera 3 on this computer"):
        v4l2.check_camera(tmp_path / "video3", "camera 3")


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
        v4l2.check_camera(device, "camera 0")


def test_a_device_without_permission_names_the_group(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    device = tmp_path / "video0"
    device.touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SourcePermissionError, match="may not be used by you") as caught:
        v4l2.check_camera(device, "camera 0")
    assert "usermod -aG video" in caught.value.hint


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
    calls = use(monkeypatch, FakeCapture(pictures=10**6))
    opened = open_source("1401")
    opened.close()
    assert opened.is_camera
    assert calls[-1][0] == 1401
    monkeypatch.setattr(StreamSource, "__init__", lambda self, address: None)
    monkeypatch.setattr(VideoSource, "__init__", lambda self, path, **how: None)
    assert isinstance(open_source("rtsp://host/1"), StreamSource)
    assert isinstance(open_source("https://host/stream"), StreamSource)
    assert isinstance(open_source("https://host/clip.mp4?x=1"), VideoSource)
    assert isinstance(open_source(str(tmp_path / "a.mp4")), VideoSource)


def test_a_camera_is_opened_by_its_name(monkeypatch: pytest.MonkeyPatch, device: None) -> None:
    calls = use(monkeypatch, FakeCapture(pictures=10**6))
    known = [CameraInfo(0, "HD Webcam"), CameraInfo(2, "HD Webcam (2)", 1400)]
    monkeypatch.setattr("emogui.media.cameras.list_cameras", lambda: known)
    open_source("hd webcam (2)").close()
    assert calls[-1][0] == 1402


@pytest.mark.parametrize("spec", ["", "  ", "99999999999"])
def test_open_source_refuses_nonsense(spec: str) -> None:
    with pytest.raises(SourceError):
        open_source(spec)
