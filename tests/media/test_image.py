"""Every kind of picture becomes upright RGB; everything else gets a message to act on."""

from __future__ import annotations

import io
import os
import struct
import sys
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image as PILImage

from emogui.errors import ImageError
from emogui.media.image import MAX_PIXELS, decode_image, load_image


def scene(height=40, width=60):
    """A smooth picture with four distinct corners, RGB."""
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 0] = np.linspace(20, 230, width)[None]
    image[..., 1] = np.linspace(30, 220, height)[:, None]
    image[..., 2] = 128
    return image


def saved(picture, file_format, **options):
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def close(image, expected, tolerance=3):
    assert image.dtype == np.uint8 and image.flags.c_contiguous
    assert image.shape == expected.shape
    return np.abs(image.astype(int) - expected.astype(int)).mean() <= tolerance


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "AVIF", "PPM", "JPEG2000"])
def test_every_format_gives_the_same_picture(tmp_path, form):
    path = tmp_path / "picture.dat"  # the content decides, not the suffix
    path.write_bytes(saved(PILImage.fromarray(scene()), form))
    assert close(load_image(path), scene(), 5)


def test_heic(tmp_path):
    import pillow_heif

    pillow_heif.from_pillow(PILImage.fromarray(scene(64, 96))).save(tmp_path / "a.heic")
    assert close(load_image(tmp_path / "a.heic"), scene(64, 96), 5)


def test_only_the_first_frame_of_an_animation_is_taken():
    first = PILImage.fromarray(scene())
    second = PILImage.new("RGB", first.size, "black")
    gif = saved(first, "GIF", save_all=True, append_images=[second])
    assert close(decode_image(gif, "x.gif"), scene(), 12)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "TIFF", "PNG", "WEBP", "AVIF"])
def test_exif_rotation(orientation, form):
    upright = scene()
    undo = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
        8: lambda a: np.rot90(a, -1),
    }[orientation]
    stored = PILImage.fromarray(np.ascontiguousarray(undo(upright)))
    exif = PILImage.Exif()
    exif[0x0112] = orientation
    data = saved(stored, form, exif=exif)
    assert close(decode_image(data, "turned"), upright, 5)


def test_alpha_lies_over_white():
    rgba = np.dstack([scene(), np.zeros((40, 60), np.uint8)])
    rgba[:20, :, 3] = 255
    image = decode_image(saved(PILImage.fromarray(rgba), "PNG"), "a.png")
    assert close(image[:20], scene()[:20], 0)
    assert (image[20:] == 255).all()


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "YCbCr", "LAB"])
def test_other_modes(mode):
    grey = PILImage.fromarray(scene()).convert("RGB")
    if mode == "LAB":
        picture = PILImage.new("LAB", (60, 40), (128, 128, 128))
    else:
        picture = grey.quantize(64) if mode == "P" else grey.convert(mode)
    image = decode_image(saved(picture, "PNG" if mode in ("L", "LA", "P", "1") else "TIFF"), mode)
    assert image.shape == (40, 60, 3)
    if mode == "LAB":
        assert abs(int(image.mean()) - 119) < 8
    elif mode != "1":
        expected = np.asarray(grey.convert("L") if mode in ("L", "LA") else grey)
        expected = expected if expected.ndim == 3 else np.repeat(expected[..., None], 3, 2)
        assert close(image, expected, 12)
    else:
        assert set(np.unique(image)) <= {0, 255}


def test_cmyk_jpeg():
    data = saved(PILImage.fromarray(scene()).convert("CMYK"), "JPEG", quality=95)
    assert close(decode_image(data, "c.jpg"), scene(), 5)


