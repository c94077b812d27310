"""What the Live tab says, in words. Knows no Tk."""

from __future__ import annotations

from emogui.live.update import LiveUpdate

CHART_COMES = ("", "The chart of the followed face appears here.")
LOADING = ("One moment", "The models are being loaded…")
LOOKING = ("One moment", "Looking for faces…")
DETECTION_OFF = ("Detection is off", "Press Detect to look for faces.")
NO_FACE = ("No face found", "Turn towards the camera, or come closer.")
PRIVACY = "Nothing is recorded, and nothing leaves this computer."


def figures(update: LiveUpdate, *, analysing: bool) -> str:
    """Frames a second and frame age, for the corner of the tab."""
    found = update.statistics
    age = found.result_age_p50_ms if analysing else found.frame_age_ms
    words = [f"{found.fps:.0f} fps"]
    if age is not None:
        words.append(f"frame age {age:.0f} ms")
    return "  ·  ".join(words)


def status(update: LiveUpdate, *, analysing: bool) -> str:
    """What comes from the running source, in one line, for the bottom of the window."""
    parts = []
    if update.frame is not None:
        height, width = update.frame.image.shape[:2]
        parts.append(f"{width} × {height}")
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
