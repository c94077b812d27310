"""A user's own recipes: a TOML file that changes what it names of another recipe.

``docs/recipes.md`` explains the form; ``emogui recipes NAME --toml`` writes any recipe in it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, Final

from emogui.errors import EmoguiError, UsageError
from emogui.labels import HEADS
from emogui.training.augment import NONE, Augmentation
from emogui.training.config import OPTIMIZERS, TrainingConfig
from emogui.training.network import NORMALISATIONS, OWN_LAYERS, NetworkConfig
from emogui.training.networks.backbones import BACKBONES
from emogui.training.networks.layers import parse_layers
from emogui.training.recipes.recipe import IMAGENET, Recipe
from emogui.training.schedule import SCHEDULES, format_stages, parse_stages

BASE: Final = "resnet50"
"""The recipe that a file without ``base`` changes."""

_TEXTS: Final = ("name", "title", "summary", "source", "claimed", "pretrained")
_TABLES: Final = ("training", "network", "augmentation")
_AUGMENTATIONS: Final = {"none": NONE, "all": Augmentation()}
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "precision": ("auto", "float32", "bfloat16"),
    "normalisation": tuple(NORMALISATIONS),
}


def load_recipe(path: Path, recipes: Mapping[str, Recipe]) -> Recipe:
    """Reads a recipe from a TOML file.

    Args:
        path: the file.
        recipes: the ones that its ``base`` may name.

    Raises:
        UsageError: it cannot be read, or says something that no recipe says.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"The recipe '{path}' cannot be read: {error}.",
            "docs/recipes.md has an example that can be copied.",
        ) from error
    try:
        return _make(content, path.stem, recipes)
    except _WrongError as error:
        raise UsageError(f"The recipe '{path}' {error}.", "See docs/recipes.md.") from error
    except EmoguiError as error:  # of layers or sizes
        raise UsageError(f"The recipe '{path}': {error.message}", error.hint) from error


class _WrongError(Exception):
    """What is wrong with a file, to follow its name."""


def _make(content: Mapping[str, Any], stem: str, recipes: Mapping[str, Recipe]) -> Recipe:
    _known(content, (*_TEXTS, "base", "choices", *_TABLES), "")
    base = recipes.get(content.get("base", BASE))
    if base is None:
        raise _WrongError(
            f"has the base '{content['base']}', which is none of {', '.join(recipes)}"
        )
    for table in _TABLES:
        if not isinstance(content.get(table, {}), dict):
            raise _WrongError(f"has '{table}', which is a table: [{table}]")
    # The claim, the source and the choices are those of the base no more.
    texts = dict.fromkeys(_TEXTS, "") | {"name": stem, "summary": f"{base.name}, changed."}
    texts["pretrained"] = base.pretrained
    for key in _TEXTS:
        texts[key] = _like(content.get(key, texts[key]), "", key)
    if texts["pretrained"] not in ("", IMAGENET):
        raise _WrongError(f"has pretrained = '{texts['pretrained']}', expected '' or '{IMAGENET}'")
    return Recipe(
        **texts | {"title": texts["title"] or texts["name"]},
        choices=tuple(_like(content.get("choices", []), [""], "choices")),
        config=_config(content, base.config),
    )


def _config(content: Mapping[str, Any], base: TrainingConfig) -> TrainingConfig:
    said = dict(content.get("training", {}))
    plain = base.as_dict()
    plain["sizes"] = format_stages(base.stages)
    for table in ("stages", "network", "augmentation"):
        del plain[table]
    _known(said, plain, "training")
    if "epochs" in said and "minutes" in said:
        raise _WrongError("gives both epochs and minutes; a training has one bound")
    if "epochs" in said or "minutes" in said:
        plain |= {"epochs": None, "minutes": None}
    for key, value in said.items():
        if key in ("head_weights", "prior_strengths"):
            _known(_like(value, {}, key), HEADS, key)
            plain[key] = {head: _like(number, 0.0, key) for head, number in value.items()}
        else:
            example = 0.0 if key in ("epochs", "minutes") else plain[key]
            plain[key] = _like(value, example, key)
    _check_numbers(plain)
    stages = parse_stages(plain.pop("sizes"))
    return TrainingConfig(
        **plain,
        stages=stages,
        network=_network(content.get("network", {}), base.network, stages[-1][0]),
        augmentation=_augmentation(content.get("augmentation", {}), base.augmentation),
    )


