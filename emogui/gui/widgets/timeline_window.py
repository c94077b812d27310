"""Which stretch of a history a chart shows, and where its time axis has labels. Knows no Tk."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from emogui.live.history import JUMP_S, Section

SPANS: dict[str, int] = {
    "10 s": 10, "30 s": 30, "1 min": 60, "5 min": 300, "15 min": 900, "30 min": 1800,
}  # fmt: skip
"""What can be shown at once: title to seconds."""

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)


class TimeWindow:
    """A window that follows the newest moment, unless it is held.

    Attributes:
        span_s: its width in seconds.
    """

    def __init__(self, span_s: float = 60.0) -> None:
        self.span_s = span_s
        self._held: float | None = None

    @property
    def follows(self) -> bool:
        """Whether it goes along with the newest moment."""
        return self._held is None

    def end(self, now_s: float) -> float:
        """Its right edge."""
        return now_s if self._held is None else min(self._held, now_s)

    def hold(self, now_s: float) -> None:
        """Stays where it is."""
        self._held = self.end(now_s)

    def follow(self) -> None:
        """Goes to the newest moment and follows it."""
        self._held = None

    def scroll(self, seconds: float, first_s: float, now_s: float) -> None:
        """Goes back (negative) or ahead, within the history; at its end it follows again.

        Args:
            seconds: how far; may be infinite.
            first_s: where the history begins.
            now_s: the newest moment.
        """
        before = self.end(now_s)
        earliest = min(before, first_s + self.span_s)
        to = max(earliest, before + seconds)
        if to >= now_s and seconds > 0:
            self._held = None
        elif to < before or seconds > 0:
            self._held = to


@dataclass(frozen=True, slots=True)
class Tick:
    """A label of the time axis: where by the history's clock, and what it says."""

    time_s: float
    text: str


def ticks(sections: Sequence[Section], begin_s: float, end_s: float, least_s: float) -> list[Tick]:
    """Labels at round times of the source, each section with its own.

    Args:
        sections: of the history, oldest first.
        begin_s: begin of the time in view, by the history's clock.
        end_s: its end.
        least_s: labels closer than this would touch.
    """
    step = next((step for step in _STEPS_S if step >= least_s), _STEPS_S[-1])
    found: list[Tick] = []
    for section, after in itertools.zip_longest(sections, sections[1:]):
        section_end = end_s if after is None else after.begin_s - JUMP_S
        first, last = max(begin_s, section.begin_s), min(end_s, section_end)
        if first > last:
            continue
        number = math.ceil(section.to_source(first) / step - 1e-6)
        while (at := section.begin_s + number * step - section.source_begin_s) <= last:
            if not found or at - found[-1].time_s >= least_s:
                found.append(Tick(at, clock(number * step)))
            number += 1
    return found


def clock(seconds: float, *, tenths: bool = False) -> str:
    """A time as ``"1:05"`` or ``"1:02:03"``, with tenths of a second where wanted."""
    parts = round(seconds * 10) if tenths else round(seconds) * 10
    sign, parts = ("-" if parts < 0 else ""), abs(parts)
    minutes, rest = divmod(parts, 600)
    hours, minutes = divmod(minutes, 60)
    ending = f"{rest // 10:02d}" + (f".{rest % 10}" if tenths else "")
    return sign + (f"{hours}:{minutes:02d}:{ending}" if hours else f"{minutes}:{ending}")
