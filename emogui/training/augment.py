"""Augmentation as batched Keras ops, so that it runs where the network runs.

The random numbers are drawn on the host, a few for each picture, by :func:`draw`; all that is
done with them in :func:`augment` is a pure function of tensors. So a training is the same on
every backend, can be resumed at any step, and an accelerator never waits for the host.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Draws = dict[str, npt.NDArray[np.float32]]

NOISE_BANK = 16
"""Number of fixed noise fields; each picture takes one of them, with a sign and a strength."""


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Ranges of the random changes; every one is symmetric around "nothing is changed".

    Attributes:
        rotation: largest angle in degrees.
        log_scale: largest natural logarithm of the change of size.
        aspect: largest natural logarithm of width over height.
        shift: largest move, as a share of the side.
        flip: probability of a mirror image.
        contrast: largest natural logarithm of the contrast.
        brightness: largest change of brightness, of 255.
        gamma: largest natural logarithm of gamma.
        light: largest slope of a light that falls in from one side.
        blur, sharpen: largest weight of the low-pass taken in, and of what it removes added.
        noise: largest standard deviation of Gaussian noise, of 255.
        erase: probability that a box of up to ``erase_side`` of the side is blanked.
        mixup: probability that a picture is mixed with another; ``mixup_beta`` is its beta.
    """

    rotation: float = 18.0
    log_scale: float = 0.2
    aspect: float = 0.08
    shift: float = 0.08
    flip: float = 0.5
    contrast: float = 0.4
    brightness: float = 30.0
    gamma: float = 0.35
    light: float = 0.35
    blur: float = 1.0
    sharpen: float = 1.2
    noise: float = 8.0
    erase: float = 0.35
    erase_side: float = 0.4
    mixup: float = 0.3
    mixup_beta: float = 0.3


NONE = Augmentation(*([0.0] * 16))
"""Nothing is changed: :func:`augment` then returns its input, resized."""


def draw(rng: np.random.Generator, n: int, ranges: Augmentation) -> Draws:
    """Draws the random numbers for a batch of ``n`` pictures.

    Returns:
        name to float32 (n,), as :func:`augment` takes it.
    """

    def within(limit: float) -> npt.NDArray[np.float64]:
        return rng.uniform(-1.0, 1.0, n) * limit

    sharpness = rng.uniform(-1.0, 1.0, n)
    side = rng.uniform(0.15, 1.0, n) * ranges.erase_side
    mix = np.where(
        rng.random(n) < ranges.mixup,
        rng.beta(ranges.mixup_beta or 1.0, ranges.mixup_beta or 1.0, n),
        0.0,
    )
    draws = {
        "angle": np.deg2rad(within(ranges.rotation)),
        "scale": np.exp(within(ranges.log_scale)),
        "aspect": np.exp(within(ranges.aspect) / 2),
        "shift_x": within(ranges.shift),
        "shift_y": within(ranges.shift),
        "flip": np.where(rng.random(n) < ranges.flip, -1.0, 1.0),
        "contrast": np.exp(within(ranges.contrast)),
        "brightness": within(ranges.brightness),
        "gamma": np.exp(within(ranges.gamma)),
        "light_x": within(ranges.light),
        "light_y": within(ranges.light),
        "sharpness": np.where(sharpness < 0, sharpness * ranges.blur, sharpness * ranges.sharpen),
        "noise": np.abs(within(ranges.noise)) * rng.choice([-1.0, 1.0], n),
        "noise_field": rng.integers(0, NOISE_BANK, n),
        "erase": (rng.random(n) < ranges.erase).astype(float),
        "erase_x": rng.uniform(0.0, 1.0, n),
        "erase_y": rng.uniform(0.0, 1.0, n),
        "erase_w": side * rng.uniform(0.6, 1.6, n),
        "erase_h": side * rng.uniform(0.6, 1.6, n),
        "erase_grey": rng.uniform(0.0, 255.0, n),
        "mix": np.minimum(mix, 1.0 - mix),  # the picture itself keeps the larger share
    }
    return {name: value.astype(np.float32) for name, value in draws.items()}


def noise_bank(size: int) -> npt.NDArray[np.float32]:
    """Fixed standard normal fields, float32 (NOISE_BANK, size, size)."""
    return np.random.default_rng(0).standard_normal((NOISE_BANK, size, size)).astype(np.float32)


def augment(images: Any, draws: dict[str, Any], noise: Any) -> Any:
    """Changes a batch of pictures.

    Args:
        images: tensor (n, side, side), uint8 or float, values 0-255.
        draws: tensors of :func:`draw`.
        noise: tensor (NOISE_BANK, size, size); its size is that of the result.

    Returns:
        float32 tensor (n, size, size, 1), values 0-255.
    """
    from keras import ops

    size = int(noise.shape[-1])
    x = _warp(images, draws, size)
    per_picture = {name: ops.reshape(value, (-1, 1, 1)) for name, value in draws.items()}
    low = _low_pass(x)
    x = x + per_picture["sharpness"] * (x - low)
    x = _light(x, per_picture, size)
    fields = ops.take(noise, ops.cast(draws["noise_field"], "int32"), axis=0)
    x = ops.clip(x + per_picture["noise"] * fields, 0.0, 255.0)
    x = _erase(x, per_picture, size)
    mix = per_picture["mix"]
    x = (1.0 - mix) * x + mix * ops.flip(x, axis=0)
    return ops.expand_dims(x, -1)


