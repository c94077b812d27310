"""Whether macOS and Windows let this program use cameras."""

from __future__ import annotations

import logging
import sys
import threading
from importlib import import_module
from typing import Any

from emogui.errors import SourcePermissionError

logger = logging.getLogger(__name__)

_ASK_LIMIT_S = 30.0
_DENIED = (1, 2)  # AVAuthorizationStatusRestricted, ...Denied
_UNDECIDED = 0
_WINDOWS_KEY = (
    r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"
)

SETTINGS = {
    "darwin": "System Settings > Privacy & Security > Camera",
    "win32": "Settings > Privacy & security > Camera",
}
"""Where the user allows the use of cameras."""


def check_permission(name: str, *, ask: bool = True) -> None:
    """Checks that the system lets this program use cameras.

    Args:
        name: what the camera is called in the error.
        ask: let macOS ask the user if it never did, and wait for the answer. OpenCV itself can
            ask in the main thread only, where no camera is opened.

    Raises:
        SourcePermissionError: it does not.
    """
    try:
        denied = _denied(ask)
    except Exception:  # a version of the system that tells otherwise: opening will show
        logger.debug("The permission for cameras is not known", exc_info=True)
        return
    if denied:
        raise SourcePermissionError(
            f"{name[:1].upper() + name[1:]} may not be used: the system does not allow it.",
            f"Allow it in {SETTINGS[sys.platform]}, then start emogui again.",
        )


def _denied(ask: bool) -> bool:
    if sys.platform == "darwin":
        return _denied_by_macos(ask)
    if sys.platform == "win32":
        return _denied_by_windows()
    return False


def _denied_by_macos(ask: bool) -> bool:
    # PyObjC comes with cv2-enumerate-cameras, which lists the cameras through it.
    foundation = import_module("AVFoundation")
    camera, video = foundation.AVCaptureDevice, foundation.AVMediaTypeVideo
    status = camera.authorizationStatusForMediaType_(video)
    if status != _UNDECIDED or not ask:
        return status in _DENIED
    answered = threading.Event()
    answers: list[bool] = []

    def answer(granted: bool) -> None:
        answers.append(bool(granted))
        answered.set()

    camera.requestAccessForMediaType_completionHandler_(video, answer)
    answered.wait(_ASK_LIMIT_S)
    return answers == [False]


def _denied_by_windows() -> bool:
    winreg: Any = import_module("winreg")

    for key in (_WINDOWS_KEY, _WINDOWS_KEY + r"\NonPackaged"):
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                if winreg.QueryValueEx(opened, "Value")[0] == "Deny":
                    return True
        except FileNotFoundError:
            continue
    return False
