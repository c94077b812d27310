"""``emogui retrain``: makes a network again, by the record of how it was made."""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emogui.commands import calibrate, export
from emogui.commands.console import add_data_options, table
from emogui.commands.train import follow, say
from emogui.commands.train_options import add_devices_option
from emogui.errors import TrainingError, UsageError

if TYPE_CHECKING:
    from emogui.backend.model_info import ModelInfo
    from emogui.training.record import StageRecord
    from emogui.training.retrain import PlannedStage


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Adds the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "retrain",
        help="make a network again, by the record of how it was made",
        description="Run all stages again by which a network was trained, the first one from "
        "random weights, as its model.json records them; then export and calibrate. What was "
        "stopped goes on when the same command is given again; a stage that is done is kept.",
    )
    parser.add_argument("model", metavar="NAME_OR_DIR", help="the network whose record is run")
    add_data_options(parser, required=False)
    parser.add_argument(
        "--output", metavar="DIR", help="gets a folder a stage, and the network under its name"
    )
    parser.add_argument("--backend", choices=("tensorflow", "jax", "torch"), help="for Keras")
    add_devices_option(parser)
    parser.add_argument(
        "--bound",
        choices=("epochs", "minutes"),
        default="epochs",
        help="a stage that was bounded by time sees as many pictures again, or takes as many "
        "minutes (%(default)s)",
    )
    parser.add_argument(
        "--init", metavar="START", help="start of the first stage (default: as recorded)"
    )
    parser.add_argument(
        "--checkpoint-minutes", type=float, default=3.0, metavar="M", help="between checkpoints"
    )
    parser.add_argument("--dry-run", action="store_true", help="print the plan and do nothing")
    return parser


def run(args: argparse.Namespace) -> int:
    """Trains, exports and calibrates; Ctrl+C keeps what was done."""
    if not args.checkpoint_minutes > 0:
        raise UsageError(f"--checkpoint-minutes must be above 0; got {args.checkpoint_minutes}.")
    if not args.dry_run and not (args.data and args.output):
        raise UsageError("--data and --output are needed.", "--dry-run alone goes without them.")
    from emogui.backend.store import load_model_info
    from emogui.training.record import stages_of

    info = load_model_info(args.model)
    stages = stages_of(info.card.get("training", {}))
    if args.dry_run:
        print(_describe_plan(info, stages, args))
        return 0
    if Path(args.output).resolve() / info.name == info.path.resolve():
        raise UsageError(
            f"--output {args.output} would overwrite the network '{info.name}' itself.",
            "Give another folder.",
        )
    if importlib.util.find_spec("nncf") is None:  # known now, not after hours of training
        raise TrainingError(
            "The last step, the export, needs NNCF, which is not installed.",
            'python -m pip install "emogui[train]"',
        )
    from emogui.training.backend import use_backend

    backend = use_backend(args.backend)
    from emogui.training.datasets import load_dataset
    from emogui.training.devices import find_devices
    from emogui.training.retrain import plan, replay

    planned = plan(stages, Path(args.output), by=args.bound, start=args.init)
    for stage in planned:  # refused now, not after the stages before it
        find_devices(args.devices, stage.config.batch)
    dataset = load_dataset(Path(args.data), votes=Path(args.votes) if args.votes else None)
    say(dataset.summary())
    say(f"training on {backend}")

    def train(training: Any) -> None:
        try:
            follow(training, args.checkpoint_minutes)
        except KeyboardInterrupt:
            training.save()
            say("stopped; the same command goes on from here")
            raise

    last = replay(planned, dataset, train, say, args.devices)
    return _finish(info, planned, last, args, backend)


def _describe_plan(info: ModelInfo, stages: list[StageRecord], args: argparse.Namespace) -> str:
    from emogui.training.retrain import plan

    planned = plan(stages, Path(args.output or "."), by=args.bound, start=args.init)
    rows = [_row(stage) for stage in planned]
    hours = sum(stage.record.minutes for stage in planned) / 60
    header = ["stage", "from", "epochs", "sizes", "rate", "heads", "prior", "recorded"]
    lines = [
        f"{info.title}: {len(planned)} stages, {hours:.1f} hours where it was made",
        table(header, rows),
    ]
    for stage in planned:
        where = [
            f"{m['hardware'].get('processor')}, {m['hardware'].get('cores')} cores, "
            f"{m['hardware'].get('accelerator') or 'no accelerator'}, "
            f"{m.get('versions', {}).get('backend', 'unknown backend')}"
            for m in stage.record.machines
            if m.get("hardware")
        ]
        lines.append(f"stage {stage.number} ran on: {'; '.join(where) or 'not recorded'}")
        if stage.record.note:
            lines.append(f"stage {stage.number}: {stage.record.note}")
    return "\n".join(lines)


def _row(stage: PlannedStage) -> list[str]:
    config, record = stage.config, stage.record
    began = 0.0
    sizes = []
    for size, end in config.stages:
        sizes.append(f"{size} px {end - began:.0%}")
        began = end
    return [
        str(stage.number),
        _start(stage),
        f"{config.epochs:g}" if config.epochs is not None else f"{config.minutes:g} min",
        ", ".join(sizes),
        f"{config.rate:g}",
        _numbers(config.head_weights),
        _numbers(config.prior_strengths),
        f"{record.minutes:.0f} min, {record.epochs:.1f} epochs",
    ]


def _start(stage: PlannedStage) -> str:
    if stage.number > 1:
        return f"stage {stage.number - 1}"
    return "random weights" if stage.config.start == "none" else stage.config.start


def _numbers(heads: Any) -> str:
    return ", ".join(f"{head} {value:g}" for head, value in heads.items() if value) or "none"


def _finish(
    info: ModelInfo,
    planned: list[PlannedStage],
    last: Path,
    args: argparse.Namespace,
    backend: str,
) -> int:
    """Exports and calibrates as the network that is made again was."""
    folder = Path(args.output) / info.name
    data = ["--data", args.data, *(["--votes", args.votes] if args.votes else [])]
    record = planned[-1].record
    words = [str(last), *data, "--output", str(folder), "--title", info.title]
    words += ["--weights", record.weights]
    if record.prior_returned:
        returned = ",".join(f"{head}={share}" for head, share in record.prior_returned.items())
        words += ["--return-prior", returned]
    if backend == "tensorflow":
        export.run(_parse(export, "export", words))
    else:  # export needs TensorFlow, and Keras keeps its backend for the life of a process
        command = [sys.executable, "-m", "emogui", "export", *words]
        if subprocess.run(command, check=False).returncode:
            raise TrainingError(
                f"The stages are trained, but their export to '{folder}' failed.",
                "What was said above tells why; the same command goes on with the export.",
            )
    coverages = [
        entry["coverage"]
        for entry in info.card.get("calibration", {}).values()
        if isinstance(entry, dict) and "coverage" in entry
    ]
    words = ["--model", str(folder), *data]
    words += ["--coverage", str(coverages[0])] if coverages else []
    calibrate.run(_parse(calibrate, "calibrate", words))
    say(f"made again in {folder}; 'emogui evaluate --model {folder} ...' measures it")
    return 0


def _parse(command: Any, name: str, words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    return parser.parse_args([name, *words])
