"""How long the window takes: until it is visible, until the first result, until it is closed.

    python -m benchmarks.window [--runs 7] [--json FILE]

Each run starts ``emogui gui assets/sample.jpg`` in a process of its own, as a user does. The
clock starts just before the command; a first run, which reads the files from the disk, is not
counted. Without a display one is started (Xvfb).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AIMS = {"visible_s": 0.7, "first_result_s": 1.5, "close_s": 2.0, "peak_mb": 500.0}
TIMEOUT_S = 60.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write the figures of all runs there")
    args = parser.parse_args()
    if sys.platform not in ("win32", "darwin") and not os.environ.get("DISPLAY"):
        return in_virtual_display()
    with tempfile.TemporaryDirectory() as folder:
        settle(Path(folder))
        runs = [measure(Path(folder)) for _ in range(args.runs + 1)][1:]
    report(runs)
    if args.json:
        args.json.write_text(json.dumps(runs, indent=2), encoding="utf-8")
    return 0


def in_virtual_display() -> int:
    """Runs this script again in a virtual display."""
    if not shutil.which("xvfb-run"):
        print("There is no display, and no xvfb-run to make one.", file=sys.stderr)
        return 1
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1400x1000x24 -dpi 96"]
    command = [sys.executable, "-m", "benchmarks.window", *sys.argv[1:]]
    return subprocess.run([*screen, *command], cwd=ROOT, check=False).returncode


def settle(folder: Path) -> None:
    """Writes settings under which the first-start notice has been seen."""
    from emogui.gui.dialogs.help import NOTICE_VERSION
    from emogui.gui.settings import Settings, SettingsStore

    SettingsStore(folder / "emogui").save(Settings(notice_seen=NOTICE_VERSION))


def measure(folder: Path) -> dict[str, float]:
    """Starts the window on the sample picture, waits for the result, closes it."""
    report = folder / "timings.json"
    report.unlink(missing_ok=True)
    environment = os.environ | {"EMOGUI_TIMINGS": str(report), "XDG_CONFIG_HOME": str(folder)}
    command = [sys.executable, "-m", "emogui", "gui", str(ROOT / "assets" / "sample.jpg")]
    began = time.time()
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        while not report.exists():
            if process.poll() is not None or time.time() - began > TIMEOUT_S:
                raise RuntimeError("The window showed no result.")
            time.sleep(0.01)
        found = json.loads(report.read_text(encoding="utf-8"))
        peak = peak_mb(process.pid)
        closing = time.time()
        process.send_signal(signal.SIGTERM)
        status = process.wait(TIMEOUT_S)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if status != 0 or found["tensorflow_imported"] or found["keras_imported"]:
        raise RuntimeError(f"Exit status {status}; {found}")
    return {
        "visible_s": found["visible"] - began,
        "first_result_s": found["first_result"] - began,
        "close_s": time.time() - closing,
        "peak_mb": peak,
        "faces": found["faces"],
    }


def peak_mb(pid: int) -> float:
    """Largest resident memory of a process so far in MB; NaN where the system does not tell."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return float("nan")
    return int(text.partition("VmHWM:")[2].split()[0]) / 1024


def report(runs: list[dict[str, float]]) -> None:
    """Prints the medians with the range beside the aims."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{len(runs)} runs, Python {platform.python_version()}, {os.cpu_count()} cores{load}")
    for name, aim in AIMS.items():
        values = [run[name] for run in runs]
        middle = statistics.median(values)
        unit = name.rpartition("_")[2].upper() if name.endswith("mb") else "s"
        print(
            f"{name.rpartition('_')[0].replace('_', ' '):>14}: {middle:7.2f} {unit}"
            f"   ({min(values):.2f} to {max(values):.2f}; aim: under {aim:g})"
        )
    print("TensorFlow and Keras were not imported in any run.")


if __name__ == "__main__":
    raise SystemExit(main())
