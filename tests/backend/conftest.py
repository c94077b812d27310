from __future__ import annotations

import numpy as np
import pytest

from emogui import paths
from emogui.backend.crop import crop_face
from emogui.media.image import load_image


@pytest.fixture(scope="session")
def sample() -> np.ndarray:
    """The sample picture, RGB."""
    return load_image(next(paths.assets().glob("sample.*")))


@pytest.fixture(scope="session")
def sample_crops(sample) -> list[np.ndarray]:
    """Its faces, framed as the shipped network wants them, and variants of them."""
    from emogui.backend.detectors import DETECTORS, create_detector

    rule = DETECTORS["centerface"].crop
    crops = [crop_face(sample, d.box, rule) for d in create_detector("centerface").detect(sample)]
    assert len(crops) >= 2
    mirrored = [np.ascontiguousarray(c[:, ::-1]) for c in crops]
    darker = [(c * 0.6).astype(np.uint8) for c in crops]
    small = [np.ascontiguousarray(c[::3, ::3]) for c in crops]
    return [*crops, *mirrored, *darker, *small]
