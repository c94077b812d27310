"""How far a head is turned, from five landmarks; rough, but free.

The five points are taken as those of an average face: eyes and mouth corners in one plane, the
tip of the nose in front of it. Seen from the side by an angle, the tip moves across that plane.
"""

from __future__ import annotations

import math

from emogui.types import Landmarks

_NOSE_DEPTH = 0.57
"""How far the nose's tip stands before the plane of the eyes, in distances between the eyes."""

_NARROWEST = 0.05
"""Eyes closer than this share of the face's height are seen edge on: a profile."""


def roll_degrees(landmarks: Landmarks) -> float:
    """Angle of the line through the eyes, -180 to 180; positive is clockwise in the picture."""
    return math.degrees(
        math.atan2(
            landmarks.right_eye[1] - landmarks.left_eye[1],
            landmarks.right_eye[0] - landmarks.left_eye[0],
        )
    )


def yaw_degrees(landmarks: Landmarks) -> float:
    """Angle by which the head is turned sideways.

    Args:
        landmarks: five points of one face.

    Returns:
        -90 to 90; 0 looks into the camera, positive towards the right edge of the picture.
        Within about 10 degrees for heads turned up to 60 degrees; detectors place the points of
        a profile poorly, so larger angles only mean "from the side".
    """
    angle = -math.radians(roll_degrees(landmarks))
    points = (
        landmarks.left_eye,
        landmarks.right_eye,
        landmarks.nose,
        landmarks.mouth_left,
        landmarks.mouth_right,
    )
    across = [x * math.cos(angle) - y * math.sin(angle) for x, y in points]
    down = [x * math.sin(angle) + y * math.cos(angle) for x, y in points]
    eyes_x, eyes_y = (across[0] + across[1]) / 2, (down[0] + down[1]) / 2
    mouth_x, mouth_y = (across[3] + across[4]) / 2, (down[3] + down[4]) / 2
    height = abs(mouth_y - eyes_y)
    if height == 0.0:
        return 0.0
    # The nose's tip lies between eyes and mouth; so does the middle of the face at its height.
    share = min(max((down[2] - eyes_y) / (mouth_y - eyes_y), 0.0), 1.0)
    offset = across[2] - (eyes_x + share * (mouth_x - eyes_x))
    width = max(across[1] - across[0], _NARROWEST * height)
    # Turned by an angle a, the eyes' distance d shows as d cos(a), the nose moves by depth sin(a).
    return math.degrees(math.atan2(offset, width * _NOSE_DEPTH))
