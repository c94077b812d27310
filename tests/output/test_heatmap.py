from __future__ import annotations

import numpy as np
import pytest

from emogui.backend.explanation import Explanation
from emogui.backend.model_info import MapGrid
from emogui.errors import UsageError
from emogui.output.heatmap import AGAINST, FOR, face_picture, overlay, scale_ends

VALUES = np.array([[3.0, 0.0], [0.0, -1.5]], np.float32)


def made(square=(20, 10, 40)) -> Explanation:
    return Explanation("happiness", "cam", VALUES, MapGrid(0.25, 0.5), square)


def picture() -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.repeat(rng.integers(60, 200, (70, 90, 1)), 3, axis=2).astype(np.uint8)


def test_only_the_square_is_coloured_orange_for_and_blue_against():
    image = picture()
    drawn = overlay(image, made())
    outside = np.ones(image.shape[:2], bool)
    outside[10:50, 20:60] = False
    np.testing.assert_array_equal(drawn[outside], image[outside])
    for place, tint in (((12, 22), FOR), ((48, 58), AGAINST)):
        towards = np.array(tint, float) - image[place]
        assert np.dot(drawn[place].astype(float) - image[place], towards) > 0
    np.testing.assert_array_equal(drawn[12, 58], image[12, 58])  # nothing spoke there


def test_the_stronger_side_is_denser():
    grey = np.full((70, 90, 3), 128, np.uint8)
    drawn = overlay(grey, made()).astype(int)
    strong, weak = (np.abs(drawn[at] - 128).max() for at in ((12, 22), (48, 58)))
    assert strong > weak > 0


def test_a_part_at_another_scale_shows_the_same_place():
    grey = np.full((70, 90, 3), 128, np.uint8)
    whole = overlay(grey, made()).astype(int)
    part = overlay(
        np.full((60, 80, 3), 128, np.uint8), made(), origin=(25.0, 15.0), scale=2.0
    ).astype(int)
    assert np.abs(part[20:40:2, 20:40:2] - whole[25:35, 35:45]).max() <= 8


def test_a_square_beyond_the_picture_is_cut():
    image = picture()
    drawn = overlay(image, made((-30, -30, 45)))
    np.testing.assert_array_equal(drawn[16:], image[16:])
    np.testing.assert_array_equal(overlay(image, made((200, 200, 30))), image)


def test_a_crop_has_no_place_in_a_picture():
    with pytest.raises(UsageError, match="without a picture"):
        overlay(picture(), made(None))


def test_the_picture_of_a_face_has_both_and_a_legend():
    face = picture()[10:50, 20:60]
    drawn = face_picture(face, made())
    assert drawn.dtype == np.uint8 and drawn.shape[1] > 2 * 300 and drawn.shape[0] > 320
    assert scale_ends(made()) == ("against \N{MINUS SIGN}3.0", "+3.0 for")


def test_a_map_of_nothing_leaves_the_face_grey():
    nothing = Explanation("fear", "cam", np.zeros((3, 3), np.float32), MapGrid(0.1, 0.3), (0, 0, 9))
    image = picture()
    np.testing.assert_array_equal(overlay(image, nothing), image)
