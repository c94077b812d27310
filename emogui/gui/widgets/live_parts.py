"""Parts of the Live tab that follow what runs, each in a module of its own.

The view tells its parts what happens and knows nothing else of them, so that a timeline, a
recorder or a player's controls can be added without the view growing.
"""

from __future__ import annotations

from collections.abc import Sequence

from emogui.gui.widgets.live_run import LiveRun
from emogui.live.update import Analysed, LiveUpdate


class LivePart:
    """What a part may want to know; all of it is called on Tk's thread and returns at once."""

    def run_started(self, run: LiveRun) -> None:
        """A source is being opened."""

    def run_stopped(self) -> None:
        """The user stopped the source, or another one takes its place."""

    def updated(self, update: LiveUpdate) -> None:
        """The window's loop came round; some 60 times a second while a source runs."""

    def result_came(self, newest: Analysed) -> None:
        """There is a new result; its frame belongs to it."""

    def restyle(self) -> None:
        """The theme changed."""

    def close(self) -> None:
        """The window is closing: end what runs, and do not wait."""

    @property
    def closed(self) -> bool:
        """Whether nothing of it runs any more; asked after ``close``."""
        return True


class LiveParts(LivePart):
    """Several parts, told one after another."""

    def __init__(self, parts: Sequence[LivePart] = ()) -> None:
        self._parts = list(parts)

    def add(self, part: LivePart) -> None:
        self._parts.append(part)

    def run_started(self, run: LiveRun) -> None:
        for part in self._parts:
            part.run_started(run)

    def run_stopped(self) -> None:
        for part in self._parts:
            part.run_stopped()

    def updated(self, update: LiveUpdate) -> None:
        for part in self._parts:
            part.updated(update)

    def result_came(self, newest: Analysed) -> None:
        for part in self._parts:
            part.result_came(newest)

    def restyle(self) -> None:
        for part in self._parts:
            part.restyle()

    def close(self) -> None:
        for part in self._parts:
            part.close()

    @property
    def closed(self) -> bool:
        return all(part.closed for part in self._parts)
