"""``emogui train``: trains a network by a recipe."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emogui.commands.console import add_data_options
from emogui.commands.train_options import (
    add_devices_option,
    add_recipe_options,
    config_of,
    goes_on_with,
)
from emogui.errors import UsageError

if TYPE_CHECKING:
    from emogui.training.data import EmotionDataset
    from emogui.training.remote import Remote
    from emogui.training.train import Training


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "train",
        help="train a network",
        description="Train a network by a recipe; 'emogui recipes' lists them. A training that "
        "was stopped goes on from its checkpoint when the same command is given again.",
    )
    parser.add_argument(
        "recipe", metavar="RECIPE", help="name of a recipe, or a .toml file with one of your own"
    )
    add_data_options(parser, required=False)
    parser.add_argument("--output", metavar="DIR", help="where the training is kept")
    parser.add_argument("--backend", choices=("tensorflow", "jax", "torch"), help="for Keras")
    add_devices_option(parser)
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
    parser.add_argument(
        "--show", action="store_true", help="print all that decides the training and do nothing"
    )
    add_recipe_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Trains until it is done; Ctrl+C keeps what was done."""
    if args.progress == "bar":
        return _run(args, None)
    from emogui.commands.console import private_stdout
    from emogui.piped import standard_input
    from emogui.training.remote import Remote

    with private_stdout() as stdout:
        remote = Remote(stdout, controls=standard_input())
        remote.listen()
        with remote.failures():
            return _run(args, remote)


def _run(args: argparse.Namespace, remote: Remote | None) -> int:
    from emogui.training.recipes import find_recipe

    if not args.checkpoint_minutes > 0:
        raise UsageError(f"--checkpoint-minutes must be above 0; got {args.checkpoint_minutes}.")
    recipe = find_recipe(args.recipe)
    config = config_of(args, recipe.config)
    if args.show:
        print(json.dumps(config.as_dict(), indent=2))
        return 0
    if not (args.data and args.output):
        raise UsageError("--data and --output are needed.", "--show alone goes without them.")
    from emogui.training.backend import use_backend

    backend = use_backend(args.backend, config.precision)
    from emogui.training.datasets import load_dataset
    from emogui.training.devices import find_devices
    from emogui.training.events import Finished, Stopped
    from emogui.training.train import Training

    find_devices(args.devices, config.batch)  # refused now, not after the data are read
    dataset = load_dataset(
        Path(args.data),
        votes=Path(args.votes) if args.votes else None,
        keep_leaked=args.keep_leaked,
    )
    say(dataset.summary())
    if args.heads is None:
        config = replace(config, head_weights=_teachable(dict(config.head_weights), dataset))
    say(f"training on {backend}")
    kept = goes_on_with(Path(args.output), args.augment, config.augmentation)
    if kept != config.augmentation:
        say("the training goes on with the ranges of the augmentation that it began with")
        config = replace(config, augmentation=kept)
    tell = say if remote is None else remote.say
    training = Training(
        dataset, config, Path(args.output), tell, recipe.describe(), devices=args.devices
    )
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
