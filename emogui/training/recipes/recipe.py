"""What a recipe is: all that decides a training, where that comes from, and what was claimed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from emogui.training.config import TrainingConfig

IMAGENET = "ImageNet"
"""The one pre-training that recipes know; its weights are asked for with ``--init imagenet``."""


@dataclass(frozen=True)
class Recipe:
    """A training by name.

    Attributes:
        name: by which ``emogui train`` knows it.
        title: for people, a few words.
        summary: one sentence on the network and how it is trained.
        config: everything that decides the training; options of the command line override it.
        source: the work that describes it, in words; empty where it is emogui's own.
        claimed: what the source says it reaches; empty where it says nothing.
        choices: what the source leaves open and what was chosen, or what else is to be known.
        pretrained: ``"ImageNet"`` where the network is meant to begin from such weights. They are
            used when they are asked for (``--init``), never by themselves.
    """

    name: str
    title: str
    summary: str
    config: TrainingConfig
    source: str = ""
    claimed: str = ""
    choices: tuple[str, ...] = ()
    pretrained: str = ""

    @property
    def heads(self) -> tuple[str, ...]:
        """The label sets that it learns."""
        return tuple(head for head, weight in self.config.head_weights.items() if weight > 0)

    def describe(self) -> dict[str, str]:
        """What the record of a training keeps of its recipe, besides the configuration."""
        return {
            "name": self.name,
            "title": self.title,
            "summary": self.summary,
            "source": self.source,
            "claimed": self.claimed,
            "pretrained": self.pretrained,
        }

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            **self.describe(),
            "heads": list(self.heads),
            "choices": list(self.choices),
            "config": self.config.as_dict(),
        }
