"""Makes a network's folder: the ``.keras`` file, the fast form and ``model.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from emogui.backend.crop import CropRule
from emogui.backend.model_info import FORMAT, sha256_of
from emogui.errors import TrainingError
from emogui.labels import HEADS
from emogui.training.card import save_card
from emogui.training.fast_form import export_fast, maps_entry
from emogui.training.keras_file import save_float16
from emogui.training.network import NetworkConfig, build_network

CALIBRATION_FACES = 300
"""Training faces that int8 quantisation sets its ranges by."""


def export(
    output: Path,
    arrays: Sequence[npt.NDArray[np.float32]],
    config: NetworkConfig,
    calibration: npt.NDArray[np.uint8],
    crop: CropRule,
    description: Mapping[str, Any],
    heads: Mapping[str, Sequence[str]] = HEADS,
    bias_shifts: Mapping[str, npt.NDArray[np.float32]] | None = None,
) -> Path:
    """Writes the folder of a network.

    Args:
        output: the folder; its name is the network's name.
        arrays: weights in ``get_weights()`` order.
        config: how the network is built; its size is the size of the exported input.
        calibration: uint8 (n, size, size, 1), prepared training faces.
        crop: framing relative to the default detector's box.
        description: further entries of ``model.json`` (title, training, metrics).
        heads: the heads to export, each with its labels.
        bias_shifts: head to float32 (classes), added to that head's biases.

    Returns:
        Path of the ``model.json``.

    Raises:
        TrainingError: NNCF is missing, or Keras does not run on TensorFlow.
    """
    import keras

    if keras.backend.backend() != "tensorflow":
        raise TrainingError(
            f"Export needs Keras on TensorFlow; it runs on '{keras.backend.backend()}'.",
            "Set KERAS_BACKEND=tensorflow.",
        )
    output.mkdir(parents=True, exist_ok=True)
    network = build_network(config)
    network.set_weights(list(arrays))
    if set(heads) != set(HEADS):  # every training has both; one that learned nothing stays behind
        network = keras.Model(network.input, {head: network.output[head] for head in heads})
    for head, shift in (bias_shifts or {}).items():
        bias = network.get_layer(head).bias
        bias.assign(bias + shift)
    keras_path = output / f"{output.name}.keras"
    save_float16(network, keras_path)
    # The fast form is made from what was stored, so that both are the same network.
    stored = keras.saving.load_model(keras_path, compile=False)
    fast_path = export_fast(stored, list(heads), calibration, output / f"{output.name}.xml")
    card: dict[str, Any] = {
        "format": FORMAT,
        "name": output.name,
        **{k: v for k, v in description.items() if k in ("title", "description")},
        "input": input_entry(int(config.size or 96), f"{config.normalisation}, inside the network"),
        "crop": {"scale": crop.scale, "shift_x": crop.shift_x, "shift_y": crop.shift_y},
        "heads": {
            head: {"labels": list(labels), "temperature": 1.0, "uncertain_below": 0.5}
            for head, labels in heads.items()
        },
        "maps": maps_entry(stored, list(heads)),
        "files": files_entry(keras_path, fast_path),
        **{k: v for k, v in description.items() if k not in ("title", "description")},
    }
    return save_card(output, card)


def input_entry(size: int, normalisation: str) -> dict[str, Any]:
    """The input of a network as ``model.json`` describes it; its side is in pixels."""
    return {
        "size": size,
        "channels": 1,
        "colour": "grey (luma, ITU-R BT.601)",
        "dtype": "uint8",
        "range": [0, 255],
        "layout": "NHWC",
        "normalisation": normalisation,
    }


def files_entry(keras_path: Path, fast_path: Path) -> dict[str, dict[str, Any]]:
    """The files of a network as ``model.json`` names them, by their role."""
    paths = {"keras": keras_path, "fast": fast_path, "fast_weights": fast_path.with_suffix(".bin")}
    return {
        role: {"file": p.name, "sha256": sha256_of(p), "bytes": p.stat().st_size}
        for role, p in paths.items()
    }
