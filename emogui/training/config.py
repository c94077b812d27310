"""What decides how a training goes, and how it is written down and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from emogui.errors import TrainingError
from emogui.training.augment import NONE, Augmentation
from emogui.training.network import NetworkConfig
from emogui.training.schedule import Stages

OPTIMIZERS = ("sgd", "sgd-plain", "adam", "adamw")
"""SGD with Nesterov momentum 0.9, SGD without momentum, Adam, Adam with decoupled weight decay."""


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides how a training goes.

    Attributes:
        start: of :func:`emogui.training.network.load_start`.
        epochs, minutes: what bounds the training; one of them is given. The last epoch may be a
            part of one (``epochs=5.2``).
        start_epoch: number of the first epoch, to go on from weights alone.
        seed: of order, augmentation, dropout and random weights.
        batch: pictures a step.
        stages: picture sizes over the training.
        optimizer: one of :data:`OPTIMIZERS`.
        schedule: of the learning rate, one of :data:`emogui.training.schedule.SCHEDULES`.
        rate: learning rate, at its peak.
        weight_decay: decoupled, on kernels only; 0 for none.
        clip: largest norm of the gradient; 0 for no limit.
        decay: of the moving average, a step, after the first ones (see
            :func:`emogui.training.schedule.average_decay`); 0 keeps the weights themselves.
        head_weights: head to the weight of its loss; a head left out is not trained.
        prior_strengths: see :func:`emogui.training.losses.make_loss`.
        smoothing: label smoothing of the FER-2013 labels.
        precision: see :func:`emogui.training.backend.use_backend`.
        network: the network's own choices.
        augmentation: ranges of the random changes.
    """

    start: str = "none"
    epochs: float | None = None
    minutes: float | None = None
    start_epoch: int = 0
    seed: int = 0
    batch: int = 64
    stages: Stages = ((64, 0.4), (96, 1.0))
    optimizer: str = "sgd"
    schedule: str = "cosine"
    rate: float = 0.05
    weight_decay: float = 5e-3
    clip: float = 5.0
    decay: float = 0.999
    head_weights: Mapping[str, float] = field(
        default_factory=lambda: {"ferplus": 1.0, "fer2013": 0.5}
    )
    prior_strengths: Mapping[str, float] = field(default_factory=lambda: {"ferplus": 0.5})
    smoothing: float = 0.05
    precision: str = "auto"
    network: NetworkConfig = field(default_factory=NetworkConfig)
    augmentation: Augmentation = field(default_factory=Augmentation)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> TrainingConfig:
        """Reads what :meth:`as_dict` made, by this or an earlier version.

        Entries that are no part of the configuration (``rows``, ``data``) are passed over.

        Raises:
            TrainingError: it is no configuration, or one of a later version.
        """
        try:
            filled = complete(plain)
            known = {f.name: filled[f.name] for f in fields(cls)}
            known["stages"] = tuple((int(size), float(end)) for size, end in known["stages"])
            known["network"] = NetworkConfig(**known["network"])
            known["augmentation"] = Augmentation(**known["augmentation"])
            return cls(**known)
        except (TypeError, ValueError, KeyError) as error:
            raise TrainingError(
                f"This is no configuration of a training that this emogui knows: {error}.",
                "Use the emogui that made the record, or a newer one.",
            ) from error


def complete(plain: Mapping[str, Any]) -> dict[str, Any]:
    """A written configuration with what its version did not have yet filled in.

    A random change that the version did not have was not made, whatever the ranges are today.
    Everything else was as it is by default.
    """
    default = TrainingConfig().as_dict()
    filled = default | dict(plain)
    filled["network"] = default["network"] | dict(filled["network"])
    filled["augmentation"] = asdict(NONE) | dict(filled["augmentation"])
    return filled
