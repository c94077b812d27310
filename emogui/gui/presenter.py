"""The state of the Image tab: which pictures are open, what is known of them, what runs.

It knows neither Tk nor threads. Commands leave through ``send``, messages come in through
``handle``, and ``changed`` is called after each change; the window then draws what the
properties say. At most one picture is read and one analysed at a time, the shown one first.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from emogui.errors import DetectorError, EmoguiError, ModelError, UsageError
from emogui.gui.choice import Choice
from emogui.gui.documents import Document, DocumentList, Stage
from emogui.gui.messages import (
    AnalysisFailed,
    AnalyzePicture,
    Command,
    Message,
    ModelsFailed,
    ModelsLoading,
    ModelsReady,
    PictureAnalyzed,
    PictureRead,
    PrepareModels,
    ReadFailed,
    ReadPicture,
    WarmUp,
)
from emogui.types import Image

OF_CHOICE = (ModelError, DetectorError, UsageError)
"""Errors that another model or detector mends, and that every picture would have alike."""


@dataclass(frozen=True, slots=True)
class Running:
    """A command that was sent and not answered yet."""

    ticket: int
    document: int


class Presenter:
    """See the module.

    Args:
        send: takes a command to a worker; returns at once.
        changed: called after each change of state.
        choice: what to analyse with.
        detect_on_open: whether an opened picture is analysed without being asked to.
    """

    def __init__(
        self,
        send: Callable[[Command], None],
        changed: Callable[[], None],
        choice: Choice,
        *,
        detect_on_open: bool = True,
    ) -> None:
        self._send = send
        self._changed = changed
        self.choice = choice
        self.detect_on_open = detect_on_open
        self._documents = DocumentList()
        self._tickets = itertools.count(1)
        self._reading: Running | None = None
        self._analysing: Running | None = None
        self._preparing: int | None = None
        self._batch_done = 0
        self.models_loading = False
        self.ready_choice: Choice | None = None
        self.models_error: EmoguiError | None = None

    # What the window shows

    @property
    def documents(self) -> Sequence[Document]:
        return tuple(self._documents)

    @property
    def current(self) -> Document | None:
        return self._documents.current

    @property
    def position(self) -> int | None:
        """Index of the shown picture among the opened ones."""
        return self._documents.position

    @property
    def busy(self) -> bool:
        """Whether a picture is being read or analysed, or waits for that."""
        return bool(self._reading or self._analysing or self._documents.wanted)

    @property
    def progress(self) -> tuple[int, int]:
        """(analysed, asked for) of the present run over the opened pictures."""
        return self._batch_done, self._batch_done + self._documents.wanted

    @property
    def outdated(self) -> bool:
        """Whether the shown result was made with another choice than the present one."""
        shown = self.current
        return shown is not None and shown.result is not None and shown.choice != self.choice

    # What the user does

    def open(self, paths: Iterable[str]) -> None:
        """Opens picture files and shows the first of them; one open already is shown again."""
        opened = []
        for path in paths:
            document = self._documents.add_file(path)
            if document.stage is Stage.FAILED:
                document.start_again()
            if self.detect_on_open and document.result is None:
                document.wanted = True
            opened.append(document)
        if opened:
            self._documents.current = opened[0]
            self._advance()

    def open_image(self, image: Image, name: str) -> None:
        """Shows a picture that is in memory already, such as one from the clipboard."""
        document = self._documents.add_image(image, name)
        document.wanted = self.detect_on_open
        self._documents.current = document
        self._advance()

    def show(self, index: int) -> None:
        """Shows the opened picture of that index."""
        if 0 <= index < len(self._documents) and index != self.position:
            shown = self._documents.current = self._documents[index]
            if self.detect_on_open and shown.stage is Stage.WAITING:
                shown.wanted = True
            self._advance()

    def step(self, by: int) -> None:
        """Shows the next (1) or the previous (-1) picture, going round at the ends."""
        if self.position is not None and len(self._documents) > 1:
            self.show((self.position + by) % len(self._documents))

    def close_current(self) -> None:
        """Takes the shown picture off the list."""
        gone = self._documents.remove_current()
        if gone is not None:
            self._forget(gone)
            self._advance()

    def detect(self) -> None:
        """Analyses the shown picture (again) with the present choice."""
        shown = self.current
        if shown is None:
            return
        if shown.stage is Stage.FAILED and shown.image is None:
            shown.start_again()
        if self._analysing and self._analysing.document == shown.number:
            self._analysing = None
        shown.wanted = True
        self._advance()

    def cancel(self) -> None:
        """Gives up everything that runs or waits; what was found stays."""
        for document in self._documents:
            document.give_up()
        self._reading = self._analysing = None
        self._advance()

    def set_choice(self, choice: Choice, *, prepare: bool = True) -> None:
        """Takes another model, head, detector or threshold; Detect then uses it."""
        self.choice = choice
        self.models_error = None
        for document in self._documents:
            if isinstance(document.error, OF_CHOICE):
                document.error = None
        if prepare:
            self.prepare()
        self._changed()

    def prepare(self) -> None:
        """Asks for the models of the present choice to be loaded."""
        self._preparing = next(self._tickets)
        self._send(PrepareModels(self._preparing, self.choice))

    def select(self, index: int | None) -> None:
        """Selects a face of the shown picture."""
        shown = self.current
        if shown is None or shown.result is None:
            return
        if index is None or 0 <= index < len(shown.result.faces):
            shown.selected = index
            self._changed()

    def select_next(self, by: int) -> None:
        """Selects the next (1) or previous (-1) face from left to right, going round."""
        shown = self.current
        if shown is not None and (index := shown.face_beside(by)) is not None:
            self.select(index)

    # What the workers say

    def handle(self, message: Message) -> None:
        """Takes a worker's message; one of a job given up meanwhile changes nothing."""
        match message:
            case PictureRead() | ReadFailed():
                self._read_answered(message)
            case PictureAnalyzed() | AnalysisFailed():
                self._analysis_answered(message)
            case ModelsLoading():
                if message.choice == self.choice:
                    self.models_loading = True
                    self._changed()
            case ModelsReady():
                if message.choice == self.choice:
                    self.models_loading = False
                    self.models_error = None
                    self.ready_choice = message.choice
                    if not self._documents:
                        self._send(WarmUp(next(self._tickets), message.choice))
                    self._changed()
            case ModelsFailed():
                if message.choice == self.choice:
                    self.models_loading = False
                    self.models_error = message.error
                    self._changed()

    def _read_answered(self, message: PictureRead | ReadFailed) -> None:
        if self._reading is None or self._reading.ticket != message.ticket:
            return
        self._reading = None
        document = self._documents.find(message.document)
        if document is not None:
            if isinstance(message, PictureRead):
                document.image = message.image
                document.stage = Stage.DONE if document.result else Stage.SHOWN
            else:
                document.fail(message.error, Stage.FAILED)
                self._batch_done += 1
        self._advance()

    def _analysis_answered(self, message: PictureAnalyzed | AnalysisFailed) -> None:
        if self._analysing is None or self._analysing.ticket != message.ticket:
            return
        self._analysing = None
        document = self._documents.find(message.document)
        if document is not None:
            self._batch_done += 1
            if isinstance(message, PictureAnalyzed):
                document.take(message.result, message.choice)
            else:
                document.fail(message.error, Stage.SHOWN)
                if isinstance(message.error, OF_CHOICE):
                    for other in self._documents:  # they would all fail in the same way
                        other.wanted = False
        self._advance()

    # Within

    def _forget(self, document: Document) -> None:
        document.wanted = False
        if self._reading and self._reading.document == document.number:
            self._reading = None
        if self._analysing and self._analysing.document == document.number:
            self._analysing = None

    def _advance(self) -> None:
        """Sends what can be sent now, forgets what is not needed, tells the window."""
        if self._analysing is None and (document := self._documents.next_to_analyse()):
            assert document.image is not None
            self._analysing = Running(next(self._tickets), document.number)
            document.stage = Stage.ANALYSING
            self._send(
                AnalyzePicture(
                    self._analysing.ticket,
                    document.number,
                    document.image,
                    document.source or document.name,
                    self.choice,
                )
            )
        # Reading ahead of the analysis would fill the memory.
        document = self._documents.next_to_read(ahead=self._analysing is None)
        if self._reading is None and document is not None:
            self._reading = Running(next(self._tickets), document.number)
            document.stage = Stage.READING
            self._send(ReadPicture(self._reading.ticket, document.number, document.source))
        self._documents.drop_images()
        if not self.busy:
            self._batch_done = 0
        self._changed()
