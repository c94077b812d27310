"""The loss: cross-entropy of each head with its target shares, summed over the heads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Targets = Mapping[str, npt.NDArray[np.float32]]
LossFunction = Callable[..., Any]
"""Of logits and targets, see :func:`make_loss`."""


def log_priors(targets: Targets) -> dict[str, npt.NDArray[np.float32]]:
    """Logarithm of each class's share of the targets' mass, a head.

    Args:
        targets: head to float32 (n, classes); a row without a target is all zero.
    """
    priors = {}
    for head, shares in targets.items():
        mass = shares.sum(axis=0) + 1.0  # a class that never occurs keeps a finite logarithm
        priors[head] = np.log(mass / mass.sum()).astype(np.float32)
    return priors


def make_loss(
    head_weights: Mapping[str, float],
    priors: Targets,
    prior_strengths: Mapping[str, float],
) -> LossFunction:
    """Builds the loss over all heads.

    With a prior strength above 0, that share of the log prior is added to the logits while
    training, so that the network itself need not learn to prefer the frequent classes (logit
    adjustment, Menon et al., 2021; "balanced softmax", Ren et al., 2020, is strength 1).

    Args:
        head_weights: head to the weight of its loss.
        priors: of :func:`log_priors`.
        prior_strengths: head to strength, 0 (plain likelihood) to 1.

    Returns:
        A function of logits and targets (head to tensor (n, classes)) to a scalar tensor. Rows
        whose target is all zero take no part in that head's loss. Where each device sees a share
        of the batch only, its keyword ``whole`` brings the sum of a share to that of the batch;
        the losses of the shares then add up to that of the batch.
    """
    offsets = {head: prior_strengths.get(head, 0.0) * priors[head] for head in head_weights}

    def loss(
        logits: Mapping[str, Any],
        targets: Mapping[str, Any],
        whole: Callable[[Any], Any] = lambda share: share,
    ) -> Any:
        from keras import ops

        total: Any = 0.0
        for head, weight in head_weights.items():
            offset = ops.convert_to_tensor(offsets[head])
            adjusted = ops.cast(logits[head], "float32") + offset
            entropy = -ops.sum(targets[head] * ops.log_softmax(adjusted, axis=-1))
            total = total + weight * entropy / ops.maximum(whole(ops.sum(targets[head])), 1.0)
        return total

    return loss
