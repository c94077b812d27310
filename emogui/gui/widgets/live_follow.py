"""Which face of a live picture is followed. Knows no Tk."""

from __future__ import annotations

from collections.abc import Sequence

from emogui.gui.documents import reading_order
from emogui.types import FaceResult


class FollowedFace:
    """Follows the picked face while it is in sight, else the largest one.

    Attributes:
        picked: number (``face_id``) of the picked face, or None.
    """

    def __init__(self) -> None:
        self.picked: int | None = None

    def index(self, faces: Sequence[FaceResult]) -> int | None:
        """Index of the followed face; None where there is no face."""
        if not faces:
            return None
        for index, face in enumerate(faces):
            if face.face_id == self.picked:
                return index
        return max(range(len(faces)), key=lambda i: faces[i].box.area)

    def is_picked(self, faces: Sequence[FaceResult], index: int | None) -> bool:
        """Whether the face at that index was picked by the user."""
        return index is not None and faces[index].face_id == self.picked

    def pick(self, faces: Sequence[FaceResult], index: int | None) -> None:
        """Picks a face by its index; None goes back to the largest."""
        known = index is not None and index < len(faces)
        self.picked = faces[index].face_id if known and index is not None else None

    def step(self, faces: Sequence[FaceResult], step: int, *, mirrored: bool) -> None:
        """Goes to the next face (or the one before, if negative) as the picture shows them."""
        now = self.index(faces)
        if now is not None:
            order = shown_order(faces, mirrored=mirrored)
            self.pick(faces, order[(order.index(now) + step) % len(order)])


def shown_order(faces: Sequence[FaceResult], *, mirrored: bool) -> list[int]:
    """Indices of the faces from left to right as the picture shows them."""
    order = list(reading_order(tuple(faces)))
    return order[::-1] if mirrored else order
