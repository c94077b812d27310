"""The training step on TensorFlow."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from emogui.training.augment import Draws, augment, mix_targets, noise_bank
from emogui.training.steps.base import StepperParts, as_input


class TensorFlowStepper:
    """One ``tf.function`` a picture size; the weights stay in Keras' own variables."""

    def __init__(self, parts: StepperParts) -> None:
        self._parts = parts
        self._images = tf.constant(parts.images)
        self._targets = {head: tf.constant(t) for head, t in parts.targets.items()}
        self._noise: dict[int, Any] = {}
        self._step = tf.function(self._raw_step)
        self._predict = tf.function(
            lambda x: parts.average(x, training=False), reduce_retracing=True
        )

    def _raw_step(self, rows: Any, draws: dict[str, Any], noise: Any, decay: Any) -> Any:
        parts = self._parts
        images = tf.gather(self._images, rows)
        x = as_input(augment(images, draws, noise))
        targets = {
            h: mix_targets(tf.gather(t, rows), draws.get("mix")) for h, t in self._targets.items()
        }
        variables = parts.network.trainable_variables
        with tf.GradientTape() as tape:
            loss = parts.loss(parts.network(x, training=True), targets)
        gradients = tape.gradient(loss, [v.value for v in variables])
        parts.optimizer.apply(gradients, variables)
        for mean, weight in zip(parts.average.weights, parts.network.weights, strict=True):
            mean.assign(mean + (1.0 - decay) * (weight - mean))
        return loss

    def step(
        self, rows: npt.NDArray[np.int32], draws: Draws, size: int, rate: float, decay: float
    ) -> Any:
        if size not in self._noise:
            self._noise[size] = tf.constant(noise_bank(size))
        self._parts.optimizer.learning_rate.assign(rate)
        tensors = {name: tf.constant(value) for name, value in draws.items()}
        kept = tf.constant(decay, tf.float32)
        return self._step(tf.constant(rows), tensors, self._noise[size], kept)

    def predict(self, images: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        x = as_input(tf.constant(images.astype(np.float32)))
        return {head: np.asarray(logits) for head, logits in self._predict(x).items()}

    def sync(self) -> None:
        """Nothing to do: the variables are up to date."""
