"""Head turns from five landmarks: on projections of a head, and on real faces."""

from __future__ import annotations

import math
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from emogui.backend.detectors import create_detector
from emogui.backend.pose import roll_degrees, yaw_degrees
from emogui.media.image import load_image
from emogui.types import Landmarks

# Millimetres on an average head: x to the right of the picture, y down, z towards the camera.
HEAD = np.array(
    [[-31.5, 0, 0], [31.5, 0, 0], [0, 36, 36], [-25, 67, 4], [25, 67, 4]], dtype=np.float64
)


def seen(yaw: float = 0.0, roll: float = 0.0, pitch: float = 0.0, distance: float = 900.0):
    y, r, p = (math.radians(v) for v in (yaw, roll, pitch))
    turn = np.array([[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]])
    nod = np.array([[1, 0, 0], [0, math.cos(p), math.sin(p)], [0, -math.sin(p), math.cos(p)]])
    tilt = np.array([[math.cos(r), -math.sin(r), 0], [math.sin(r), math.cos(r), 0], [0, 0, 1]])
    points = HEAD @ (tilt @ nod @ turn).T
    flat = points[:, :2] * (distance / (distance - points[:, 2:])) * 2 + 300
    return Landmarks(*[(float(px), float(py)) for px, py in flat])


@pytest.mark.parametrize("yaw", [-60, -45, -30, -15, 0, 15, 30, 45, 60])
@pytest.mark.parametrize("roll", [-30, 0, 40])
@pytest.mark.parametrize("pitch", [-15, 0, 15])
def test_a_turned_head_gives_its_angle(yaw, roll, pitch):
    assert yaw_degrees(seen(yaw, roll, pitch)) == pytest.approx(yaw, abs=10)


@pytest.mark.parametrize("roll", [-90, -40, 0, 10, 40, 90])
def test_a_tilted_head_gives_its_angle(roll):
    assert roll_degrees(seen(roll=roll)) == pytest.approx(roll, abs=0.01)


def test_a_mirrored_head_turns_the_other_way():
    face = seen(25, 10)
    x = [(600 - px, py) for px, py in (face.right_eye, face.left_eye, face.nose)]
    mouth = [(600 - px, py) for px, py in (face.mouth_right, face.mouth_left)]
    assert yaw_degrees(Landmarks(*x, *mouth)) == pytest.approx(-yaw_degrees(face), abs=1e-6)


def test_points_on_one_spot_do_not_fail():
    assert yaw_degrees(Landmarks(*[(5.0, 5.0)] * 5)) == 0.0
    assert roll_degrees(Landmarks(*[(5.0, 5.0)] * 5)) == 0.0


def test_real_faces_that_look_at_the_camera_are_not_called_turned():
    spec_skimage, spec_mpl = find_spec("skimage"), find_spec("matplotlib")
    assert spec_skimage and spec_skimage.origin and spec_mpl and spec_mpl.origin
    detector = create_detector("centerface")
    for path in (
        Path(spec_skimage.origin).parent / "data" / "astronaut.png",
        Path(spec_mpl.origin).parent / "mpl-data" / "sample_data" / "grace_hopper.jpg",
    ):
        faces = detector.detect(load_image(path))
        assert len(faces) == 1
        assert faces[0].landmarks is not None
        assert abs(yaw_degrees(faces[0].landmarks)) < 35
        assert abs(roll_degrees(faces[0].landmarks)) < 20
