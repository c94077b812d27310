"""The charts of a report, as drawings. Each carries its emotions' names, not colours alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from emogui.output import palette
from emogui.reporting.blocks import INK, MUTED, PAPER, Area, Drawing, Label, Line, Shape, plain
from emogui.reporting.data import GroupRow
from emogui.reporting.tracks import Person

WIDTH: Final = 720.0
_LEFT, _RIGHT = 110.0, 650.0
_LETTER: Final = 7.0
"""Width of a letter that is reckoned with; a little more than most have."""


def percent(share: float) -> str:
    """A share in words, to whole percents; what is little is not called nothing."""
    if 0 < share < 0.005:
        return "<\u00a01\u00a0%"
    if 0.995 < share < 1:
        return ">\u00a099\u00a0%"
    return f"{100 * share:.0f}\u00a0%"


def means_chart(labels: Sequence[str], row: GroupRow) -> Drawing:
    """A bar a label with its mean, and its interval as a line across the bar's end."""
    shapes: list[Shape] = []
    high = max([0.05, *(e.high or e.mean for e in row.means)])
    top = min(1.0, np.ceil(high * 10) / 10)
    scale = (_RIGHT - _LEFT) / top
    bottom = 24.0 * len(labels) + 6
    shapes += _percent_axis(_LEFT, scale, top, bottom)
    for number, (label, found) in enumerate(zip(labels, row.means, strict=True)):
        y = 24.0 * number + 6
        shapes.append(Label(_LEFT - 8, y + 13, label, "end"))
        end = _LEFT + scale * found.mean
        shapes.append(_box(_LEFT, y, end - _LEFT, 18, palette.hex(label)))
        edge = end
        if found.low is not None and found.high is not None:
            a, b = _LEFT + scale * found.low, _LEFT + scale * found.high
            edge = max(end, b)
            strokes = (
                ((a, y + 9), (b, y + 9)),
                ((a, y + 4), (a, y + 14)),
                ((b, y + 4), (b, y + 14)),
            )
            # Drawn twice, since a bar can be as dark as the line.
            shapes += [Line(*stroke, PAPER, 4.0) for stroke in strokes]
            shapes += [Line(*stroke, INK, 1.5) for stroke in strokes]
        shapes.append(Label(edge + 6, y + 13, percent(found.mean)))
    return Drawing(WIDTH, bottom + 22, tuple(shapes))


def groups_chart(labels: Sequence[str], groups: Sequence[GroupRow]) -> Drawing:
    """A bar a group, divided by the means of the labels."""
    legend, y = _legend(labels)
    shapes = [*legend]
    for group in groups:
        shapes.append(Label(_LEFT + 50, y + 15, plain(group.name, 22), "end"))
        x = _LEFT + 58
        for label, found in zip(labels, group.means, strict=True):
            width = (_RIGHT + 60 - _LEFT - 58) * found.mean
            if width > 0.2:
                shapes.append(_box(x, y, width, 20, palette.hex(label)))
            x += width
        y += 28
    return Drawing(WIDTH, y + 2, tuple(shapes))


