"""Which rows a training uses, what it is to say of them, and how well a network says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from emogui.errors import TrainingError
from emogui.labels import FERPLUS
from emogui.training.data import EmotionDataset, Split
from emogui.training.losses import log_priors

LARGE_CLASSES = tuple(i for i, name in enumerate(FERPLUS) if name not in ("contempt", "disgust"))
"""FER+ classes with enough rows in the test sets for their recall to mean something."""


def labelled_rows(
    dataset: EmotionDataset, heads: Mapping[str, Any]
) -> tuple[EmotionDataset, EmotionDataset]:
    """The Training and the PublicTest rows that have a label for some head.

    Raises:
        TrainingError: the data lack a split, or the labels of a head.
    """
    training = dataset.in_split(Split.TRAINING)
    for head in heads if len(training) else ():
        if not (training.has_ferplus if head == "ferplus" else training.has_fer2013):
            raise TrainingError(
                f"The data set '{dataset.name}' has no labels for the head '{head}'.",
                "Give --votes fer2013new.csv for FER+, or train the other head: --heads.",
            )
    labelled = np.zeros(len(dataset), bool)
    if "ferplus" in heads:
        labelled |= dataset.ferplus.sum(axis=1) > 0
    if "fer2013" in heads:
        labelled |= dataset.fer2013 >= 0
    parts = []
    for split in (Split.TRAINING, Split.PUBLIC):
        rows = labelled & (dataset.split == split)
        if not rows.any():
            raise TrainingError(
                f"The data set '{dataset.name}' has no labelled rows in the {split.name} split.",
                "Training needs Training rows to learn from and PublicTest rows to select by.",
            )
        parts.append(dataset.subset(rows))
    return parts[0], parts[1]


def training_targets(
    rows: EmotionDataset, smoothing: float, heads: Mapping[str, Any]
) -> dict[str, npt.NDArray[np.float32]]:
    """What each head should say of each row: head to float32 (n, classes).

    A row without a label for a head is all zero there.
    """
    targets: dict[str, npt.NDArray[np.float32]] = {}
    if "ferplus" in heads:
        targets["ferplus"] = rows.ferplus.astype(np.float32)
    if "fer2013" in heads:
        n = len(heads["fer2013"])
        known = rows.fer2013 >= 0
        one_hot = np.zeros((len(rows), n), np.float32)
        one_hot[known] = smoothing / n
        one_hot[known, rows.fer2013[known]] += 1.0 - smoothing
        targets["fer2013"] = one_hot
    return targets


def prior_shifts(
    training: EmotionDataset,
    smoothing: float,
    heads: Mapping[str, Any],
    returned: Mapping[str, float],
) -> dict[str, npt.NDArray[np.float32]]:
    """What gives a share of the log prior back to the biases.

    Args:
        training: the Training rows, whose frequencies are the prior.
        smoothing: see :func:`training_targets`.
        heads: the heads that were trained.
        returned: head to the share.

    Returns:
        Head to float32 (classes), to be added to that head's biases.
    """
    priors = log_priors(training_targets(training, smoothing, heads))
    return {h: share * priors[h] for h, share in returned.items() if share and h in heads}


def selection_figures(
    logits: Mapping[str, npt.NDArray[np.float32]], public: EmotionDataset
) -> dict[str, float]:
    """The PublicTest figures by which the weights of a training are selected.

    Args:
        logits: head to float32 (n, classes), one pass over the rows of ``public``.
        public: the PublicTest rows.

    Returns:
        Accuracy and balanced accuracy (six large classes) on the FER+ majority, accuracy on the
        FER-2013 labels, as far as there are heads for them, and ``score``, their mean; then for
        each head ``..._nll``, the mean negative log-likelihood of the true class.
    """
    figures: dict[str, float] = {}
    losses: dict[str, float] = {}
    for head, (said, truth) in _labelled(logits, public).items():
        right = said.argmax(axis=1) == truth
        figures[f"{head}_accuracy"] = float(right.mean())
        if head == "ferplus":
            recalls = [float(right[truth == c].mean()) for c in LARGE_CLASSES if (truth == c).any()]
            figures["ferplus_balanced_six"] = float(np.mean(recalls))
        losses[f"{head}_nll"] = _nll(said, truth)
    return figures | {"score": float(np.mean(list(figures.values())))} | losses


def sample_figures(
    logits: Mapping[str, npt.NDArray[np.float32]], sample: EmotionDataset
) -> dict[str, float]:
    """Accuracy of each head on some Training rows: ``train_HEAD_accuracy``.

    Its distance from the accuracy on PublicTest tells how much was learned by heart.
    """
    return {
        f"train_{head}_accuracy": float((said.argmax(axis=1) == truth).mean())
        for head, (said, truth) in _labelled(logits, sample).items()
        if len(truth)
    }


def _labelled(
    logits: Mapping[str, npt.NDArray[np.float32]], rows: EmotionDataset
) -> dict[str, tuple[npt.NDArray[np.float32], npt.NDArray[Any]]]:
    """Head to the logits and true classes of the rows that have one."""
    truths = {"ferplus": rows.majority_label, "fer2013": rows.fer2013}
    return {
        head: (said[truths[head] >= 0], truths[head][truths[head] >= 0])
        for head, said in logits.items()
    }


def _nll(logits: npt.NDArray[np.float32], truth: npt.NDArray[Any]) -> float:
    wide = logits.astype(np.float64)
    top = wide.max(axis=1)
    total = top + np.log(np.exp(wide - top[:, None]).sum(axis=1))
    return float((total - wide[np.arange(len(truth)), truth]).mean())
