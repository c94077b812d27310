"""Videos with known truth, made from the faces of the sample picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from emogui import load_image, paths
from emogui.types import FaceBox, Frame, Image

from .idf1 import Truth

FACES = {"left": FaceBox(219, 117, 173, 222), "right": FaceBox(841, 144, 216, 261)}
"""The sample picture's faces as CenterFace finds them."""

_HEAD = 1.75  # sides of the face's box that are cut out around it


@dataclass(frozen=True)
class Pose:
    """Where a face is at a time.

    Attributes:
        x, y: the middle of its box, as a share of the picture's width and height.
        side: mean side of its box, as a share of the picture's height.
        roll: degrees.
        covered: whether something is held before it.
    """

    x: float
    y: float
    side: float = 0.32
    roll: float = 0.0
    covered: bool = False


Path = Callable[[float], Pose | None]
"""Seconds to the pose of a face; None while it is away."""


@dataclass(frozen=True)
class Actor:
    """A face of the sample picture and how it moves; later ones stand before earlier ones."""

    face: str
    path: Path


def play(
    actors: Sequence[Actor], seconds: float, fps: float = 15.0, size: tuple[int, int] = (320, 240)
) -> Iterator[tuple[Frame, dict[str, Truth]]]:
    """The frames of a scene, each with its true boxes by the faces' names."""
    for index in range(round(seconds * fps)):
        time_s = index / fps
        image, truth = _draw(actors, time_s, *size)
        yield Frame(image, index, time_s, 0.0), truth


def _draw(
    actors: Sequence[Actor], time_s: float, width: int, height: int
) -> tuple[Image, dict[str, Truth]]:
    image = _background(width, height).astype(np.float32)
    owner = np.full((height, width), -1, np.int32)
    boxes: dict[int, FaceBox] = {}
    for number, actor in enumerate(actors):
        pose = actor.path(time_s)
        if pose is None:
            continue
        head, alpha, box = _placed(actor.face, pose, width, height)
        image += (head - image) * alpha[..., None]
        owner[alpha > 0.5] = number
        boxes[number] = box
        if pose.covered:
            cx, cy = round(box.x + box.w / 2), round(box.y + box.h / 2)
            reach = round(0.75 * max(box.w, box.h))
            cv2.ellipse(image, (cx, cy), (reach, reach), 0, 0, 360, (176, 128, 100), -1)
            cv2.ellipse(owner, (cx, cy), (reach, reach), 0, 0, 360, -1, -1)
    truth = {}
    for number, box in boxes.items():
        inside = box.clipped(width, height)
        seen = (owner[inside.y : inside.bottom, inside.x : inside.right] == number).sum()
        share = float(seen) / max(box.area, 1)
        if share > 0.15:
            truth[actors[number].face] = Truth(inside, asked=share > 0.75)
    return image.astype(np.uint8), truth


def _placed(
    face: str, pose: Pose, width: int, height: int
) -> tuple[np.ndarray, np.ndarray, FaceBox]:
    """The head in an empty picture, its mask, and the true box (of the upright face)."""
    head, mask, box = _head(face)
    factor = pose.side * height / math.sqrt(box.area)
    cx, cy = pose.x * width, pose.y * height
    middle = (box.x + box.w / 2, box.y + box.h / 2)
    turn = cv2.getRotationMatrix2D(middle, -pose.roll, factor)
    turn[:, 2] += (cx - middle[0], cy - middle[1])
    shown = cv2.warpAffine(head, turn, (width, height), flags=cv2.INTER_LINEAR)
    alpha = cv2.warpAffine(mask, turn, (width, height), flags=cv2.INTER_LINEAR)
    w, h = box.w * factor, box.h * factor
    return shown, alpha, FaceBox(round(cx - w / 2), round(cy - h / 2), round(w), round(h))


@cache
def _head(face: str) -> tuple[np.ndarray, np.ndarray, FaceBox]:
    """The head, its soft elliptic mask, and the box in it."""
    image, box = load_image(paths.assets() / "sample.jpg"), FACES[face]
    half = round(_HEAD * max(box.w, box.h) / 2)
    cx, cy = box.x + box.w // 2, box.y + box.h // 2
    left, top = max(0, cx - half), max(0, cy - half)
    part = image[top : cy + half, left : cx + half]
    # Half the size is plenty, and takes less time to warp.
    part = cv2.resize(part, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    place = FaceBox((box.x - left) // 2, (box.y - top) // 2, box.w // 2, box.h // 2)
    mask = np.zeros(part.shape[:2], np.float32)
    middle = (round(place.x + place.w / 2), round(place.y + 0.45 * place.h))
    cv2.ellipse(mask, middle, (round(0.8 * place.w), round(0.78 * place.h)), 0, 0, 360, 1.0, -1)
    return part.astype(np.float32), cv2.GaussianBlur(mask, (0, 0), 3), place


@cache
def _background(width: int, height: int) -> Image:
    """A quiet wall with some texture."""
    noise = np.random.default_rng(0).normal(0, 30, (height // 8, width // 8, 3)).astype(np.float32)
    soft = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(soft + np.linspace(110, 150, width)[None, :, None], 0, 255).astype(np.uint8)
