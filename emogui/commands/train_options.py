"""The options by which ``emogui train`` changes a recipe, to and from its configuration."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from emogui.errors import UsageError
from emogui.labels import HEADS

if TYPE_CHECKING:
    from emogui.training.augment import Augmentation
    from emogui.training.config import TrainingConfig
    from emogui.training.network import NetworkConfig

T = TypeVar("T")

OPTIMIZERS: Final = ("sgd", "sgd-plain", "adam", "adamw")
SCHEDULES: Final = ("cosine", "constant")
NORMALISATIONS: Final = ("tf", "unit", "caffe", "torch")
PRECISIONS: Final = ("auto", "float32", "bfloat16")


def add_recipe_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options; one that is not given leaves what the recipe says."""
    group = parser.add_argument_group("options that change the recipe")
    group.add_argument(
        "--init",
        metavar="START",
        help="none (random), imagenet (Keras' published weights, downloaded), or a model folder, "
        ".keras, .weights.h5 or .npz file, or the folder of a training",
    )
    length = group.add_mutually_exclusive_group()
    length.add_argument(
        "--epochs", type=_epochs, metavar="N", help="train so many epochs; 5.2 is possible"
    )
    length.add_argument("--minutes", type=float, metavar="M", help="train so many minutes")
    group.add_argument("--start-epoch", type=int, metavar="N", help="first epoch is N")
    group.add_argument("--seed", type=int, metavar="N")
    group.add_argument("--batch", type=int, metavar="N", help="pictures a step")
    group.add_argument(
        "--sizes", metavar="S", help="picture sizes: 64:0.4,96 is 64 for the first 40 %%, then 96"
    )
    group.add_argument("--optimizer", choices=OPTIMIZERS, help="sgd has Nesterov momentum 0.9")
    group.add_argument("--schedule", choices=SCHEDULES, help="of the learning rate")
    group.add_argument("--learning-rate", type=float, metavar="R", help="at its peak")
    group.add_argument("--weight-decay", type=float, metavar="W", help="0 for none")
    group.add_argument("--clip", type=float, metavar="N", help="largest gradient; 0 for no limit")
    group.add_argument("--average-decay", type=float, metavar="D", help="0 for no average")
    group.add_argument("--dropout", type=float, metavar="P", help="before the heads")
    group.add_argument("--normalisation", choices=NORMALISATIONS, help="of the input")
    group.add_argument("--smoothing", type=float, metavar="S", help="of the FER-2013 labels")
    group.add_argument(
        "--heads",
        metavar="H=W,...",
        help="weight of each loss (default: the recipe's, as far as the data have labels)",
    )
    group.add_argument(
        "--prior",
        metavar="H=T,...",
        help="share of the log prior added to a head's logits while training",
    )
    group.add_argument(
        "--augment",
        metavar="NAME=V,...",
        help="change ranges of the augmentation; none or all before them starts from no changes "
        "or from emogui's ranges. A training that goes on keeps those it began with",
    )
    group.add_argument(
        "--precision", choices=PRECISIONS, help="to compute in; the weights are float32"
    )


def add_devices_option(parser: argparse.ArgumentParser) -> None:
    """Adds ``--devices``, which changes nothing of the recipe: None for auto."""
    parser.add_argument(
        "--devices",
        type=_devices,
        metavar="N",
        help="devices to share each batch among, with --backend tensorflow or jax; auto takes all "
        "accelerators, and the processor where there is none (default: auto)",
    )


def config_of(args: argparse.Namespace, base: TrainingConfig) -> TrainingConfig:
    """What a recipe is with the options that were given.

    Raises:
        UsageError: an option has a value with which no training is possible.
    """
    from emogui.training.schedule import parse_stages

    _check_ranges(args)
    stages = base.stages if args.sizes is None else parse_stages(args.sizes)
    start = _or(args.init, base.start)
    bounded = args.epochs is not None or args.minutes is not None
    return replace(
        base,
        start=start,
        epochs=args.epochs if bounded else base.epochs,
        minutes=args.minutes if bounded else base.minutes,
        start_epoch=base.start_epoch if args.start_epoch is None else args.start_epoch - 1,
        seed=_or(args.seed, base.seed),
        batch=_or(args.batch, base.batch),
        stages=stages,
        optimizer=_or(args.optimizer, base.optimizer),
        schedule=_or(args.schedule, base.schedule),
        rate=_or(args.learning_rate, base.rate),
        weight_decay=_or(args.weight_decay, base.weight_decay),
        clip=_or(args.clip, base.clip),
        decay=_or(args.average_decay, base.decay),
        head_weights=_heads("--heads", args.heads, base.head_weights),
        prior_strengths=_heads("--prior", args.prior, base.prior_strengths),
        smoothing=_or(args.smoothing, base.smoothing),
        precision=_or(args.precision, base.precision),
        network=_network(args, base.network, stages[-1][0], start),
        augmentation=changed(args.augment, base.augmentation),
    )


