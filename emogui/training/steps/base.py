"""What every stepper is given and offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from emogui.training.augment import Draws
from emogui.training.devices import ONE, Devices
from emogui.training.losses import LossFunction


@dataclass(frozen=True)
class StepperParts:
    """The parts of a training.

    Attributes:
        network: the network that learns, of open input size.
        average: a network of the same form that holds the moving average of its weights.
        optimizer: a built Keras optimizer.
        loss: of :func:`emogui.training.losses.make_loss`.
        images: uint8 (n, side, side), every training picture, prepared.
        targets: head to float32 (n, classes).
        precision: see :func:`emogui.training.backend.use_backend`.
        devices: what it runs on; network, average and optimizer were built in their scope.
    """

    network: Any
    average: Any
    optimizer: Any
    loss: LossFunction
    images: npt.NDArray[np.uint8]
    targets: Mapping[str, npt.NDArray[np.float32]]
    precision: str = "auto"
    devices: Devices = ONE


class Stepper(Protocol):
    """Runs training steps; between steps the weights may live on the device only."""

    def step(
        self, rows: npt.NDArray[np.int32], draws: Draws, size: int, rate: float, decay: float
    ) -> Any:
        """One step on the rows given, augmented to ``size`` pixels; returns the loss, unread.

        Without draws the pictures go in as they were prepared. ``rate`` is the learning rate,
        ``decay`` that of the moving average of the weights.
        """

    def predict(self, images: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        """Logits of the averaged network for prepared pictures uint8 (n, size, size, 1)."""

    def sync(self) -> None:
        """Writes what lives on the device back into network, average and optimizer."""


def as_input(x: Any) -> Any:
    """Brings (n, size, size, 1) into the layout the network was built with."""
    import keras

    if keras.config.image_data_format() == "channels_first":
        return keras.ops.transpose(x, (0, 3, 1, 2))
    return x
