"""The optimisers that a training can have."""

from __future__ import annotations

from typing import Any

from emogui.errors import TrainingError
from emogui.training.config import OPTIMIZERS, TrainingConfig


def make_optimizer(config: TrainingConfig, network: Any) -> Any:
    """The optimiser of a training, built for its network.

    Weight decay is decoupled from the gradient (Loshchilov and Hutter, 2019) and leaves out
    biases and scales; the global norm of the gradient is limited.

    Raises:
        TrainingError: there is no such optimiser, or it takes no weight decay.
    """
    import keras

    common: dict[str, Any] = {
        "learning_rate": config.rate,
        "weight_decay": config.weight_decay or None,
        "global_clipnorm": config.clip or None,
    }
    if config.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(momentum=0.9, nesterov=True, **common)
    elif config.optimizer == "sgd-plain":
        optimizer = keras.optimizers.SGD(**common)
    elif config.optimizer == "adam":
        if config.weight_decay:
            raise TrainingError(
                "The optimiser 'adam' takes no weight decay here.",
                "Take 'adamw', or weight decay 0.",
            )
        optimizer = keras.optimizers.Adam(**common)
    elif config.optimizer == "adamw":
        optimizer = keras.optimizers.AdamW(**common | {"weight_decay": config.weight_decay})
    else:
        raise TrainingError(
            f"There is no optimiser '{config.optimizer}'.", f"There are {', '.join(OPTIMIZERS)}."
        )
    if config.weight_decay:
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    optimizer.build(network.trainable_variables)
    return optimizer
