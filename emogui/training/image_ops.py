"""The single changes that :mod:`emogui.training.augment` is made of, as batched Keras ops.

Pictures are float32 tensors (n, size, size), values 0-255; numbers for each picture are tensors
(n, 1, 1), unless told otherwise. Each change leaves a picture as it is where its number says so.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def warp(images: Any, draws: dict[str, Any], size: int) -> Any:
    """Rotates, scales, shifts and mirrors by bilinear sampling; edges are repeated.

    Args:
        images: (n, side, side), uint8 or float.
        draws: ``angle``, ``scale``, ``aspect``, ``flip``, ``shift_x`` and ``shift_y`` of
            :func:`emogui.training.augment.draw`, each (n,).
        size: of the result.
    """
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


def reduce_and_enlarge(x: Any, pixels: Any) -> Any:
    """Reduces each picture by area averaging and enlarges it again bilinearly.

    Both are linear and separable: ``M @ picture @ M.T`` with a matrix ``M`` for each picture. So
    pictures of one batch can have any number of pixels each, at the cost of two small products.

    Args:
        x: pictures.
        pixels: side to reduce to, a whole number; from 0 and from ``size`` on nothing is done.
    """
    from keras import ops

    size = int(x.shape[-1])
    chosen = ops.logical_and(pixels > 0.5, pixels < size - 0.5)
    pixels = ops.clip(pixels, 1.0, float(size))
    cell = size / pixels
    numbers = np.arange(size, dtype=np.float32)
    row = ops.convert_to_tensor(numbers.reshape(1, size, 1))
    column = ops.convert_to_tensor(numbers.reshape(1, 1, size))
    place = ops.clip((row + 0.5) / cell - 0.5, 0.0, pixels - 1.0)
    upper = ops.floor(place)
    share = place - upper

    def of_cell(number: Any) -> Any:
        """Overlap of each pixel with the cell that each row takes from, in cells."""
        begin = number * cell
        overlap = ops.minimum(column + 1.0, begin + cell) - ops.maximum(column, begin)
        return ops.maximum(overlap, 0.0) / cell

    matrix = (1.0 - share) * of_cell(upper) + share * of_cell(upper + 1.0)
    reduced = ops.matmul(ops.matmul(matrix, x), ops.transpose(matrix, (0, 2, 1)))
    # Accelerators may multiply in less than float32: what is not reduced stays exact this way.
    return ops.where(chosen, reduced, x)


def low_pass(x: Any) -> Any:
    """Binomial 5x5 low-pass, edges repeated."""
    from keras import ops

    taps = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)
    size = int(x.shape[1])
    rows = ops.concatenate([x[:, :1], x[:, :1], x, x[:, -1:], x[:, -1:]], axis=1)
    x = sum(t * rows[:, i : i + size] for i, t in enumerate(taps))
    cols = ops.concatenate([x[:, :, :1], x[:, :, :1], x, x[:, :, -1:], x[:, :, -1:]], axis=2)
    return sum(t * cols[:, :, i : i + size] for i, t in enumerate(taps))


def light(x: Any, draws: dict[str, Any]) -> Any:
    """Contrast, a light from one side, brightness, gamma.

    Args:
        x: pictures.
        draws: ``contrast``, ``light_x``, ``light_y``, ``brightness`` and ``gamma``.
    """
    from keras import ops

    size = int(x.shape[-1])
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


def add_noise(x: Any, draws: dict[str, Any], noise: Any) -> Any:
    """Adds a fixed field of noise, a part of its variance on the coarse grid.

    Args:
        x: pictures.
        draws: ``noise``, ``noise_field`` and ``coarse``.
        noise: :func:`emogui.training.augment.noise_bank`.
    """
    from keras import ops

    field = ops.cast(ops.reshape(draws["noise_field"], (-1,)), "int32")
    fine, coarse = (ops.take(noise[grid], field, axis=0) for grid in (0, 1))
    share = draws["coarse"]
    mixed = ops.sqrt(1.0 - share) * fine + ops.sqrt(share) * coarse
    return ops.clip(x + draws["noise"] * mixed, 0.0, 255.0)


def erase(x: Any, draws: dict[str, Any]) -> Any:
    """Blanks a box of one grey level in the pictures that were drawn for it.

    Args:
        x: pictures.
        draws: ``erase``, and ``erase_x``, ``_y``, ``_w``, ``_h``, ``_grey`` of the box.
    """
    from keras import ops

    size = int(x.shape[-1])
    at = ops.convert_to_tensor((np.arange(size, dtype=np.float32) + 0.5) / size)
    near_x = ops.abs(ops.reshape(at, (1, 1, size)) - draws["erase_x"]) < draws["erase_w"] / 2
    near_y = ops.abs(ops.reshape(at, (1, size, 1)) - draws["erase_y"]) < draws["erase_h"] / 2
    inside = ops.logical_and(ops.logical_and(near_x, near_y), draws["erase"] > 0.5)
    return ops.where(inside, draws["erase_grey"], x)
