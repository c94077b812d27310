"""Which devices a training runs on, and Keras' own distribution over several of them.

Each device holds the network and the whole set, and takes an even share of every batch: data
parallelism, ``keras.distribution.DataParallel`` on JAX and ``tf.distribute.MirroredStrategy`` on
TensorFlow. What is learned is what one device would learn, but for the order of sums.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from emogui.errors import TrainingError


@dataclass(frozen=True)
class Devices:
    """The devices of a training.

    Attributes:
        names: of the devices, as the backend calls them.
        distribution: Keras' or TensorFlow's distribution over them; None for one device, which
            needs none.
    """

    names: tuple[str, ...]
    distribution: Any = None

    @property
    def count(self) -> int:
        """Number of devices."""
        return len(self.names)

    def scope(self) -> contextlib.AbstractContextManager[Any]:
        """Within it network and optimiser are built, so that each device gets its copy."""
        if self.distribution is None:
            return contextlib.nullcontext()
        scope: contextlib.AbstractContextManager[Any] = self.distribution.scope()
        return scope

    def padded(self, n: int) -> int:
        """The least number of pictures, ``n`` or more, that divides evenly among the devices."""
        return -(-n // self.count) * self.count


ONE = Devices(("default",))
"""The device that the backend takes by itself."""


def find_devices(asked: int | None, batch: int) -> tuple[str, ...]:
    """Names of the devices to train on, for the backend that Keras runs on.

    Each takes as many pictures as the others, and of a pair that mixup mixes both: ``batch`` is
    a multiple of twice the number of devices, where there are several.

    Args:
        asked: how many; None takes as many accelerators as share the batch evenly, or the
            processor where there is none.
        batch: pictures a step.

    Raises:
        TrainingError: there are not so many, the backend takes one only, or the batch cannot be
            shared evenly.
    """
    import keras

    backend = keras.backend.backend()
    if asked is not None and asked > 1 and backend == "torch":
        raise TrainingError(
            f"On PyTorch a training runs on one device; got --devices {asked}.",
            "Several take --backend jax or --backend tensorflow.",
        )
    names, accelerators = (ONE.names, False) if backend == "torch" else _listed(backend)
    if asked is None:
        most = len(names) if accelerators else 1
        return names[: max(n for n in range(1, most + 1) if _shares(batch, n))]
    if asked > len(names):
        kind = "" if accelerators else ", the processor, and no accelerator"
        raise TrainingError(
            f"--devices {asked} asks for more than there are: {backend} finds {len(names)}{kind}.",
            "Leave --devices out to train on all accelerators that there are.",
        )
    if not _shares(batch, asked):
        raise TrainingError(
            f"A batch of {batch} pictures cannot be shared by {asked} devices: "
            f"it must be a multiple of {2 * asked}.",
            f"Give --batch {max(1, batch // (2 * asked)) * 2 * asked}, or fewer --devices.",
        )
    return names[:asked]


def choose_devices(asked: int | None, batch: int) -> Devices:
    """The devices of a training, and the distribution over them; see :func:`find_devices`."""
    names = find_devices(asked, batch)
    return Devices(names, _distribution(names) if len(names) > 1 else None)


def share_of(batch: int, device: int, devices: int) -> npt.NDArray[np.int64]:
    """Places in a batch that one of several devices takes.

    They are as many from the front as from the back, so that turned round the share lines up
    with the batch turned round: mixup mixes a picture with the same one as on one device.

    Args:
        batch: pictures in the batch, a multiple of twice ``devices``.
        device: number of the device, from 0.
        devices: how many there are.
    """
    half = batch // (2 * devices)
    front = np.arange(device * half, (device + 1) * half)
    return np.concatenate([front, (batch - 1 - front)[::-1]])


def _shares(batch: int, devices: int) -> bool:
    return devices == 1 or batch % (2 * devices) == 0


def _listed(backend: str) -> tuple[tuple[str, ...], bool]:
    """Names of the devices of the best kind, and whether they are accelerators."""
    if backend == "jax":
        import keras

        names = tuple(keras.distribution.list_devices())
        return names, not names[0].startswith("cpu")
    import tensorflow as tf

    found = tf.config.list_logical_devices("GPU")
    names = tuple(d.name for d in found or tf.config.list_logical_devices("CPU"))
    return names, bool(found)


def _distribution(names: Sequence[str]) -> Any:
    import keras

    if keras.backend.backend() == "jax":
        return keras.distribution.DataParallel(devices=list(names), auto_shard_dataset=False)
    import tensorflow as tf

    return tf.distribute.MirroredStrategy(list(names))
