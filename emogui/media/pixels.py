"""From the pixel forms of picture files to upright RGB of 8 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from emogui.types import Image

if TYPE_CHECKING:
    import PIL.Image


def to_rgb(picture: PIL.Image.Image) -> Image:
    """Any Pillow mode as RGB uint8 (height, width, 3); transparent parts lie over white."""
    if picture.mode.startswith(("I", "F")):
        return three_channels(to_8_bit(np.asarray(picture)))
    if picture.mode == "LAB":
        from PIL import ImageCms

        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB")
        return np.array(converted, np.uint8)
    if picture.has_transparency_data:
        from PIL import Image as PILImage

        layer = picture.convert("RGBA")
        paper = PILImage.new("RGB", layer.size, (255, 255, 255))
        paper.paste(layer, mask=layer.getchannel("A"))
        return np.array(paper, np.uint8)
    return np.array(picture if picture.mode == "RGB" else picture.convert("RGB"), np.uint8)


def to_8_bit(values: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    """Scales samples of any type linearly to 0-255.

    16 bits unsigned are taken over their whole range. Other types are taken as 0 to 1 (floating
    point only), 0 to 255 or 0 to 65535, the first that holds them all; else 0 to their maximum.
    Negative samples become 0, as do those that are not finite.
    """
    if values.dtype == np.uint8:
        return np.asarray(values, np.uint8)
    if values.dtype == np.uint16:
        return ((values.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    finite = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    top = float(finite.max(initial=0.0))
    white = next((w for w in (1.0, 255.0, 65535.0) if top <= w), top)
    if white == 1.0 and np.issubdtype(values.dtype, np.integer):
        white = 255.0
    return np.asarray(np.rint(np.clip(finite, 0.0, white) * (255.0 / white)), np.uint8)


def over_white(rgba: npt.NDArray[np.uint8]) -> Image:
    """RGBA uint8 (height, width, 4), alpha not premultiplied, laid over white."""
    alpha = rgba[:, :, 3:].astype(np.uint16)
    mixed = (rgba[:, :, :3] * alpha + 255 * (255 - alpha) + 127) // 255
    return np.asarray(mixed, np.uint8)


def three_channels(array: npt.NDArray[np.uint8]) -> Image:
    """Grey (height, width) or (height, width, 1 or more) as RGB; RGB as it is."""
    if array.ndim == 3 and array.shape[2] == 3:
        return np.ascontiguousarray(array)
    grey = array if array.ndim == 2 else array[:, :, 0]
    return np.repeat(grey[:, :, None], 3, axis=2)


def turned(image: Image, orientation: int) -> Image:
    """Applies the EXIF orientation (1 to 8; any other value means upright)."""
    if orientation in (5, 6, 7, 8):
        image = image.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    return np.ascontiguousarray(image)
