"""One number for how pleasant an expression appears, derived from the probabilities.

Valence is the probability of the pleasant emotion minus that of the unpleasant ones, from -1 to
1. Neutral counts as 0, and so does surprise, which may be either. That is arithmetic on what the
network says of eight emotions; it was not learned from faces rated for valence, and is no
measurement of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from emogui.labels import canonical

PLEASANT: Final = frozenset({"happiness"})
UNPLEASANT: Final = frozenset({"sadness", "anger", "fear", "disgust", "contempt"})


def valence_weights(labels: Sequence[str]) -> npt.NDArray[np.float32]:
    """What each probability adds to the valence, which is their product with these weights.

    Args:
        labels: of any class set, in the order of the probabilities.

    Returns:
        float32 (labels,): 1, -1 or 0.
    """
    names = [canonical(label) for label in labels]
    return np.array([(n in PLEASANT) - (n in UNPLEASANT) for n in names], np.float32)
