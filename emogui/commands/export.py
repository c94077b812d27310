"""``emogui export``: makes the folder of a trained network, with its fast form."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from emogui.errors import UsageError


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "export",
        help="make the fast form of a trained network",
        description="Turn the output of 'emogui train' into a network that emogui can use: the "
        ".keras file, the fast form (OpenVINO, 8 bit) and model.json.",
    )
    parser.add_argument("run", metavar="DIR", help="output folder of 'emogui train'")
    parser.add_argument(
        "--data", required=True, metavar="PATH", help="the set it was trained on (for ranges)"
    )
    parser.add_argument("--votes", metavar="CSV", help="fer2013new.csv, the FER+ votes")
    parser.add_argument(
        "--output",
        metavar="DIR",
        help="folder to make; its name is the network's (default: among the user's networks)",
    )
    parser.add_argument("--title", default="", metavar="TEXT", help="name for people")
    parser.add_argument(
        "--weights",
        choices=("best", "last"),
        default="best",
        help="averaged weights of the best epoch by PublicTest, or of the last (%(default)s)",
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
    from emogui import paths
    from emogui.commands.train import head_numbers
    from emogui.training.backend import use_backend

    returned = head_numbers("--return-prior", args.return_prior)
    use_backend("tensorflow")
    from emogui.training.datasets import load_dataset
    from emogui.training.finish import export_run
    from emogui.training.record import earlier_stages

    earlier = earlier_stages(args.earlier) if args.earlier else None
    if earlier == []:
        raise UsageError(
            f"'{args.earlier}' has no record of a training.",
            "Give the folder of a network that 'emogui export' made, or of a training.",
        )
    folder = Path(args.run)
    output = Path(args.output) if args.output else paths.user_models() / folder.resolve().name
    dataset = load_dataset(Path(args.data), votes=Path(args.votes) if args.votes else None)
    card = export_run(
        folder,
        dataset,
        output,
        title=args.title or output.name,
        weights=args.weights,
        returned_priors=returned,
        earlier=earlier,
    )
    print(f"exported to {card.parent}", file=sys.stderr)
    return 0
