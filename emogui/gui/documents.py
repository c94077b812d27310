"""The opened pictures: what each one is, how far it is, what was found in it, whose turn it is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from emogui.errors import EmoguiError
from emogui.gui.choice import Choice
from emogui.types import FaceResult, FrameResult, Image

IMAGES_KEPT = 3
"""Decoded pictures that stay in memory; one of 24 megapixels takes 72 MB."""


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

    def face_beside(self, by: int) -> int | None:
        """Index of the next (1) or previous (-1) face from left to right, going round."""
        if self.result is None or not self.result.faces:
            return None
        order = reading_order(self.result.faces)
        if self.selected is None:
            return order[0 if by > 0 else -1]
        return order[(order.index(self.selected) + by) % len(order)]

    def take(self, result: FrameResult, choice: Choice) -> None:
        """Keeps the result of an analysis, and selects the largest face."""
        self.result, self.choice = result, choice
        self.error = None
        self.stage = Stage.DONE
        self.selected = 0 if result.faces else None
        self.wanted = False

    def fail(self, error: EmoguiError, stage: Stage) -> None:
        """Keeps why it could not be read or analysed, and how far it got."""
        self.error, self.stage = error, stage
        self.wanted = False

    def give_up(self) -> None:
        """Forgets what runs or waits for it; what was found stays."""
        self.wanted = False
        if self.stage is Stage.READING:
            self.stage = Stage.WAITING
        elif self.stage is Stage.ANALYSING:
            self.stage = Stage.DONE if self.result else Stage.SHOWN

    def start_again(self) -> None:
        """Forgets that it could not be read, so that this is tried once more."""
        self.stage = Stage.WAITING
        self.error = None


class DocumentList:
    """The opened pictures in their order, one of which is shown.

    Attributes:
        current: the shown picture; None while there is none.
    """

    def __init__(self) -> None:
        self._documents: list[Document] = []
        self._numbers = itertools.count(1)
        self.current: Document | None = None

    def __len__(self) -> int:
        return len(self._documents)

    def __iter__(self) -> Iterator[Document]:
        return iter(self._documents)

    def __getitem__(self, index: int) -> Document:
        return self._documents[index]

    @property
    def position(self) -> int | None:
        """Index of the shown picture."""
        return None if self.current is None else self._documents.index(self.current)

    @property
    def wanted(self) -> int:
        """How many wait for an analysis that was asked for."""
        return sum(document.wanted for document in self._documents)

    def add_file(self, path: str) -> Document:
        """Adds a file, or gives the document that it is open in already."""
        known = next((d for d in self._documents if d.source and d.source == path), None)
        if known is not None:
            return known
        return self._add(Document(next(self._numbers), Path(path).name or path, path))

    def add_image(self, image: Image, name: str) -> Document:
        """Adds a picture that is in memory already and in no file."""
        number = next(self._numbers)
        return self._add(Document(number, name, "", image=image, stage=Stage.SHOWN, pasted=True))

    def remove_current(self) -> Document | None:
        """Takes the shown picture off the list, and shows its neighbour; gives what is gone."""
        gone, at = self.current, self.position
        if gone is None or at is None:
            return None
        del self._documents[at]
        left = self._documents
        self.current = left[min(at, len(left) - 1)] if left else None
        return gone

    def find(self, number: int) -> Document | None:
        """The document of a number, if it is still open."""
        return next((d for d in self._documents if d.number == number), None)

    def next_to_read(self, *, ahead: bool) -> Document | None:
        """The picture that should be decoded now.

        Args:
            ahead: whether one may be decoded that is not shown, for its analysis.
        """
        shown = self.current
        if shown is not None and shown.image is None and shown.stage is not Stage.FAILED:
            return shown
        if not ahead:
            return None
        return next((d for d in self._documents if d.wanted and d.image is None), None)

    def next_to_analyse(self) -> Document | None:
        """The picture that should be analysed now, the shown one before all others."""
        waiting = [d for d in self._documents if d.wanted and d.image is not None]
        if self.current in waiting:
            return self.current
        return waiting[0] if waiting else None

    def drop_images(self) -> None:
        """Lets go of decoded pictures, those farthest from the shown one first."""
        at = self.position or 0
        held = [
            (abs(index - at), document)
            for index, document in enumerate(self._documents)
            if document.image is not None and not document.pasted and not document.wanted
        ]
        held.sort(key=lambda pair: pair[0])
        for _, document in held[IMAGES_KEPT:]:
            document.image = None

    def _add(self, document: Document) -> Document:
        self._documents.append(document)
        return document


def reading_order(faces: Sequence[FaceResult]) -> list[int]:
    """Indices of the faces from left to right by the middle of their boxes."""
    return sorted(
        range(len(faces)), key=lambda i: (faces[i].box.x + faces[i].box.w / 2, faces[i].box.y)
    )
