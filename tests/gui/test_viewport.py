"""How a picture lies in its view."""

from __future__ import annotations

import numpy as np
import pytest

from emogui.gui.viewport import MAX_FIT, MAX_SCALE, Viewport
from emogui.gui.widgets.picture_part import scaled
from emogui.types import FaceBox


def view(picture: tuple[int, int], size: tuple[int, int]) -> Viewport:
    viewport = Viewport()
    viewport.set_view(*size)
    viewport.set_picture(*picture)
    return viewport


@pytest.mark.parametrize(
    ("picture", "size", "scale"),
    [
        ((1000, 500), (500, 500), 0.5),
        ((100, 400), (800, 200), 0.5),
        ((10, 10), (900, 900), MAX_FIT),
    ],
)
def test_a_picture_is_fitted_and_centred(picture, size, scale):
    viewport = view(picture, size)
    assert viewport.scale == pytest.approx(scale)
    left, top, right, bottom = viewport.to_view(FaceBox(0, 0, *picture))
    assert left + right == pytest.approx(size[0])
    assert top + bottom == pytest.approx(size[1])
    assert left >= -1e-9 and top >= -1e-9


def test_points_go_to_the_picture_and_back():
    viewport = view((640, 480), (300, 300))
    viewport.zoom_to(3.0, (20, 250))
    box = FaceBox(100, 50, 30, 40)
    left, top, right, bottom = viewport.to_view(box)
    assert viewport.to_picture(left, top) == pytest.approx((100, 50))
    assert viewport.to_picture(right, bottom) == pytest.approx((130, 90))


def test_zooming_keeps_the_point_under_the_mouse():
    viewport = view((2000, 1000), (500, 250))
    before = viewport.to_picture(200, 100)
    viewport.zoom_to(1.5, (200, 100))
    assert viewport.to_picture(200, 100) == pytest.approx(before)


def test_zoom_is_bounded_and_the_picture_cannot_be_lost():
    viewport = view((200, 100), (400, 400))
    viewport.zoom_to(1e9)
    assert viewport.scale == MAX_SCALE
    viewport.pan(1e6, -1e6)
    region = viewport.region()
    assert region is not None and region.left == 0 and region.bottom == 100


def test_panning_a_fitted_picture_leaves_it_centred():
    viewport = view((200, 100), (400, 400))
    before = viewport.offset
    viewport.pan(70, 30)
    assert viewport.offset == before


def test_only_what_is_in_sight_is_drawn():
    viewport = view((4000, 3000), (400, 300))
    whole = viewport.region()
    assert (whole.left, whole.top, whole.right, whole.bottom) == (0, 0, 4000, 3000)
    assert (whole.width, whole.height) == (400, 300)
    viewport.zoom_to(2.0)
    part = viewport.region()
    assert part.right - part.left <= 202 and part.bottom - part.top <= 152
    assert part.width >= 400 and part.height >= 300


@pytest.mark.parametrize("scale", [0.1, 1.0, 5.0])
def test_the_scaled_part_has_the_size_that_the_region_says(scale):
    image = np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8)
    viewport = view((400, 300), (200, 200))
    viewport.zoom_to(scale)
    region = viewport.region()
    picture = scaled(image, region)
    assert picture.size == (region.width, region.height) and picture.mode == "RGB"
    if scale == 1.0:
        cut = image[region.top : region.bottom, region.left : region.right]
        assert (np.asarray(picture) == cut).all()
