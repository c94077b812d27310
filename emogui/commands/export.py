"""``emogui export``: makes the folder of a trained network, with its fast form."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emogui import paths
from emogui.commands.console import add_data_options
from emogui.errors import UsageError

if TYPE_CHECKING:
    from emogui.training.data import EmotionDataset


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "export",
        help="make the fast form of a trained network",
        description="Turn the output of 'emogui train' into a network that emogui can use: the "
        ".keras file, the fast form (OpenVINO, 8 bit) and model.json. Given a network's folder or "
        "its .keras file, make the fast form again.",
    )
    parser.add_argument(
        "run",
        metavar="SOURCE",
        help="output folder of 'emogui train', or the folder or .keras file of a network",
    )
    add_data_options(parser, "the set it was trained on (for ranges)")
    parser.add_argument(
        "--output",
        metavar="DIR",
        help="folder to make; its name is the network's (default: among the user's networks)",
    )
    parser.add_argument("--title", default="", metavar="TEXT", help="name for people")
    parser.add_argument(
        "--weights",
        choices=("best", "last"),
        help="averaged weights of the best epoch by PublicTest, or of the last (best)",
    )
    parser.add_argument(
        "--return-prior",
        default="",
        metavar="H=T,...",
        help="share of the log prior given back to a head's biases after a training with --prior",
    )
    parser.add_argument(
        "--earlier",
        metavar="DIR",
        help="network or training whose record tells the stages before this one, for a training "
        "that has no record.json of its own",
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Exports, and says where to."""
    from emogui.training.backend import use_backend

    source = Path(args.run)
    finished = source.suffix == ".keras" or (source / "model.json").is_file()
    use_backend("tensorflow")
    card = _export_again(args, source) if finished else _export_training(args, source)
    print(f"exported to {card.parent}", file=sys.stderr)
    return 0


def _export_training(args: argparse.Namespace, source: Path) -> Path:
    from emogui.commands.train_options import head_numbers
    from emogui.training.finish import export_run, title_of
    from emogui.training.record import earlier_stages

    returned = head_numbers("--return-prior", args.return_prior)
    earlier = earlier_stages(args.earlier) if args.earlier else None
    if earlier == []:
        raise UsageError(
            f"'{args.earlier}' has no record of a training.",
            "Give the folder of a network that 'emogui export' made, or of a training.",
        )
    output = _output(args, source.resolve().name)
    return export_run(
        source,
        _dataset(args),
        output,
        title=args.title or title_of(source, output.name),
        weights=args.weights or "best",
        returned_priors=returned,
        earlier=earlier,
    )


def _export_again(args: argparse.Namespace, source: Path) -> Path:
    from emogui.training.reexport import reexport

    if args.weights or args.return_prior or args.earlier:
        raise UsageError(
            "--weights, --return-prior and --earlier are for trainings; this is a finished "
            "network.",
            "Leave them out, or give the output folder of 'emogui train'.",
        )
    card = reexport(source, _dataset(args), _output(args, source.resolve().stem), args.title)
    if json.loads(card.read_text(encoding="utf-8")).get("metrics"):
        print(
            "the figures in model.json are those of the fast form before; "
            "'emogui evaluate' measures this one",
            file=sys.stderr,
        )
    return card


def _output(args: argparse.Namespace, name: str) -> Path:
    return Path(args.output) if args.output else paths.user_models() / name


def _dataset(args: argparse.Namespace) -> EmotionDataset:
    from emogui.training.datasets import load_dataset

    return load_dataset(Path(args.data), votes=Path(args.votes) if args.votes else None)
