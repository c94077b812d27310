"""``emogui models``: lists the networks that can be used, or prints the card of one."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from emogui.commands.console import private_stdout, table

if TYPE_CHECKING:
    from emogui.backend.model_info import ModelInfo


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "models",
        help="list the networks that can be used",
        description="List the networks that came with emogui and those of the user, with the "
        "names by which --model chooses them.",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON array instead")
    form.add_argument(
        "--card",
        metavar="NAME_OR_DIR",
        help="print the model card of a network instead, as Markdown: what it is for, how good "
        "it is, where it fails, how it was made",
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Prints the networks."""
    from emogui import paths
    from emogui.backend.store import list_models, unreadable_models

    with private_stdout() as stdout:
        if args.card:
            print(_card(args.card), end="", file=stdout)
            return 0
        models = list_models()
        for error in unreadable_models():
            print(f"emogui: {error}", file=sys.stderr)
        if args.json:
            print(
                json.dumps([_describe(m) for m in models], ensure_ascii=False, indent=2),
                file=stdout,
            )
        elif models:
            rows = [
                [m.name, m.title, ", ".join(m.heads), _size(m), f"{m.input_size} px"]
                for m in models
            ]
            print(table(["name", "title", "heads", "size", "input"], rows), file=stdout)
            for model in models:
                for line in map(_figure, model.metrics):
                    print(f"{model.name}: {line}", file=stdout)
        else:
            print(
                "No network was found.\n"
                f"Install emogui again, or put a network's folder into {paths.user_models()}",
                file=stdout,
            )
    return 0


def _card(name_or_dir: str) -> str:
    from emogui.backend.store import load_model_info
    from emogui.output.document import to_markdown
    from emogui.output.model_card import model_card

    return to_markdown(model_card(load_model_info(name_or_dir)))


def _describe(model: ModelInfo) -> dict[str, Any]:
    return {
        "name": model.name,
        "title": model.title,
        "path": str(model.path),
        "heads": {head: list(info.labels) for head, info in model.heads.items()},
        "input_size": model.input_size,
        "files": {
            role: {"file": entry.file, "bytes": entry.bytes, "present": _present(model, role)}
            for role, entry in model.files.items()
        },
        "metrics": [dict(metric) for metric in model.metrics],
    }


def _present(model: ModelInfo, role: str) -> bool:
    return (model.path / model.files[role].file).is_file()


def _size(model: ModelInfo) -> str:
    """Megabytes of the files that are there."""
    total = sum(model.files[role].bytes for role in model.files if _present(model, role))
    return f"{total / 1e6:.1f} MB"


def _figure(metric: Mapping[str, Any]) -> str:
    """One line on how good a network is, and on what that was measured."""
    what = ", ".join(
        f"{name.replace('_', ' ')} {metric[name] * 100:.1f} %"
        for name in ("accuracy", "balanced_accuracy", "macro_f1")
        if isinstance(metric.get(name), int | float)
    )
    data = metric.get("data")
    where = [
        data.get("name") or data.get("file") if isinstance(data, Mapping) else data,
        metric.get("split"),
        metric.get("label_set") or metric.get("head") or _if_text(metric.get("labels")),
        f"n = {metric['n']:,}" if isinstance(metric.get("n"), int) else None,
    ]
    return f"{what or 'no figures'} on {', '.join(str(part) for part in where if part)}"


def _if_text(value: object) -> str | None:
    """The head's name where ``labels`` gives that; ``metrics.json`` lists the classes there."""
    return value if isinstance(value, str) else None
