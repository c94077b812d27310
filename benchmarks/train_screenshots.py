"""The pictures of the Train tab: a real, short training on drawn faces.

``python -m benchmarks.screenshots`` takes them with the others. Nobody's face is in them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image as PilImage

    from benchmarks.screenshots import Photographer

FACES = 150
"""Drawn faces of each class."""

MOODS = {
    # class: (mouth: -1 down to 1 up, mouth open, brows: -1 inner end down to 1 up, eyes open)
    "angry": (-0.7, 0.15, -1.0, 0.7),
    "disgust": (-0.4, 0.3, -0.5, 0.4),
    "fear": (-0.5, 0.5, 0.9, 1.0),
    "happy": (1.0, 0.35, 0.2, 0.6),
    "neutral": (0.0, 0.0, 0.0, 0.7),
    "sad": (-0.9, 0.0, 0.8, 0.45),
    "surprise": (0.1, 1.0, 0.6, 1.0),
}

RECIPE, EPOCHS, BATCH = "cnn-toleubay", "12", "16"


def take_train(window: Photographer, folder: Path) -> None:
    """Trains a small network in the window and takes pictures on the way."""
    faces = folder / "drawn-faces"
    make_faces(faces)
    app = window.app
    app.commands.do("show_train")
    window.until(lambda: app.shell.train is not None)
    view = app.shell.train
    assert view is not None
    presenter = view.presenter
    presenter.data.choose(str(faces))
    presenter.choose_recipe(RECIPE)
    presenter.edit(length=EPOCHS, batch=BATCH, name="drawn-faces")
    window.until(lambda: presenter.data.report and view.setup.data.classes.has_samples)
    # The path is of this computer; the picture is for everyone.
    view.setup.source.path.set("faces")
    window.take("train-setup")
    wait = patient(window)
    view.start()
    wait(lambda: presenter.progress and len(presenter.progress.history) >= int(EPOCHS) - 2)
    app.commands.do("toggle_theme")
    window.take("train-dark")
    app.commands.do("toggle_theme")
    wait(lambda: presenter.report is not None and view.report.has_picture)
    window.take("train-report")


def patient(window: Photographer) -> Callable[[Callable[[], object]], None]:
    """Waits as ``Photographer.until``, but for minutes."""

    def wait(condition: Callable[[], object]) -> None:
        for attempt in range(15):
            try:
                window.until(condition)
                return
            except TimeoutError:
                if attempt == 14:
                    raise

    return wait


def make_faces(folder: Path) -> None:
    """Saves grey faces of 48 pixels, a folder for each class, no two of them alike."""
    import numpy as np

    rng = np.random.default_rng(1)
    for mood in MOODS:
        (folder / mood).mkdir(parents=True)
        for number in range(FACES):
            draw_face(mood, rng).save(folder / mood / f"{number:03d}.png")


def draw_face(mood: str, rng: np.random.Generator) -> PilImage:
    """One face, drawn four times as large and made small."""
    import numpy as np
    from PIL import Image, ImageDraw

    mouth, opened, brows, eyes = (float(value + rng.normal(0, 0.12)) for value in MOODS[mood])
    side = 192
    ground, skin = int(rng.integers(20, 90)), int(rng.integers(130, 225))
    picture = Image.new("L", (side, side), ground)
    pen = ImageDraw.Draw(picture)
    x, y = side / 2 + rng.normal(0, 5), side / 2 + rng.normal(0, 5)
    wide, high = rng.uniform(62, 78), rng.uniform(78, 90)
    pen.ellipse((x - wide, y - high, x + wide, y + high), fill=skin)
    ink = max(0, skin - 110)
    for way in (-1, 1):
        eye_x, eye_y = x + way * wide * 0.42, y - high * 0.18
        tall = max(2.0, 11 * eyes)
        pen.ellipse((eye_x - 13, eye_y - tall, eye_x + 13, eye_y + tall), fill=min(255, skin + 40))
        pen.ellipse((eye_x - 6, eye_y - min(tall, 7), eye_x + 6, eye_y + min(tall, 7)), fill=ink)
        inner, outer = eye_y - 22 - 9 * brows, eye_y - 22 + 4 * brows
        pen.line((eye_x - way * 16, inner, eye_x + way * 17, outer), fill=ink, width=6)
    pen.line((x, y - 4, x - 5, y + 16, x + 4, y + 17), fill=max(0, skin - 50), width=4)
    middle, half = y + high * 0.5, wide * 0.42
    along = np.linspace(-1, 1, 15)
    bend = np.cos(along * math.pi / 2)
    upper = [
        (x + half * t, middle + (15 * b - 6) * mouth) for t, b in zip(along, bend, strict=True)
    ]
    if opened > 0.08:
        lower = [(px, py + 26 * opened * b) for (px, py), b in zip(upper, bend, strict=True)]
        pen.polygon([*upper, *reversed(lower)], fill=ink)
    pen.line(upper, fill=ink, width=5, joint="curve")
    small = picture.rotate(float(rng.normal(0, 6)), fillcolor=ground).resize((48, 48))
    noisy = np.asarray(small, np.float64) + rng.normal(0, 3, (48, 48))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
