"""Makes the fast form of a finished network again, from its ``.keras`` file."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from emogui.backend.model_info import FORMAT
from emogui.backend.store import load_model_info
from emogui.errors import ModelError, TrainingError
from emogui.labels import HEADS
from emogui.training.card import save_card
from emogui.training.data import EmotionDataset
from emogui.training.export import files_entry, input_entry
from emogui.training.fast_form import export_fast, maps_entry
from emogui.training.finish import calibration_faces, default_crop, training_rows, versions
from emogui.training.keras_file import save_float16


def reexport(source: Path, dataset: EmotionDataset, output: Path, title: str = "") -> Path:
    """Exports a network that was exported before, or a ``.keras`` file.

    Args:
        source: a network's folder, or a ``.keras`` file. Of a folder everything that its
            ``model.json`` says is kept: labels, temperatures, thresholds, how it was trained and
            what it reached; the ``.keras`` file stays the same to the byte.
        dataset: faces for the integer ranges come from its Training rows.
        output: folder to make; it may be the source.
        title: name for people; ``""`` keeps the one that is there.

    Returns:
        Path of the ``model.json``.

    Raises:
        ModelError: the folder is no network, or has no intact ``.keras`` file.
        TrainingError: the file is not a network with heads of emogui, or NNCF is missing.
    """
    if source.is_dir():
        info = load_model_info(source.resolve())
        path, card = info.intact("keras"), dict(info.card)
        heads = list(info.heads)
        network = _load(path)
        if network.input_shape[1] != info.input_size or set(network.output) != set(heads):
            raise ModelError(
                f"The network '{info.name}' does not fit its model.json.",
                "Put back the folder as it was exported.",
            )
    else:
        path = source
        network = _load(path)
        card = _card_of(network, path)
        heads = list(card["heads"])
    size = int(network.input_shape[1])
    faces = calibration_faces(training_rows(dataset), size)
    output.mkdir(parents=True, exist_ok=True)
    keras_path = output / f"{output.name}.keras"
    # Into the folder in the end, so that a kill leaves what was there.
    with tempfile.TemporaryDirectory(dir=output, prefix=".export-") as part:
        fast = export_fast(network, heads, faces, Path(part) / f"{output.name}.xml")
        if not source.is_dir():
            save_float16(network, Path(part) / keras_path.name)
        elif path.resolve() != keras_path.resolve():
            shutil.copyfile(path, Path(part) / keras_path.name)
        for file in sorted(Path(part).iterdir()):
            file.replace(output / file.name)
    card |= {
        "name": output.name,
        "title": title or card.get("title") or output.name,
        "maps": maps_entry(network, heads),
        "files": files_entry(keras_path, output / fast.name),
        "exported": {"versions": versions(), "ranges": dataset.name},
    }
    return save_card(output, card)


def _load(path: Path) -> Any:
    import keras

    try:
        network = keras.saving.load_model(path, compile=False)
    except (ValueError, OSError, TypeError) as error:
        raise TrainingError(
            f"'{path}' is no network that Keras can load: {error}",
            "Give a network's folder, or the .keras file of one.",
        ) from error
    if isinstance(network.output, dict) and len(network.input_shape) == 4:
        return network
    raise TrainingError(
        f"'{path}' does not give a dict of logits, head by head, for a face.",
        "Give a network that 'emogui train' made.",
    )


def _card_of(network: Any, path: Path) -> dict[str, Any]:
    """What ``model.json`` says of a lone ``.keras`` file, of whose training nothing is known."""
    heads = {head: tensor.shape[-1] for head, tensor in network.output.items()}
    wrong = [head for head, count in heads.items() if count != len(HEADS.get(head, ()))]
    if wrong or not heads:
        known = ", ".join(f"{head} ({len(labels)} labels)" for head, labels in HEADS.items())
        raise TrainingError(
            f"'{path}' has the outputs {json.dumps(heads)}; expected {known}, or one of them.",
            "Give the folder of the network, whose model.json names its labels.",
        )
    crop = default_crop()
    return {
        "format": FORMAT,
        "input": input_entry(int(network.input_shape[1]), "inside the network"),
        "crop": {"scale": crop.scale, "shift_x": crop.shift_x, "shift_y": crop.shift_y},
        "heads": {
            head: {"labels": list(HEADS[head]), "temperature": 1.0, "uncertain_below": 0.5}
            for head in HEADS
            if head in heads
        },
        "metrics": [],
    }
