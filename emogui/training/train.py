"""Trains the ResNet50 with its two heads.

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
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from emogui.backend.crop import prepare
from emogui.errors import TrainingError
from emogui.labels import FERPLUS, HEADS
from emogui.training import checkpoint
from emogui.training.augment import Augmentation, draw
from emogui.training.checkpoint import Progress
from emogui.training.data import EmotionDataset, Split
from emogui.training.losses import log_priors, make_loss
from emogui.training.network import NetworkConfig, build_network, load_start
from emogui.training.schedule import Stages, learning_rate, size_at
from emogui.training.steps import make_stepper
from emogui.training.steps.base import Stepper, StepperParts

LARGE_CLASSES = tuple(i for i, name in enumerate(FERPLUS) if name not in ("contempt", "disgust"))
"""FER+ classes with enough rows in the test sets for their recall to mean something."""


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides how a training goes.

    Attributes:
        start: of :func:`emogui.training.network.load_start`.
        epochs, minutes: what bounds the training; one of them is given.
        start_epoch: number of the first epoch, to go on from weights alone.
        seed: of order, augmentation, dropout and random weights.
        batch: pictures a step.
        stages: picture sizes over the training.
        rate: peak learning rate of SGD with Nesterov momentum 0.9.
        weight_decay: decoupled, on kernels only.
        clip: largest norm of the gradient.
        decay: of the moving average, a step.
        head_weights: head to the weight of its loss; a head left out is not trained.
        prior_strengths: see :func:`emogui.training.losses.make_loss`.
        smoothing: label smoothing of the FER-2013 labels.
        precision: see :func:`emogui.training.backend.use_backend`.
        network: the network's own choices.
        augmentation: ranges of the random changes.
    """

    start: str = "none"
    epochs: int | None = None
    minutes: float | None = None
    start_epoch: int = 0
    seed: int = 0
    batch: int = 64
    stages: Stages = ((64, 0.4), (96, 1.0))
    rate: float = 0.05
    weight_decay: float = 5e-3
    clip: float = 5.0
    decay: float = 0.999
    head_weights: Mapping[str, float] = field(
        default_factory=lambda: {"ferplus": 1.0, "fer2013": 0.5}
    )
    prior_strengths: Mapping[str, float] = field(default_factory=lambda: {"ferplus": 0.5})
    smoothing: float = 0.05
    precision: str = "auto"
    network: NetworkConfig = field(default_factory=NetworkConfig)
    augmentation: Augmentation = field(default_factory=Augmentation)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain


Report = Callable[[str], None]


