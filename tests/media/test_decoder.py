"""The decoder on made clips: times, seeking, rotation, pixel formats, and every kind of damage."""

from __future__ import annotations

import os
import wave
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image as PILImage

from emogui.errors import SourceError, SourceMissingError, SourceTimeoutError
from emogui.media import container, decoder
from emogui.media.decoder import DecodedFrame, VideoFile
from tests.media.clips import level, make_clip, number, picture

REGULAR = [40 * n for n in range(40)]
VARYING = [0, 40, 80, 500, 520, 1000, 1040, 1080, 3000, 3033, 3066, 3100]


def read_all(file: VideoFile) -> list[DecodedFrame]:
    frames = []
    while (frame := file.next()) is not None:
        frames.append(frame)
    return frames


@pytest.fixture(scope="module")
def regular(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "regular.mp4", REGULAR)


@pytest.fixture(scope="module")
def faststart(regular: Path) -> Path:
    """The same with its table of contents in front, so that it can be cut."""
    path = regular.with_name("faststart.mp4")
    with (
        av.open(str(regular)) as old,
        av.open(str(path), "w", options={"movflags": "faststart"}) as new,
    ):
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
    return path


def test_facts_of_a_file(regular: Path) -> None:
    with VideoFile(regular) as file:
        assert (file.name, file.width, file.height) == ("regular.mp4", 96, 64)
        assert file.fps == pytest.approx(25)
        assert file.duration_s == pytest.approx(1.6)
        assert file.frame_count == 40


@pytest.mark.parametrize("name", ["varying.mp4", "varying.mkv"])
def test_times_are_those_of_the_file(tmp_path: Path, name: str) -> None:
    path = make_clip(tmp_path / name, [5000 + stamp for stamp in VARYING])
    with VideoFile(path) as file:
        frames = read_all(file)
        assert file.warnings == ()
    assert [frame.time_s for frame in frames] == pytest.approx([t / 1000 for t in VARYING])
    assert [frame.index for frame in frames] == list(range(len(VARYING)))
    assert [number(frame.image()) for frame in frames] == list(range(len(VARYING)))


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("b-frames.mp4", {}),
        ("long.mkv", {"gop": 100}),
        ("stream.ts", {}),
        ("old.avi", {"codec": "mpeg4", "ticks": 25}),
        ("web.webm", {"codec": "libvpx-vp9", "options": {"deadline": "realtime"}}),
        ("raw.h264", {"ticks": 25}),
    ],
)
def test_seeking_is_exact_in_every_format(
    tmp_path: Path, name: str, how: dict[str, object]
) -> None:
    path = make_clip(tmp_path / name, REGULAR, **how)  # type: ignore[arg-type]
    with VideoFile(path) as file:
        assert len(read_all(file)) == 40
        for n in (31, 12, 39, 0, 11, 10, 9, 25):
            assert file.seek(n * 0.04 + 0.01)
            frame, following = file.next(), file.next()
            assert frame is not None
            assert (frame.index, number(frame.image())) == (n, n % 25)
            assert frame.time_s == pytest.approx(n * 0.04)
            assert (following is None) == (n == 39)
            if following is not None:
                assert (following.index, number(following.image())) == (n + 1, (n + 1) % 25)


def test_the_frame_sought_is_the_one_shown_at_that_time(tmp_path: Path) -> None:
    with VideoFile(make_clip(tmp_path / "varying.mp4", VARYING)) as file:
        for time_s, expected in [(0.0, 0), (0.499, 2), (0.5, 3), (2.9, 7), (-1.0, 0), (99.0, 11)]:
            assert file.seek(time_s)
            frame = file.next()
            assert frame is not None
            assert number(frame.image()) == expected, time_s


def test_a_seek_can_be_called_off(regular: Path) -> None:
    with VideoFile(regular) as file:
        assert not file.seek(1.5, lambda: True)
        assert file.seek(0.4)
        frame = file.next()
        assert frame is not None and frame.index == 10


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "size"),
    [
        ("libx264", "yuv420p10le", (96, 64)),
        ("libx264", "yuv444p", (97, 63)),
        ("mjpeg", "yuvj420p", (97, 63)),
        ("ffv1", "gray", (96, 64)),
        ("ffv1", "bgra", (96, 64)),
        ("ffv1", "rgb48le", (96, 64)),
    ],
)
def test_every_pixel_format_becomes_rgb_of_8_bits(
    tmp_path: Path, codec: str, pix_fmt: str, size: tuple[int, int]
) -> None:
    path = make_clip(tmp_path / "a.mkv", [0, 40, 80], codec=codec, pix_fmt=pix_fmt, size=size)
    with VideoFile(path) as file:
        images = [frame.image() for frame in read_all(file)]
    for n, image in enumerate(images):
        assert image.shape == (size[1], size[0], 3)
        assert image.dtype == np.uint8
        assert image.flags.c_contiguous
        assert np.abs(image.astype(int) - level(n)).max() <= 3


def test_transparent_parts_lie_over_white(tmp_path: Path) -> None:
    frames = [PILImage.new("RGBA", (32, 24), (0, 0, 0, 0)) for _ in range(2)]
    frames[1].paste((200, 10, 10, 255), (0, 0, 16, 24))
    path = tmp_path / "a.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100, disposal=2)
    with VideoFile(path) as file:
        images = [frame.image() for frame in read_all(file)]
    assert images[0][12, 8].tolist() == [255, 255, 255]
    assert images[1][12, 8] == pytest.approx([200, 10, 10], abs=4)
    assert images[1][12, 28].tolist() == [255, 255, 255]


