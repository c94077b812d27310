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

from benchmarks.batch_screenshots import take_batch
from benchmarks.train_screenshots import take_train

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
        # The training's network must not join those of whoever takes the pictures.
        os.environ["XDG_DATA_HOME"] = folder
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


class Photographer:
    """A window, and what is needed to bring it into a state and take its picture."""

    def __init__(self, output: Path, folder: Path) -> None:
        from emogui.gui.app import Application
        from emogui.gui.dialogs.help import NOTICE_VERSION
        from emogui.gui.settings import Settings, SettingsStore

        self.output = output
        store = SettingsStore(folder)
        store.save(Settings(theme="light", scale=100, notice_seen=NOTICE_VERSION))
        self.app = Application((), store=store)
        self.app.root.geometry(f"{SIZE[0]}x{SIZE[1]}+40+40")
        self.app.show()

    def until(self, condition: Callable[[], object]) -> None:
        """Runs the window until something is true, and then until it is drawn."""
        by = time.monotonic() + 60
        presenter = self.app.shell.image.presenter
        while not condition():
            if presenter.models_error is not None:
                raise presenter.models_error
            if time.monotonic() > by:
                raise TimeoutError("The window did not get there.")
            self.app.root.update()
            time.sleep(0.005)
        for _ in range(20):
            self.app.root.update()
            time.sleep(0.005)

    def settled(self) -> bool:
        presenter, canvas = self.app.shell.image.presenter, self.app.shell.image.canvas
        shown = presenter.current
        idle = not presenter.busy and not presenter.models_loading
        return idle and (shown is None or shown.image is None or canvas.rendered)

    def take(self, name: str) -> None:
        """Saves the picture of the window once nothing runs any more."""
        self.until(self.settled)
        root = self.app.root
        # The menu bar is a part of the window, but not of what Tk calls its content.
        x, y = (int(part) for part in root.geometry().split("+")[1:])
        width, bottom = root.winfo_width(), root.winfo_rooty() + root.winfo_height()
        path = self.output / f"{name}.png"
        box = (x, y, x + width, bottom)
        ImageGrab.grab(bbox=box, xdisplay=os.environ.get("DISPLAY")).save(path, optimize=True)
        print(path)

    def take_dialog(self, action: str, dialog: str, name: str) -> None:
        self.app.commands.do(action)
        self.take(name)
        self.app.commands.dialogs[dialog].dismiss()

    def close(self) -> None:
        self.app.close()
        while not self.app.closed:
            self.app.root.update()
            time.sleep(0.005)


def take_all(output: Path, folder: Path) -> None:
    """Drives one window through what is worth showing."""
    from emogui import paths

    sample = str(paths.assets() / "sample.jpg")
    empty = folder / "empty wall.png"
    make_empty(empty)
    window = Photographer(output, folder)
    do, presenter = window.app.commands.do, window.app.shell.image.presenter
    window.until(lambda: window.app.context.catalogue and presenter.ready_choice)
    window.take("start")
    window.app.commands.open((sample,))
    window.take("image-light")
    do("toggle_theme")
    do("next_face")
    window.take("image-dark")
    do("toggle_theme")
    take_explanation(window)
    window.take_dialog("settings", "settings", "settings")
    window.take_dialog("help_meaning", "meaning", "notice")
    window.take_dialog("help_keys", "keys", "shortcuts")
    window.app.commands.open((sample, str(empty)))
    window.until(window.settled)
    do("next_picture")
    window.take("no-face")
    take_live(window, folder / "video.avi")
    take_batch(window, folder)
    take_train(window, folder)
    window.close()


def take_explanation(window: Photographer) -> None:
    """What spoke for the smile."""
    do, image = window.app.commands.do, window.app.shell.image
    while image.presenter.current.face.emotion != "happiness":
        do("next_face")
    do("explain")
    window.until(lambda: image.explaining.explanation or image.explaining.error)
    window.take("explanation")
    do("explain")


def take_live(window: Photographer, video: Path) -> None:
    """Plays a video in the Live tab, light and dark."""
    make_video(video)
    app = window.app
    app.commands.do("show_live")
    live = app.shell.live_view()
    live.timeline.show_span(10)
    live.start(str(video))

    def seen() -> bool:
        update = live.latest
        return bool(update and update.newest and update.newest.result.faces)

    window.until(seen)
    # The rates on show need some frames, and the timeline some seconds.
    window.until(lambda: live.timeline.history.now_s > 6.0)
    live.timeline.mark()
    live.timeline.note.entry.insert(0, "moves to the left")
    live.timeline.note.finish()
    window.until(lambda: live.timeline.history.now_s > 9.0)
    window.take("live-light")
    app.commands.do("toggle_theme")
    window.take("live-dark")
    live.stop()


def make_video(path: Path) -> None:
    """Saves a video in which the sample picture moves slowly to and fro."""
    import cv2
    import numpy as np

    from emogui import paths
    from emogui.media.image import load_image

    picture = cv2.resize(load_image(paths.assets() / "sample.jpg"), (826, 480))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (640, 480))
    for index in range(1500):
        left = round(93 + 93 * np.sin(index / 40))
        writer.write(np.ascontiguousarray(picture[:, left : left + 640, ::-1]))
    writer.release()


def make_empty(path: Path) -> None:
    """Saves a picture in which there is no face."""
    import numpy as np
    from PIL import Image

    ramp = np.linspace(120, 200, 900)[None, :, None] * np.array([1.0, 0.97, 0.92])
    Image.fromarray(np.repeat(ramp, 600, axis=0).astype(np.uint8)).save(path)


if __name__ == "__main__":
    raise SystemExit(main())
