"""What import-linter cannot see: what is really loaded, and where Tk is named."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HEAVY = {"tensorflow", "keras", "torch", "jax", "matplotlib", "openvino", "nncf"}
TK = ("tkinter", "_tkinter", "ttkbootstrap", "tkinterdnd2", "PIL.ImageTk", "PIL.ImageGrab")


def loaded_by(code: str, cwd: Path) -> set[str]:
    """The top-level modules that a Python of its own has loaded after the code."""
    report = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_the_package_costs_nothing_to_import(project_root: Path) -> None:
    code = "import emogui; dir(emogui)"
    assert not loaded_by(code, project_root) & (HEAVY | {"numpy", "cv2", "PIL"})


def test_the_command_line_is_light_until_a_command_is_called(project_root: Path) -> None:
    code = "import emogui.cli; emogui.cli.main(['--help'])"
    assert not loaded_by(code, project_root) & (HEAVY | {"cv2"})


def test_no_module_of_the_window_loads_anything_heavy(project_root: Path) -> None:
    code = (
        "import importlib, pkgutil, emogui.gui\n"
        "for found in pkgutil.walk_packages(emogui.gui.__path__, 'emogui.gui.'):\n"
        "    importlib.import_module(found.name)"
    )
    assert not loaded_by(code, project_root) & HEAVY


def test_a_picture_is_analysed_without_tensorflow(project_root: Path) -> None:
    code = (
        "from emogui import Analyzer, load_image, paths\n"
        "result = Analyzer().analyze(load_image(paths.assets() / 'sample.jpg'))\n"
        "assert len(result.faces) == 2, result"
    )
    loaded = loaded_by(code, project_root)
    assert "openvino" in loaded
    assert not loaded & (HEAVY - {"openvino"})


def test_openvino_does_not_report_its_use(project_root: Path) -> None:
    """Left to itself it tells Google Analytics at each import; see ``import_openvino``."""
    code = (
        "import sys, threading\n"
        "from emogui.backend.openvino_runtime import core\n"
        "core()\n"
        "assert sys.modules['openvino_telemetry'] is None\n"
        "assert 'openvino.tools.ovc.telemetry_stub' in sys.modules\n"
        "assert threading.active_count() == 1"
    )
    assert "openvino" in loaded_by(code, project_root)


def imports_of(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules_outside_the_window() -> list[str]:
    root = Path(__file__).resolve().parent.parent
    files = sorted((root / "emogui").rglob("*.py"))
    names = [str(file.relative_to(root)) for file in files]
    return [name for name in names if not name.startswith(str(Path("emogui", "gui")))]


@pytest.mark.parametrize("name", modules_outside_the_window())
def test_tk_is_named_in_gui_alone(project_root: Path, name: str) -> None:
    found = [
        module
        for module in imports_of(project_root / name)
        if any(module == tk or module.startswith(f"{tk}.") for tk in TK)
    ]
    assert not found
