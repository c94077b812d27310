"""Checkpoints: the whole state of a training in one file, replaced in one move."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from emogui.errors import TrainingError
from emogui.training.config import complete

Arrays = list[npt.NDArray[Any]]


@dataclass
class Progress:
    """How far a training is.

    Attributes:
        epoch: number of the epoch being run, from 0.
        step: steps done in it.
        seconds: time spent training, over all runs.
        best_score: highest selection score so far, and ``best_epoch`` where.
        loss_sum, loss_steps: sum of the losses of the epoch being run, and of how many steps.
        history: a row for each finished epoch, as in ``history.csv``.
        pictures: picture size to the number of pictures seen at that size.
    """

    epoch: int = 0
    step: int = 0
    seconds: float = 0.0
    best_score: float = -1.0
    best_epoch: int = -1
    loss_sum: float = 0.0
    loss_steps: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    pictures: dict[str, int] = field(default_factory=dict)


def save_checkpoint(
    path: Path,
    network: Any,
    average: Any,
    optimizer: Any,
    progress: Progress,
    config: dict[str, Any],
) -> None:
    """Writes the checkpoint; a kill in the middle leaves the one before."""
    meta = json.dumps({"progress": vars(progress), "config": config})
    groups = {
        "w": network.get_weights(),
        "a": average.get_weights(),
        "o": [np.asarray(v) for v in _to_numpy(optimizer.variables)],
        "d": _to_numpy(_dropout_states(network)),
    }
    arrays = {
        f"{k}{i:04d}": value for k, values in groups.items() for i, value in enumerate(values)
    }
    arrays["meta"] = np.frombuffer(meta.encode("utf-8"), np.uint8)
    _replace(path, arrays)


def load_checkpoint(
    path: Path, network: Any, average: Any, optimizer: Any, config: dict[str, Any]
) -> Progress:
    """Reads a checkpoint back into the parts of the training.

    Raises:
        TrainingError: it is damaged, or was made with another configuration.
    """
    try:
        with np.load(path) as file:
            meta = json.loads(file["meta"].tobytes().decode("utf-8"))
            groups: dict[str, Arrays] = {"w": [], "a": [], "o": [], "d": []}
            for key in sorted(set(file.files) - {"meta"}):
                groups[key[0]].append(file[key])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise _unreadable(path, error) from error
    before = complete(meta["config"])  # an earlier version may have written it
    changed = sorted(k for k in config if before.get(k) != config[k])
    if changed:
        was = ", ".join(f"{k} was {before.get(k)!r}, is {config[k]!r}" for k in changed)
        raise TrainingError(
            f"The training in '{path.parent}' was started with other options: {was}.",
            "Give the same options to go on, or another --output to start anew.",
        )
    network.set_weights(groups["w"])
    average.set_weights(groups["a"])
    for variable, value in zip(optimizer.variables, groups["o"], strict=True):
        variable.assign(value)
    if groups["d"]:  # earlier versions did not keep them
        for variable, value in zip(_dropout_states(network), groups["d"], strict=True):
            variable.assign(value)
    return _progress(meta)


def _dropout_states(network: Any) -> list[Any]:
    """The variables that tell what dropout draws next; they are none of the weights."""
    layers = network._flatten_layers()
    generators = [getattr(layer, "seed_generator", None) for layer in layers]
    return [generator.state for generator in generators if generator is not None]


def config_of(path: Path) -> dict[str, Any] | None:
    """The configuration in a checkpoint, as its version wrote it; None where there is no file.

    Raises:
        TrainingError: it is damaged.
    """
    meta = _meta_of(path)
    return None if meta is None else meta["config"]


def progress_of(path: Path) -> Progress | None:
    """How far the training of a checkpoint is; None where there is no file.

    Raises:
        TrainingError: it is damaged.
    """
    meta = _meta_of(path)
    return None if meta is None else _progress(meta)


def _meta_of(path: Path) -> dict[str, Any] | None:
    try:
        # Opened here, since numpy leaves a damaged file open.
        with path.open("rb") as raw, np.load(raw) as file:
            meta: dict[str, Any] = json.loads(file["meta"].tobytes().decode("utf-8"))
            dict(meta["config"]), dict(meta["progress"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise _unreadable(path, error) from error
    return meta


def _progress(meta: dict[str, Any]) -> Progress:
    known = {f.name for f in fields(Progress)}
    return Progress(**{k: v for k, v in meta["progress"].items() if k in known})


def _unreadable(path: Path, error: Exception) -> TrainingError:
    return TrainingError(
        f"The checkpoint '{path}' cannot be read: {error}",
        "Remove it to start again, or give another --output.",
    )


def save_weights(path: Path, arrays: Arrays) -> None:
    """Writes weights in ``get_weights()`` order."""
    _replace(path, {f"w{i:04d}": value for i, value in enumerate(arrays)})


def load_weights(path: Path) -> Arrays:
    """Reads what :func:`save_weights` wrote.

    Raises:
        TrainingError: the file is missing or damaged.
    """
    try:
        with np.load(path) as file:
            return [file[key].astype(np.float32) for key in sorted(file.files)]
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise TrainingError(
            f"The weights '{path}' cannot be read: {error}",
            "Give the output folder of 'emogui train', with its best.npz.",
        ) from error


def _replace(path: Path, arrays: dict[str, npt.NDArray[Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    with partial.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _to_numpy(variables: Any) -> Arrays:
    from keras import ops

    return [ops.convert_to_numpy(v.value) for v in variables]
