"""Which of the boxes seen belongs to which track."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Costs = npt.NDArray[np.float64]
"""float64 (tracks, boxes); infinite where the two cannot belong together."""

_IMPOSSIBLE = 1e6


def assign(costs: Costs) -> list[tuple[int, int]]:
    """Pairs rows with columns, each at most once, as many as possible at the lowest total cost.

    Args:
        costs: finite where a pair is possible, else infinite.

    Returns:
        (row, column) of the possible pairs (Kuhn, "The Hungarian method for the assignment
        problem", 1955).
    """
    possible = np.isfinite(costs)
    if not possible.any():
        return []
    if costs.shape == (1, 1):
        return [(0, 0)]
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(np.where(possible, costs, _IMPOSSIBLE))
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if possible[r, c]]


def rest(count: int, taken: Sequence[int]) -> list[int]:
    """The numbers below ``count`` that were not taken, rising."""
    gone = set(taken)
    return [i for i in range(count) if i not in gone]