def _network(said: Mapping[str, Any], base: NetworkConfig, size: int) -> NetworkConfig:
    plain = asdict(base)
    del plain["size"]  # the last of the sizes
    _known(said, plain, "network")
    for key, value in said.items():
        plain[key] = _like(value, [""] if key == "layers" else plain[key], key)
    # Layers alone are a whole network, unless a backbone is named with them.
    if said.get("layers") and "backbone" not in said:
        plain["backbone"] = OWN_LAYERS
    if said.get("backbone") and "layers" not in said:
        plain["layers"] = ()
    network = NetworkConfig(size=size, **plain)
    if network.backbone not in (*BACKBONES, OWN_LAYERS):
        known = ", ".join((*BACKBONES, OWN_LAYERS))
        raise _WrongError(f"has the backbone '{network.backbone}', which is none of {known}")
    _check_choice("normalisation", network.normalisation)
    if not 0 <= network.dropout < 1:
        raise _WrongError(f"has dropout = {network.dropout}; it is from 0 to below 1")
    if network.layers or network.backbone == OWN_LAYERS:
        parse_layers(network.layers)
    return network


def _augmentation(said: Mapping[str, Any], base: Augmentation) -> Augmentation:
    names = [field.name for field in fields(Augmentation)]
    _known(said, ("start", *names), "augmentation")
    if "start" in said and said["start"] not in _AUGMENTATIONS:
        raise _WrongError(f"starts the augmentation with '{said['start']}', expected none or all")
    ranges = {key: _like(value, 0.0, key) for key, value in said.items() if key != "start"}
    if any(value < 0 for value in ranges.values()):
        raise _WrongError("has a range of the augmentation below 0")
    return replace(_AUGMENTATIONS.get(said.get("start", ""), base), **ranges)


def _check_numbers(plain: Mapping[str, Any]) -> None:
    for key in ("epochs", "minutes", "batch", "rate"):
        if plain[key] is not None and not plain[key] > 0:
            raise _WrongError(f"has {key} = {plain[key]}; it must be above 0")
    for key in ("decay", "smoothing"):
        if not 0 <= plain[key] < 1:
            raise _WrongError(f"has {key} = {plain[key]}; it is from 0 to below 1")
    for key in ("weight_decay", "clip", "start_epoch"):
        if plain[key] < 0:
            raise _WrongError(f"has {key} = {plain[key]}; it must not be below 0")
    if not any(value > 0 for value in plain["head_weights"].values()):
        raise _WrongError("trains no head; head_weights needs one above 0")
    for key in ("optimizer", "schedule", "precision"):
        _check_choice(key, plain[key])


def _check_choice(key: str, value: str) -> None:
    if value not in _CHOICES[key]:
        raise _WrongError(f"has {key} = '{value}', which is none of {', '.join(_CHOICES[key])}")


def _known(said: Mapping[str, Any], known: Any, table: str) -> None:
    unknown = sorted(set(said) - set(known))
    if unknown:
        where = f"[{table}] " if table else ""
        raise _WrongError(f"has {where}'{unknown[0]}'; it can have {', '.join(known)}")


def _like(value: Any, example: Any, key: str) -> Any:
    """The value, where it is of the example's kind; a whole number may stand for any number."""
    kind = type(example)
    if kind is float:
        fits = isinstance(value, int | float) and not isinstance(value, bool)
    elif kind is list:
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
    else:
        fits = type(value) is kind
    if not fits:
        raise _WrongError(f"has {key} = {value!r}; {_KINDS[kind]} was expected")
    return value


_KINDS: Final[Mapping[type, str]] = {
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list of texts",
    dict: "a table",
}


def to_toml(recipe: Recipe) -> str:
    """A recipe as the TOML file that :func:`load_recipe` reads, with nothing left out."""
    config = recipe.config
    lines = [f"{key} = {_value(getattr(recipe, key))}" for key in _TEXTS]
    lines += [f"choices = {_value(list(recipe.choices))}", "", "[training]"]
    plain = config.as_dict()
    network, ranges = plain.pop("network"), plain.pop("augmentation")
    plain["sizes"] = format_stages(config.stages)
    del plain["stages"], network["size"]
    lines += [f"{key} = {_value(value)}" for key, value in plain.items() if value is not None]
    lines += ["", "[network]", *(f"{key} = {_value(value)}" for key, value in network.items())]
    lines += ["", "[augmentation]"]
    named = [name for name, known in _AUGMENTATIONS.items() if known == config.augmentation]
    if named:
        lines.append(f"start = {_value(named[0])}")
    else:
        lines += [f"{key} = {_value(value)}" for key, value in ranges.items()]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list) and value:
        return "[\n" + "".join(f"  {_value(one)},\n" for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)  # TOML writes texts and numbers like JSON
