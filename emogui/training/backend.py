"""Chooses the backend that Keras trains on, before Keras is imported."""

from __future__ import annotations

import importlib.util
import os
import sys

from emogui.errors import TrainingError

BACKENDS = ("tensorflow", "jax", "torch")


def use_backend(name: str | None = None, precision: str = "auto") -> str:
    """Sets Keras up for training.

    Args:
        name: one of BACKENDS; None takes ``KERAS_BACKEND`` where it is set and TensorFlow
            otherwise.
        precision: ``"float32"``; ``"bfloat16"`` computes in it and keeps the weights in float32,
            as accelerators like it; ``"auto"`` is float32, but for PyTorch, which takes bfloat16
            wherever the device is quicker in it.

    Returns:
        The backend's name.

    Raises:
        TrainingError: it is not installed, or Keras already runs on another one.
    """
    chosen = name or os.environ.get("KERAS_BACKEND") or "tensorflow"
    if chosen not in BACKENDS:
        raise TrainingError(
            f"Keras cannot train on '{chosen}'.", f"Choose one of {', '.join(BACKENDS)}."
        )
    if importlib.util.find_spec(chosen) is None:
        raise TrainingError(
            f"The backend '{chosen}' is not installed.",
            f"Install it (python -m pip install {chosen}) or choose another with --backend.",
        )
    os.environ["KERAS_BACKEND"] = chosen
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    imported = "keras" in sys.modules
    import keras

    if imported and keras.backend.backend() != chosen:
        raise TrainingError(
            f"Keras already runs on '{keras.backend.backend()}' and cannot change to '{chosen}'.",
            "Start a new Python for it.",
        )
    keras.config.set_dtype_policy("mixed_bfloat16" if precision == "bfloat16" else "float32")
    # PyTorch's convolutions take channels first; the weights are the same either way.
    keras.config.set_image_data_format("channels_first" if chosen == "torch" else "channels_last")
    return chosen
