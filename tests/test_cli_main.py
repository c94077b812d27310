import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import emogui
from emogui import cli
from emogui.backend import store
from emogui.backend.crop import CropRule
from emogui.backend.model_info import FileInfo, HeadInfo, ModelInfo
from emogui.errors import EmoguiError, UsageError
from emogui.labels import FER2013, FERPLUS
from emogui.media import cameras

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def window(monkeypatch):
    """Stands in for the window and notes how it is opened."""
    opened = []
    app = ModuleType("emogui.gui.app")
    app.run = lambda paths, *, camera=None: opened.append((list(paths), camera)) or 0
    monkeypatch.setitem(sys.modules, "emogui.gui.app", app)
    return opened


def make_command(monkeypatch, name, run):
    """Replaces a command by a function."""
    module = ModuleType(f"emogui.commands.{name}")
    module.add_parser = lambda subparsers: subparsers.add_parser(name)
    module.run = run
    monkeypatch.setitem(sys.modules, module.__name__, module)


def test_no_command_opens_the_window(window):
    assert cli.main([]) == 0
    assert cli.main(["gui"]) == 0
    assert cli.main(["gui", "a.jpg", "b.jpg", "--camera", "1"]) == 0
    assert window == [([], None), ([], None), (["a.jpg", "b.jpg"], "1")]


def test_version(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"emogui {emogui.__version__}\n"


def test_help_names_every_command(capsys):
    assert cli.main(["--help"]) == 0
    printed = capsys.readouterr().out
    for name in cli.COMMANDS:
        assert name in printed
    assert list(cli.COMMANDS) == [
        "gui",
        "analyze",
        "batch",
        "report",
        "live",
        "cameras",
        "models",
        "doctor",
        "evaluate",
        "compare",
        "recipes",
        "train",
        "export",
        "retrain",
        "calibrate",
    ]


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(name, capsys):
    assert cli.main([name, "--help"]) == 0
    assert f"usage: emogui {name}" in capsys.readouterr().out


def test_help_needs_no_heavy_import():
    heavy = ["numpy", "cv2", "PIL", "matplotlib", "tensorflow", "keras", "openvino", "tkinter"]
    code = (
        "import sys; from emogui import cli\n"
        f"for name in {list(cli.COMMANDS)!r}: cli.main([name, '--help'])\n"
        f"sys.exit(','.join(m for m in {heavy!r} if m in sys.modules) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_run_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "emogui", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and done.stdout.startswith("emogui ")


@pytest.mark.parametrize(
    "words", [["nonsense"], ["--nonsense"], ["gui", "--nonsense"], ["--", "gui"]]
)
def test_wrong_use_is_2(words, capsys, window):
    assert cli.main(words) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err and "Traceback" not in printed.err
    assert not window


def test_a_picture_instead_of_a_command(tmp_path, capsys):
    picture = tmp_path / "a.jpg"
    picture.write_bytes(b"")
    assert cli.main([str(picture)]) == 2
    assert f"emogui gui {picture}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (EmoguiError("It is so.", "Do this."), 1, "emogui: It is so. Do this.\n"),
        (UsageError("Not like that."), 2, "emogui: Not like that.\n"),
        (
            ImportError("No module named 'cv2'"),
            1,
            "emogui: a part that it needs cannot be loaded: No module named 'cv2'. "
            "'emogui doctor' says what mends it.\n",
        ),
        (KeyboardInterrupt(), 130, "emogui: interrupted\n"),
        (BrokenPipeError(), 1, ""),
        (
            OSError(28, "No space left on device", "x/y"),
            1,
            "emogui: 'x/y': No space left on device. Check the path, its permissions and the disk."
            "\n",
        ),
        (
            MemoryError(),
            1,
            "emogui: the memory of this computer does not suffice; close other programs.\n",
        ),
    ],
)
def test_errors_become_a_line_and_a_status(error, status, said, monkeypatch, capsys):
    def run(_args):
        raise error

    make_command(monkeypatch, "cameras", run)
    assert cli.main(["cameras"]) == status
    assert capsys.readouterr().err == said


def test_no_camera_is_said_plainly(monkeypatch, capsys):
    monkeypatch.setattr(cameras, "list_cameras", list)
    assert cli.main(["cameras"]) == 0
    assert "No camera was found" in capsys.readouterr().out
    assert cli.main(["cameras", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def make_model(folder):
    (folder / "fast.bin").write_bytes(b"x" * 1500)
    metrics = {
        "accuracy": 0.8123,
        "macro_f1": 0.7,
        "n": 3266,
        "split": "private",
        "label_set": "ferplus",
        "labels": list(FERPLUS),
        "data": {"name": "fer2013.csv", "sha256": "00"},
    }
    return ModelInfo(
        name="net",
        title="A network",
        path=folder,
        heads={"ferplus": HeadInfo(FERPLUS), "fer2013": HeadInfo(FER2013)},
        input_size=96,
        crop=CropRule(),
        files={
            "fast_weights": FileInfo("fast.bin", "00", 24_000_000),
            "keras": FileInfo("net.keras", "00", 50_000_000),
        },
        metrics=(metrics, {"accuracy": 0.7, "labels": "fer2013", "data": "x"}, {}),
        card={},
    )


def test_models(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(store, "list_models", lambda: [make_model(tmp_path)])
    assert cli.main(["models"]) == 0
    printed = capsys.readouterr().out
    assert "ferplus, fer2013" in printed
    assert "24.0 MB" in printed, "a file that is not there does not count"
    assert (
        "net: accuracy 81.2 %, macro f1 70.0 % on fer2013.csv, private, ferplus, n = 3,266"
        in printed
    )
    assert "net: accuracy 70.0 % on x, fer2013" in printed
    assert cli.main(["models", "--json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert record["name"] == "net" and record["heads"]["fer2013"] == list(FER2013)
    assert record["files"]["fast_weights"]["present"] is True
    assert record["files"]["keras"]["present"] is False
    assert record["metrics"][0]["n"] == 3266


def test_no_models(monkeypatch, capsys):
    monkeypatch.setattr(store, "list_models", list)
    assert cli.main(["models"]) == 0
    assert "No network was found" in capsys.readouterr().out


def test_status_of_a_command_is_passed_on(monkeypatch):
    make_command(monkeypatch, "doctor", lambda _args: 1)
    assert cli.main(["doctor"]) == 1
    monkeypatch.setattr(sys, "argv", ["emogui", "doctor"])
    assert cli.main() == 1


def test_a_window_without_standard_output(monkeypatch, window):
    monkeypatch.setattr(cli, "sys", SimpleNamespace(stdout=None, stderr=sys.stderr, argv=["e"]))
    assert cli.main() == 0
