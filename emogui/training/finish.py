"""From the output of a training to a network's folder, and its figures in ``model.json``."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from emogui.backend.crop import CropRule, prepare
from emogui.backend.detectors import DETECTORS
from emogui.backend.store import load_model_info
from emogui.errors import TrainingError
from emogui.labels import HEADS
from emogui.training import checkpoint
from emogui.training.card import save_card
from emogui.training.data import EmotionDataset, Split
from emogui.training.export import CALIBRATION_FACES, export
from emogui.training.losses import log_priors
from emogui.training.network import NetworkConfig
from emogui.training.train import training_targets

RECORDED = (
    *("label_set", "split", "n", "accuracy", "balanced_accuracy", "macro_f1", "ece", "nll"),
    *("brier", "tta", "rows_sha256", "commit", "command"),
)
"""Figures of ``metrics.json`` that are kept in ``model.json``."""


def export_run(
    run: Path,
    dataset: EmotionDataset,
    output: Path,
    *,
    title: str,
    weights: str = "best",
    returned_priors: Mapping[str, float] | None = None,
) -> Path:
    """Exports a training.

    Args:
        run: output folder of a training.
        dataset: the set it was trained on; faces for the integer ranges come from it.
        output: folder to make.
        title: name for people.
        weights: ``"best"`` or ``"last"``.
        returned_priors: head to the share of the log prior added to its biases.

    Returns:
        Path of the ``model.json``.

    Raises:
        TrainingError: the folder holds no training, or not the weights asked for.
    """
    config_path = run / "config.json"
    try:
        config = json.loads(config_path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(
            f"'{run}' holds no training: {error}", "Give the --output folder of 'emogui train'."
        ) from error
    arrays, progress = _weights(run, weights)
    heads = {h: HEADS[h] for h in HEADS if config["head_weights"].get(h, 0) > 0}
    training = dataset.subset(dataset.split == Split.TRAINING)
    if not len(training):
        raise TrainingError(f"The data set '{dataset.name}' has no Training rows.")
    priors = log_priors(training_targets(training, config["smoothing"], heads))
    returned = {h: t for h, t in (returned_priors or {}).items() if t and h in heads}
    shifts = {head: share * priors[head] for head, share in returned.items()}
    network = NetworkConfig(**config["network"])
    chosen = np.random.default_rng(0).permutation(len(training))[:CALIBRATION_FACES]
    calibration = prepare([training.faces[int(i)] for i in chosen], int(network.size or 96))
    description = {
        "title": title,
        "description": "ResNet50 on a grey face, one head for the FER+ emotions, one for the "
        "FER-2013 labels",
        "training": {
            "data": dataset.name,
            "rows": len(training),
            "dropped": dict(dataset.dropped),
            "prior_returned": returned,
            "weights": weights,
            "progress": progress,
            # The name says it; the folder is a matter of the computer it was trained on.
            "config": config | {"start": Path(config["start"]).name},
            "versions": _versions(),
        },
        "metrics": [],
    }
    return export(output, arrays, network, calibration, _default_crop(), description, heads, shifts)


def record_metrics(model: Path, metrics: Mapping[str, Any]) -> None:
    """Keeps the figures of an evaluation in a network's ``model.json``.

    Figures of the same split, labels and runtime are replaced.

    Args:
        model: the network's folder.
        metrics: content of a ``metrics.json``.
    """
    info = load_model_info(model)
    card = dict(info.card)
    entry = {key: metrics[key] for key in RECORDED if key in metrics}
    entry["runtime"] = metrics.get("model", {}).get("runtime", "fast")
    entry["data"] = {"name": metrics.get("data", {}).get("name", "")}
    entry["recall"] = {
        label: {"n": figures["n"], "recall": figures["recall"]}
        for label, figures in metrics.get("per_class", {}).items()
    }
    same = ("split", "label_set", "runtime")
    kept = [
        old
        for old in card.get("metrics", [])
        if any(old.get(key) != entry.get(key) for key in same)
    ]
    card["metrics"] = [*kept, entry]
    save_card(info.path, card)


def _default_crop() -> CropRule:
    return next(iter(DETECTORS.values())).crop


def _weights(run: Path, which: str) -> tuple[list[npt.NDArray[Any]], dict[str, Any]]:
    try:
        # Opened here, since numpy leaves a damaged file open.
        with (run / "checkpoint.npz").open("rb") as raw, np.load(raw) as file:
            meta = json.loads(file["meta"].tobytes().decode("utf-8"))
            last = [file[key] for key in sorted(file.files) if key.startswith("a")]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise TrainingError(
            f"'{run}' holds no checkpoint that can be read: {error}.",
            "Train until the first epoch is done; the same command goes on with a training.",
        ) from error
    progress = {k: v for k, v in meta["progress"].items() if k != "step"}
    if which == "last":
        return last, progress
    return checkpoint.load_weights(run / "best.npz"), progress


def _versions() -> dict[str, str]:
    names = ("keras", "tensorflow", "openvino", "nncf", "numpy")
    found = {name: importlib.metadata.version(name) for name in names}
    return {"python": platform.python_version(), **found}