class Training:
    """A training in a folder, new or gone on with.

    Args:
        dataset: of :func:`emogui.training.datasets.load_dataset`.
        config: how to train.
        output: folder for ``checkpoint.npz``, ``best.npz``, ``history.csv``, ``config.json``.
        say: told what happens, a line at a time.

    Raises:
        TrainingError: the data lack a split or labels, or the folder holds another training.
    """

    def __init__(
        self,
        dataset: EmotionDataset,
        config: TrainingConfig,
        output: Path,
        say: Report = lambda _: None,
    ) -> None:
        import keras

        self.config, self.output, self._say = config, output, say
        if (config.epochs is None) == (config.minutes is None):
            raise TrainingError("A training is bounded by either epochs or minutes.", "Give one.")
        self._heads = {h: HEADS[h] for h in HEADS if config.head_weights.get(h, 0.0) > 0}
        self._train, self._public = _take(dataset, config, self._heads)
        self._targets = training_targets(self._train, config.smoothing, self._heads)
        keras.utils.set_random_seed(config.seed)
        size = config.stages[-1][0]
        self._size = size
        say(f"preparing {len(self._train):,} training and {len(self._public):,} test pictures")
        images = prepare(self._train.faces, size)[..., 0]
        self._public_images = prepare(self._public.faces, size)
        open_size = replace(config.network, size=None)
        self.network = build_network(open_size)
        self.average = build_network(open_size)
        self._optimizer = _optimizer(config, self.network)
        self.progress = Progress(epoch=config.start_epoch)
        self.output.mkdir(parents=True, exist_ok=True)
        record = config.as_dict() | {"rows": len(self._train), "data": dataset.name}
        self._record = record
        if self._checkpoint.is_file():
            self.progress = checkpoint.load_checkpoint(
                self._checkpoint, self.network, self.average, self._optimizer, record
            )
            say(f"going on at epoch {self.progress.epoch + 1}, step {self.progress.step}")
        else:
            self.started_from = load_start(self.network, config.start)
            self.average.set_weights(self.network.get_weights())
            (output / "config.json").write_text(json.dumps(record, indent=2), encoding="utf-8")
            say(f"starting from {self.started_from}")
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
                config.decay,
                config.precision,
            )
        )

    @property
    def _checkpoint(self) -> Path:
        return self.output / "checkpoint.npz"

    @property
    def steps_per_epoch(self) -> int:
        return max(1, len(self._train) // self.config.batch)

    @property
    def done(self) -> float:
        """How far the training is, 0 to 1."""
        progress = self.progress
        if self.config.minutes is not None:
            return min(1.0, progress.seconds / (60 * self.config.minutes))
        epochs = progress.epoch + progress.step / self.steps_per_epoch
        return min(1.0, epochs / float(self.config.epochs or 1))

    def run(self, checkpoint_minutes: float = 3.0) -> Iterator[tuple[float, float]]:
        """Trains to the end; yields (how far, mean loss of late) after every few steps.

        Stopping to iterate stops the training; what was done since the last checkpoint is lost.
        """
        saved = time.monotonic()
        while self.done < 1.0:
            for loss in self._epoch():
                yield self.done, loss
                if time.monotonic() - saved > 60 * checkpoint_minutes:
                    self.save()
                    saved = time.monotonic()
            self._finish_epoch()
            saved = time.monotonic()

    def save(self) -> None:
        """Writes the checkpoint."""
        self._stepper.sync()
        checkpoint.save_checkpoint(
            self._checkpoint,
            self.network,
            self.average,
            self._optimizer,
            self.progress,
            self._record,
        )

    def _epoch(self) -> Iterator[float]:
        config, progress = self.config, self.progress
        order = np.random.default_rng((config.seed, progress.epoch)).permutation(len(self._train))
        batch = min(config.batch, len(order))
        losses: list[Any] = []
        while progress.step < self.steps_per_epoch and self.done < 1.0:
            began = time.monotonic()
            rng = np.random.default_rng((config.seed, progress.epoch, progress.step))
            rows = order[progress.step * batch : (progress.step + 1) * batch].astype(np.int32)
            losses.append(
                self._stepper.step(
                    rows,
                    draw(rng, batch, config.augmentation),
                    size_at(self.done, config.stages),
                    learning_rate(self.done, config.rate),
                )
            )
            progress.step += 1
            if len(losses) == 10:  # reading a loss waits for the device: now and then is enough
                yield float(np.mean([float(loss) for loss in losses]))
                losses.clear()
            # A pause (a stopped process, a sleeping laptop) is not time spent training.
            progress.seconds += min(time.monotonic() - began, 60.0)
        if losses:
            yield float(np.mean([float(loss) for loss in losses]))

    def _finish_epoch(self) -> None:
        progress = self.progress
        row = {"epoch": progress.epoch + 1, "minutes": round(progress.seconds / 60, 2)}
        row |= self.evaluate()
        progress.history.append(row)
        if row["score"] > progress.best_score:
            progress.best_score, progress.best_epoch = row["score"], progress.epoch + 1
            self._stepper.sync()
            checkpoint.save_weights(self.output / "best.npz", self.average.get_weights())
        progress.epoch += 1
        progress.step = 0
        self.save()
        self._write_history()
        self._say(", ".join(f"{k} {v:.4g}" for k, v in row.items()))

    def evaluate(self) -> dict[str, float]:
        """PublicTest figures of the averaged network, one pass, and the score they select by.

        The score is the mean of the figures that the network is judged by: accuracy and balanced
        accuracy (six large classes) on the FER+ majority, accuracy on the FER-2013 labels.
        """
        logits: dict[str, list[npt.NDArray[np.float32]]] = {h: [] for h in self._heads}
        for first in range(0, len(self._public), 128):
            for head, part in self._stepper.predict(
                self._public_images[first : first + 128]
            ).items():
                if head in logits:
                    logits[head].append(part)
        figures: dict[str, float] = {}
        if "ferplus" in logits:
            rows = self._public.majority
            truth = self._public.ferplus[rows].argmax(axis=1)
            right = np.concatenate(logits["ferplus"])[rows].argmax(axis=1) == truth
            recalls = [float(right[truth == c].mean()) for c in LARGE_CLASSES if (truth == c).any()]
            figures["ferplus_accuracy"] = float(right.mean())
            figures["ferplus_balanced_six"] = float(np.mean(recalls))
        if "fer2013" in logits:
            known = self._public.fer2013 >= 0
            winner = np.concatenate(logits["fer2013"])[known].argmax(axis=1)
            figures["fer2013_accuracy"] = float((winner == self._public.fer2013[known]).mean())
        return figures | {"score": float(np.mean(list(figures.values())))}

    def _write_history(self) -> None:
        rows = self.progress.history
        with (self.output / "history.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def _take(
    dataset: EmotionDataset, config: TrainingConfig, heads: Mapping[str, Any]
) -> tuple[EmotionDataset, EmotionDataset]:
    """The Training and PublicTest rows that have a label for some head."""
    training = dataset.in_split(Split.TRAINING)
    for head in heads if len(training) else ():
        if not (training.has_ferplus if head == "ferplus" else training.has_fer2013):
            raise TrainingError(
                f"The data set '{dataset.name}' has no labels for the head '{head}'.",
                "Give --votes fer2013new.csv for FER+, or train the other head: --heads.",
            )
    labelled = np.zeros(len(dataset), bool)
    if "ferplus" in heads:
        labelled |= dataset.ferplus.sum(axis=1) > 0
    if "fer2013" in heads:
        labelled |= dataset.fer2013 >= 0
    parts = []
    for split in (Split.TRAINING, Split.PUBLIC):
        rows = labelled & (dataset.split == split)
        if not rows.any():
            raise TrainingError(
                f"The data set '{dataset.name}' has no labelled rows in the {split.name} split.",
                "Training needs Training rows to learn from and PublicTest rows to select by.",
            )
        parts.append(dataset.subset(rows))
    return parts[0], parts[1]


def training_targets(
    rows: EmotionDataset, smoothing: float, heads: Mapping[str, Any]
) -> dict[str, npt.NDArray[np.float32]]:
    """What each head should say of each row: head to float32 (n, classes).

    A row without a label for a head is all zero there.
    """
    targets: dict[str, npt.NDArray[np.float32]] = {}
    if "ferplus" in heads:
        targets["ferplus"] = rows.ferplus.astype(np.float32)
    if "fer2013" in heads:
        n = len(heads["fer2013"])
        known = rows.fer2013 >= 0
        one_hot = np.zeros((len(rows), n), np.float32)
        one_hot[known] = smoothing / n
        one_hot[known, rows.fer2013[known]] += 1.0 - smoothing
        targets["fer2013"] = one_hot
    return targets


def _optimizer(config: TrainingConfig, network: Any) -> Any:
    import keras

    optimizer = keras.optimizers.SGD(
        learning_rate=config.rate,
        momentum=0.9,
        nesterov=True,
        weight_decay=config.weight_decay,
        global_clipnorm=config.clip,
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    optimizer.build(network.trainable_variables)
    return optimizer
