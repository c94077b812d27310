"""Makes the pictures of the real window that the documentation shows.

    python -m benchmarks.screenshots [--output docs/images]

Without a display, or with ``--virtual``, it starts one of its own (Xvfb).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import ImageGrab

ROOT = Path(__file__).resolve().parents[1]
SIZE = (1180, 780)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--virtual", action="store_true", help="use a virtual display")
    args = parser.parse_args()
    on_x = sys.platform not in ("win32", "darwin")
    if on_x and (args.virtual or not os.environ.get("DISPLAY")):
        return in_virtual_display(args.output)
    args.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        take_all(args.output, Path(folder))
    return 0


def in_virtual_display(output: Path) -> int:
    """Runs this script again in a virtual display."""
    if not shutil.which("xvfb-run"):
        print("There is no display, and no xvfb-run to make one.", file=sys.stderr)
        return 1
    # Started by its file, it would put benchmarks/ instead of the root on the path.
    command = [sys.executable, "-m", "benchmarks.screenshots", "--output", str(output.resolve())]
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1400x1000x24 -dpi 96"]
    return subprocess.run([*screen, *command], cwd=ROOT, check=False).returncode


def take_all(output: Path, folder: Path) -> None:
    """Drives one window through what is worth showing."""
    from emogui import paths
    from emogui.gui.app import Application
    from emogui.gui.dialogs.help import NOTICE_VERSION
    from emogui.gui.settings import Settings, SettingsStore

    sample = str(paths.assets() / "sample.jpg")
    empty = folder / "empty wall.png"
    make_empty(empty)
    store = SettingsStore(folder)
    store.save(Settings(theme="light", scale=100, notice_seen=NOTICE_VERSION))
    app = Application((), store=store)
    app.root.geometry(f"{SIZE[0]}x{SIZE[1]}+40+40")
    app.show()
    presenter, canvas = app.shell.image.presenter, app.shell.image.canvas

    def until(condition: Callable[[], object]) -> None:
        by = time.monotonic() + 60
        while not condition():
            if time.monotonic() > by:
                raise TimeoutError("The window did not get there.")
            app.root.update()
            time.sleep(0.005)
        for _ in range(20):
            app.root.update()
            time.sleep(0.005)

    def settled() -> bool:
        shown = presenter.current
        idle = not presenter.busy and not presenter.models_loading
        return idle and (shown is None or shown.image is None or canvas.rendered)

    def take(name: str) -> None:
        until(settled)
        root = app.root
        x, y = root.winfo_rootx(), root.winfo_rooty()
        top = y - root.winfo_y() if y > root.winfo_y() else 0  # the menu bar lies above
        box = (x, y - top, x + root.winfo_width(), y + root.winfo_height())
        display = os.environ.get("DISPLAY")
        ImageGrab.grab(bbox=box, xdisplay=display).save(output / f"{name}.png", optimize=True)
        print(output / f"{name}.png")

    until(lambda: app.context.catalogue is not None and presenter.ready_choice is not None)
    take("start")
    app.commands.open((sample,))
    take("image-light")
    app.commands.do("toggle_theme")
    app.commands.do("next_face")
    take("image-dark")
    app.commands.do("toggle_theme")
    app.commands.do("settings")
    take("settings")
    app.commands.dialogs["settings"].dismiss()
    app.commands.do("help_meaning")
    take("notice")
    app.commands.dialogs["meaning"].dismiss()
    app.commands.do("help_keys")
    take("shortcuts")
    app.commands.dialogs["keys"].dismiss()
    app.commands.open((sample, str(empty)))
    until(settled)
    app.commands.do("next_picture")
    take("no-face")
    app.close()
    while not app.closed:
        app.root.update()
        time.sleep(0.005)


def make_empty(path: Path) -> None:
    """Saves a picture in which there is no face."""
    import numpy as np
    from PIL import Image

    ramp = np.linspace(120, 200, 900)[None, :, None] * np.array([1.0, 0.97, 0.92])
    Image.fromarray(np.repeat(ramp, 600, axis=0).astype(np.uint8)).save(path)


if __name__ == "__main__":
    raise SystemExit(main())
