import numpy as np
import pytest

from emogui.labels import AFFECTNET, FER2013, FERPLUS
from emogui.output import palette

# Machado, Oliveira and Fernandes (2009), severity 1.0, for linear RGB.
VISION = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
SRGB_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
D65 = np.array([0.95047, 1.0, 1.08883])


def cielab(linear):
    xyz = np.clip(linear, 0, 1) @ SRGB_TO_XYZ.T / D65
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack(
        [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1
    )


@pytest.mark.parametrize("vision", VISION)
def test_no_two_emotions_look_alike(vision):
    rgb = np.array([palette.colour(label) for label in FERPLUS]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lab = cielab(linear @ VISION[vision].T)
    distance = np.linalg.norm(lab[:, None] - lab[None], axis=2)
    assert distance[~np.eye(len(lab), dtype=bool)].min() >= 30


@pytest.mark.parametrize("label", [*FERPLUS, *FER2013, *AFFECTNET, "something else"])
def test_text_is_readable_on_the_colour(label):
    assert palette.contrast(palette.text_colour(label), palette.colour(label)) >= 4.5


def test_contrast_is_that_of_wcag():
    assert palette.contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert palette.contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


def test_class_sets_share_their_colours():
    assert palette.colour("happy") == palette.colour("happiness")
    assert palette.colour("angry") == palette.colour("anger")
    assert palette.hex("sad") == palette.hex("sadness") == "#4c3fec"


def test_unknown_labels_get_a_colour_of_their_own():
    assert palette.colour("bored") not in {palette.colour(label) for label in FERPLUS}
