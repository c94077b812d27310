"""The window as a process of its own: started by the command, ended from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from emogui import paths
from emogui.gui.dialogs.help import NOTICE_VERSION
from emogui.gui.settings import Settings, SettingsStore

BLOCKED = """
import ctypes, sys
from emogui.gui import app

class Blocked:
    def warm_up(self):
        pass
    def analyze(self, image, **_):
        print("analysing", flush=True)
        while True:  # as native code: it cannot be interrupted, and holds no lock of Python's
            ctypes.CDLL(None).usleep(200_000)

application = app.Application(sys.argv[1:], factory=lambda _choice: Blocked())
status = application.run()
app._leave(application, status)
sys.exit(status)
"""


@pytest.fixture
def environment(tmp_path):
    """An environment with settings of its own, in which the notice has been seen."""
    store = SettingsStore(tmp_path / "emogui")
    store.save(Settings(theme="light", notice_seen=NOTICE_VERSION))
    return os.environ | {
        "XDG_CONFIG_HOME": str(tmp_path),
        "EMOGUI_TIMINGS": str(tmp_path / "timings.json"),
    }


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no polite kill")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_ended_in_the_middle_of_a_detection_the_status_is_0(environment, picture, name):
    process = subprocess.Popen(
        [sys.executable, "-c", BLOCKED, str(picture)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout.readline() == "analysing\n"
        began = time.monotonic()
        process.send_signal(getattr(signal, name))
        _, errors = process.communicate(timeout=20)
        took = time.monotonic() - began
    finally:
        process.kill()
    assert process.returncode == 0 and errors == ""
    assert took < 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no polite kill")
def test_the_command_shows_the_sample_without_tensorflow_and_ends_with_0(environment, tmp_path):
    report = tmp_path / "timings.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "emogui", "gui", str(paths.assets() / "sample.jpg")],
        env=environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        by = time.monotonic() + 60
        while not report.exists() and time.monotonic() < by and process.poll() is None:
            time.sleep(0.02)
        found = json.loads(report.read_text())
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert found["faces"] >= 2
    assert not found["tensorflow_imported"] and not found["keras_imported"]
    assert found["visible"] <= found["first_result"]


def test_without_a_display_the_command_says_what_to_do(environment):
    if sys.platform in ("win32", "darwin"):
        pytest.skip("there is always a display")
    environment = {**environment, "DISPLAY": ":987654"}
    done = subprocess.run(
        [sys.executable, "-m", "emogui", "gui"],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "No window can be opened" in done.stderr and "emogui analyze" in done.stderr
    assert "Traceback" not in done.stderr
