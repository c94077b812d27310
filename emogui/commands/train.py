"""``emogui train``: trains a network."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emogui.commands.console import add_data_options
from emogui.errors import UsageError
from emogui.labels import HEADS

if TYPE_CHECKING:
    from emogui.training.augment import Augmentation
    from emogui.training.data import EmotionDataset
    from emogui.training.remote import Remote
    from emogui.training.train import Training

RECIPES = ("resnet50",)
DEFAULT_HEADS = "ferplus=1,fer2013=0.5"


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "train",
        help="train a network",
        description="Train the ResNet50 with a head for the FER+ emotions and one for the "
        "FER-2013 labels. A training that was stopped goes on from its checkpoint when the same "
        "command is given again.",
    )
    parser.add_argument("recipe", choices=RECIPES, help="what to train")
    add_data_options(parser)
    parser.add_argument("--output", required=True, metavar="DIR", help="where the training is kept")
    parser.add_argument(
        "--init",
        default="none",
        metavar="START",
        help="none (random), imagenet (Keras' published weights, downloaded), or a model folder, "
        ".keras, .weights.h5 or .npz file, or the folder of a training (default: none)",
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--epochs", type=_epochs, metavar="N", help="train so many epochs; 5.2 is possible"
    )
    length.add_argument("--minutes", type=float, metavar="M", help="train so many minutes")
    parser.add_argument("--start-epoch", type=int, default=1, metavar="N", help="first epoch is N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--batch", type=int, default=64, metavar="N", help="pictures a step")
    parser.add_argument(
        "--sizes", default="64:0.4,96", metavar="S", help="picture sizes (default: 64:0.4,96)"
    )
    parser.add_argument(
        "--learning-rate", type=float, default=0.05, metavar="R", help="at its peak"
    )
    parser.add_argument("--weight-decay", type=float, default=5e-3, metavar="W")
    parser.add_argument("--average-decay", type=float, default=0.999, metavar="D")
    parser.add_argument("--dropout", type=float, default=0.3, metavar="P")
    parser.add_argument(
        "--heads",
        metavar="H=W,...",
        help="weight of each loss (default: ferplus=1,fer2013=0.5 as far as the data have labels)",
    )
    parser.add_argument(
        "--prior",
        default="ferplus=0.5,fer2013=0",
        metavar="H=T,...",
        help="share of the log prior added to a head's logits while training",
    )
    parser.add_argument(
        "--augment",
        default="",
        metavar="NAME=V,...",
        help="change ranges of the augmentation; a training that goes on keeps those it began with",
    )
    parser.add_argument("--backend", choices=("tensorflow", "jax", "torch"), help="for Keras")
    parser.add_argument(
        "--precision",
        choices=("auto", "float32", "bfloat16"),
        default="auto",
        help="to compute in; the weights are float32 (default: auto)",
    )
    parser.add_argument(
        "--checkpoint-minutes", type=float, default=3.0, metavar="M", help="between checkpoints"
    )
    parser.add_argument(
        "--progress",
        choices=("bar", "json"),
        default="bar",
        help="json: tell what happens on standard output, an event a line, and take the words "
        "pause, resume and stop on standard input; see docs/training.md (default: bar)",
    )
    parser.add_argument("--keep-leaked", action="store_true", help="keep pictures of the test sets")
    return parser


def run(args: argparse.Namespace) -> int:
    """Trains until it is done; Ctrl+C keeps what was done."""
    if args.progress == "bar":
        return _run(args, None)
    from emogui.commands.console import private_stdout
    from emogui.training.remote import Remote

    with private_stdout() as stdout:
        remote = Remote(stdout, controls=_standard_input())
        remote.listen()
        with remote.failures():
            return _run(args, remote)


def _run(args: argparse.Namespace, remote: Remote | None) -> int:
    from emogui.training.schedule import parse_stages

    _check_ranges(args)
    stages = parse_stages(args.sizes)
    heads = head_numbers("--heads", args.heads or DEFAULT_HEADS)
    prior = head_numbers("--prior", args.prior)
    augment = _numbers("--augment", args.augment)
    from emogui.training.backend import use_backend

    backend = use_backend(args.backend, args.precision)
    from emogui.training.augment import Augmentation
    from emogui.training.config import TrainingConfig
    from emogui.training.datasets import load_dataset
    from emogui.training.events import Finished, Stopped
    from emogui.training.network import NetworkConfig
    from emogui.training.train import Training

    unknown = set(augment) - {f.name for f in fields(Augmentation)}
    if unknown:
        raise UsageError(
            f"--augment knows no '{sorted(unknown)[0]}'.",
            f"It knows {', '.join(f.name for f in fields(Augmentation))}.",
        )
    dataset = load_dataset(
        Path(args.data),
        votes=Path(args.votes) if args.votes else None,
        keep_leaked=args.keep_leaked,
    )
    say(dataset.summary())
    if args.heads is None:
        heads = _teachable(heads, dataset)
    say(f"training on {backend}")
    config = TrainingConfig(
        start=args.init,
        epochs=args.epochs if args.epochs or args.minutes else 60,
        minutes=args.minutes,
        start_epoch=args.start_epoch - 1,
        seed=args.seed,
        batch=args.batch,
        stages=stages,
        rate=args.learning_rate,
        weight_decay=args.weight_decay,
        decay=args.average_decay,
        head_weights=heads,
        prior_strengths=prior,
        precision=args.precision,
        network=NetworkConfig(
            size=stages[-1][0],
            normalisation="caffe" if args.init == "imagenet" else "tf",
            dropout=args.dropout,
        ),
        augmentation=_augmentation(Path(args.output), augment),
    )
    training = Training(dataset, config, Path(args.output), say if remote is None else remote.say)
    try:
        if remote is None:
            follow(training, args.checkpoint_minutes)
        else:
            remote.follow(training, args.checkpoint_minutes, backend)
    except KeyboardInterrupt:
        training.save()
        say("stopped; the same command goes on from here")
        if remote is not None:
            remote.send(Stopped(training.done))
        return 130
    say(f"done; best epoch {training.progress.best_epoch}, kept in {args.output}")
    if remote is not None:
        remote.send(Finished(training.progress.best_epoch, str(args.output)))
    return 0


def _standard_input() -> int | None:
    """File descriptor of standard input; None where there is none."""
    try:
        return None if sys.stdin is None else sys.stdin.fileno()
    except (OSError, ValueError):
        return None


def _augmentation(output: Path, changes: dict[str, float]) -> Augmentation:
    """The ranges to train with; a training that goes on keeps those that it began with.

    Otherwise the same command would not go on with a training that another version began, whose
    ranges were others.
    """
    from emogui.training.augment import Augmentation
    from emogui.training.checkpoint import config_of
    from emogui.training.config import TrainingConfig

    asked = Augmentation(**changes)
    before = config_of(output / "checkpoint.npz")
    if before is None:
        return asked
    kept = replace(TrainingConfig.from_dict(before).augmentation, **changes)
    if kept != asked:
        say("the training goes on with the ranges of the augmentation that it began with")
    return kept


def _teachable(heads: dict[str, float], dataset: EmotionDataset) -> dict[str, float]:
    """The heads that the data have labels for, all of them where there are no labels at all."""
    there = {"ferplus": dataset.has_ferplus, "fer2013": dataset.has_fer2013}
    chosen = {head: weight for head, weight in heads.items() if there[head]}
    for head in sorted(set(heads) - set(chosen)) if chosen else ():
        say(f"the data have no labels for the head '{head}': it is not trained")
    return chosen or heads


def follow(training: Training, checkpoint_minutes: float) -> None:
    """Trains to the end, with a bar in a terminal."""
    from tqdm import tqdm

    live = sys.stderr.isatty()
    form = "{percentage:3.0f}% |{bar}| {elapsed}, {remaining} left{postfix}"
    with tqdm(total=100.0, disable=not live, bar_format=form, initial=100 * training.done) as bar:
        for done, loss in training.run(checkpoint_minutes):
            bar.set_postfix_str(
                f"epoch {training.progress.epoch + 1}, loss {loss:.3f}", refresh=False
            )
            bar.update(100 * done - bar.n)


def say(text: str) -> None:
    """Prints a line on standard error, above the bar where there is one."""
    from tqdm import tqdm

    tqdm.write(text, file=sys.stderr)
    sys.stderr.flush()


def _epochs(text: str) -> float:
    number = float(text)
    return int(number) if number.is_integer() else number


def head_numbers(option: str, text: str) -> dict[str, float]:
    """Reads ``ferplus=1,fer2013=0.5``.

    Raises:
        UsageError: it has another form, or names a head that there is not.
    """
    numbers = _numbers(option, text)
    unknown = [name for name in numbers if name not in HEADS]
    if unknown:
        raise UsageError(f"{option} knows no head '{unknown[0]}'.", f"It knows {', '.join(HEADS)}.")
    return numbers


def _numbers(option: str, text: str) -> dict[str, float]:
    """Reads ``name=1,other=0.5``; no number may be below 0."""
    try:
        split = [part.split("=") for part in text.split(",") if part]
        numbers = {name.strip(): float(value) for name, value in split}
    except ValueError:
        numbers = {"": -1.0}
    if any(not 0 <= value < float("inf") for value in numbers.values()):
        raise UsageError(
            f"{option} is given as name=number,name=number, none below 0; got '{text}'."
        )
    return numbers


def _check_ranges(args: argparse.Namespace) -> None:
    """Refuses numbers with which no training is possible."""
    above_zero = (
        "epochs",
        "minutes",
        "start_epoch",
        "batch",
        "learning_rate",
        "checkpoint_minutes",
    )
    for name in above_zero:
        value = getattr(args, name)
        if value is not None and not value > 0:
            raise UsageError(f"--{name.replace('_', '-')} must be above 0; got {value}.")
    for name in ("dropout", "average_decay"):
        value = getattr(args, name)
        if not 0 <= value < 1:
            raise UsageError(f"--{name.replace('_', '-')} is from 0 to below 1; got {value}.")
