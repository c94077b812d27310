from __future__ import annotations

import numpy as np
import pytest

from emogui.backend.crop import CropRule, crop_face, prepare
from emogui.errors import ImageError
from emogui.types import FaceBox


def picture(height: int = 60, width: int = 80) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return np.stack([x, y, x + y], axis=-1).astype(np.uint8)


def test_the_square_lies_where_the_rule_says():
    image = picture()
    crop = crop_face(image, FaceBox(30, 20, 10, 10), CropRule(scale=2.0))
    np.testing.assert_array_equal(crop, image[15:35, 25:45])
    lower = crop_face(image, FaceBox(30, 20, 10, 10), CropRule(2.0, shift_y=0.5))
    np.testing.assert_array_equal(lower, image[20:40, 25:45])


@pytest.mark.parametrize(
    "box",
    [
        FaceBox(-5, -5, 20, 20),
        FaceBox(70, 50, 30, 30),
        FaceBox(0, 0, 80, 60),
        FaceBox(200, 0, 9, 9),
    ],
)
def test_outside_the_picture_its_edge_is_repeated(box):
    crop = crop_face(picture(), box, CropRule(1.5))
    side = round(1.5 * box.area**0.5)
    assert crop.shape == (side, side, 3)
    inside = {tuple(p) for p in picture().reshape(-1, 3)}
    assert {tuple(p) for p in crop.reshape(-1, 3)} <= inside


def test_grey_faces_and_their_rgb_copies_are_the_same_tensor():
    grey = np.random.default_rng(0).integers(0, 256, (48, 48), np.uint8)
    rgb = np.repeat(grey[..., None], 3, axis=2)
    both = prepare([grey, rgb], 96)
    assert both.shape == (2, 96, 96, 1) and both.dtype == np.uint8
    np.testing.assert_array_equal(both[0], both[1])


def test_red_counts_as_red():
    # A canary for swapped channels: luma of pure red is 76, of pure blue 29.
    red = np.zeros((10, 10, 3), np.uint8)
    red[..., 0] = 255
    assert prepare([red], 32)[0, 5, 5, 0] == 76
    assert prepare([red[..., ::-1]], 32)[0, 5, 5, 0] == 29


@pytest.mark.parametrize(
    "face",
    [
        np.zeros((10, 10, 3), np.float32),
        np.zeros((10, 10, 4), np.uint8),
        np.zeros((0, 10, 3), np.uint8),
        np.zeros(10, np.uint8),
    ],
)
def test_other_arrays_are_refused_with_what_came(face):
    with pytest.raises(ImageError, match=r"Face 1: expected a uint8 array.*got"):
        prepare([np.zeros((5, 5), np.uint8), face], 32)


def test_one_crop_is_not_taken_for_a_list_of_its_rows():
    with pytest.raises(ImageError, match=r"sequence of face crops.*\[crop\]"):
        prepare(np.zeros((10, 10, 3), np.uint8), 32)
    assert prepare(np.zeros((2, 10, 10), np.uint8), 32).shape == (2, 32, 32, 1)


def test_no_faces_make_an_empty_batch():
    assert prepare([], 96).shape == (0, 96, 96, 1)
