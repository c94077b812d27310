"""The training step on TensorFlow over several devices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from emogui.training.augment import Draws, augment, mix_targets, noise_bank
from emogui.training.devices import share_of
from emogui.training.steps.base import StepperParts, as_input


class MirroredStepper:
    """One ``tf.function`` a picture size, run by each device on its share of the batch.

    The sums over the batch are sums over the devices: the mass of the targets that the loss is
    divided by, the gradient, and the statistics of batch normalisation. Dropout alone differs
    from one device, whose random numbers fall on other pictures.
    """

    def __init__(self, parts: StepperParts) -> None:
        self._parts = parts
        self._strategy = parts.devices.distribution
        synchronise_batch_normalisation(parts.network)
        if parts.optimizer.global_clipnorm:
            # Each device hands in an even part of the gradient, and the parts are added up after
            # they were clipped: parts within the same part of the limit add up to the same.
            parts.optimizer.global_clipnorm /= parts.devices.count
        self._images = self._on_each(lambda _: parts.images)
        self._targets = {
            head: self._on_each(lambda _, t=t: t)  # type: ignore[misc]
            for head, t in parts.targets.items()
        }
        self._noise: dict[int, Any] = {}
        self._step = tf.function(self._raw_step)
        self._predict = tf.function(self._raw_predict, reduce_retracing=True)

    def _on_each(self, value_of: Callable[[int], npt.NDArray[Any]]) -> Any:
        """A value for each device, which lies there; ``value_of`` takes the device's number."""

        def place(context: Any) -> Any:
            number = context.replica_id_in_sync_group
            with tf.device(self._parts.devices.names[number]):
                return tf.constant(value_of(number))

        return self._strategy.experimental_distribute_values_from_function(place)

    def _in_shares(self, array: npt.NDArray[Any]) -> Any:
        devices = self._parts.devices.count
        return self._on_each(lambda number: array[share_of(len(array), number, devices)])

    def _raw_step(self, *args: Any) -> Any:
        losses = self._strategy.run(self._share_of_step, args)
        return self._strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)

    def _share_of_step(
        self, images: Any, targets: Any, rows: Any, draws: Any, noise: Any, decay: Any
    ) -> Any:
        """What one device does; returns its share of the loss."""
        parts, network = self._parts, self._parts.network
        context = tf.distribute.get_replica_context()

        def whole(share: Any) -> Any:
            return context.all_reduce(tf.distribute.ReduceOp.SUM, share)

        x = as_input(augment(tf.gather(images, rows), draws, noise))
        wanted = {h: mix_targets(tf.gather(t, rows), draws.get("mix")) for h, t in targets.items()}
        variables = network.trainable_variables
        with tf.GradientTape() as tape:
            loss = parts.loss(network(x, training=True), wanted, whole=whole)
        gradients = tape.gradient(loss, [v.value for v in variables])
        if parts.optimizer.global_clipnorm:
            # Its norm is that of the whole gradient, which no device can tell from its own.
            learned = [i for i, g in enumerate(gradients) if g is not None]
            for i, total in zip(learned, whole([gradients[i] for i in learned]), strict=True):
                gradients[i] = total / parts.devices.count
        parts.optimizer.apply(gradients, variables)  # which adds up what the devices hand in
        for mean, weight in zip(parts.average.weights, network.weights, strict=True):
            mean.assign(mean + (1.0 - decay) * (weight - mean))
        return loss

    def _raw_predict(self, x: Any) -> Any:
        logits = self._strategy.run(lambda share: self._parts.average(share, training=False), (x,))
        return {h: self._strategy.gather(value, axis=0) for h, value in logits.items()}

    def step(
        self, rows: npt.NDArray[np.int32], draws: Draws, size: int, rate: float, decay: float
    ) -> Any:
        if size not in self._noise:
            bank = noise_bank(size)
            self._noise[size] = self._on_each(lambda _: bank)
        self._parts.optimizer.learning_rate.assign(rate)
        return self._step(
            self._images,
            self._targets,
            self._in_shares(rows),
            {name: self._in_shares(value) for name, value in draws.items()},
            self._noise[size],
            tf.constant(decay, tf.float32),
        )

    def predict(self, images: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        n, devices = len(images), self._parts.devices
        x = np.zeros((devices.padded(n), *images.shape[1:]), np.float32)
        x[:n] = images
        each = len(x) // devices.count
        shares = self._on_each(lambda number: x[number * each : (number + 1) * each])
        return {head: np.asarray(value)[:n] for head, value in self._predict(shares).items()}

    def sync(self) -> None:
        """Nothing to do: the variables are up to date."""


def synchronise_batch_normalisation(network: Any) -> None:
    """Lets every batch normalisation of a network take its statistics over all devices.

    The layers stay what they are, with the same weights.
    """
    for layer in network._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.synchronized = True
