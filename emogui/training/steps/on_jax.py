"""The training step on JAX."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from emogui.training.augment import Draws, augment, mix_targets, noise_bank
from emogui.training.steps.base import StepperParts, as_input


class JaxStepper:
    """One jitted function; the state travels through it and comes back on :meth:`sync`."""

    def __init__(self, parts: StepperParts) -> None:
        self._parts = parts
        self._images = jnp.asarray(parts.images)
        self._targets = {head: jnp.asarray(t) for head, t in parts.targets.items()}
        self._noise: dict[int, Any] = {}
        network, optimizer = parts.network, parts.optimizer
        self._state = (
            [v.value for v in network.trainable_variables],
            [v.value for v in network.non_trainable_variables],
            [v.value for v in optimizer.variables],
            [v.value for v in parts.average.weights],
        )
        rate = optimizer._learning_rate  # the variable itself; the property hides it
        self._rate_at = next(i for i, v in enumerate(optimizer.variables) if v is rate)
        # Where each of the network's weights lies in the two lists that JAX works with.
        where = {id(v): (0, i) for i, v in enumerate(network.trainable_variables)}
        where |= {id(v): (1, i) for i, v in enumerate(network.non_trainable_variables)}
        self._weights_at = [where[id(v)] for v in network.weights]
        self._step = jax.jit(self._raw_step)
        self._predict = jax.jit(self._raw_predict)

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
        x = as_input(augment(jnp.take(images, rows, axis=0), draws, noise))
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
            self._noise[size] = jnp.asarray(noise_bank(size))
        loss, self._state = self._step(
            self._state, self._images, self._targets, rows, draws, self._noise[size],
            jnp.float32(rate), jnp.float32(decay),
        )  # fmt: skip
        return loss

    def predict(self, images: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        logits = self._predict(self._state[3], as_input(jnp.asarray(images, jnp.float32)))
        return {head: np.asarray(value) for head, value in logits.items()}

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
