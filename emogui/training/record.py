"""The record of a training: what it began from, what it ran on, how far it went.

A network is the end of a chain of stages, the first of which began from random weights (or from
published ones). Each stage is a :class:`StageRecord`; ``model.json`` keeps the whole chain as
``training.stages``, oldest first, and ``emogui retrain`` runs it again. While a stage is trained,
its folder has ``record.json`` with what neither ``config.json`` nor the checkpoint says.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from emogui.errors import TrainingError
from emogui.training.hardware import describe_hardware, describe_versions

RECORD = "record.json"

HANDED_ON = "handed-on.npz"
"""What a stage of ``emogui retrain`` gives to the next one: its weights as they were handed on."""


@dataclass(frozen=True)
class StageRecord:
    """One stage of the making of a network.

    Attributes:
        config: :meth:`emogui.training.config.TrainingConfig.as_dict`; of a start that is a path
            only the last part is kept.
        data: name of the data set, and ``rows`` how many Training rows it had for the heads.
        weights: which weights were handed on, ``"best"`` (by PublicTest) or ``"last"``.
        prior_returned: head to the share of the log prior that was then added to its biases.
        minutes: time spent training.
        pictures: picture size to the number of pictures seen at that size.
        best_epoch: the epoch of the best weights, from 1.
        history: figures after each epoch, as in ``history.csv``.
        machines: versions and hardware, an entry for each computer that it ran on.
        commit: of the source that ran; None where it is not known.
        note: what the rest cannot say.
        recipe: of :meth:`emogui.training.recipes.Recipe.describe`; empty where it is not known.
        started_from: in words; empty where it is not known.
    """

    config: Mapping[str, Any]
    data: str
    rows: int
    weights: str = "best"
    prior_returned: Mapping[str, float] = field(default_factory=dict)
    minutes: float = 0.0
    pictures: Mapping[str, int] = field(default_factory=dict)
    best_epoch: int = -1
    history: Sequence[Mapping[str, float]] = ()
    machines: Sequence[Mapping[str, Any]] = ()
    commit: str | None = None
    note: str = ""
    recipe: Mapping[str, str] = field(default_factory=dict)
    started_from: str = ""

    @property
    def pictures_seen(self) -> int:
        """Pictures seen at all sizes; 0 where that was not recorded."""
        return sum(self.pictures.values())

    @property
    def epochs(self) -> float:
        """How often the training saw its rows, as the trainer counts: in whole batches."""
        batch = min(int(self.config["batch"]), self.rows)
        return self.pictures_seen / (max(1, self.rows // batch) * batch)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain


def parse_stage(plain: Mapping[str, Any]) -> StageRecord:
    """Reads what :meth:`StageRecord.as_dict` made.

    Raises:
        TrainingError: it is no record of a stage.
    """
    known = {f.name for f in fields(StageRecord)}
    try:
        stage = StageRecord(**{k: v for k, v in plain.items() if k in known})
        float(stage.minutes), stage.epochs, str(stage.config["start"])
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise TrainingError(
            f"This is no record of a training: {error}.", "Put back the model.json as exported."
        ) from error
    return stage


def stages_of(training: Mapping[str, Any]) -> list[StageRecord]:
    """The chain in the ``training`` entry of a ``model.json``, oldest stage first.

    Networks exported before there were chains have the one entry of their last stage.

    Raises:
        TrainingError: the entry is damaged.
    """
    if "stages" in training:
        return [parse_stage(plain) for plain in training["stages"]]
    if "config" not in training:
        return []
    config = dict(training["config"])
    progress = training.get("progress", {})
    return [
        parse_stage(
            {
                "config": config,
                "data": training.get("data", config.get("data", "")),
                "rows": training.get("rows", config.get("rows", 0)),
                "weights": training.get("weights", "best"),
                "prior_returned": training.get("prior_returned", {}),
                "minutes": progress.get("seconds", 0.0) / 60,
                "best_epoch": progress.get("best_epoch", -1),
                "history": progress.get("history", []),
                "machines": [{"versions": training.get("versions", {}), "hardware": {}}],
            }
        )
    ]


def earlier_stages(start: str | Path) -> list[StageRecord]:
    """The chain behind what a training starts from; empty where nothing recorded it.

    Args:
        start: as :func:`emogui.training.network.load_start` takes it: a network's folder or
            ``model.json``, a training's folder or a file in either, or anything else.
    """
    path = Path(start)
    folder = path if path.is_dir() else path.parent
    if not path.exists():
        return []
    if (folder / RECORD).is_file() and (folder / "config.json").is_file():
        return chain_of_run(folder)
    try:
        card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return stages_of(card.get("training", {})) if isinstance(card, dict) else []


def begin_record(
    run: Path, *, started_from: str, start: str, commit: str | None, recipe: Mapping[str, str]
) -> None:
    """Writes ``record.json`` into the folder of a new training."""
    record = {
        "recipe": dict(recipe),
        "started_from": started_from,
        "commit": commit,
        "earlier": [stage.as_dict() for stage in earlier_stages(start)],
        "machines": [],
        "finished": False,
    }
    _write(run, record)


def note_machine(run: Path, devices: int = 1) -> None:
    """Notes what the training runs on now, unless it ran on the same before.

    Args:
        run: folder of the training.
        devices: how many devices of the backend it runs on; several are noted.
    """
    record = read_record(run)
    hardware = describe_hardware() | ({"devices": devices} if devices > 1 else {})
    machine = {"versions": describe_versions(), "hardware": hardware}
    if machine not in record["machines"]:
        _write(run, record | {"machines": [*record["machines"], machine]})


def finish_record(run: Path) -> None:
    """Notes that the training came to its end."""
    _write(run, read_record(run) | {"finished": True})


def note_handed_on(run: Path, weights: str, prior_returned: Mapping[str, float]) -> None:
    """Notes which weights a further stage starts from; see :class:`StageRecord`."""
    handed_on = {"weights": weights, "prior_returned": dict(prior_returned)}
    _write(run, read_record(run) | handed_on)


def read_record(run: Path) -> dict[str, Any]:
    """What ``record.json`` says; trainings begun before there was one have an empty record."""
    empty: dict[str, Any] = {
        "earlier": [],
        "machines": [],
        "commit": None,
        "finished": False,
        "recipe": {},
        "started_from": "",
        "weights": "best",
        "prior_returned": {},
    }
    try:
        found = json.loads((run / RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return empty
    except (OSError, ValueError) as error:
        raise TrainingError(
            f"'{run / RECORD}' cannot be read: {error}.",
            "Remove it to go on without what it says of the start and the computer.",
        ) from error
    return {**empty, **found}


def chain_of_run(
    run: Path,
    *,
    weights: str | None = None,
    prior_returned: Mapping[str, float] | None = None,
    earlier: Sequence[StageRecord] | None = None,
) -> list[StageRecord]:
    """The whole chain that ends in a training's folder.

    Args:
        run: output folder of a training.
        weights: of :class:`StageRecord`, for this last stage; as noted there by default.
        prior_returned: likewise.
        earlier: the stages before it, instead of those in its record.

    Raises:
        TrainingError: the folder holds no training.
    """
    config = read_config(run)
    record = read_record(run)
    progress, steps = _read_progress(run)
    before = earlier
    if before is None:
        before = [parse_stage(plain) for plain in record["earlier"]]
    rows, data = int(config.pop("rows", 0)), str(config.pop("data", ""))
    # The name says it; the folder is a matter of the computer it was trained on.
    start = Path(config["start"])
    config["start"] = start.parent.name if start.name == HANDED_ON else start.name
    last = StageRecord(
        config=config,
        data=data,
        rows=rows,
        weights=weights or record["weights"],
        prior_returned=record["prior_returned"] if prior_returned is None else prior_returned,
        minutes=round(progress["seconds"] / 60, 2),
        pictures=_pictures(progress.get("pictures", {}), steps, config, rows),
        best_epoch=progress["best_epoch"],
        history=progress["history"],
        machines=record["machines"],
        commit=record["commit"],
        recipe=record["recipe"],
        started_from=record["started_from"],
    )
    return [*before, last]


def read_config(run: Path) -> dict[str, Any]:
    """The ``config.json`` of a training's folder.

    Raises:
        TrainingError: there is none.
    """
    try:
        config = json.loads((run / "config.json").read_text(encoding="utf-8"))
        if not isinstance(config, dict):
            raise ValueError("expected a JSON object")
    except (OSError, ValueError) as error:
        raise TrainingError(
            f"'{run}' holds no training: {error}", "Give the --output folder of 'emogui train'."
        ) from error
    return config


def _pictures(
    counted: Mapping[str, int], steps: int, config: Mapping[str, Any], rows: int
) -> dict[str, int]:
    """Pictures seen by size; what was seen before they were counted is shared out by stage."""
    seen = dict(counted)
    missing = steps * min(int(config["batch"]), rows) - sum(seen.values())
    began = 0.0
    for size, end in config["stages"] if missing > 0 else ():
        seen[str(size)] = seen.get(str(size), 0) + round(missing * (end - began))
        began = end
    return seen


def _read_progress(run: Path) -> tuple[dict[str, Any], int]:
    """Progress in the checkpoint, and how many steps its optimizer made."""
    try:
        # Opened here, since numpy leaves a damaged file open.
        with (run / "checkpoint.npz").open("rb") as raw, np.load(raw) as file:
            progress = json.loads(file["meta"].tobytes().decode("utf-8"))["progress"]
            steps = int(file["o0000"])  # the first variable of any Keras optimizer
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise TrainingError(
            f"'{run}' holds no checkpoint that can be read: {error}.",
            "Train until the first epoch is done; the same command goes on with a training.",
        ) from error
    return progress, steps


def _write(run: Path, record: Mapping[str, Any]) -> None:
    path = run / RECORD
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(record, indent=2, ensure_ascii=False), encoding="utf-8")
    partial.replace(path)
