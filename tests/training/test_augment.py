from __future__ import annotations

import numpy as np
import pytest

from emogui.backend.crop import prepare
from emogui.training.augment import NONE, Augmentation, augment, draw, mix_targets, noise_bank


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
