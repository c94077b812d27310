"""Trains a network.

The weights that are kept are an exponential moving average, selected on PublicTest. A checkpoint
is written every few minutes and after every epoch, so a kill loses little; what comes next (the
order of the pictures, the augmentation, the learning rate) depends only on the seed and on how
far the training is.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from emogui.backend.crop import prepare
from emogui.errors import TrainingError
from emogui.labels import HEADS
from emogui.training import checkpoint, record
from emogui.training.augment import NONE, Draws, draw
from emogui.training.checkpoint import Progress
from emogui.training.config import TrainingConfig
from emogui.training.data import EmotionDataset
from emogui.training.devices import choose_devices
from emogui.training.losses import log_priors, make_loss
from emogui.training.network import build_network, check_sizes, load_start, open_size
from emogui.training.optimizers import make_optimizer
from emogui.training.provenance import source_commit
from emogui.training.schedule import average_decay, learning_rate, size_at
from emogui.training.steps import make_stepper
from emogui.training.steps.base import Stepper, StepperParts
from emogui.training.targets import (
    labelled_rows,
    sample_figures,
    selection_figures,
    training_targets,
)
from emogui.training.watcher import Watcher

Report = Callable[[str], None]

SAMPLE = 2000
"""Training rows, always the same, on which the accuracy is measured after each epoch."""


class Training:
    """A training in a folder, new or gone on with.

    Args:
        dataset: of :func:`emogui.training.datasets.load_dataset`.
        config: how to train.
        output: folder for ``checkpoint.npz``, ``best.npz``, ``history.csv``, ``config.json`` and
            ``record.json`` (see :mod:`emogui.training.record`).
        say: told what happens, a line at a time.
        recipe: what the record keeps of the recipe, see
            :meth:`emogui.training.recipes.Recipe.describe`.
        devices: how many to train on, see :func:`emogui.training.devices.choose_devices`. A
            training may go on with others than it began with.

    Raises:
        TrainingError: the data lack a split or labels, the folder holds another training, or
            there are not so many devices.
    """

    def __init__(
        self,
        dataset: EmotionDataset,
        config: TrainingConfig,
        output: Path,
        say: Report = lambda _: None,
        recipe: Mapping[str, str] | None = None,
        devices: int | None = None,
    ) -> None:
        import keras

        self.config, self.output, self._say = config, output, say
        self.data = dataset.name
        self._recipe = recipe or {}
        check_sizes(config.network, [size for size, _ in config.stages])
        if (config.epochs is None) == (config.minutes is None):
            raise TrainingError("A training is bounded by either epochs or minutes.", "Give one.")
        self._heads = {h: HEADS[h] for h in HEADS if config.head_weights.get(h, 0.0) > 0}
        self._train, self._public = labelled_rows(dataset, self._heads)
        self.devices = choose_devices(devices, self._batch)
        if self.devices.count > 1:
            say(f"sharing each batch among {', '.join(self.devices.names)}")
        self._watcher = Watcher()
        self._targets = training_targets(self._train, config.smoothing, self._heads)
        keras.utils.set_random_seed(config.seed)
        size = config.stages[-1][0]
        self._size = size
        say(f"preparing {len(self._train):,} training and {len(self._public):,} test pictures")
        images = prepare(self._train.faces, size)[..., 0]
        self._public_images = prepare(self._public.faces, size)
        chosen = np.random.default_rng(0).permutation(len(self._train))[:SAMPLE]
        self._sample, self._sample_images = self._train.subset(chosen), images[chosen][..., None]
        form = open_size(config.network)
        with self.devices.scope():
            self.network = build_network(form)
            self.average = build_network(form)
            self._optimizer = make_optimizer(config, self.network)
        self.progress = Progress(epoch=config.start_epoch)
        self.output.mkdir(parents=True, exist_ok=True)
        self._written = config.as_dict() | {"rows": len(self._train), "data": dataset.name}
        if self._checkpoint.is_file():
            self.progress = checkpoint.load_checkpoint(
                self._checkpoint, self.network, self.average, self._optimizer, self._written
            )
            say(f"going on at epoch {self.progress.epoch + 1}, step {self.progress.step}")
        else:
            self._begin()
        if self.done < 1.0:  # looking at a finished training is not training it
            record.note_machine(output, self.devices.count)
        self._stepper: Stepper = make_stepper(
            StepperParts(
                self.network,
                self.average,
                self._optimizer,
                make_loss(
                    {h: config.head_weights[h] for h in self._heads},
                    log_priors(self._targets),
                    config.prior_strengths,
                ),
                images,
                self._targets,
                config.precision,
                self.devices,
            )
        )

    def _begin(self) -> None:
        """Loads what the training starts from, and writes down how it is to go."""
        start = self.config.start
        started_from = load_start(self.network, start)
        self.average.set_weights(self.network.get_weights())
        written = json.dumps(self._written, indent=2)
        (self.output / "config.json").write_text(written, encoding="utf-8")
        record.begin_record(
            self.output,
            started_from=started_from,
            start=start,
            commit=source_commit(),
            recipe=self._recipe,
        )
        self._say(f"starting from {started_from}")

    @property
    def _checkpoint(self) -> Path:
        return self.output / "checkpoint.npz"

    @property
    def rows(self) -> int:
        """Number of Training rows that have a label for some head."""
        return len(self._train)

    @property
    def public_rows(self) -> int:
        """Number of PublicTest rows that the training selects by."""
        return len(self._public)

    @property
    def _batch(self) -> int:
        """Pictures a step."""
        return min(self.config.batch, len(self._train))

    @property
    def steps_per_epoch(self) -> int:
        return max(1, len(self._train) // self.config.batch)

    @property
    def _steps(self) -> int:
        """Steps that were made since the start."""
        epochs = self.progress.epoch - self.config.start_epoch
        return epochs * self.steps_per_epoch + self.progress.step

    @property
    def done(self) -> float:
        """How far the training is, 0 to 1."""
        progress = self.progress
        if self.config.minutes is not None:
            return min(1.0, progress.seconds / (60 * self.config.minutes))
        epochs = progress.epoch + progress.step / self.steps_per_epoch
        return min(1.0, epochs / float(self.config.epochs or 1))

    def run(
        self, checkpoint_minutes: float = 3.0, watcher: Watcher | None = None
    ) -> Iterator[tuple[float, float]]:
        """Trains to the end; yields (how far, mean loss of late) after every few steps.

        Stopping to iterate stops the training; what was done since the last checkpoint is lost.

        Args:
            checkpoint_minutes: time between checkpoints.
            watcher: told what happens. Its ``between`` may wait, which is no time spent training,
                and may raise: the training then can be saved, and go on another time.
        """
        self._watcher = watcher or Watcher()
        saved = time.monotonic()
        # One that was ended while its last epoch was measured has made all of its steps.
        while self.done < 1.0 or self.progress.step:
            for loss in self._epoch():
                yield self.done, loss
                if time.monotonic() - saved > 60 * checkpoint_minutes:
                    self.save()
                    saved = time.monotonic()
            self._finish_epoch()
            saved = time.monotonic()
        if self.progress.history:
            self._write_history()  # a kill may have come between it and the checkpoint
        record.finish_record(self.output)

    def save(self) -> None:
        """Writes the checkpoint."""
        self._stepper.sync()
        checkpoint.save_checkpoint(
            self._checkpoint,
            self.network,
            self.average,
            self._optimizer,
            self.progress,
            self._written,
        )
        self._watcher.saved(self.done)

    def _epoch(self) -> Iterator[float]:
        config, progress = self.config, self.progress
        order = np.random.default_rng((config.seed, progress.epoch)).permutation(len(self._train))
        batch = self._batch
        losses: list[Any] = []
        while progress.step < self.steps_per_epoch and self.done < 1.0:
            began = time.monotonic()
            rng = np.random.default_rng((config.seed, progress.epoch, progress.step))
            rows = order[progress.step * batch : (progress.step + 1) * batch].astype(np.int32)
            size = size_at(self.done, config.stages)
            losses.append(
                self._stepper.step(
                    rows,
                    self._draws(rng, batch, size),
                    size,
                    learning_rate(self.done, config.rate, config.schedule),
                    average_decay(self._steps, config.decay),
                )
            )
            progress.step += 1
            progress.pictures[str(size)] = progress.pictures.get(str(size), 0) + batch
            mean = None
            if len(losses) == 10:  # reading a loss waits for the device: now and then is enough
                mean = self._note(losses)
            # A pause (a stopped process, a sleeping laptop) is not time spent training.
            progress.seconds += min(time.monotonic() - began, 60.0)
            self._watcher.between()
            if mean is not None:
                yield mean
        if losses:
            yield self._note(losses)

    def _draws(self, rng: np.random.Generator, batch: int, size: int) -> Draws:
        """Nothing where the pictures are to go in as they were prepared, which saves time."""
        if self.config.augmentation == NONE and size == self._size:
            return {}
        return draw(rng, batch, self.config.augmentation)

    def _note(self, losses: list[Any]) -> float:
        """Adds losses to the epoch's sum and clears the list; returns their mean."""
        total, count = float(sum(float(loss) for loss in losses)), len(losses)
        self.progress.loss_sum += total
        self.progress.loss_steps += count
        losses.clear()
        return total / count

    def _finish_epoch(self) -> None:
        progress = self.progress
        self._watcher.evaluating(progress.epoch + 1)
        figures = self.evaluate()  # which may be ended; then it is made again another time
        row = {"epoch": progress.epoch + 1, "minutes": round(progress.seconds / 60, 2)}
        if progress.loss_steps:
            row["loss"] = progress.loss_sum / progress.loss_steps
        progress.loss_sum, progress.loss_steps = 0.0, 0
        row |= figures
        progress.history.append(row)
        if row["score"] > progress.best_score:
            progress.best_score, progress.best_epoch = row["score"], progress.epoch + 1
            self._stepper.sync()
            checkpoint.save_weights(self.output / "best.npz", self.average.get_weights())
        progress.epoch += 1
        progress.step = 0
        self.save()
        self._write_history()
        self._watcher.epoch(row)
        self._say(", ".join(f"{k} {v:.4g}" for k, v in row.items()))

    def evaluate(self) -> dict[str, float]:
        """Figures of the averaged network, one pass, and the score to select by.

        They are of PublicTest but for ``train_..._accuracy``, which is of some Training rows.
        """
        figures = selection_figures(self._predict(self._public_images), self._public)
        return figures | sample_figures(self._predict(self._sample_images), self._sample)

    def _predict(self, images: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        """Logits of the heads that are trained, float32 (n, classes)."""
        parts = []
        for first in range(0, len(images), 128):
            self._watcher.between()
            parts.append(self._stepper.predict(images[first : first + 128]))
        return {head: np.concatenate([part[head] for part in parts]) for head in self._heads}

    def _write_history(self) -> None:
        rows = self.progress.history
        with (self.output / "history.csv").open("w", newline="", encoding="utf-8") as file:
            # The first epochs may be of a version that knew fewer figures.
            names = list(dict.fromkeys(name for row in reversed(rows) for name in row))
            writer = csv.DictWriter(file, fieldnames=names, restval="")
            writer.writeheader()
            writer.writerows(rows)
