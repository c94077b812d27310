"""The training step on PyTorch.

Keras' own graph spends more time in batch normalisation, written out as single operations, and
in changing layouts than in its convolutions. With PyTorch's fused batch normalisation, channels
first and bfloat16 autocast a step on a processor takes less than half the time.
"""

from __future__ import annotations

import contextlib
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from emogui.training.augment import Draws, augment, mix_targets, noise_bank
from emogui.training.steps.base import StepperParts, as_input


class TorchStepper:
    """Eager steps; the weights stay in Keras' own variables."""

    def __init__(self, parts: StepperParts) -> None:
        self._parts = parts
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._images = torch.as_tensor(parts.images, device=self._device)
        self._targets = {
            head: torch.as_tensor(t, device=self._device) for head, t in parts.targets.items()
        }
        self._noise: dict[int, torch.Tensor] = {}
        fuse_batch_normalisation(parts.network)
        fuse_batch_normalisation(parts.average)
        self._autocast = parts.precision == "bfloat16" or (
            parts.precision == "auto" and _has_fast_bfloat16(self._device)
        )

    def _precision(self) -> contextlib.AbstractContextManager[Any]:
        if self._autocast:
            half: contextlib.AbstractContextManager[Any] = torch.autocast(
                self._device.type, dtype=torch.bfloat16
            )
            return half
        return contextlib.nullcontext()

    def step(
        self, rows: npt.NDArray[np.int32], draws: Draws, size: int, rate: float, decay: float
    ) -> Any:
        parts = self._parts
        if size not in self._noise:
            self._noise[size] = torch.as_tensor(noise_bank(size), device=self._device)
        chosen = torch.as_tensor(rows, device=self._device).long()
        tensors = {k: torch.as_tensor(v, device=self._device) for k, v in draws.items()}
        with torch.no_grad():
            x = as_input(augment(self._images[chosen], tensors, self._noise[size]))
            x = x.contiguous(memory_format=torch.channels_last)
            targets = {
                h: mix_targets(t[chosen], tensors.get("mix")) for h, t in self._targets.items()
            }
        with self._precision():
            logits = parts.network(x, training=True)
        loss = parts.loss(logits, targets)
        variables = parts.network.trainable_variables
        parts.network.zero_grad()
        loss.backward()
        parts.optimizer.learning_rate = rate
        with torch.no_grad():
            parts.optimizer.apply([v.value.grad for v in variables], variables)
            torch._foreach_lerp_(
                [v.value for v in parts.average.weights],
                [v.value for v in parts.network.weights],
                1.0 - decay,
            )
        return loss.detach()

    def predict(self, images: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        with torch.no_grad(), self._precision():
            x = as_input(torch.as_tensor(images, device=self._device).float())
            x = x.contiguous(memory_format=torch.channels_last)
            logits = self._parts.average(x, training=False)
        return {head: value.float().cpu().numpy() for head, value in logits.items()}

    def sync(self) -> None:
        """Nothing to do: the variables are up to date."""


def _has_fast_bfloat16(device: torch.device) -> bool:
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def fuse_batch_normalisation(network: Any) -> None:
    """Lets every batch normalisation of a network run as one PyTorch operation.

    The layers stay what they are, with the same weights; only how they are computed changes.
    """
    for layer in network._flatten_layers():
        if type(layer) is keras.layers.BatchNormalization:
            layer.__class__ = _FusedBatchNormalization


class _FusedBatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]
    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        learning = bool(training) and self.trainable
        channel_axis = self.axis % inputs.ndim
        x = inputs if channel_axis == 1 else inputs.movedim(channel_axis, 1)
        y = functional.batch_norm(
            x,
            self.moving_mean.value,
            self.moving_variance.value,
            self.gamma.value,
            self.beta.value,
            training=learning,
            momentum=1.0 - self.momentum,
            eps=self.epsilon,
        )
        return y if channel_axis == 1 else y.movedim(1, channel_axis)
