"""Trainings by name, as data.

Importing this package loads neither Keras nor a backend, so that recipes can be listed and shown
at once. ``docs/recipes.md`` says what each one is and how to add one's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from emogui.errors import UsageError
from emogui.training.recipes import light, resnets, small_cnns, transfer
from emogui.training.recipes.recipe import Recipe

__all__ = ["RECIPES", "Recipe", "find_recipe"]

_ALL: Final = (
    resnets.RESNET50,
    light.LIGHT,
    resnets.RESNET101,
    resnets.RESNET50_ATTENTION,
    small_cnns.TOLEUBAY,
    small_cnns.NEAMTIU,
    transfer.BELHEKAR,
    small_cnns.SHRIVASTAVA,
    small_cnns.SHRIVASTAVA_BN,
    small_cnns.GELU_REGULARISED,
    small_cnns.ELSHARKAWY,
    transfer.EFFICIENTNETB0,
    transfer.RESNET50,
    transfer.XCEPTION,
)

RECIPES: Final[Mapping[str, Recipe]] = MappingProxyType({recipe.name: recipe for recipe in _ALL})
"""Name to recipe, in the order in which they are listed."""


def find_recipe(name_or_file: str) -> Recipe:
    """A recipe by its name, or a user's own by its file.

    Args:
        name_or_file: a name in :data:`RECIPES`, or the path of a ``.toml`` file.

    Raises:
        UsageError: there is no such recipe, or the file says something that no recipe says.
    """
    if name_or_file in RECIPES:
        return RECIPES[name_or_file]
    path = Path(name_or_file).expanduser()
    if path.suffix.lower() != ".toml":
        raise UsageError(
            f"There is no recipe '{name_or_file}'.",
            f"There are {', '.join(RECIPES)}; a file of your own ends in .toml.",
        )
    from emogui.training.recipes.own import load_recipe

    return load_recipe(path, RECIPES)
