from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import cv2
import numpy as np
import pytest

from emogui.backend.crop import prepare
from emogui.training.augment import NONE, Augmentation, augment, draw, mix_targets, noise_bank

SCRIPT = Path(__file__).with_name("augment_on.py")

BEFORE = {
    "angle": 0.37465099,
    "scale": 4.255734,
    "aspect": 3.97369,
    "shift_x": 0.08820945,
    "shift_y": -0.11162422,
    "flip": 0.0,
    "contrast": 3.9270599,
    "brightness": 0.042685509,
    "gamma": 4.5073423,
    "light_x": -0.60640293,
    "light_y": 0.36617935,
    "sharpness": 0.23760653,
    "noise": -5.1227398,
    "noise_field": 24.0,
    "erase": 1.0,
    "erase_x": 2.292577,
    "erase_y": 2.5562291,
    "erase_w": 1.0384624,
    "erase_h": 1.0712203,
    "erase_grey": 669.85553,
    "mix": 0.060893394,
}
"""Sums of what the first version drew, and the means of the pictures that it made of it."""
BEFORE_MEANS = [128.15408, 120.58371, 130.20953, 128.59279]


@pytest.fixture(scope="module")
def faces() -> np.ndarray:
    import skimage.data

    face = skimage.data.astronaut()[60:190, 160:290]
    return np.stack([face, face[:, ::-1], face[::-1], 255 - face])


def run(images: np.ndarray, draws: dict[str, np.ndarray], size: int) -> np.ndarray:
    from keras import ops

    tensors = {k: ops.convert_to_tensor(v) for k, v in draws.items()}
    noise = ops.convert_to_tensor(noise_bank(size))
    return ops.convert_to_numpy(augment(ops.convert_to_tensor(images), tensors, noise))


def test_without_changes_training_sees_the_very_tensor_of_every_other_way(faces):
    prepared = prepare(list(faces), 96)
    draws = draw(np.random.default_rng(0), 4, NONE)
    seen = run(prepared[..., 0], draws, 96)
    np.testing.assert_allclose(seen, prepared, atol=0.51)  # gamma lifts 0 to half a level
    assert np.abs(seen - prepared)[prepared > 0].max() < 1e-3


def test_all_changes_keep_shape_and_range(faces):
    prepared = prepare(list(faces), 96)[..., 0]
    for seed in range(3):
        out = run(prepared, draw(np.random.default_rng(seed), 4, Augmentation()), 64)
        assert out.shape == (4, 64, 64, 1)
        assert out.dtype == np.float32
        assert np.isfinite(out).all()
        assert out.min() >= 0 and out.max() <= 255


def test_a_mirrored_face_is_the_mirror_image(faces):
    prepared = prepare(list(faces), 96)
    draws = draw(np.random.default_rng(0), 4, NONE)
    draws["flip"][:] = -1
    seen = run(prepared[..., 0], draws, 96)
    np.testing.assert_allclose(seen, prepared[:, :, ::-1], atol=0.51)


def test_draws_depend_on_the_seed_alone():
    first, again, other = (draw(np.random.default_rng(s), 8, Augmentation()) for s in (1, 1, 2))
    assert all(np.array_equal(first[k], again[k]) for k in first)
    assert not np.array_equal(first["angle"], other["angle"])


def test_mixing_mixes_pictures_and_targets_alike(faces):
    from keras import ops

    prepared = prepare(list(faces), 96)[..., 0]
    draws = draw(np.random.default_rng(0), 4, NONE)
    draws["mix"][:] = 0.25
    seen = run(prepared, draws, 96)[..., 0]
    expected = 0.75 * prepared + 0.25 * prepared[::-1]
    np.testing.assert_allclose(seen, expected, atol=0.51)
    targets = ops.convert_to_tensor(np.eye(4, dtype=np.float32))
    mixed = ops.convert_to_numpy(mix_targets(targets, ops.convert_to_tensor(draws["mix"])))
    np.testing.assert_allclose(mixed, 0.75 * np.eye(4) + 0.25 * np.eye(4)[::-1])


def test_a_larger_number_turns_the_picture_further():
    # A bright dot right of the centre moves along a circle.
    image = np.zeros((1, 96, 96), np.uint8)
    image[0, 46:50, 76:80] = 255
    draws = draw(np.random.default_rng(0), 1, NONE)
    draws["angle"][:] = np.deg2rad(30)
    seen = run(image, draws, 96)[0, :, :, 0]
    y, x = np.unravel_index(seen.argmax(), seen.shape)
    radius = np.hypot(y - 47.5, x - 47.5)
    angle = np.degrees(np.arctan2(y - 47.5, x - 47.5))
    assert abs(radius - 30) < 2.5
    assert abs(abs(angle) - 30) < 4


@pytest.mark.parametrize("pixels", [16, 24, 37, 48])
@pytest.mark.parametrize("size", [64, 96])
def test_a_reduced_face_is_what_a_detector_would_have_cut_so_small(faces, pixels, size):
    """The same as OpenCV's reduction, then the enlargement that every crop goes through."""
    prepared = prepare(list(faces), size)
    draws = draw(np.random.default_rng(0), 4, NONE)
    draws["pixels"][:3] = pixels
    seen = run(prepared[..., 0], draws, size)
    for before, after in zip(prepared[:3, :, :, 0], seen[:3, :, :, 0], strict=True):
        area, linear = cv2.INTER_AREA, cv2.INTER_LINEAR
        small = cv2.resize(before.astype(np.float32), (pixels, pixels), interpolation=area)
        expected = cv2.resize(small, (size, size), interpolation=linear)
        np.testing.assert_allclose(after, expected, atol=0.51)
    np.testing.assert_allclose(seen[3], prepared[3], atol=0.51)


