"""The data set of the Train tab: which one, and what the check of it found. Knows no Tk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from emogui.training.data_check import CheckEvent, CheckFailed, Checking, DataReport


class Checker(Protocol):
    """Looks at data sets, elsewhere."""

    def check(self, data: str, votes: str, ticket: int) -> None:
        """Looks at one; answers by ``DataChoice.checked``, on the same thread."""

    def cancel_check(self) -> None:
        """Ends the check that runs."""


class DataChoice:
    """See the module.

    Args:
        checker: looks at data sets.
        changed: called after every change.

    Attributes:
        path, votes: what is chosen; "" for none.
        checking: how far the check is; None where none runs.
        report: what it found, where it is done.
        failure: why the data cannot be read.
    """

    def __init__(self, checker: Checker, changed: Callable[[], None]) -> None:
        self._checker, self._changed = checker, changed
        self.path = self.votes = ""
        self.checking: Checking | None = None
        self.report: DataReport | None = None
        self.failure: CheckFailed | None = None
        self._ticket = 0

    @property
    def heads(self) -> set[str]:
        """The label sets that the data have."""
        return set() if self.report is None else {head.head for head in self.report.heads}

    @property
    def why_not(self) -> str:
        """Why nothing can be trained on it; empty where something can."""
        if not self.path:
            return "Choose a data set."
        if self.checking is not None:
            return "The data set is being checked."
        if self.failure is not None:
            return "This data set cannot be read."
        if self.report is None:
            return "The data set is not checked yet."
        return self.report.problems[0] if self.report.problems else ""

    def choose(self, path: str) -> None:
        """Takes a data set, and looks at it."""
        self._look_at(path, self.votes)

    def choose_votes(self, votes: str) -> None:
        """Takes FER+'s votes, "" for none, and looks at the data set with them."""
        self._look_at(self.path, votes)

    def check_again(self) -> None:
        """Looks at the data set once more."""
        self._look_at(self.path, self.votes)

    def cancel(self) -> None:
        """Ends a check; the data set stays chosen, unchecked."""
        if self.checking is not None:
            self._ticket += 1
            self._checker.cancel_check()
            self.checking = None
            self._changed()

    def checked(self, ticket: int, event: CheckEvent) -> None:
        """An answer of the check; one that comes late is dropped."""
        if ticket != self._ticket:
            return
        self.checking = None
        match event:
            case Checking():
                self.checking = event
            case DataReport():
                self.report = event
            case CheckFailed():
                self.failure = event
        self._changed()

    def _look_at(self, path: str, votes: str) -> None:
        self._ticket += 1
        if self.checking is not None:
            self._checker.cancel_check()
        self.path, self.votes = path, votes
        self.report = self.failure = None
        self.checking = Checking() if path else None
        if path:
            self._checker.check(path, votes, self._ticket)
        self._changed()
