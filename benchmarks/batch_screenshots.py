"""The picture of the Batch tab: a real batch of copies of the sample picture, while it works.

``python -m benchmarks.screenshots`` takes it with the others.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.screenshots import Photographer

PICTURES = 120


def take_batch(window: Photographer, folder: Path) -> None:
    """Takes the picture of a batch in the middle, with two files that fail."""
    photos = folder / "photos"
    make_photos(photos)
    app = window.app
    app.commands.do("show_batch")
    window.until(lambda: app.shell.batch is not None)
    view = app.shell.batch
    assert view is not None
    presenter = view.presenter
    presenter.add([str(photos)])
    presenter.edit(fast=True, annotate=True, hide="blur")
    window.until(lambda: not presenter.why_not)
    view.start()

    def far_enough() -> bool:
        progress = presenter.progress
        assert progress is not None
        enough = progress.now is not None and progress.now.per_second is not None
        return enough and progress.done > PICTURES // 3 and len(progress.failures) == 2

    window.until(far_enough)
    window.take("batch")
    view.stop()
    window.until(lambda: not presenter.running)


def make_photos(folder: Path) -> None:
    """Saves the sample picture many times, each moved a little, and two files that are broken."""
    import cv2
    import numpy as np
    from PIL import Image

    from emogui import paths
    from emogui.media.image import load_image

    folder.mkdir()
    sample = cv2.resize(load_image(paths.assets() / "sample.jpg"), (1240, 720))
    for number in range(PICTURES):
        moved = np.roll(sample, 5 * number, axis=1)
        Image.fromarray(moved).save(folder / f"visit-{number:03d}.jpg", quality=90)
    whole = (folder / "visit-000.jpg").read_bytes()
    (folder / "visit-007.jpg").write_bytes(whole[:2000])
    (folder / "visit-011.jpg").write_bytes(b"")
