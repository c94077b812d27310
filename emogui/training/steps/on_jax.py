"""The training step on JAX."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
import numpy.typing as npt

from emogui.training.augment import Draws, augment, mix_targets, noise_bank
from emogui.training.steps.base import StepperParts, as_input


class JaxStepper:
    """One jitted function; the state travels through it and comes back on :meth:`sync`.

    On several devices it is still one function of the whole batch: the rows and draws lie on them
    in shares, everything else on each, and JAX makes the sums over the batch (the loss's, batch
    normalisation's) sums over the devices.
    """

    def __init__(self, parts: StepperParts) -> None:
        self._parts = parts
        self._images = self._on_each(parts.images)
        self._targets = {head: self._on_each(t) for head, t in parts.targets.items()}
        self._noise: dict[int, Any] = {}
        network, optimizer = parts.network, parts.optimizer
        self._state = (
            [self._on_each(v.value) for v in network.trainable_variables],
            [self._on_each(v.value) for v in network.non_trainable_variables],
            [self._on_each(v.value) for v in optimizer.variables],
            [self._on_each(v.value) for v in parts.average.weights],
        )
        rate = optimizer._learning_rate  # the variable itself; the property hides it
        self._rate_at = next(i for i, v in enumerate(optimizer.variables) if v is rate)
        # Where each of the network's weights lies in the two lists that JAX works with.
        where = {id(v): (0, i) for i, v in enumerate(network.trainable_variables)}
        where |= {id(v): (1, i) for i, v in enumerate(network.non_trainable_variables)}
        self._weights_at = [where[id(v)] for v in network.weights]
        everywhere = self._layout()
        self._step = jax.jit(self._raw_step, out_shardings=everywhere)
        self._predict = jax.jit(self._raw_predict, out_shardings=everywhere)

    def _layout(self, *first_axis: str) -> Any:
        """Where an array lies: all of it on each device, or its first axis shared out.

        None on one device, which JAX chooses then.
        """
        distribution = self._parts.devices.distribution
        if distribution is None:
            return None
        mesh = distribution.device_mesh.backend_mesh
        return jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec(*first_axis))

    def _on_each(self, array: Any) -> Any:
        layout = self._layout()
        return jnp.asarray(array) if layout is None else jax.device_put(array, layout)

    def _in_shares(self, array: Any) -> Any:
        if self._parts.devices.count == 1:
            return array
        batch_axis = self._parts.devices.distribution.batch_dim_name
        return keras.distribution.distribute_tensor(array, self._layout(batch_axis))

    def _raw_step(
        self,
        state: Any,
        images: Any,
        targets: Any,
        rows: Any,
        draws: Any,
        noise: Any,
        rate: Any,
        decay: Any,
    ) -> tuple[Any, Any]:
        parts = self._parts
        trainable, fixed, moments, average = state
        x = self._in_shares(as_input(augment(jnp.take(images, rows, axis=0), draws, noise)))
        wanted = {
            h: mix_targets(jnp.take(t, rows, axis=0), draws.get("mix")) for h, t in targets.items()
        }

        def loss_of(weights: Any) -> tuple[Any, Any]:
            logits, after = parts.network.stateless_call(weights, fixed, x, training=True)
            return parts.loss(logits, wanted), after

        (loss, fixed), gradients = jax.value_and_grad(loss_of, has_aux=True)(trainable)
        moments = [rate if i == self._rate_at else m for i, m in enumerate(moments)]
        trainable, moments = parts.optimizer.stateless_apply(moments, gradients, trainable)
        lists = (trainable, fixed)
        average = [
            mean + (1.0 - decay) * (lists[which][i] - mean)
            for mean, (which, i) in zip(average, self._weights_at, strict=True)
        ]
        return loss, (trainable, fixed, moments, average)

    def _raw_predict(self, average: Any, x: Any) -> Any:
        network = self._parts.average
        of = {id(v): value for v, value in zip(network.weights, average, strict=True)}
        trainable = [of[id(v)] for v in network.trainable_variables]
        fixed = [of.get(id(v), v.value) for v in network.non_trainable_variables]
        logits, _ = network.stateless_call(trainable, fixed, x, training=False)
        return logits

    def step(
        self, rows: npt.NDArray[np.int32], draws: Draws, size: int, rate: float, decay: float
    ) -> Any:
        if size not in self._noise:
            self._noise[size] = self._on_each(noise_bank(size))
        loss, self._state = self._step(
            self._state, self._images, self._targets, self._in_shares(rows),
            {name: self._in_shares(value) for name, value in draws.items()},
            self._noise[size], np.float32(rate), np.float32(decay),
        )  # fmt: skip
        return loss

    def predict(self, images: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        n = len(images)
        x = np.zeros((self._parts.devices.padded(n), *images.shape[1:]), np.float32)
        x[:n] = images
        logits = self._predict(self._state[3], self._in_shares(as_input(jnp.asarray(x))))
        return {head: np.asarray(value)[:n] for head, value in logits.items()}

    def sync(self) -> None:
        parts = self._parts
        owners = (
            parts.network.trainable_variables,
            parts.network.non_trainable_variables,
            parts.optimizer.variables,
            parts.average.weights,
        )
        for variables, values in zip(owners, self._state, strict=True):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
