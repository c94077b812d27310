"""Corruptions of face pictures: standard, seeded, in a few strengths.

Gaussian noise, Gaussian blur and JPEG are those of Hendrycks and Dietterich, "Benchmarking Neural
Network Robustness to Common Corruptions and Perturbations" (ICLR 2019), at strengths which they
chose for Tiny ImageNet (64 pixels wide, so close to FER-2013's 48); JPEG goes further, to the
quality of 20 that small pictures in messengers have. The others have no such standard and are
defined here.

A corruption takes one face, grey uint8 (side, side) as FER-2013 has them, and gives uint8 again.
Strength is counted in levels from 1; level 0 is the picture itself.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Face = npt.NDArray[np.uint8]
"""Grey (side, side), or RGB (side, side, 3)."""

Change = Callable[[Face, float, np.random.Generator], Face]


@dataclass(frozen=True, slots=True)
class Corruption:
    """One way of spoiling a picture.

    Attributes:
        name: as in tables.
        strengths: what level 1, 2, ... means, from mild to hard.
        says: a strength in words, as a format string of one number.
        change: the corruption itself: face, strength, random numbers.
    """

    name: str
    strengths: tuple[float, ...]
    says: str
    change: Change

    def apply(self, face: Face, level: int, *, seed: int = 0, row: int = 0) -> Face:
        """Corrupts one face.

        Args:
            face: grey uint8 (side, side).
            level: 0 for the picture itself, up to the number of strengths.
            seed: of the random numbers.
            row: number of the face; the same row always meets with the same random numbers,
                whichever other rows are asked for, and with the same ones at each level.

        Returns:
            uint8; of the shape of ``face``, but for "pixels" (another side) and the tints (RGB).

        Raises:
            ValueError: there is no such level, or the face is no grey uint8 picture.
        """
        if face.ndim != 2 or face.dtype != np.uint8:
            raise ValueError(f"expected a grey uint8 face, got {face.dtype} {face.shape}")
        if not 0 <= level <= len(self.strengths):
            raise ValueError(f"{self.name}: level 0 to {len(self.strengths)}, not {level}")
        if level == 0:
            return face.copy()
        rng = np.random.default_rng([seed, zlib.crc32(self.name.encode()), row])
        return self.change(face, self.strengths[level - 1], rng)

    def describe(self, level: int) -> str:
        """Name and strength of a level, as in tables."""
        return f"{self.name}, {self.says.format(self.strengths[level - 1])}"


def to_uint8(values: npt.NDArray[np.floating]) -> Face:
    """Grey levels 0-255, clipped and rounded."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def gaussian_blur(face: Face, sigma: float, _: np.random.Generator) -> Face:
    """Gaussian low-pass; ``sigma`` in pixels of the face."""
    return to_uint8(cv2.GaussianBlur(face.astype(np.float32), (0, 0), sigma))


def gaussian_noise(face: Face, deviation: float, rng: np.random.Generator) -> Face:
    """Independent Gaussian noise on each pixel; its standard deviation as a share of 255."""
    return to_uint8(face + 255 * deviation * rng.standard_normal(face.shape))


FULL_WELL = 1000
"""Photons that a white pixel of the undimmed picture collects: a small phone sensor's."""


def low_light(face: Face, gain: float, rng: np.random.Generator) -> Face:
    """What a camera would show with that share of the light.

    The grey levels are made linear (gamma 2.2), multiplied by ``gain``, counted as photons with
    Poisson (shot) noise, white being :data:`FULL_WELL` photons before, and brought back to gamma.
    Nothing brightens the picture again, as a camera's exposure control would.
    """
    linear = (face / 255.0) ** 2.2 * gain
    photons = rng.poisson(linear * FULL_WELL)
    return to_uint8(255 * np.minimum(photons / FULL_WELL, 1.0) ** (1 / 2.2))


def jpeg(face: Face, quality: float, _: np.random.Generator) -> Face:
    """Stored as JPEG and read again."""
    done, coded = cv2.imencode(".jpg", face, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
    if not done:
        raise ValueError(f"OpenCV could not store a picture of shape {face.shape} as JPEG")
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)


def pixels(face: Face, side: float, _: np.random.Generator) -> Face:
    """The face at another number of pixels.

    Smaller by area averaging, as a smaller face in a picture would be; larger by cubic
    interpolation, as a picture that was enlarged. Enlarging adds no detail: it tells whether a
    network minds the size itself, not what a sharper picture of the face would bring.
    """
    n = int(side)
    method = cv2.INTER_AREA if n < face.shape[0] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(face, (n, n), interpolation=method), np.uint8)


