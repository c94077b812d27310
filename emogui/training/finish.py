"""From the output of a training to a network's folder, and its figures in ``model.json``."""

from __future__ import annotations

import importlib.metadata
import platform
import zipfile
from collections.abc import Mapping, Sequence
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
from emogui.training.network import NetworkConfig
from emogui.training.record import StageRecord, chain_of_run, read_config, read_record
from emogui.training.targets import prior_shifts

RECORDED = (
    *("label_set", "split", "n", "accuracy", "balanced_accuracy", "macro_f1", "ece", "nll"),
    *("brier", "balanced_six", "intervals", "ece_if_calibrated"),
    *("tta", "rows_sha256", "commit", "command"),
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
    earlier: Sequence[StageRecord] | None = None,
) -> Path:
    """Exports a training.

    Args:
        run: output folder of a training.
        dataset: the set it was trained on; faces for the integer ranges come from it.
        output: folder to make.
        title: name for people.
        weights: ``"best"`` or ``"last"``.
        returned_priors: head to the share of the log prior added to its biases.
        earlier: the stages before this training, where its own record does not have them.

    Returns:
        Path of the ``model.json``.

    Raises:
        TrainingError: the folder holds no training, or not the weights asked for.
    """
    config = read_config(run)
    arrays = averaged_weights(run, weights)
    heads = {h: HEADS[h] for h in HEADS if config["head_weights"].get(h, 0) > 0}
    training = training_rows(dataset)
    returned = {h: t for h, t in (returned_priors or {}).items() if t and h in heads}
    shifts = prior_shifts(training, config["smoothing"], heads, returned)
    stages = chain_of_run(run, weights=weights, prior_returned=returned, earlier=earlier)
    network = NetworkConfig(**config["network"])
    calibration = calibration_faces(training, int(network.size or 96))
    description = {
        "title": title,
        "description": describe(stages),
        "training": {
            "data": dataset.name,
            "rows": len(training),
            "dropped": dict(dataset.dropped),
            "stages": [stage.as_dict() for stage in stages],
            "versions": versions(),
        },
        "metrics": [],
    }
    return export(output, arrays, network, calibration, default_crop(), description, heads, shifts)


def describe(stages: Sequence[StageRecord]) -> str:
    """A network in one sentence, without its full stop: its recipe's summary, and its start.

    Args:
        stages: the whole chain, as :func:`emogui.training.record.chain_of_run` gives it.
    """
    first, last = stages[0], stages[-1]
    backbone = last.config["network"].get("backbone", "resnet50")
    summary = last.recipe.get("summary") or f"{backbone} on a grey face"
    start = first.started_from or str(first.config["start"])
    begun = "no pre-training" if first.config["start"] == "none" else f"begun from {start}"
    return f"{summary.rstrip('.')}; {begun}"


def title_of(run: Path, name: str) -> str:
    """What to call the network of a training: its recipe's title, and its own name if another.

    Args:
        run: output folder of the training.
        name: the network's name.
    """
    recipe = read_record(run)["recipe"]
    if not recipe.get("title"):
        return name
    title = str(recipe["title"])
    return title if name == recipe["name"] else f"{title} ({name})"


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


def training_rows(dataset: EmotionDataset) -> EmotionDataset:
    """The Training rows of a set.

    Raises:
        TrainingError: it has none.
    """
    training = dataset.subset(dataset.split == Split.TRAINING)
    if not len(training):
        raise TrainingError(f"The data set '{dataset.name}' has no Training rows.")
    return training


def calibration_faces(training: EmotionDataset, size: int) -> npt.NDArray[np.uint8]:
    """Faces that integer ranges are set by, always the same: uint8 (n, size, size, 1)."""
    chosen = np.random.default_rng(0).permutation(len(training))[:CALIBRATION_FACES]
    return prepare([training.faces[int(i)] for i in chosen], size)


def default_crop() -> CropRule:
    """The framing relative to the default detector's box."""
    return next(iter(DETECTORS.values())).crop


def averaged_weights(run: Path, which: str) -> list[npt.NDArray[Any]]:
    """The averaged weights of a training, of its ``"best"`` epoch or the ``"last"``.

    Raises:
        TrainingError: the folder has no checkpoint or weights that can be read.
    """
    try:
        # Opened here, since numpy leaves a damaged file open.
        with (run / "checkpoint.npz").open("rb") as raw, np.load(raw) as file:
            last = [file[key] for key in sorted(file.files) if key.startswith("a")]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise TrainingError(
            f"'{run}' holds no checkpoint that can be read: {error}.",
            "Train until the first epoch is done; the same command goes on with a training.",
        ) from error
    return last if which == "last" else checkpoint.load_weights(run / "best.npz")


def versions() -> dict[str, str]:
    """Python and the packages that a network is made with, by name."""
    names = ("keras", "tensorflow", "openvino", "nncf", "numpy")
    found = {name: importlib.metadata.version(name) for name in names}
    return {"python": platform.python_version(), **found}