def options_of(config: TrainingConfig) -> list[str]:
    """The options that give all of a configuration but its network's backbone and layers."""
    from emogui.training.schedule import format_stages

    options: dict[str, object] = {
        "init": config.start,
        "epochs": config.epochs,
        "minutes": config.minutes,
        "start-epoch": config.start_epoch + 1,
        "seed": config.seed,
        "batch": config.batch,
        "sizes": format_stages(config.stages),
        "optimizer": config.optimizer,
        "schedule": config.schedule,
        "learning-rate": config.rate,
        "weight-decay": config.weight_decay,
        "clip": config.clip,
        "average-decay": config.decay,
        "dropout": config.network.dropout,
        "normalisation": config.network.normalisation,
        "smoothing": config.smoothing,
        "heads": _pairs(config.head_weights),
        "prior": _pairs(config.prior_strengths),
        "augment": _augment_text(config.augmentation),
        "precision": config.precision,
    }
    words = []
    for name, value in options.items():
        if value is not None:
            words += [f"--{name}", _number(value) if isinstance(value, float) else str(value)]
    return words


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


def changed(text: str | None, base: Augmentation) -> Augmentation:
    """Ranges of the augmentation as ``--augment`` changes them.

    Raises:
        UsageError: the text has another form, or names a range that there is not.
    """
    from emogui.training.augment import NONE, Augmentation

    first, _, rest = (text or "").partition(",")
    if first in ("none", "all"):
        base, text = (NONE if first == "none" else Augmentation()), rest
    changes = _numbers("--augment", text or "")
    known = [f.name for f in fields(Augmentation)]
    unknown = sorted(set(changes) - set(known))
    if unknown:
        raise UsageError(f"--augment knows no '{unknown[0]}'.", f"It knows {', '.join(known)}.")
    return replace(base, **changes)


def goes_on_with(output: Path, text: str | None, asked: Augmentation) -> Augmentation:
    """The ranges to train with; a training that goes on keeps those that it began with.

    Otherwise the same command would not go on with a training that another version began, whose
    ranges were others.
    """
    from emogui.training.checkpoint import config_of as written_in
    from emogui.training.config import TrainingConfig

    before = written_in(output / "checkpoint.npz")
    if before is None:
        return asked
    return changed(text, TrainingConfig.from_dict(before).augmentation)


def _network(args: argparse.Namespace, base: NetworkConfig, size: int, start: str) -> NetworkConfig:
    from emogui.training.networks.backbones import PUBLISHED

    normalisation = base.normalisation
    if start == "imagenet" and base.backbone in PUBLISHED:  # as those weights were trained
        normalisation = PUBLISHED[base.backbone].normalisation
    return replace(
        base,
        size=size,
        normalisation=_or(args.normalisation, normalisation),
        dropout=_or(args.dropout, base.dropout),
    )


def _heads(option: str, text: str | None, base: Mapping[str, float]) -> Mapping[str, float]:
    return base if text is None else head_numbers(option, text)


def _pairs(numbers: Mapping[str, float]) -> str:
    return ",".join(f"{name}={_number(value)}" for name, value in numbers.items())


def _number(value: float) -> str:
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _augment_text(ranges: Augmentation) -> str:
    from emogui.training.augment import NONE, Augmentation

    for name, known in (("none", NONE), ("all", Augmentation())):
        if ranges == known:
            return name
    return "none," + _pairs({name: value for name, value in asdict(ranges).items() if value})


def _or(given: T | None, otherwise: T) -> T:
    return otherwise if given is None else given


def _epochs(text: str) -> float:
    number = float(text)
    return int(number) if number.is_integer() else number


def _devices(text: str) -> int | None:
    if text == "auto":
        return None
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"is auto or a number from 1; got '{text}'")
    return number


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
    for name in ("epochs", "minutes", "start_epoch", "batch", "learning_rate"):
        value = getattr(args, name)
        if value is not None and not value > 0:
            raise UsageError(f"--{name.replace('_', '-')} must be above 0; got {value}.")
    for name in ("dropout", "average_decay", "smoothing"):
        value = getattr(args, name)
        if value is not None and not 0 <= value < 1:
            raise UsageError(f"--{name.replace('_', '-')} is from 0 to below 1; got {value}.")
    for name in ("weight_decay", "clip"):
        value = getattr(args, name)
        if value is not None and not 0 <= value < float("inf"):
            raise UsageError(f"--{name.replace('_', '-')} must not be below 0; got {value}.")
