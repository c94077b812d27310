"""What a network says of itself: its ``model.json`` as frozen data classes."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emogui.backend.crop import CropRule
from emogui.errors import ModelError

FORMAT = 1
"""Version of ``model.json`` that this code reads."""


@dataclass(frozen=True, slots=True)
class HeadInfo:
    """One output of a network.

    Attributes:
        labels: the classes, in the order of the output.
        temperature: what the logits are divided by before the softmax.
        uncertain_below: a face whose top probability is lower is called uncertain.
    """

    labels: tuple[str, ...]
    temperature: float = 1.0
    uncertain_below: float = 0.5


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file of a network: its name in the folder, its sha256 and its length in bytes."""

    file: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class MapGrid:
    """Where the cells of a map lie: cell i's middle is at ``first + i * step``, across and down.

    In pixels of the network's input, whose left and top edge is at 0.
    """

    first: float
    step: float


@dataclass(frozen=True, slots=True)
class MapInfo:
    """The class activation maps that the fast form gives.

    Attributes:
        outputs: head to the name of the output with its maps, float32 (n, h, w, classes).
        grid: where the cells lie in the input.
    """

    outputs: Mapping[str, str]
    grid: MapGrid


@dataclass(frozen=True)
class ModelInfo:
    """What ``model.json`` says.

    Attributes:
        name: name of the folder, by which the network is chosen.
        title: for people.
        path: the folder.
        heads: head name to :class:`HeadInfo`, the first is the default.
        input_size: side of the square input in pixels.
        crop: framing relative to the default detector's box.
        files: role (``"keras"``, ``"fast"``, ``"fast_weights"``) to file.
        metrics: figures with their data, split, labels and commit.
        card: the whole ``model.json``.
        maps: the class activation maps of the fast form; None where it was exported without.
    """

    name: str
    title: str
    path: Path
    heads: Mapping[str, HeadInfo]
    input_size: int
    crop: CropRule
    files: Mapping[str, FileInfo]
    metrics: tuple[Mapping[str, Any], ...]
    card: Mapping[str, Any]
    maps: MapInfo | None = None

    def file(self, role: str) -> Path:
        """Path of a file by its role.

        Raises:
            ModelError: the network has no such file, or it is not there.
        """
        info = self.files.get(role)
        if info is None:
            raise ModelError(
                f"The network '{self.name}' has no {role} file.",
                f"It has: {', '.join(self.files)}. Run 'emogui export' to make the fast form.",
            )
        path = self.path / info.file
        if not path.is_file():
            raise ModelError(
                f"The network '{self.name}' lacks its file '{info.file}' in {self.path}.",
                "An installed emogui carries the fast form only; the .keras file is in the "
                "repository."
                if role == "keras"
                else "Install emogui again, or put the file back.",
            )
        return path

    def intact(self, role: str) -> Path:
        """Path of a file by its role, once it has proved to be the one that was exported.

        Raises:
            ModelError: as :meth:`file`, or the file's sha256 is another one: a network whose
                parts do not belong together would answer wrongly in silence.
        """
        path, info = self.file(role), self.files[role]
        try:
            right = path.stat().st_size == info.bytes and sha256_of(path) == info.sha256
        except OSError as error:
            raise ModelError(
                f"'{path}' cannot be read: {error.strerror or error}.",
                "Change its permissions, or copy the network to a folder of your own.",
            ) from error
        if not right:
            raise ModelError(
                f"The file '{info.file}' of the network '{self.name}' is damaged, or of another "
                "network: its sha256 is not the one in model.json.",
                "Put back the file as it was exported; 'emogui doctor' says how.",
            )
        return path


def parse_card(folder: Path, card: dict[str, Any]) -> ModelInfo:
    """Checks what a ``model.json`` holds.

    Args:
        folder: where it lies.
        card: the JSON object.

    Raises:
        ModelError: it is of another format than this code reads.
        KeyError, TypeError, ValueError, AttributeError: it does not describe a network.
    """
    if not isinstance(card, dict):
        raise ValueError("expected a JSON object")
    if card["format"] != FORMAT:
        raise ModelError(
            f"'{folder.name}' has a model.json of format {card['format']}, "
            f"and this emogui reads {FORMAT}.",
            "Update emogui, or export the network again.",
        )
    heads = {
        head: HeadInfo(
            tuple(str(label) for label in entry["labels"]),
            float(entry.get("temperature", 1.0)),
            float(entry.get("uncertain_below", 0.5)),
        )
        for head, entry in card["heads"].items()
    }
    for head in heads.values():
        if len(set(head.labels)) < max(2, len(head.labels)):
            raise ValueError("heads need two labels or more, all different")
        if not 0 < head.temperature < math.inf:
            raise ValueError("heads need a temperature above 0")
    if not heads:
        raise ValueError("it has no heads")
    crop = CropRule(*(float(card["crop"][key]) for key in ("scale", "shift_x", "shift_y")))
    if not (0 < crop.scale <= 10 and abs(crop.shift_x) <= 10 and abs(crop.shift_y) <= 10):
        raise ValueError(f"a crop rule of scale {crop.scale} cannot be used")
    size = int(card["input"]["size"])
    if not 8 <= size <= 1024:
        raise ValueError(f"an input of {size} pixels cannot be used")
    for entry in card["files"].values():
        if Path(entry["file"]).name != entry["file"]:
            raise ValueError(f"'{entry['file']}' is not the name of a file in the folder")
    return ModelInfo(
        name=folder.name,
        title=str(card.get("title", folder.name)),
        path=folder,
        heads=heads,
        input_size=size,
        crop=crop,
        files={
            role: FileInfo(str(f["file"]), str(f["sha256"]), int(f["bytes"]))
            for role, f in card["files"].items()
        },
        metrics=tuple(card.get("metrics", ())),
        card=card,
        maps=_parse_maps(card["maps"], heads) if card.get("maps") else None,
    )


def _parse_maps(entry: Mapping[str, Any], heads: Mapping[str, HeadInfo]) -> MapInfo:
    outputs = {str(head): str(name) for head, name in entry["outputs"].items()}
    if strange := set(outputs) - set(heads):
        raise ValueError(f"it has maps of '{min(strange)}', which is none of its heads")
    grid = MapGrid(float(entry["first"]), float(entry["step"]))
    if not (math.isfinite(grid.first) and 0 < grid.step < math.inf):
        raise ValueError("the cells of maps need a first place and a step above 0")
    return MapInfo(outputs, grid)


def sha256_of(path: Path) -> str:
    """Hexadecimal sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
