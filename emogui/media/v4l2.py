"""What Linux tells of a camera through its device file (Video4Linux2), without switching it on.

Source: the kernel's ``include/uapi/linux/videodev2.h``. The packages that wrap it are under the
GPL, which emogui is not; four calls are needed.
"""

from __future__ import annotations

import errno
import os
import struct
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from emogui.errors import (
    SourceBusyError,
    SourceError,
    SourceLostError,
    SourceMissingError,
    SourcePermissionError,
)
from emogui.media.modes import COMMON_RATES, COMMON_SIZES, CameraMode

_CAPTURE = 1  # V4L2_BUF_TYPE_VIDEO_CAPTURE
_DISCRETE = 1  # V4L2_FRMSIZE_TYPE_DISCRETE and V4L2_FRMIVAL_TYPE_DISCRETE
_FORMAT_BYTES = 208 if struct.calcsize("P") == 8 else 204


def _request(number: int, size: int) -> int:
    """The kernel's ``_IOWR('V', number, size)``."""
    return 3 << 30 | size << 16 | ord("V") << 8 | number


ENUM_FORMATS = _request(2, 64)
GET_FORMAT = _request(4, _FORMAT_BYTES)
SET_FORMAT = _request(5, _FORMAT_BYTES)
ENUM_SIZES = _request(74, 44)
ENUM_RATES = _request(75, 52)


def camera_modes(device: Path) -> tuple[CameraMode, ...]:
    """The modes of a camera, the smallest picture first; empty where it does not tell."""
    rates: dict[tuple[int, int], set[float]] = defaultdict(set)
    with suppress(OSError), _opened(device) as file:
        for pixel_format in _formats(file):
            for width, height in _sizes(file, pixel_format):
                rates[width, height].update(_rates(file, pixel_format, width, height))
    return tuple(
        CameraMode(width, height, tuple(sorted(rates[width, height], reverse=True)))
        for width, height in sorted(rates)
    )


def check_camera(device: Path, name: str) -> None:
    """Says what is wrong with a camera before OpenCV, which only fails to open it.

    Raises:
        SourceMissingError: it is not there.
        SourcePermissionError: the user may not use it.
        SourceBusyError: another program uses it.
        SourceError: it fails in another way.
    """
    title = name[:1].upper() + name[1:]
    if not device.exists():
        raise SourceMissingError(
            f"There is no {name} on this computer.", "Plug it in, or choose another source."
        )
    if not os.access(device, os.R_OK | os.W_OK):
        raise SourcePermissionError(
            f"{title} may not be used by you ({device} is not readable).",
            "Add yourself to the group video, then log in again: sudo usermod -aG video $USER",
        )
    try:
        with _opened(device) as file:
            in_use = _is_in_use(file)
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise busy(device, name) from error
        if error.errno in (errno.ENODEV, errno.ENXIO, errno.ENOENT):
            raise SourceLostError(
                f"{title} was unplugged.", "Plug it in again, then try again."
            ) from error
        raise SourceError(
            f"{title} cannot be opened: {error.strerror}.", "Plug it in again, then try again."
        ) from error
    if in_use:
        raise busy(device, name)


def busy(device: Path, name: str) -> SourceBusyError:
    """The error for a camera that another program uses; names the program where it can."""
    title = name[:1].upper() + name[1:]
    programs = programs_using(device)
    if programs:
        return SourceBusyError(
            f"{title} is busy: {' and '.join(programs)} uses it.",
            "Close that program, then try again.",
        )
    return SourceBusyError(
        f"{title} is busy: it is there but cannot be opened.",
        "Close the other program that uses it (a browser or a video call), then try again.",
    )


def programs_using(device: Path, processes: Path = Path("/proc")) -> list[str]:
    """Names of the other programs that hold a device open, as far as the user may see that."""
    found = set()
    target = os.path.realpath(device)
    for process in processes.glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        with suppress(OSError):
            files = list((process / "fd").iterdir())
            if any(_leads_to(file, target) for file in files):
                found.add((process / "comm").read_text(errors="replace").strip())
    return sorted(found - {""})


def _leads_to(link: Path, target: str) -> bool:
    try:
        return str(link.readlink()) == target
    except OSError:
        return False


@contextmanager
def _opened(device: Path) -> Iterator[int]:
    file = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    try:
        yield file
    finally:
        os.close(file)


def _call(file: int, request: int, given: bytes, size: int) -> bytes:
    import fcntl

    data = bytearray(given.ljust(size, b"\0"))
    fcntl.ioctl(file, request, data)  # type: ignore[attr-defined,unused-ignore]
    return bytes(data)


def _is_in_use(file: int) -> bool:
    """A camera in use still opens, but refuses even to be set to the format that it has."""
    try:
        form = _call(file, GET_FORMAT, struct.pack("=I", _CAPTURE), _FORMAT_BYTES)
        _call(file, SET_FORMAT, form, _FORMAT_BYTES)
    except OSError as error:
        return error.errno == errno.EBUSY
    return False


def _listed(file: int, request: int, size: int, *which: int) -> Iterator[bytes]:
    """What an enumerating call gives for 0, 1, 2, ... until it refuses."""
    for index in count():
        try:
            yield _call(file, request, struct.pack(f"={1 + len(which)}I", index, *which), size)
        except OSError:
            return


def _formats(file: int) -> Iterator[int]:
    for entry in _listed(file, ENUM_FORMATS, 64, _CAPTURE):
        yield struct.unpack_from("=I", entry, 44)[0]


def _sizes(file: int, pixel_format: int) -> Iterator[tuple[int, int]]:
    for entry in _listed(file, ENUM_SIZES, 44, pixel_format):
        kind, a, b, c, d, e, f = struct.unpack_from("=7I", entry, 8)
        if kind == _DISCRETE:
            yield a, b
            continue
        for width, height in COMMON_SIZES:  # from a to b in steps of c, and d to e of f
            inside = a <= width <= b and d <= height <= e
            if inside and not (width - a) % max(c, 1) and not (height - d) % max(f, 1):
                yield width, height
        return


def _rates(file: int, pixel_format: int, width: int, height: int) -> Iterator[float]:
    for entry in _listed(file, ENUM_RATES, 52, pixel_format, width, height):
        kind, a, b, c, d = struct.unpack_from("=5I", entry, 16)
        if kind == _DISCRETE:
            if a and b:
                yield round(b / a, 2)
            continue
        if a and b and c and d:  # intervals from a/b to c/d seconds
            yield from (rate for rate in COMMON_RATES if d / c <= rate <= b / a)
        return
