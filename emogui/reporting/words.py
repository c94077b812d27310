"""Numbers in words."""

from __future__ import annotations

from emogui.reporting.charts import percent
from emogui.reporting.estimates import Estimate


def number(value: int | None) -> str:
    """``"1,234"``; empty for None."""
    return "" if value is None else f"{value:,}"


def several(count: int, one: str, more: str = "") -> str:
    """``"1 face"``, ``"1,234 faces"``."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def interval(found: Estimate) -> str:
    """A mean with its interval: ``"12 % (9 to 15 %)"``."""
    if found.low is None or found.high is None:
        return percent(found.mean)
    if found.high < 0.005:
        return f"{percent(found.mean)} (under 1\u00a0%)"
    return f"{percent(found.mean)} ({100 * found.low:.0f} to {100 * found.high:.0f}\u00a0%)"
