"""What Linux tells of cameras, with the kernel's calls answered by a made device."""

from __future__ import annotations

import errno
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from emogui.errors import SourceBusyError, SourceLostError, SourceMissingError
from emogui.media import v4l2
from emogui.media.modes import CameraMode

if not sys.platform.startswith("linux"):
    pytest.skip("Video4Linux is Linux's", allow_module_level=True)

MJPG, YUYV, GREY = 1, 2, 3
DISCRETE, STEPWISE = 1, 3


SIZES = {MJPG: [(640, 480), (1280, 720)], YUYV: [(640, 480)]}
INTERVALS = {MJPG: [(1, 30), (1, 15)], YUYV: [(1, 5)]}


class Kernel:
    """Answers the calls as ``videodev2.h`` lays them out."""

    formats = (MJPG, YUYV)
    busy = False

    def ioctl(self, file: int, request: int, data: bytearray) -> int:
        if request == v4l2.ENUM_FORMATS:
            (index,) = struct.unpack_from("=I", data)
            self._put(data, 44, "=I", *self.formats[index : index + 1])
        elif request == v4l2.ENUM_SIZES:
            index, form = struct.unpack_from("=2I", data)
            sizes = [(DISCRETE, *size) for size in SIZES[form]]
            self._put(data, 8, "=3I", *(sizes[index] if index < len(sizes) else ()))
        elif request == v4l2.ENUM_RATES:
            index, form, _, _ = struct.unpack_from("=4I", data)
            rates = [(DISCRETE, *rate) for rate in INTERVALS[form]]
            self._put(data, 16, "=3I", *(rates[index] if index < len(rates) else ()))
        elif request == v4l2.SET_FORMAT and self.busy:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        return 0

    @staticmethod
    def _put(data: bytearray, at: int, form: str, *values: int) -> None:
        if not values:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        struct.pack_into(form, data, at, *values)


class StepwiseKernel(Kernel):
    formats = (GREY,)

    def ioctl(self, file: int, request: int, data: bytearray) -> int:
        if request == v4l2.ENUM_SIZES:
            struct.pack_into("=7I", data, 8, STEPWISE, 160, 1280, 16, 120, 720, 8)
        elif request == v4l2.ENUM_RATES:  # intervals from 1/30 to 1 second
            struct.pack_into("=7I", data, 16, STEPWISE, 1, 30, 1, 1, 0, 1)
        else:
            return super().ioctl(file, request, data)
        return 0


@pytest.fixture
def device(tmp_path: Path) -> Path:
    path = tmp_path / "video0"
    path.touch()
    return path


def use(monkeypatch: pytest.MonkeyPatch, kernel: Kernel) -> Kernel:
    monkeypatch.setattr("fcntl.ioctl", kernel.ioctl)
    return kernel


def test_the_calls_have_the_kernels_numbers() -> None:
    assert v4l2.ENUM_FORMATS == 0xC0405602
    assert v4l2.ENUM_SIZES == 0xC02C564A
    assert v4l2.ENUM_RATES == 0xC034564B
    if struct.calcsize("P") == 8:
        assert (v4l2.GET_FORMAT, v4l2.SET_FORMAT) == (0xC0D05604, 0xC0D05605)


def test_modes_of_all_formats_are_put_together(
    monkeypatch: pytest.MonkeyPatch, device: Path
) -> None:
    use(monkeypatch, Kernel())
    modes = v4l2.camera_modes(device)
    assert modes == (
        CameraMode(640, 480, (30.0, 15.0, 5.0)),
        CameraMode(1280, 720, (30.0, 15.0)),
    )
    assert str(modes[1]) == "1280x720 at 30, 15"


def test_a_camera_with_steps_offers_the_common_sizes_within(
    monkeypatch: pytest.MonkeyPatch, device: Path
) -> None:
    use(monkeypatch, StepwiseKernel())
    modes = v4l2.camera_modes(device)
    assert [(mode.width, mode.height) for mode in modes] == [
        (320, 240), (640, 360), (640, 480), (800, 600), (1280, 720)
    ]  # fmt: skip
    assert modes[0].rates == (30.0, 25.0, 15.0)


def test_a_camera_that_tells_nothing_has_no_modes(device: Path) -> None:
    assert v4l2.camera_modes(device) == ()  # an ordinary file refuses the calls
    assert v4l2.camera_modes(device.with_name("video9")) == ()


def test_a_camera_in_use_is_told_with_the_programs_name(
    monkeypatch: pytest.MonkeyPatch, device: Path
) -> None:
    use(monkeypatch, Kernel()).busy = True
    monkeypatch.setattr(v4l2, "programs_using", lambda device: ["cheese"])
    with pytest.raises(SourceBusyError, match="Camera 0 is busy: cheese uses it"):
        v4l2.check_camera(device, "camera 0")
    monkeypatch.setattr(v4l2, "programs_using", lambda device: [])
    with pytest.raises(SourceBusyError, match="is busy: it is there"):
        v4l2.check_camera(device, "camera 0")


def test_a_camera_that_is_free_and_one_that_is_gone(
    monkeypatch: pytest.MonkeyPatch, device: Path
) -> None:
    use(monkeypatch, Kernel())
    v4l2.check_camera(device, "camera 0")
    with pytest.raises(SourceMissingError):
        v4l2.check_camera(device.with_name("video9"), "camera 9")

    def gone(*_: Any) -> int:
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))

    monkeypatch.setattr(os, "open", gone)
    with pytest.raises(SourceLostError, match="was unplugged"):
        v4l2.check_camera(device, "camera 0")


def test_the_programs_that_hold_a_device_are_found(tmp_path: Path, device: Path) -> None:
    for number, name, target in [("12", "zoom", device), ("13", "bash", tmp_path / "other")]:
        (tmp_path / "proc" / number / "fd").mkdir(parents=True)
        (tmp_path / "proc" / number / "fd" / "3").symlink_to(target)
        (tmp_path / "proc" / number / "comm").write_text(name + "\n")
    (tmp_path / "proc" / str(os.getpid()) / "fd").mkdir(parents=True)
    (tmp_path / "proc" / str(os.getpid()) / "fd" / "3").symlink_to(device)
    assert v4l2.programs_using(device, tmp_path / "proc") == ["zoom"]


def test_a_program_that_runs_is_found(device: Path) -> None:
    with device.open("rb") as file:
        assert v4l2.programs_using(device) == []  # this one does not count
        with subprocess.Popen(["sleep", "20"], stdin=file) as other:
            try:
                assert v4l2.programs_using(device) == ["sleep"]
            finally:
                other.kill()
