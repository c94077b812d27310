"""What a model card says of how a network was trained: its chain of stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from emogui.output.document import Block, Bullets, Paragraph, Table

Stage = Mapping[str, Any]


def training_blocks(training: Mapping[str, Any]) -> Iterator[Block]:
    """The stages of a ``training`` entry of ``model.json``, from the first start to the end."""
    stages: Sequence[Stage] = training.get("stages", ())
    if not stages:
        yield Paragraph("How it was trained is not recorded.")
        return
    start = str(stages[0]["config"]["start"])
    hours = sum(float(stage["minutes"]) for stage in stages) / 60
    count = f"{len(stages)} stages" if len(stages) > 1 else "one stage"
    yield Paragraph(
        f"It began from {_first_start(start)} and was trained in {count}, {hours:.1f} hours "
        "together. `emogui retrain` runs them again; configuration, seeds, versions and hardware "
        "of each are in model.json, under `training.stages`."
    )
    yield from _recipe(stages[-1].get("recipe") or {})
    header = ("stage", "minutes", "epochs", "rows", "sizes", "peak rate", "heads", "log prior")
    yield Table(header, tuple(_row(number, stage) for number, stage in enumerate(stages, start=1)))
    yield Paragraph("What the averaged weights of each stage reached on PublicTest, uncalibrated:")
    yield Table(
        ("stage", "FER+ accuracy", "balanced over six", "FER-2013 accuracy"),
        tuple(_reached(number, stage) for number, stage in enumerate(stages, start=1)),
    )
    told = [
        f"Stage {number}: {text}"
        for number, stage in enumerate(stages, 1)
        for text in _notes(stage)
    ]
    if told:
        yield Bullets(tuple(told))


def _first_start(start: str) -> str:
    if start == "none":
        return "random weights"
    return "Keras' ImageNet weights" if start == "imagenet" else f"the weights in {start}"


def _recipe(recipe: Mapping[str, str]) -> Iterator[Block]:
    """By which recipe, after whom, and what they say it reaches."""
    if not recipe.get("source"):
        return
    claimed = recipe.get("claimed")
    said = f"The source says that it reaches {claimed}." if claimed else ""
    yield Paragraph(f"The recipe is `{recipe['name']}`, after: {recipe['source']}. {said}".rstrip())


def _row(number: int, stage: Stage) -> tuple[str, ...]:
    config = stage["config"]
    seen = sum(stage["pictures"].values())
    return (
        str(number),
        f"{stage['minutes']:.0f}",
        f"{seen / stage['rows']:.1f}" if seen and stage["rows"] else "",
        f"{stage['rows']:,}",
        ", ".join(f"{size} px" for size, _ in config["stages"]),
        f"{config['rate']:g}",
        ", ".join(f"{head} {weight:g}" for head, weight in config["head_weights"].items()),
        ", ".join(f"{h} {share:g}" for h, share in config["prior_strengths"].items() if share)
        or "none",
    )


def _reached(number: int, stage: Stage) -> tuple[str, ...]:
    history = stage["history"]
    chosen = next((row for row in history if row["epoch"] == stage["best_epoch"]), None)
    if stage["weights"] == "last" and history:
        chosen = history[-1]
    keys = ("ferplus_accuracy", "ferplus_balanced_six", "fer2013_accuracy")
    figures = [(chosen or {}).get(key) for key in keys]
    return (str(number), *("" if value is None else f"{value:.3f}" for value in figures))


def _processor(name: object) -> str:
    return "a processor that was not recorded" if name in (None, "", "unknown") else str(name)


def _accelerators(hardware: Mapping[str, Any]) -> str:
    name, devices = hardware.get("accelerator"), hardware.get("devices", 1)
    if devices > 1:
        return f"{devices} devices ({name or 'no accelerator'})"
    return name or "no accelerator"


def _notes(stage: Stage) -> Iterator[str]:
    for machine in stage["machines"]:
        hardware, versions = machine.get("hardware", {}), machine.get("versions", {})
        if hardware:
            memory = hardware.get("memory_gb")
            parts = [
                _processor(hardware.get("processor")),
                f"{hardware.get('cores')} cores",
                f"{memory:.0f} GB" if memory else None,
                _accelerators(hardware),
                ", ".join(f"{k} {v}" for k, v in versions.items() if k not in ("backend", "pillow"))
                or versions.get("backend"),
            ]
            yield f"ran on {', '.join(part for part in parts if part)}."
    if stage.get("note"):
        yield stage["note"]