def timeline_chart(labels: Sequence[str], person: Person, from_s: float, to_s: float) -> Drawing:
    """A person's means over time, stacked, and below a line where many faces are uncertain.

    Args:
        labels: of the means.
        person: whose.
        from_s: where the axis begins, the same for all people of a video.
        to_s: where it ends.
    """
    left, right, top, bottom = 44.0, WIDTH - 12, 6.0, 96.0
    scale = (right - left) / max(to_s - from_s, 1e-6)
    shapes: list[Shape] = [
        Label(left - 6, top + 10, "100 %", "end", MUTED),
        Label(left - 6, bottom, "0 %", "end", MUTED),
    ]
    for start, stop in _runs(person.means):
        edges = [
            min(right, left + scale * (person.first_s + n * person.bin_s - from_s))
            for n in range(start, stop + 1)
        ]
        below = np.zeros(stop - start)
        for number, label in enumerate(labels):
            above = below + person.means[start:stop, number]
            if (above - below).max() > 0.004:
                points = _steps(edges, bottom - (bottom - top) * above)
                points += _steps(edges, bottom - (bottom - top) * below)[::-1]
                shapes.append(Area(tuple(points), palette.hex(label)))
            below = above
        for n in range(start, stop):
            if person.doubt[n] >= 0.5:
                a, b = edges[n - start], edges[n - start + 1]
                shapes.append(Area(_corners(a, bottom + 3, b - a, 4), INK))
    shapes.append(Line((left, bottom + 1), (right, bottom + 1), MUTED))
    for second in _ticks(from_s, to_s):
        x = left + scale * (second - from_s)
        shapes.append(Line((x, bottom + 8), (x, bottom + 12), MUTED))
        shapes.append(Label(x, bottom + 25, clock(second), "middle", MUTED))
    return Drawing(WIDTH, bottom + 30, tuple(shapes))


def legend_chart(labels: Sequence[str], *, doubt: bool) -> Drawing:
    """Which colour is which emotion."""
    shapes, height = _legend(labels)
    if doubt:
        shapes += [
            Area(_corners(6, height + 4, 22, 4), INK),
            Label(34, height + 11, "line below: mostly marked uncertain"),
        ]
        height += 22
    return Drawing(WIDTH, height, tuple(shapes))


def clock(seconds: float) -> str:
    """A time in a video: ``"0:07.5"``, ``"1:02:30"``."""
    tenths = round(seconds * 10)
    hours, rest = divmod(tenths, 36000)
    minutes, rest = divmod(rest, 600)
    whole, tenth = divmod(rest, 10)
    text = f"{hours}:{minutes:02}:{whole:02}" if hours else f"{minutes}:{whole:02}"
    return f"{text}.{tenth}" if tenth else text


def _percent_axis(left: float, scale: float, top: float, bottom: float) -> Iterator[Shape]:
    step = 0.1 if top <= 0.5 else 0.2
    for number in range(int(top / step + 1e-9) + 1):
        x = left + scale * number * step
        yield Line((x, 2), (x, bottom), MUTED, 0.5)
        yield Label(x, bottom + 14, f"{100 * number * step:.0f} %", "middle", MUTED)


def _legend(labels: Sequence[str]) -> tuple[list[Shape], float]:
    shapes: list[Shape] = []
    x, y = 6.0, 4.0
    for label in labels:
        width = 24 + _LETTER * len(label) + 14
        if x + width > WIDTH:
            x, y = 6.0, y + 22
        shapes += [_box(x, y, 14, 14, palette.hex(label)), Label(x + 20, y + 12, label)]
        x += width
    return shapes, y + 26


def _box(x: float, y: float, width: float, height: float, fill: str) -> Area:
    return Area(_corners(x, y, width, height), fill, outlined=True)


def _corners(x: float, y: float, w: float, h: float) -> tuple[tuple[float, float], ...]:
    return ((x, y), (x + w, y), (x + w, y + h), (x, y + h))


def _runs(means: npt.NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Where bins with a row stand side by side: first, and one after the last."""
    seen = np.concatenate([[False], np.isfinite(means[:, 0]), [False]])
    edges = np.flatnonzero(seen[1:] != seen[:-1])
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _steps(edges: Sequence[float], heights: npt.NDArray[np.float64]) -> list[tuple[float, float]]:
    points = []
    for n, height in enumerate(heights.tolist()):
        points += [(edges[n], height), (edges[n + 1], height)]
    return points


def _ticks(from_s: float, to_s: float) -> Iterator[float]:
    """Round times, at most eight."""
    length = max(to_s - from_s, 1e-6)
    steps = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
    step = next((s for s in steps if length / s <= 7), float(3600 * np.ceil(length / 7 / 3600)))
    number = int(np.ceil(from_s / step - 1e-9))
    while number * step <= to_s + 1e-9:
        yield number * step
        number += 1
