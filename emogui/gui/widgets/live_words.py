"""What the Live tab says, in words. Knows no Tk."""

from __future__ import annotations

from emogui.live.update import LiveUpdate

CHART_COMES = ("", "The chart of the followed face appears here.")
PAUSED = "Paused"
LOADING = ("One moment", "The models are being loaded…")
LOOKING = ("One moment", "Looking for faces…")
DETECTION_OFF = ("Detection is off", "Press Detect to look for faces.")
NO_FACE = ("No face found", "Turn towards the camera, or come closer.")
PRIVACY = (
    "Nothing is recorded unless you press Record, and nothing leaves this computer unless you "
    "publish it."
)


def figures(update: LiveUpdate, *, analysing: bool) -> str:
    """Frames a second and frame age, for the corner of the tab."""
    found = update.statistics
    age = found.result_age_p50_ms if analysing else found.frame_age_ms
    words = [f"{found.fps:.0f} fps"]
    if age is not None:
        words.append(f"frame age {age:.0f} ms")
    return "  ·  ".join(words)


def status(update: LiveUpdate, *, analysing: bool, asked: tuple[int, int] | None = None) -> str:
    """What comes from the running source, in one line, for the bottom of the window.

    Args:
        update: what the session says.
        analysing: whether faces are looked for.
        asked: the size that was asked of a camera, told where it delivers another.
    """
    parts = []
    if update.frame is not None:
        height, width = update.frame.image.shape[:2]
        other = asked is not None and asked != (width, height)
        wish = f" ({asked[0]} × {asked[1]} was asked for)" if asked and other else ""
        parts.append(f"{width} × {height}{wish}")
    found = update.statistics
    if not analysing:
        parts.append("detection is off")
    elif update.newest is not None:
        number = len(update.newest.result.faces)
        parts.append(
            "No face found" if not number else "1 face" if number == 1 else f"{number} faces"
        )
        parts.append(f"{found.analysis_fps:.0f} analysed a second")
    if found.dropped:
        parts.append(f"{found.dropped} dropped")
    return "  ·  ".join(parts)
