"""What the user enters in the Train tab, and the plan that comes of it. Knows no Tk."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from emogui.training.recipes import Recipe
from emogui.training.runs import RunPlan

Bound = Literal["epochs", "minutes"]
MOST_EPOCHS: Final = 10_000.0
MOST_MINUTES: Final = 100_000.0
MOST_BATCH: Final = 4096
MOST_RATE: Final = 10.0

BACKENDS: Final[Mapping[str, str]] = {
    "tensorflow": "TensorFlow",
    "jax": "JAX",
    "torch": "PyTorch",
}
"""What Keras trains on, by name, and the name for people."""


@dataclass(frozen=True, slots=True)
class TrainingForm:
    """The fields as they stand; numbers as text, as the user typed them.

    Attributes:
        name: of the network.
        bound: what bounds the training, and ``length`` how much of it.
        batch: pictures a step.
        rate: peak learning rate.
        start: ``"none"``, ``"imagenet"``, a network by name or folder, or a file.
        backend: of :data:`BACKENDS`; "" leaves it to Keras.
    """

    name: str = ""
    bound: Bound = "epochs"
    length: str = ""
    batch: str = ""
    rate: str = ""
    start: str = "none"
    backend: str = ""


def form_of(recipe: Recipe, before: TrainingForm) -> TrainingForm:
    """The fields as a recipe has them; the name and the backend stay as they are."""
    config = recipe.config
    bound: Bound = "minutes" if config.minutes else "epochs"
    return replace(
        before,
        bound=bound,
        length=f"{config.minutes or config.epochs or 60:g}",
        batch=str(config.batch),
        rate=f"{config.rate:g}",
        start="none" if before.start == "imagenet" and not recipe.pretrained else before.start,
    )


def problems_of(form: TrainingForm) -> dict[str, str]:
    """What is wrong with the fields, by the field's name; empty where a plan can be made."""
    found = {}
    most = MOST_EPOCHS if form.bound == "epochs" else MOST_MINUTES
    if not form.name.strip():
        found["name"] = "The network needs a name."
    if not 0 < _number(form.length) <= most:
        found["length"] = f"The {form.bound} are a number above 0."
    batch = _number(form.batch)
    if not (1 <= batch <= MOST_BATCH and batch.is_integer()):
        found["batch"] = f"The batch is a whole number from 1 to {MOST_BATCH}."
    if not 0 < _number(form.rate) <= MOST_RATE:
        found["rate"] = "The learning rate is a number above 0, such as 0.05."
    return found


def plan_of(form: TrainingForm, recipe: str, data: str, votes: str) -> RunPlan:
    """The plan; everything the user can see is written into it, so that a resume repeats it.

    The fields must have no problem; see :func:`problems_of`.
    """
    length = _number(form.length)
    return RunPlan(
        name=form.name.strip(),
        recipe=recipe,
        data=data,
        votes=votes,
        epochs=length if form.bound == "epochs" else None,
        minutes=length if form.bound == "minutes" else None,
        batch=int(_number(form.batch)),
        learning_rate=_number(form.rate),
        init=form.start,
        backend=form.backend,
        title=form.name.strip(),
    )


def installed_backends() -> tuple[str, ...]:
    """The backends that can be used here; looks for files, loads nothing."""
    return tuple(name for name in BACKENDS if importlib.util.find_spec(name) is not None)


def missing_for_export() -> str:
    """What is not installed and needed to finish a network; empty where all is there."""
    needed = {"nncf": "NNCF", "tensorflow": "TensorFlow"}
    missing = [title for name, title in needed.items() if importlib.util.find_spec(name) is None]
    if not missing:
        return ""
    return (
        f"{' and '.join(missing)} must be installed to finish a network: "
        "python -m pip install 'emogui[train]'"
    )


def _number(text: str) -> float:
    """The number; a comma may stand for the point. Not a number where it is none."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return float("nan")
