"""Small inputs with real faces: the sample picture, scaled, whole and as a moving picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as PilImage

from emogui import load_image
from emogui.types import Image
from tests.media.clips import make_clip

CLIP_FRAMES = 24


@pytest.fixture(scope="session")
def sample(project_root: Path) -> Image:
    """The sample picture at 480 x 279: two faces."""
    whole = load_image(project_root / "assets" / "sample.jpg")
    return np.asarray(cv2.resize(whole, (480, 278), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.fixture(scope="session")
def mixed(sample: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven good pictures, two videos, an empty file and one that is no picture."""
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "more").mkdir()
    for number in range(6):
        moved = np.roll(sample, 7 * number, axis=1)
        PilImage.fromarray(moved).save(folder / f"p{number}.jpg", quality=92)
    PilImage.fromarray(sample[:, ::-1]).save(folder / "more" / "new\nline, \U0001f600.png")
    (folder / "broken.jpg").write_bytes((folder / "p0.jpg").read_bytes()[:900])
    (folder / "empty.png").write_bytes(b"")
    pictures = [np.roll(sample, 4 * n, axis=1) for n in range(CLIP_FRAMES)]
    times = [40 * n for n in range(CLIP_FRAMES)]
    for name in ("clip.mp4", "p9 clip.mkv"):
        make_clip(folder / name, times, size=(480, 278), pictures=pictures)
    return folder
