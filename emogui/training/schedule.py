"""Learning rate and picture size as functions of how far a training is (0 to 1)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from emogui.errors import UsageError

Stages = tuple[tuple[int, float], ...]
"""(picture size, share of the training at which it ends), ascending; the last ends at 1."""

SCHEDULES = ("cosine", "constant")
"""Warm-up and half a cosine, or the same rate all along."""


def learning_rate(
    progress: float, peak: float, schedule: str = "cosine", warm_up: float = 0.02
) -> float:
    """The learning rate at a point of the training.

    ``"cosine"``: linear warm-up, then half a cosine down to a hundredth of the peak, after
    Loshchilov and Hutter, 2017, "SGDR". ``"constant"``: the peak.
    """
    if schedule == "constant":
        return peak
    if progress < warm_up:
        return peak * (0.05 + 0.95 * progress / warm_up)
    along = min(1.0, (progress - warm_up) / (1.0 - warm_up))
    return peak * (0.01 + 0.99 * (1.0 + math.cos(math.pi * along)) / 2)


def average_decay(steps: int, most: float) -> float:
    """Decay of the moving average of the weights after so many steps, ``most`` in the end.

    It rises with the steps, so that the average reaches back over a tenth of the training at most:
    in the first epochs it would else be a mixture of weights that have little in common, the
    random ones of the start among them.
    """
    return min(most, (1.0 + steps) / (10.0 + steps))


def parse_stages(text: str) -> Stages:
    """Reads ``"64:0.4,96"``: 64 px for the first 40 %, then 96 px.

    Raises:
        UsageError: the text has another form.
    """
    stages: list[tuple[int, float]] = []
    try:
        for part in text.split(","):
            size, _, end = part.partition(":")
            stages.append((int(size), float(end) if end else 1.0))
    except ValueError:
        stages = []
    ends = [end for _, end in stages]
    if not stages or ends[-1] != 1.0 or ends != sorted(set(ends)) or min(s for s, _ in stages) < 32:
        raise UsageError(
            f"Picture sizes are given as '64:0.4,96' (64 px for the first 40 %); got '{text}'.",
            "Sizes are 32 or more, shares ascend, and the last size has none.",
        )
    return tuple(stages)


def format_stages(stages: Sequence[tuple[int, float]]) -> str:
    """Writes what :func:`parse_stages` reads."""
    *before, (last, _) = stages
    return ",".join([*(f"{size}:{end:g}" for size, end in before), str(last)])


def size_at(progress: float, stages: Sequence[tuple[int, float]]) -> int:
    """The picture size at a point of the training."""
    return next((size for size, end in stages if progress < end), stages[-1][0])