def test_a_transparent_palette_lies_over_white():
    picture = PILImage.new("P", (4, 4), 0)
    picture.putpalette([200, 0, 0, 0, 0, 0])
    assert (decode_image(saved(picture, "GIF", transparency=0), "p.gif") == 255).all()


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_are_scaled_to_eight(suffix, channels):
    wide = scene().astype(np.uint16) * 257
    if channels == 1:
        wide = wide[..., 0]
    elif channels == 4:
        wide = np.dstack([wide, np.full((40, 60), 65535, np.uint16)])
    stored = wide if channels == 1 else wide[..., [2, 1, 0, 3][:channels]]
    done, data = cv2.imencode(suffix, stored)
    assert done
    expected = scene() if channels > 1 else np.repeat(scene()[..., :1], 3, 2)
    assert close(decode_image(data.tobytes(), "wide"), expected, 1)


@pytest.mark.parametrize("top", [1.0, 255.0, 65535.0])
@pytest.mark.parametrize("channels", [1, 3])
def test_floating_point_tiff(top, channels):
    values = (scene() / 255.0 * top).astype(np.float32)
    values[0, 0] = (0.0, np.nan, top)
    values[0, 1] = top
    stored = values[..., 0] if channels == 1 else values[..., ::-1]
    done, data = cv2.imencode(".tiff", np.ascontiguousarray(stored))
    assert done
    image = decode_image(data.tobytes(), "float.tiff")
    expected = scene() if channels == 3 else np.repeat(scene()[..., :1], 3, 2)
    assert close(image[1:], expected[1:], 1)


@pytest.mark.parametrize(
    "name", ["été à Zürich.png", "写真/顔.jpg", "😀 лицо.webp", "a'b\"c [1].png"]
)
def test_any_unicode_path(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    PILImage.fromarray(scene()).save(path)
    assert load_image(str(path)).shape == (40, 60, 3)


def huge_png(width, height):
    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [11_000, 20_000, 60_000])
def test_decompression_bombs_are_refused_from_their_header(side):
    assert side * side > MAX_PIXELS
    with pytest.raises(ImageError, match=r"too large.*megapixels; expected at most 120"):
        decode_image(huge_png(side, side), "bomb.png")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "AVIF"])
def test_cut_off_files(form):
    noise = np.random.default_rng(0).integers(0, 255, (120, 160, 3), np.uint8)
    data = saved(PILImage.fromarray(noise), form)
    with pytest.raises(ImageError, match="damaged or cut off") as caught:
        decode_image(data[: len(data) // 2], "cut.img")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"just words\n" * 9, "got text"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PK\x03\x04rest", "ZIP archive"),
        (b"<!doctype html><html>", "a web page"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isomiso2", "a video"),
        (b"\x01\x02\x00\x07\x00" * 9, "unknown kind"),
        (b"\xff\xd8\xff", "damaged or cut off"),
        (b"BM", "damaged or cut off"),
        (b"II*\0\x08\0\0\0", "damaged or cut off"),
    ],
)
def test_what_is_not_a_picture(data, words):
    with pytest.raises(ImageError, match=words) as caught:
        decode_image(data, "thing.jpg")
    assert "thing.jpg" in caught.value.message and caught.value.hint


def test_damaged_exif_does_not_refuse_the_picture():
    data = saved(PILImage.fromarray(scene()), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert decode_image(data, "e.jpg").shape == (40, 60, 3)


def test_paths_that_are_no_file(tmp_path):
    with pytest.raises(ImageError, match="is a folder"):
        load_image(tmp_path)
    with pytest.raises(ImageError, match="no file or folder"):
        load_image(tmp_path / "absent.png")
    with pytest.raises(ImageError, match="is an address"):
        load_image("https://example.org/a.jpg")
    with pytest.raises(ImageError, match="cannot be opened"):
        load_image("a\0b.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_rather_than_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ImageError, match="not an ordinary file"):
        load_image(tmp_path / "pipe.png")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_no_permission(tmp_path):
    path = tmp_path / "locked.png"
    path.write_bytes(b"x")
    path.chmod(0)
    with pytest.raises(ImageError, match="permission denied"):
        load_image(path)


def test_permission_errors_have_words(tmp_path, monkeypatch):
    path = tmp_path / "locked.png"
    path.write_bytes(b"x")

    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(ImageError, match="permission denied"):
        load_image(path)


def test_heic_without_its_library_names_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(ImageError, match="pip install pillow-heif"):
        decode_image(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a.heic")
