"""How well numbers follow faces: IDF1 and identity switches.

IDF1 is that of Ristani et al., "Performance measures and a data set for multi-target, multi-camera
tracking" (ECCV workshops 2016): each true face is given the one number that fits it in most frames,
each number to one face at most, and every box beyond is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from emogui.types import FaceBox

SAME = 0.5
"""Overlap (intersection over union) of a box that is right."""


@dataclass(frozen=True)
class Truth:
    """Where a face is, and whether enough of it can be seen to be asked for.

    A face that is half covered may be found or not: ``asked`` is False, and neither counts.
    """

    box: FaceBox
    asked: bool = True


@dataclass(frozen=True)
class Score:
    idf1: float
    switches: int
    numbers: int


def score(truths: Sequence[Mapping[str, Truth]], found: Sequence[Mapping[int, FaceBox]]) -> Score:
    """Compares frames of true faces with frames of numbered boxes."""
    names = sorted({name for frame in truths for name in frame})
    counted = [_counted(t, f) for t, f in zip(truths, found, strict=True)]
    numbers = sorted({number for frame in counted for number in frame})
    hits = np.zeros((len(names), len(numbers)), int)
    asked = given = switches = 0
    last: dict[str, int] = {}
    for truth, boxes in zip(truths, counted, strict=True):
        given += len(boxes)
        for row, name in enumerate(names):
            if name not in truth or not truth[name].asked:
                continue
            asked += 1
            for number, box in boxes.items():
                if box.iou(truth[name].box) >= SAME:
                    hits[row, numbers.index(number)] += 1
                    switches += last.setdefault(name, number) != number
                    last[name] = number
    rows, columns = linear_sum_assignment(-hits)
    right = int(hits[rows, columns].sum())
    return Score(2 * right / max(asked + given, 1), switches, len(numbers))


def _counted(truth: Mapping[str, Truth], boxes: Mapping[int, FaceBox]) -> dict[int, FaceBox]:
    """The boxes that count: those at faces that are not asked for are left out."""
    ignored = [one.box for one in truth.values() if not one.asked]
    asked = [one.box for one in truth.values() if one.asked]
    return {
        number: box
        for number, box in boxes.items()
        if any(box.iou(o) >= SAME for o in asked) or all(box.iou(o) < 0.25 for o in ignored)
    }
