"""Runs the recorded chain of stages of a network again, from the beginning.

What a replay gives is not the same file: PyTorch and TensorFlow add in an order of their own,
other data come in another order, and a stage that was bounded by time is replayed by the number of
pictures it saw. It is a network made in the same way, whose figures are to be measured anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from emogui.errors import TrainingError
from emogui.labels import HEADS
from emogui.training import checkpoint
from emogui.training.config import TrainingConfig
from emogui.training.data import EmotionDataset, Split
from emogui.training.finish import averaged_weights
from emogui.training.network import build_network, open_size
from emogui.training.record import (
    HANDED_ON,
    StageRecord,
    note_handed_on,
    read_config,
    read_record,
)
from emogui.training.schedule import Stages
from emogui.training.targets import prior_shifts
from emogui.training.train import Training

Bound = Literal["epochs", "minutes"]

UNRECORDED = ("none", "imagenet")
"""Starts that need no file."""


@dataclass(frozen=True)
class PlannedStage:
    """A stage to be run.

    Attributes:
        number: from 1.
        record: what was recorded of it.
        config: how it is run now.
        folder: where; a stage that is done there is not run again.
    """

    number: int
    record: StageRecord
    config: TrainingConfig
    folder: Path

    @property
    def done(self) -> bool:
        """Whether this very stage has been run to its end in its folder."""
        try:
            written = read_config(self.folder)
        except TrainingError:
            return False
        same = TrainingConfig.from_dict(written) == self.config
        return same and bool(read_record(self.folder)["finished"])


def plan(
    stages: Sequence[StageRecord], output: Path, *, by: Bound = "epochs", start: str | None = None
) -> list[PlannedStage]:
    """How a recorded chain is run again.

    Args:
        stages: of :func:`emogui.training.record.stages_of`.
        output: gets a folder a stage.
        by: what bounds a stage that was bounded by time: the pictures it saw, or the minutes.
        start: what the first stage starts from, where the record begins with a file.

    Raises:
        TrainingError: nothing was recorded, or what the chain began from is not known.
    """
    if not stages:
        raise TrainingError(
            "The network has no record of how it was trained.",
            "Only networks that 'emogui export' made can be trained again.",
        )
    first = start or str(stages[0].config["start"])
    if first not in UNRECORDED and not Path(first).exists():
        raise TrainingError(
            f"The record begins with the weights '{first}', which are not here.",
            "Name the file with --init, or begin from nothing with --init none.",
        )
    planned: list[PlannedStage] = []
    for number, record in enumerate(stages, start=1):
        before = str(planned[-1].folder / HANDED_ON) if planned else first
        config = replace(bounded(record, by), start=before)
        planned.append(PlannedStage(number, record, config, output.resolve() / f"stage-{number}"))
    return planned


def bounded(record: StageRecord, by: Bound) -> TrainingConfig:
    """The configuration of a stage, bounded as asked.

    Another computer sees another number of pictures in a minute. So a stage that was bounded by
    time is replayed by default over as many pictures as it saw, at each size as many as then.
    """
    config = TrainingConfig.from_dict(record.config)
    if by == "minutes":
        return replace(config, epochs=None, minutes=config.minutes or record.minutes)
    if config.epochs is not None or not record.pictures_seen:
        return config
    return replace(
        config,
        epochs=config.start_epoch + round(record.epochs, 3),
        minutes=None,
        stages=sizes_by_pictures(config.stages, record),
    )


def sizes_by_pictures(stages: Stages, record: StageRecord) -> Stages:
    """Ends of the picture sizes as shares of the pictures seen instead of the time."""
    seen, found = 0, []
    for size, _ in stages:
        seen += int(record.pictures.get(str(size), 0))
        found.append((size, round(seen / record.pictures_seen, 4)))
    return (*found[:-1], (found[-1][0], 1.0))


def replay(
    planned: Sequence[PlannedStage],
    dataset: EmotionDataset,
    follow: Callable[[Training], None],
    say: Callable[[str], None] = lambda _: None,
    devices: int | None = None,
) -> Path:
    """Runs the stages that are not done, each from what the one before handed on.

    Args:
        planned: of :func:`plan`.
        dataset: the set to train on.
        follow: trains one stage to its end, as ``emogui train`` does.
        say: told what happens, a line at a time.
        devices: how many to train on, see :func:`emogui.training.devices.choose_devices`.

    Returns:
        The folder of the last stage.

    Raises:
        TrainingError: the data lack a split or labels, or a folder holds another training.
    """
    for stage in planned:
        title = f"stage {stage.number} of {len(planned)}"
        done = stage.done
        say(f"{title} is done" if done else title)
        if not done:
            training = Training(
                dataset,
                stage.config,
                stage.folder,
                say,
                recipe=stage.record.recipe,
                devices=devices,
            )
            _compare_rows(stage, training.rows, say)
            follow(training)
        if not (done and (stage.folder / HANDED_ON).is_file()):
            hand_on(stage, dataset)
    return planned[-1].folder


def hand_on(stage: PlannedStage, dataset: EmotionDataset) -> Path:
    """Writes the weights that the next stage starts from, as they were handed on before."""
    arrays = averaged_weights(stage.folder, stage.record.weights)
    if stage.record.prior_returned:
        heads = {h: HEADS[h] for h in HEADS if stage.config.head_weights.get(h, 0) > 0}
        training = dataset.subset(dataset.split == Split.TRAINING)
        returned = stage.record.prior_returned
        arrays = _shifted(
            stage.config,
            arrays,
            prior_shifts(training, stage.config.smoothing, heads, returned),
        )
    path = stage.folder / HANDED_ON
    checkpoint.save_weights(path, arrays)
    note_handed_on(stage.folder, stage.record.weights, stage.record.prior_returned)
    return path


def _shifted(
    config: TrainingConfig,
    arrays: list[npt.NDArray[Any]],
    shifts: dict[str, npt.NDArray[np.float32]],
) -> list[npt.NDArray[Any]]:
    network = build_network(open_size(config.network))
    network.set_weights(arrays)
    for head, shift in shifts.items():
        bias = network.get_layer(head).bias
        bias.assign(bias + shift)
    weights: list[npt.NDArray[Any]] = network.get_weights()
    return weights


def _compare_rows(stage: PlannedStage, rows: int, say: Callable[[str], None]) -> None:
    recorded = stage.record.rows
    if recorded and recorded != rows:
        made_with = f"{recorded:,} Training rows of {stage.record.data}"
        say(f"the record was made with {made_with}; these data have {rows:,}")
