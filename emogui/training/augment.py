"""Augmentation as batched Keras ops, so that it runs where the network runs.

The random numbers are drawn on the host, a few for each picture, by :func:`draw`; all that is
done with them in :func:`augment` is a pure function of tensors. So a training is the same on
every backend, can be resumed at any step, and an accelerator never waits for the host.

The ranges are measured: ``docs/robustness.md`` sets the augmented pictures beside the crops that a
detector takes from photographs and videos.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from emogui.training import image_ops

Draws = dict[str, npt.NDArray[np.float32]]

NOISE_BANK = 16
"""Number of fixed noise fields; each picture takes one of them, with a sign and a strength."""

COARSE_GRID = 48
"""Side of the coarse grid of noise: a small face's own pixels, before it is enlarged."""

REDUCED_TO = 48
"""Most pixels that a picture is reduced to: FER-2013 has no more of its own."""


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Ranges of the random changes; 0 always means that nothing is changed.

    They are symmetric around "nothing is changed", but for contrast where ``dull`` widens it.
    A training that was recorded before there was one of them did without it: 0.

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
        dull: how much further down than up the logarithm of the contrast goes: it is drawn from
            ``[-contrast - dull, contrast]``.
        reduce: probability that a picture is reduced, to :data:`REDUCED_TO` pixels down to
            ``reduce_side``, and enlarged again, as a small face is. Its noise falls with them.
        noise_rare: how rare strong noise is: the standard deviation is ``noise`` times a uniform
            number to the power ``1 + noise_rare``.
        noise_dull: how much less noise a dull picture gets, so that noise does not bury a face:
            the standard deviation times a contrast below 1 to this power.
        noise_coarse: largest share of the noise's variance that lies on a grid of
            :data:`COARSE_GRID` pixels, as of a camera or of JPEG in a small face.
        erase_low: share of the boxes whose centre is put into the lower third, over the mouth;
            the others may lie anywhere.
    """

    rotation: float = 25.0
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
    noise: float = 20.0
    erase: float = 0.5
    erase_side: float = 0.5
    mixup: float = 0.3
    mixup_beta: float = 0.3
    dull: float = 0.3
    reduce: float = 0.35
    reduce_side: float = 18.0
    noise_rare: float = 1.0
    noise_dull: float = 1.0
    noise_coarse: float = 0.5
    erase_low: float = 0.35


NONE = Augmentation(**{f.name: 0.0 for f in fields(Augmentation)})
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
        "contrast": np.exp(within(ranges.contrast + ranges.dull / 2) - ranges.dull / 2),
        "brightness": within(ranges.brightness),
        "gamma": np.exp(within(ranges.gamma)),
        "light_x": within(ranges.light),
        "light_y": within(ranges.light),
        "sharpness": np.where(sharpness < 0, sharpness * ranges.blur, sharpness * ranges.sharpen),
        "noise": ranges.noise
        * np.abs(within(1.0)) ** (1.0 + ranges.noise_rare)
        * rng.choice([-1.0, 1.0], n),
        "noise_field": rng.integers(0, NOISE_BANK, n),
        "erase": (rng.random(n) < ranges.erase).astype(float),
        "erase_x": rng.uniform(0.0, 1.0, n),
        "erase_y": rng.uniform(0.0, 1.0, n),
        "erase_w": side * rng.uniform(0.6, 1.6, n),
        "erase_h": side * rng.uniform(0.6, 1.6, n),
        "erase_grey": rng.uniform(0.0, 255.0, n),
        "mix": np.minimum(mix, 1.0 - mix),  # the picture itself keeps the larger share
    }
    # Drawn last: a training that did without these goes on with the numbers that it would have had.
    fewest = min(max(ranges.reduce_side, 1.0), REDUCED_TO)
    pixels = np.exp(rng.uniform(np.log(fewest), np.log(REDUCED_TO), n))
    draws["pixels"] = np.where(rng.random(n) < ranges.reduce, np.rint(pixels), 0.0)
    # Reducing averages noise away; real crops of few pixels are smooth.
    draws["noise"] *= np.where(draws["pixels"] > 0, draws["pixels"] / REDUCED_TO, 1.0)
    draws["noise"] *= np.minimum(draws["contrast"], 1.0) ** ranges.noise_dull
    draws["coarse"] = np.minimum(rng.uniform(0.0, 1.0, n) * ranges.noise_coarse, 1.0)
    low = rng.random(n) < ranges.erase_low
    draws["erase_y"] = np.where(low, (2.0 + draws["erase_y"]) / 3.0, draws["erase_y"])
    return {name: value.astype(np.float32) for name, value in draws.items()}


def noise_bank(size: int) -> npt.NDArray[np.float32]:
    """Fixed standard normal fields, float32 (2, NOISE_BANK, size, size).

    The first ones are white; the second ones were drawn on :data:`COARSE_GRID` pixels and brought
    to ``size`` as a face is by :func:`emogui.backend.crop.prepare`.
    """
    white = np.random.default_rng(0).standard_normal((NOISE_BANK, size, size))
    grid = min(COARSE_GRID, size)
    small = np.random.default_rng(1).standard_normal((NOISE_BANK, grid, grid))
    coarse = np.stack([cv2.resize(s, (size, size), interpolation=cv2.INTER_LINEAR) for s in small])
    coarse /= coarse.std(axis=(1, 2), keepdims=True)  # interpolating takes some of the variance
    return np.stack([white, coarse]).astype(np.float32)


def augment(images: Any, draws: dict[str, Any], noise: Any) -> Any:
    """Changes a batch of pictures.

    Args:
        images: tensor (n, side, side), uint8 or float, values 0-255.
        draws: tensors of :func:`draw`; none where the pictures are to stay as they are.
        noise: tensor of :func:`noise_bank`; its size is that of the result.

    Returns:
        float32 tensor (n, size, size, 1), values 0-255.
    """
    from keras import ops

    if not draws:
        return ops.expand_dims(ops.cast(images, "float32"), -1)
    x = image_ops.warp(images, draws, int(noise.shape[-1]))
    per_picture = {name: ops.reshape(value, (-1, 1, 1)) for name, value in draws.items()}
    x = x + per_picture["sharpness"] * (x - image_ops.low_pass(x))
    # After the low-pass, which would blur a face of few pixels beyond reading.
    x = image_ops.reduce_and_enlarge(x, per_picture["pixels"])
    x = image_ops.light(x, per_picture)
    x = image_ops.add_noise(x, per_picture, noise)
    x = image_ops.erase(x, per_picture)
    mix = per_picture["mix"]
    x = (1.0 - mix) * x + mix * ops.flip(x, axis=0)
    return ops.expand_dims(x, -1)


def mix_targets(targets: Any, mix: Any) -> Any:
    """Mixes targets (n, classes) as :func:`augment` mixed their pictures; None: not at all."""
    if mix is None:
        return targets
    from keras import ops

    share = ops.reshape(mix, (-1, 1))
    return (1.0 - share) * targets + share * ops.flip(targets, axis=0)
