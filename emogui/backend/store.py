"""The model store: what networks there are, and where each one lies.

A network is a folder with a ``model.json`` and the files that it names. Those that come with
emogui lie in ``weights/``, those trained or put there by the user in the user's data folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from emogui import paths
from emogui.backend.model_info import ModelInfo, parse_card, sha256_of
from emogui.errors import EmoguiError, ModelError


def list_models() -> list[ModelInfo]:
    """All networks that can be chosen: the shipped ones first, then the user's, by name.

    Folders that cannot be read are passed over; :func:`unreadable_models` tells what is wrong.
    """
    found: dict[str, ModelInfo] = {}
    for entry in _examine():
        if isinstance(entry, ModelInfo):
            found.setdefault(entry.name, entry)
    return list(found.values())


def unreadable_models() -> list[ModelError]:
    """What is wrong with the networks that :func:`list_models` passes over."""
    return [entry for entry in _examine() if isinstance(entry, ModelError)]


def load_model_info(name_or_dir: str | Path) -> ModelInfo:
    """Reads the ``model.json`` of a network.

    Args:
        name_or_dir: name of a network in the store, or a folder.

    Raises:
        ModelError: there is no such network, or its ``model.json`` is not one.
    """
    folder = _find(name_or_dir)
    card_path = folder / "model.json"
    try:
        card = json.loads(card_path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(
            f"'{folder}' holds no readable model.json ({error.strerror or error}).",
            "Choose a folder that 'emogui export' made.",
        ) from error
    except ValueError as error:
        raise ModelError(
            f"'{card_path}' is not valid JSON: {error}.", "Put back the file as it was exported."
        ) from error
    try:
        return parse_card(folder, card)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise ModelError(
            f"'{card_path}' does not describe a network: {what}.",
            "Put back the file as it was exported.",
        ) from error


def verify(info: ModelInfo) -> list[str]:
    """Compares the files of a network with their sums.

    Returns:
        A sentence for each file that is missing or differs; the ``.keras`` file may be missing,
        since an installed emogui does not carry it.
    """
    wrong = []
    for role, entry in info.files.items():
        path = info.path / entry.file
        if not path.is_file():
            if role != "keras":
                wrong.append(f"{entry.file} is missing")
        elif sha256_of(path) != entry.sha256:
            wrong.append(f"{entry.file} has another sha256 than model.json says")
    return wrong


def _examine() -> Iterator[ModelInfo | ModelError]:
    for folder in _folders():
        for card in sorted(folder.glob("*/model.json")):
            try:
                yield load_model_info(card.parent)
            except ModelError as error:
                yield error


def _folders() -> list[Path]:
    folders = []
    for get in (paths.weights, paths.user_models):
        try:
            folders.append(get())
        except EmoguiError:
            continue
    return folders


def _find(name_or_dir: str | Path) -> Path:
    for folder in _folders():
        candidate = folder / str(name_or_dir)
        if (candidate / "model.json").is_file():
            return candidate
    given = Path(name_or_dir)
    if given.name == "model.json":
        given = given.parent
    if given.is_dir():
        return given.resolve()
    known = ", ".join(m.name for m in list_models()) or "none"
    raise ModelError(
        f"There is no network called '{name_or_dir}' and no folder of that name.",
        f"Networks here: {known}. Give one of these names, or a folder with a model.json.",
    )