def _place(face: Face, matrix: npt.NDArray[np.float64]) -> Face:
    """Resamples a face by a matrix from result to source, about its centre; edges repeated."""
    middle = (face.shape[0] - 1) / 2
    shift = np.array([middle, middle])
    full = np.hstack([matrix[:, :2], (matrix[:, 2] + shift - matrix[:, :2] @ shift)[:, None]])
    return np.asarray(
        cv2.warpAffine(
            face,
            full,
            (face.shape[1], face.shape[0]),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )


def rotation(face: Face, degrees: float, rng: np.random.Generator) -> Face:
    """Turned about the centre, to the left or to the right by chance; edges repeated."""
    angle = np.deg2rad(degrees) * rng.choice([-1.0, 1.0])
    cos, sin = np.cos(angle), np.sin(angle)
    return _place(face, np.array([[cos, -sin, 0.0], [sin, cos, 0.0]]))


def moved(face: Face, share: float, rng: np.random.Generator) -> Face:
    """The frame lies off by that share of its side, in a random direction; edges repeated."""
    way = rng.uniform(0, 2 * np.pi)
    distance = share * face.shape[0]
    return _place(face, np.array([[1, 0, distance * np.cos(way)], [0, 1, distance * np.sin(way)]]))


def framed(face: Face, scale: float, _: np.random.Generator) -> Face:
    """The frame is ``scale`` times as wide as it should be; above 1, edges are repeated."""
    return _place(face, np.array([[scale, 0.0, 0.0], [0.0, scale, 0.0]]))


def _covering(side: str) -> Change:
    def cover(face: Face, share: float, _: np.random.Generator) -> Face:
        """That share of the face lies under an even grey of the picture's mean brightness."""
        n = round(share * face.shape[0])
        spans = {
            "left": np.s_[:, :n],
            "right": np.s_[:, face.shape[1] - n :],
            "upper": np.s_[:n],
            "lower": np.s_[face.shape[0] - n :],
        }
        result = face.copy()
        result[spans[side]] = round(float(face.mean()))
        return result

    return cover


TINTS = {
    "lamp light": (1.20, 0.95, 0.60),
    "shade": (0.80, 0.95, 1.20),
    "screen light": (0.85, 1.10, 0.95),
}
"""Colours of light, as gains of red, green and blue on the stored (gamma) values."""


def tinted(face: npt.NDArray[np.uint8], gains: tuple[float, float, float]) -> Face:
    """A picture in coloured light: grey (h, w) or RGB (h, w, 3) to RGB (h, w, 3)."""
    colour = np.repeat(face[..., None], 3, axis=2) if face.ndim == 2 else face
    return to_uint8(colour * np.asarray(gains, np.float32))


def _tinting(gains: tuple[float, float, float]) -> Change:
    def tint(face: Face, strength: float, _: np.random.Generator) -> Face:
        """The face in coloured light, in colour."""
        red, green, blue = (1 + strength * (gain - 1) for gain in gains)
        return tinted(face, (red, green, blue))

    return tint


THIRD = (1 / 3,)

CORRUPTIONS: tuple[Corruption, ...] = (
    Corruption("blur", (0.75, 1.25, 2.0), "sigma {:g} px", gaussian_blur),
    Corruption("noise", (0.04, 0.08, 0.15), "sd {:.0%} of white", gaussian_noise),
    Corruption("low light", (0.25, 0.1, 0.03), "{:.0%} of the light", low_light),
    Corruption("JPEG", (50, 20), "quality {:.0f}", jpeg),
    Corruption("pixels, fewer", (32, 24), "{:.0f} px", pixels),
    Corruption("pixels, more", (64, 96), "{:.0f} px", pixels),
    Corruption("turned", (10, 20, 30), "{:.0f} degrees", rotation),
    Corruption("covered, left third", THIRD, "mean grey", _covering("left")),
    Corruption("covered, right third", THIRD, "mean grey", _covering("right")),
    Corruption("covered, upper third", THIRD, "mean grey", _covering("upper")),
    Corruption("covered, lower third", THIRD, "mean grey", _covering("lower")),
    Corruption("box off its place", (0.1, 0.2), "{:.0%} of its side", moved),
    Corruption("box too small", (0.9, 0.8), "{:.0%} of its side", framed),
    Corruption("box too large", (1.1, 1.2), "{:.0%} of its side", framed),
    *(Corruption(f"colour, {name}", (1.0,), "in RGB", _tinting(g)) for name, g in TINTS.items()),
)
"""All of them, in the order of the table."""
