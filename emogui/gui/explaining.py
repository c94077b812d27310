"""Which explanation the Image tab shows: a state machine beside the presenter, without Tk.

While it is on, it asks a worker for the map of the shown face and emotion, once each, and keeps
the last ones, so that going back and forth between faces does not compute anything anew.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

from emogui.errors import EmoguiError
from emogui.gui.messages import ExplainFace, ExplainFailed, FaceExplained
from emogui.gui.presenter import Presenter

if TYPE_CHECKING:
    from emogui.backend.explanation import Explanation

KEPT = 64
"""Explanations that stay in memory; each is of some hundred bytes."""

Key = tuple[int, int, int, str]
"""Picture, its analysis, face, emotion."""


class Explaining:
    """See the module.

    Args:
        presenter: knows the shown picture and the selected face.
        send: takes a command to a worker; returns at once.
        changed: called after each change of state.
    """

    def __init__(
        self,
        presenter: Presenter,
        send: Callable[[ExplainFace], None],
        changed: Callable[[], None],
    ) -> None:
        self._presenter = presenter
        self._send = send
        self._changed = changed
        self._tickets = itertools.count(1)
        self._asked: tuple[int, Key] | None = None
        self._known: dict[Key, Explanation] = {}
        self._failed: tuple[Key, EmoguiError] | None = None
        self._wish: tuple[int, int, str] | None = None
        self.on = False

    @property
    def emotion(self) -> str | None:
        """The emotion that is explained: the one asked for, else the face's top one."""
        key = self._key()
        return None if key is None else key[3]

    @property
    def explanation(self) -> Explanation | None:
        """What is to be shown now; None while it is off or not known yet."""
        key = self._key()
        return None if key is None else self._known.get(key)

    @property
    def error(self) -> EmoguiError | None:
        """Why the shown face cannot be explained."""
        return self._failed[1] if self._failed and self._failed[0] == self._key() else None

    def toggle(self) -> None:
        """Turns it on or off; on it begins with the face's top emotion."""
        self.on = not self.on
        self._wish = None
        self._failed = None
        self.update()
        self._changed()

    def choose(self, emotion: str) -> None:
        """Explains an emotion of the selected face, and turns it on where it is off."""
        shown = self._presenter.current
        if shown is None or shown.face is None or shown.selected is None:
            return
        if emotion in shown.face.probabilities:
            self.on = True
            self._wish = (shown.number, shown.selected, emotion)
            self.update()
            self._changed()

    def step(self, by: int) -> None:
        """Explains the next (1) or previous (-1) emotion of the selected face, going round."""
        shown = self._presenter.current
        if shown is None or shown.face is None:
            return
        labels = list(shown.face.probabilities)
        if self.emotion is None:
            self.choose(shown.face.emotion)
        else:
            self.choose(labels[(labels.index(self.emotion) + by) % len(labels)])

    def update(self) -> None:
        """Asks for what is to be shown and not known; called after each change elsewhere."""
        key, shown = self._key(), self._presenter.current
        if key is None or key in self._known or (self._asked and self._asked[1] == key):
            return
        if self._failed is not None and self._failed[0] == key:
            return
        if shown is None or shown.image is None or shown.result is None or shown.choice is None:
            return  # the picture is being read again
        self._asked = (next(self._tickets), key)
        ticket, (_, _, face, emotion) = self._asked
        self._send(
            ExplainFace(
                ticket, shown.number, shown.image, shown.result, face, emotion, shown.choice
            )
        )

    def handle(self, message: FaceExplained | ExplainFailed) -> None:
        """Takes a worker's answer; one that was not asked for last changes nothing."""
        if self._asked is None or self._asked[0] != message.ticket:
            return
        key, self._asked = self._asked[1], None
        if isinstance(message, FaceExplained):
            self._known[key] = message.explanation
            while len(self._known) > KEPT:
                self._known.pop(next(iter(self._known)))
        else:
            self._failed = (key, message.error)
        self._changed()

    def _key(self) -> Key | None:
        """What is to be explained; None where nothing can be.

        A result of another choice than the present one is not explained: that would load the
        other network, and the window asks to detect again anyway.
        """
        shown = self._presenter.current
        if not self.on or shown is None or shown.face is None or shown.selected is None:
            return None
        if self._presenter.outdated:
            return None
        wish = self._wish
        here = wish is not None and wish[:2] == (shown.number, shown.selected)
        emotion = wish[2] if wish is not None and here else shown.face.emotion
        if emotion not in shown.face.probabilities:
            emotion = shown.face.emotion
        return shown.number, id(shown.result), shown.selected, emotion