def mix_targets(targets: Any, mix: Any) -> Any:
    """Mixes targets (n, classes) as :func:`augment` mixed their pictures."""
    from keras import ops

    share = ops.reshape(mix, (-1, 1))
    return (1.0 - share) * targets + share * ops.flip(targets, axis=0)


def _warp(images: Any, draws: dict[str, Any], size: int) -> Any:
    """Rotates, scales, shifts and mirrors by bilinear sampling; edges are repeated."""
    from keras import ops

    side = int(images.shape[1])
    step = side / size
    axis = (np.arange(size, dtype=np.float32) + 0.5) * step - side / 2
    grid_y, grid_x = np.meshgrid(axis, axis, indexing="ij")
    u = ops.convert_to_tensor(grid_x.reshape(1, -1))
    v = ops.convert_to_tensor(grid_y.reshape(1, -1))
    column = {k: ops.reshape(draws[k], (-1, 1)) for k in ("angle", "scale", "aspect", "flip")}
    cos, sin = ops.cos(column["angle"]), ops.sin(column["angle"])
    wide, high = column["scale"] * column["aspect"], column["scale"] / column["aspect"]
    shift_x = ops.reshape(draws["shift_x"], (-1, 1)) * side
    shift_y = ops.reshape(draws["shift_y"], (-1, 1)) * side
    x = column["flip"] * (cos * u - sin * v) * wide + shift_x + (side / 2 - 0.5)
    y = (sin * u + cos * v) * high + shift_y + (side / 2 - 0.5)
    x, y = ops.clip(x, 0.0, side - 1.0), ops.clip(y, 0.0, side - 1.0)
    left, top = ops.floor(x), ops.floor(y)
    across, down = x - left, y - top
    left, top = ops.cast(left, "int32"), ops.cast(top, "int32")
    right, bottom = ops.minimum(left + 1, side - 1), ops.minimum(top + 1, side - 1)
    flat = ops.reshape(images, (-1,))
    first = ops.reshape(ops.arange(0, images.shape[0], dtype="int32") * (side * side), (-1, 1))

    def at(row: Any, col: Any) -> Any:
        return ops.cast(ops.take(flat, first + row * side + col, axis=0), "float32")

    upper = at(top, left) * (1.0 - across) + at(top, right) * across
    lower = at(bottom, left) * (1.0 - across) + at(bottom, right) * across
    return ops.reshape(upper * (1.0 - down) + lower * down, (-1, size, size))


def _low_pass(x: Any) -> Any:
    """Binomial 5x5 low-pass, edges repeated."""
    from keras import ops

    taps = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)
    size = int(x.shape[1])
    rows = ops.concatenate([x[:, :1], x[:, :1], x, x[:, -1:], x[:, -1:]], axis=1)
    x = sum(t * rows[:, i : i + size] for i, t in enumerate(taps))
    cols = ops.concatenate([x[:, :, :1], x[:, :, :1], x, x[:, :, -1:], x[:, :, -1:]], axis=2)
    return sum(t * cols[:, :, i : i + size] for i, t in enumerate(taps))


def _light(x: Any, draws: dict[str, Any], size: int) -> Any:
    """Contrast, brightness, a light from one side, gamma."""
    from keras import ops

    ramp = np.linspace(-1.0, 1.0, size, dtype=np.float32)
    slope = (
        1.0
        + draws["light_x"] * ops.reshape(ops.convert_to_tensor(ramp), (1, 1, size))
        + draws["light_y"] * ops.reshape(ops.convert_to_tensor(ramp), (1, size, 1))
    )
    mean = ops.mean(x, axis=(1, 2), keepdims=True)
    x = ((x - mean) * draws["contrast"] + mean) * slope + draws["brightness"]
    x = ops.clip(x, 0.0, 255.0)
    # A zero would give gamma an infinite slope; half a grey level does not show.
    return 255.0 * ops.power(ops.maximum(x, 0.5) / 255.0, draws["gamma"])


def _erase(x: Any, draws: dict[str, Any], size: int) -> Any:
    """Blanks a box of one grey level in the pictures that were drawn for it."""
    from keras import ops

    at = ops.convert_to_tensor((np.arange(size, dtype=np.float32) + 0.5) / size)
    near_x = ops.abs(ops.reshape(at, (1, 1, size)) - draws["erase_x"]) < draws["erase_w"] / 2
    near_y = ops.abs(ops.reshape(at, (1, size, 1)) - draws["erase_y"]) < draws["erase_h"] / 2
    inside = ops.logical_and(ops.logical_and(near_x, near_y), draws["erase"] > 0.5)
    return ops.where(inside, draws["erase_grey"], x)
