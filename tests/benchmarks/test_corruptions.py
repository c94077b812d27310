from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from emogui import load_image, paths
from emogui.backend.crop import crop_face, prepare
from emogui.backend.detectors import DETECTORS, create_detector

NAMES = (
    *("blur", "noise", "low light", "JPEG", "pixels, fewer", "pixels, more", "turned"),
    *(f"covered, {side} third" for side in ("left", "right", "upper", "lower")),
    *("box off its place", "box too small", "box too large"),
    *(f"colour, {light}" for light in ("lamp light", "shade", "screen light")),
)


@pytest.fixture(scope="module")
def faces() -> list[np.ndarray]:
    """The sample picture's faces as FER-2013 has them: grey, 48 pixels."""
    picture, rule = load_image(paths.assets() / "sample.jpg"), DETECTORS["centerface"].crop
    found = create_detector("centerface").detect(picture)
    crops = prepare([crop_face(picture, face.box, rule) for face in found], 48)[..., 0]
    assert len(crops) >= 2
    return list(crops)


@pytest.fixture
def by_name():
    from corruptions import CORRUPTIONS

    return {corruption.name: corruption for corruption in CORRUPTIONS}


def test_these_are_all(by_name):
    assert tuple(by_name) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_corruption_gives_pictures_again_and_the_same_each_time(name, by_name, faces):
    corruption = by_name[name]
    for row, face in enumerate(faces):
        before = face.copy()
        same = corruption.apply(face, 0)
        assert np.array_equal(same, face) and not np.shares_memory(same, face)
        for level, strength in enumerate(corruption.strengths, 1):
            once = corruption.apply(face, level, row=row)
            assert once.dtype == np.uint8
            side = int(strength) if name.startswith("pixels") else 48
            expected = (side, side, 3) if name.startswith("colour") else (side, side)
            assert once.shape == expected
            assert not np.array_equal(once, face)
            assert np.array_equal(once, corruption.apply(face, level, row=row))
        assert np.array_equal(face, before), "the face itself was changed"


@pytest.mark.parametrize("name", NAMES)
def test_harder_levels_change_more(name, by_name, faces):
    corruption = by_name[name]

    def change(level: int) -> float:
        """Mean difference in grey levels, at the face's own size."""
        total = 0.0
        for row, face in enumerate(faces):
            spoiled = corruption.apply(face, level, row=row).astype(float)
            if spoiled.ndim == 3:
                spoiled = spoiled.mean(axis=2)
            total += np.abs(
                prepare([spoiled.round().astype(np.uint8)], 48)[0, ..., 0] - 1.0 * face
            ).mean()
        return total

    if name == "pixels, more":
        assert all(change(level) < 6 * len(faces) for level in (1, 2)), "enlarging adds nothing"
        return
    changes = [change(level) for level in range(len(corruption.strengths) + 1)]
    assert changes[0] == 0
    assert all(harder > easier for easier, harder in pairwise(changes))


def test_chance_depends_on_seed_and_row_alone(by_name, faces):
    noise = by_name["noise"]
    plain = noise.apply(faces[0], 1, seed=0, row=3)
    assert not np.array_equal(plain, noise.apply(faces[0], 1, seed=1, row=3))
    assert not np.array_equal(plain, noise.apply(faces[0], 1, seed=0, row=4))


def test_what_is_no_grey_face_or_level_is_refused(by_name, faces):
    colour = np.repeat(faces[0][..., None], 3, axis=2)
    with pytest.raises(ValueError, match="grey uint8"):
        by_name["blur"].apply(colour, 1)
    with pytest.raises(ValueError, match="level 0 to 3"):
        by_name["blur"].apply(faces[0], 4)


def test_a_turned_face_turns_back(by_name, faces):
    """The matrix goes about the centre: forth and back again leaves the middle where it was."""
    from corruptions import _place

    angle = np.deg2rad(20)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0]])
    back = np.array([[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0]])
    middle = np.s_[12:36, 12:36]
    again = _place(_place(faces[0], turn), back)
    assert np.abs(again[middle] - 1.0 * faces[0][middle]).mean() < 12  # twice resampled


def test_a_frame_twice_as_wide_shows_the_face_half_as_large(by_name, faces):
    from corruptions import framed

    wide = framed(faces[0], 2.0, np.random.default_rng(0))
    small = prepare([faces[0]], 24)[0, ..., 0]
    assert np.abs(wide[12:36, 12:36] - 1.0 * small).mean() < 8
