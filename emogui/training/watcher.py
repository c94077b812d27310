"""What a training tells while it runs."""

from __future__ import annotations

from collections.abc import Mapping


class Watcher:
    """Told what happens in a training; this one does nothing with it."""

    def between(self) -> None:
        """Called after every step, and while an epoch is measured."""

    def evaluating(self, epoch: int) -> None:
        """All steps of an epoch (from 1) are made; it is now measured on PublicTest."""

    def epoch(self, figures: Mapping[str, float]) -> None:
        """An epoch is done, and its line is in ``history.csv``."""

    def saved(self, done: float) -> None:
        """A checkpoint was written."""
