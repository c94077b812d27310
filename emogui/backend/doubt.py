"""When a result should not be relied on, and how that is said."""

from __future__ import annotations

from emogui.backend.pose import yaw_degrees
from emogui.types import Detection

SMALLEST_FACE = 32
"""Mean side of a box in pixels under which a face shows too little."""

LARGEST_TURN = 40.0
"""Degrees of yaw beyond which half of the face is hidden."""


def reason_for_doubt(detection: Detection, confidence: float, threshold: float) -> str | None:
    """Says why a face's emotion is doubtful.

    Args:
        detection: the face as it was found.
        confidence: probability of its top emotion.
        threshold: the lowest confidence that is not doubtful.

    Returns:
        Words for a user, several reasons joined; None when there is no reason.
    """
    reasons = []
    side = detection.box.area**0.5
    if side < SMALLEST_FACE:
        reasons.append(f"the face is small ({side:.0f} pixels)")
    if detection.landmarks is not None:
        turn = abs(yaw_degrees(detection.landmarks))
        if turn > LARGEST_TURN:
            reasons.append(f"the head is turned (about {turn:.0f} degrees)")
    if confidence < threshold:
        reasons.append(f"no emotion stands out (top probability {confidence:.0%})")
    return "; ".join(reasons) or None
