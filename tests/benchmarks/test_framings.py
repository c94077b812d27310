from __future__ import annotations

import numpy as np
import pytest

from emogui import load_image, paths
from emogui.backend.crop import crop_face, prepare
from emogui.backend.detectors import DETECTORS, create_detector
from emogui.types import FaceBox


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return load_image(paths.assets() / "sample.jpg")


def test_the_ways_of_cutting_differ_as_their_names_say(picture):
    from framings import RULE, SQUEEZED, framings

    box = FaceBox(100, 60, 60, 80)
    ways = {way.name: way.cut(picture, box) for way in framings("centerface")}
    assert ways[SQUEEZED].shape[:2] == (80, 60)
    assert ways["raw box, square of its longer side"].shape[:2] == (80, 80)
    assert ways["raw box, square of its area (scale 1)"].shape[:2] == (69, 69)
    rule = crop_face(picture, box, DETECTORS["centerface"].crop)
    assert np.array_equal(ways[RULE], rule)
    np.testing.assert_array_equal(
        ways["raw box, square of its longer side"], picture[60:140, 90:170]
    )


def test_a_finished_crop_is_found_on_its_canvas(picture):
    from framings import FILLS, face_on_canvas, on_canvas

    detector = create_detector("centerface")
    box = detector.detect(picture)[0].box
    face = prepare([crop_face(picture, box, DETECTORS["centerface"].crop)], 48)[0, ..., 0]
    for fill in FILLS:
        canvas = on_canvas(face, fill)
        assert canvas.shape == (384, 384, 3)
        inner = prepare([canvas[96:288, 96:288]], 48)[0, ..., 0]
        assert np.abs(inner - 1.0 * face).mean() < 4
    found = face_on_canvas(detector, on_canvas(face))
    assert found is not None
    assert found.iou(FaceBox(96, 96, 192, 192)) > 0.5


def test_the_same_face_is_known_in_the_changed_picture(picture):
    from crop_consistency import CHANGES, of_changes

    pairs = list(of_changes([picture], create_detector("centerface")))
    assert {name for name, _ in pairs} == set(CHANGES)
    for name, pair in pairs:
        scale = CHANGES[name][0]
        assert pair.second.box.w == pytest.approx(scale * pair.first.box.w, rel=0.3)


def test_what_moves_nothing_changes_no_answer():
    from framings import total_variation

    one = np.array([[0.5, 0.5, 0.0]], np.float32)
    assert total_variation(one, one)[0] == 0
    assert total_variation(one, np.array([[0.0, 0.0, 1.0]], np.float32))[0] == 1
