"""The opened pictures: what each one is, how far it is, what was found in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from emogui.errors import EmoguiError
from emogui.gui.choice import Choice
from emogui.types import FaceResult, FrameResult, Image


class Stage(Enum):
    """How far a picture is."""

    WAITING = auto()
    READING = auto()
    SHOWN = auto()
    ANALYSING = auto()
    DONE = auto()
    FAILED = auto()


@dataclass(slots=True, eq=False)
class Document:
    """An opened picture.

    Attributes:
        number: unique for the life of the window.
        name: what the user sees; ``source`` is the path as given, ``""`` for a pasted picture.
        image: decoded picture, or None while it is not in memory.
        result, choice: the last analysis and what it was made with.
        error: why it could not be read or analysed.
        selected: index of the selected face in ``result.faces``.
        wanted: whether an analysis is asked for and not done yet.
    """

    number: int
    name: str
    source: str
    image: Image | None = None
    result: FrameResult | None = None
    choice: Choice | None = None
    error: EmoguiError | None = None
    selected: int | None = None
    wanted: bool = False
    stage: Stage = Stage.WAITING
    pasted: bool = False

    @property
    def face(self) -> FaceResult | None:
        """The selected face."""
        if self.result is None or self.selected is None:
            return None
        return self.result.faces[self.selected]


def reading_order(faces: Sequence[FaceResult]) -> list[int]:
    """Indices of the faces from left to right by the middle of their boxes."""
    return sorted(
        range(len(faces)), key=lambda i: (faces[i].box.x + faces[i].box.w / 2, faces[i].box.y)
    )