@pytest.mark.parametrize("degrees", [0, 90, 180, -90])
def test_rotation_is_applied(tmp_path: Path, degrees: int) -> None:
    image = picture(0)
    image[:, :48] = (250, 250, 250)  # the left half is light
    path = make_clip(tmp_path / "a.mp4", [0, 40], pictures=[image, image], rotation=degrees)
    with VideoFile(path) as file:
        shown = read_all(file)[0].image()
    expected = np.rot90(image, round(degrees / 90))  # anticlockwise, as FFmpeg counts
    assert shown.shape == expected.shape
    assert np.abs(shown.astype(int) - expected).mean() < 3


def test_frames_may_change_their_size(tmp_path: Path) -> None:
    small = make_clip(tmp_path / "small.ts", [0, 40, 80], gop=1)
    large = make_clip(tmp_path / "large.ts", [120, 160, 200], size=(192, 128), gop=1)
    both = tmp_path / "both.ts"
    both.write_bytes(small.read_bytes() + large.read_bytes())
    with VideoFile(both) as file:
        shapes = [frame.image().shape[:2] for frame in read_all(file)]
    assert shapes[0] == (64, 96)
    assert shapes[-1] == (128, 192)


# Damage


def test_a_file_cut_short_plays_as_far_as_it_goes_and_says_so(
    faststart: Path, tmp_path: Path
) -> None:
    whole = faststart.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) - (len(whole) - whole.find(b"mdat")) // 2])
    with VideoFile(cut) as file:
        frames = read_all(file)
        assert 1 <= len(frames) < 40
        assert [number(f.image()) for f in frames] == [n % 25 for n in range(len(frames))]
        assert any("of 1.6 seconds: the rest is missing" in text for text in file.warnings)


def test_broken_frames_are_left_out_counted_and_keep_their_numbers(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", REGULAR, codec="mjpeg", pix_fmt="yuvj420p")
    with av.open(str(path)) as file:
        third = [(packet.pos, packet.size) for packet in file.demux(video=0) if packet.size][3]
    data = bytearray(path.read_bytes())
    data[third[0] : third[0] + third[1]] = bytes(third[1])
    path.write_bytes(data)
    with VideoFile(path) as video:
        frames = read_all(video)
        assert video.broken == 1
        assert video.warnings == ("1 frame was broken in 'a.mp4' and left out.",)
    assert [frame.index for frame in frames] == [n for n in range(40) if n != 3]
    assert all(a.time_s < b.time_s for a, b in pairwise(frames))
    assert frames[3].time_s == pytest.approx(0.16)


def test_a_file_of_nothing_but_broken_frames(faststart: Path, tmp_path: Path) -> None:
    data = bytearray(faststart.read_bytes())
    start = data.find(b"mdat") + 4
    data[start:] = np.random.default_rng(1).bytes(len(data) - start)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    with pytest.raises(SourceError, match="holds no frames"):
        VideoFile(broken)


def test_a_file_that_yields_nothing_is_given_up_in_time(
    regular: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder, "FRAME_LIMIT_S", -1.0)
    with pytest.raises(SourceTimeoutError, match=r"No picture of 'regular.mp4'"):
        VideoFile(regular)


def test_huge_frames_are_refused(regular: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_PIXELS", 5000)
    with pytest.raises(SourceError):
        VideoFile(regular)


def test_the_content_decides_and_not_the_suffix(regular: Path, tmp_path: Path) -> None:
    for name in ("a.jpg", "a.txt", "a"):
        path = tmp_path / name
        path.write_bytes(regular.read_bytes())
        with VideoFile(path) as file:
            assert len(read_all(file)) == 40
    for name, form in (("a.mp4", "PNG"), ("b.mkv", "WEBP"), ("c.avi", "BMP"), ("d.mov", "TIFF")):
        path = tmp_path / name
        PILImage.fromarray(picture(0)).save(path, format=form)
        with pytest.raises(SourceError, match="is a picture"):
            VideoFile(path)


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000))
    with pytest.raises(SourceError, match="holds sound, but no pictures"):
        VideoFile(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(SourceError, match="not an ordinary file"):
        VideoFile(tmp_path / "pipe.mp4")


def test_a_playlist_must_not_fetch_anything(tmp_path: Path) -> None:
    path = tmp_path / "list.mp4"
    path.write_bytes(b"#EXTM3U\n#\x01\n#EXTINF:9,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(SourceError, match="not a video"):
        VideoFile(path)


def test_names_that_ffmpeg_would_take_for_more_are_names(regular: Path, tmp_path: Path) -> None:
    for name in ("shot_%03d.mp4", "a:b.mp4" if os.name != "nt" else "ab.mp4", "#1 100%.mp4"):
        path = tmp_path / name
        path.write_bytes(regular.read_bytes())
        with VideoFile(path) as file:
            assert file.frame_count == 40
    with pytest.raises(SourceMissingError):
        VideoFile(tmp_path / "shot_001.mp4")


def test_a_second_close_does_nothing(regular: Path) -> None:
    file = VideoFile(regular)
    file.close()
    file.close()
    assert file.next() is None
