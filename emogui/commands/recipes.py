"""``emogui recipes``: lists the recipes that ``emogui train`` knows, or shows one."""

from __future__ import annotations

import argparse
import json
import shlex
import textwrap
from typing import TYPE_CHECKING, Any

from emogui.commands.console import private_stdout, table

if TYPE_CHECKING:
    from emogui.training.recipes import Recipe


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "recipes",
        help="list the trainings that there are by name",
        description="List the recipes that 'emogui train' knows by name, or show all of one: what "
        "its source describes, what it leaves open and what was chosen.",
    )
    parser.add_argument(
        "recipe", nargs="?", metavar="RECIPE", help="show this one: a name, or a .toml file"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON instead")
    form.add_argument(
        "--toml",
        action="store_true",
        help="print the recipe named as a .toml file, to make one of your own from",
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Prints the recipes."""
    from emogui.errors import UsageError
    from emogui.training.recipes import RECIPES, find_recipe

    if args.toml and not args.recipe:
        raise UsageError("--toml needs the name of a recipe.", "'emogui recipes' lists them.")
    chosen = [find_recipe(args.recipe)] if args.recipe else list(RECIPES.values())
    with private_stdout() as stdout:
        if args.toml:
            from emogui.training.recipes.own import to_toml

            print(to_toml(chosen[0]), end="", file=stdout)
        elif args.json:
            content: Any = [recipe.as_dict() for recipe in chosen]
            print(
                json.dumps(content[0] if args.recipe else content, ensure_ascii=False, indent=2),
                file=stdout,
            )
        elif args.recipe:
            print(_describe(chosen[0], args.recipe), file=stdout)
        else:
            print(table(["recipe", "what", "labels", "size", "trained", "claimed"],
                        [_row(recipe) for recipe in chosen]), file=stdout)  # fmt: skip
    return 0


def _row(recipe: Recipe) -> list[str]:
    config = recipe.config
    return [
        recipe.name,
        recipe.title,
        ", ".join(recipe.heads),
        f"{config.stages[-1][0]} px",
        _bound(recipe),
        recipe.claimed or "-",
    ]


def _bound(recipe: Recipe) -> str:
    config = recipe.config
    return f"{config.epochs:g} epochs" if config.epochs is not None else f"{config.minutes:g} min"


def _describe(recipe: Recipe, called: str) -> str:
    from emogui.commands.train_options import options_of

    config = recipe.config
    network = config.network
    lines = [f"{recipe.name}: {recipe.title}", "", *textwrap.wrap(recipe.summary, 96), ""]
    facts = {
        "source": recipe.source or "emogui's own",
        "claimed": recipe.claimed or "nothing",
        "labels": ", ".join(recipe.heads),
        "pre-training": f"{recipe.pretrained}, where --init asks for it"
        if recipe.pretrained
        else "none",
        "network": network.backbone if network.backbone != "layers" else "",
    }
    lines += [f"{name:<14}{fact}" for name, fact in facts.items() if fact]
    lines += [f"{'layers' if not i else '':<14}{layer}" for i, layer in enumerate(network.layers)]
    if recipe.choices:
        lines += ["", "What the source leaves open, and what was chosen:"]
        for choice in recipe.choices:
            lines += textwrap.wrap(choice, 96, initial_indent="- ", subsequent_indent="  ")
    words = ["emogui", "train", called, "--data", "fer2013.csv"]
    words += ["--votes", "fer2013new.csv"] if "ferplus" in recipe.heads else []
    words += ["--output", f"runs/{recipe.name}"]
    lines += ["", "As a command:", f"  {shlex.join(words)}", "", "which is, in full:"]
    whole = shlex.join([*words, *options_of(config)])
    lines += textwrap.wrap(
        whole, 92, initial_indent="  ", subsequent_indent="    ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return "\n".join(lines)
