"""The models and detectors there are to choose from, as the menus show them."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from emogui.errors import EmoguiError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A network: ``model`` is its name or folder, ``heads`` maps head to number of labels."""

    model: str
    title: str
    heads: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class DetectorEntry:
    """A face detector as ``emogui.backend.detectors`` describes it."""

    name: str
    title: str
    description: str
    threshold: float
    needs_file: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is installed, and what of it could not be read."""

    models: tuple[ModelEntry, ...]
    detectors: tuple[DetectorEntry, ...]
    problem: EmoguiError | None = None

    def model(self, model: str) -> ModelEntry | None:
        return next((one for one in self.models if one.model == model), None)

    def detector(self, name: str) -> DetectorEntry | None:
        return next((one for one in self.detectors if one.name == name), None)


HEAD_TITLES = {"ferplus": "FER+", "fer2013": "FER-2013", "affectnet": "AffectNet"}


def head_title(head: str, count: int = 0) -> str:
    """A head in words: ``"FER+ (8 emotions)"``."""
    title = HEAD_TITLES.get(head, head)
    return f"{title} ({count} emotions)" if count else title


def read_catalogue(folders: tuple[str, ...]) -> Catalogue:
    """Looks what is installed; reads files, so call it in a worker.

    Args:
        folders: further networks, loaded by the user before; one that is gone is left out.
    """
    from emogui.backend.detectors import DETECTORS
    from emogui.backend.store import list_models, load_model_info

    models: list[ModelEntry] = []
    problem: EmoguiError | None = None
    try:
        for info in list_models():
            heads = tuple((name, len(head.labels)) for name, head in info.heads.items())
            models.append(ModelEntry(info.name, info.title, heads))
    except EmoguiError as error:
        problem = error
    for folder in folders:
        try:
            info = load_model_info(folder)
        except EmoguiError as error:
            logger.info("Model folder left out: %s", error)
            continue
        heads = tuple((name, len(head.labels)) for name, head in info.heads.items())
        models.append(ModelEntry(folder, info.title, heads))
    detectors = tuple(
        DetectorEntry(d.name, d.title, d.description, d.default_threshold, d.needs_file)
        for d in DETECTORS.values()
    )
    return Catalogue(tuple(models), detectors, problem)


def read_model(folder: str) -> ModelEntry:
    """Reads the description of a network in a folder.

    Raises:
        ModelError: the folder holds no usable network.
    """
    from emogui.backend.store import load_model_info

    info = load_model_info(folder)
    heads = tuple((name, len(head.labels)) for name, head in info.heads.items())
    return ModelEntry(folder, info.title, heads)