def test_a_picture_is_not_reduced_to_more_pixels_than_it_has(faces):
    prepared = prepare(list(faces), 32)
    draws = draw(np.random.default_rng(0), 4, NONE)
    draws["pixels"][:] = 48
    np.testing.assert_allclose(run(prepared[..., 0], draws, 32), prepared, atol=0.51)


def test_the_ranges_are_drawn_as_they_say():
    ranges = Augmentation()
    drawn = draw(np.random.default_rng(0), 20_000, ranges)
    contrast = np.log(drawn["contrast"])
    assert contrast.min() == pytest.approx(-0.7, abs=0.01)
    assert contrast.max() == pytest.approx(0.4, abs=0.01)
    reduced = drawn["pixels"][drawn["pixels"] > 0]
    assert len(reduced) / 20_000 == pytest.approx(ranges.reduce, abs=0.02)
    assert reduced.min() == ranges.reduce_side and reduced.max() == 48
    assert (reduced == np.rint(reduced)).all()
    bright = (drawn["pixels"] == 0) & (contrast >= 0)
    strength = np.abs(drawn["noise"][bright])
    assert strength.max() == pytest.approx(ranges.noise, rel=0.01)
    assert np.median(strength) == pytest.approx(ranges.noise / 4, rel=0.1), "not mostly weak"
    assert drawn["coarse"].min() >= 0 and drawn["coarse"].max() <= ranges.noise_coarse
    boxes = drawn["erase_y"][drawn["erase"] > 0]
    assert len(boxes) / 20_000 == pytest.approx(ranges.erase, abs=0.02)
    lower = ranges.erase_low + (1 - ranges.erase_low) / 3
    assert (boxes > 2 / 3).mean() == pytest.approx(lower, abs=0.02)


def test_noise_buries_neither_dull_faces_nor_small_ones():
    drawn = draw(np.random.default_rng(0), 20_000, Augmentation())
    strength, contrast, pixels = np.abs(drawn["noise"]), drawn["contrast"], drawn["pixels"]
    assert (strength <= 20.001 * np.minimum(contrast, 1)).all()
    assert (strength <= 20.001 * pixels / 48)[pixels > 0].all()


@pytest.mark.parametrize("field", [f.name for f in fields(Augmentation)])
def test_every_range_can_be_turned_off_alone(field, faces):
    prepared = prepare(list(faces), 96)[..., 0]
    out = run(prepared, draw(np.random.default_rng(0), 4, Augmentation(**{field: 0.0})), 96)
    assert np.isfinite(out).all() and out.min() >= 0 and out.max() <= 255


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_noise_has_its_strength_on_either_grid(share):
    grey = np.full((4, 96, 96), 128, np.uint8)
    draws = draw(np.random.default_rng(0), 4, NONE)
    draws["noise"][:], draws["coarse"][:] = 15, share
    seen = run(grey, draws, 96)[..., 0]
    assert seen.std() == pytest.approx(15, rel=0.05)
    neighbours = np.corrcoef(seen[:, :, :-1].ravel(), seen[:, :, 1:].ravel())[0, 1]
    assert neighbours == pytest.approx({0.0: 0.0, 0.5: 0.35, 1.0: 0.7}[share], abs=0.1)


def test_a_training_that_went_before_draws_the_same_numbers_and_pictures(faces):
    """Figures of the version that had neither reduction nor coarse noise."""
    before = Augmentation(
        rotation=18, noise=8, erase=0.35, erase_side=0.4,
        dull=0, reduce=0, reduce_side=0, noise_rare=0, noise_dull=0, noise_coarse=0, erase_low=0,
    )  # fmt: skip
    draws = draw(np.random.default_rng((3, 1, 4)), 4, before)
    figures = {name: float(draws[name].sum()) for name in BEFORE}
    assert figures == pytest.approx(BEFORE, rel=1e-5)
    seen = run(prepare(list(faces), 96)[..., 0], draws, 64)
    np.testing.assert_allclose(seen.mean(axis=(1, 2, 3)), BEFORE_MEANS, atol=0.01)


@pytest.mark.parametrize("backend", ["jax", pytest.param("torch", marks=pytest.mark.torch)])
def test_the_same_draws_give_the_same_pictures_on_every_backend(backend, faces, tmp_path):
    """The tests themselves run on TensorFlow."""
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    prepared = np.concatenate([prepare(list(faces), 96)[..., 0]] * 4)
    draws = draw(np.random.default_rng(1), 16, Augmentation())
    assert (draws["pixels"] > 0).any() and (draws["erase"] > 0).any()
    np.savez(tmp_path / "in.npz", images=prepared, **draws)
    words = [sys.executable, str(SCRIPT), backend, str(tmp_path / "in.npz"), str(tmp_path / "out")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    with np.load(tmp_path / "out.npz") as there:
        for size in (64, 96):
            np.testing.assert_allclose(there[str(size)], run(prepared, draws, size), atol=0.01)
