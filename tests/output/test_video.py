import signal
import subprocess
import sys
import textwrap
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from emogui.errors import EmoguiError
from emogui.media.image import load_image
from emogui.output import video
from emogui.output.durable import Existing
from emogui.output.video import FRAGMENT_S, VideoWriter

FULL_DISK = Path("/dev/full")
COLOURS = [(220, 40, 40), (40, 200, 60), (50, 60, 210), (240, 240, 240), (10, 10, 10)]


@pytest.fixture(scope="module")
def picture(project_root):
    return cv2.resize(load_image(project_root / "assets" / "sample.jpg"), (320, 240))


def frames(path):
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def counted(path):
    """Frames that OpenCV's own FFmpeg reads."""
    capture = cv2.VideoCapture(str(path))
    count = 0
    while capture.read()[0]:
        count += 1
    capture.release()
    return count


def test_frames_keep_their_times_and_colours(tmp_path):
    times = [10.0, 10.04, 10.05, 10.4, 12.0]
    with VideoWriter(tmp_path / "a.mp4", fps=25) as writer:
        for colour, time_s in zip(COLOURS, times, strict=True):
            writer.write(np.full((720, 1280, 3), colour, np.uint8), time_s)
        assert writer.duration_s == pytest.approx(2.0)
    found = frames(tmp_path / "a.mp4")
    assert [f.time for f in found] == pytest.approx([0, 0.04, 0.05, 0.4, 2.0], abs=1e-4)
    for frame, colour in zip(found, COLOURS, strict=True):
        assert frame.format.name == "yuv420p"
        middle = frame.to_ndarray(format="rgb24")[300:400, 300:400].reshape(-1, 3)
        assert np.abs(middle.mean(axis=0) - colour).max() < 6
    assert counted(tmp_path / "a.mp4") == 5
    assert writer.size == (tmp_path / "a.mp4").stat().st_size


def test_times_that_repeat_or_step_back_follow_one_another(tmp_path, picture):
    with VideoWriter(tmp_path / "a.mp4") as writer:
        for time_s in (5.0, 5.0, 4.0, 5.1):
            writer.write(picture, time_s)
    times = [f.time for f in frames(tmp_path / "a.mp4")]
    assert times == sorted(times) and len(set(times)) == 4
    assert times[-1] == pytest.approx(0.1)


def test_a_player_can_seek_every_second(tmp_path, picture):
    with VideoWriter(tmp_path / "a.mp4") as writer:
        for i in range(75):
            writer.write(picture, i / 25)
    keys = [f.time for f in frames(tmp_path / "a.mp4") if f.key_frame]
    assert keys == pytest.approx([0, 1, 2])


@pytest.mark.parametrize("size", [(241, 321), (240, 321), (17, 16)])
def test_odd_sizes(tmp_path, size):
    with VideoWriter(tmp_path / "a.mp4") as writer:
        writer.write(np.full((*size, 3), 200, np.uint8), 0)
    (frame,) = frames(tmp_path / "a.mp4")
    assert (frame.height, frame.width) == (size[0] // 2 * 2, size[1] // 2 * 2)


def test_a_source_that_changes_size_keeps_the_shape_of_things(tmp_path):
    with VideoWriter(tmp_path / "a.mp4") as writer:
        writer.write(np.full((240, 320, 3), 255, np.uint8), 0)
        writer.write(np.full((480, 480, 3), 255, np.uint8), 0.1)
    last = frames(tmp_path / "a.mp4")[1].to_ndarray(format="rgb24")
    assert last.shape == (240, 320, 3)
    assert last[:, 45:275].min() > 230 and last[:, :35].max() < 30 and last[:, 285:].max() < 30


def test_too_small_a_picture_is_a_plain_error(tmp_path):
    with (
        pytest.raises(EmoguiError, match="16x16"),
        VideoWriter(tmp_path / "a.mp4") as writer,
    ):
        writer.write(np.zeros((8, 8, 3), np.uint8), 0)


def test_an_existing_video_is_never_touched_unless_asked(tmp_path, picture):
    path = tmp_path / "a.mp4"
    path.write_text("mine")
    with pytest.raises(EmoguiError, match="exists"):
        VideoWriter(path)
    assert path.read_text() == "mine"
    with VideoWriter(path, Existing.REPLACE) as writer:
        writer.write(picture, 0)
    assert len(frames(path)) == 1


def test_the_file_is_a_whole_video_all_the_time(tmp_path, picture):
    path = tmp_path / "a.mp4"
    with VideoWriter(path) as writer:
        for i in range(40):
            writer.write(np.roll(picture, i * 5, axis=1), i / 20)
            if i >= 10 and i % 10 == 0:
                written = frames(path)
                assert written[-1].time >= i / 20 - FRAGMENT_S - 2 / 20
                assert len(written) == counted(path)
    assert len(frames(path)) == 40


def test_a_killed_program_leaves_all_but_the_last_second(tmp_path, project_root):
    path = tmp_path / "a.mp4"
    script = f"""
        import cv2, itertools
        import numpy as np
        from emogui.output.video import VideoWriter
        picture = cv2.imread({str(project_root / "assets" / "sample.jpg")!r})
        picture = cv2.resize(picture, (320, 240))
        writer = VideoWriter({str(path)!r})
        for i in itertools.count():
            writer.write(np.roll(picture, i * 3, axis=1), i / 30)
            print(i / 30, flush=True)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = 0.0
    while said < 3.4:
        said = float(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.communicate()
    found = frames(path)
    assert found[-1].time >= said - 0.5
    assert [f.time for f in found] == pytest.approx([i / 30 for i in range(len(found))], abs=1e-4)
    assert counted(path) == len(found)


def test_a_disk_that_fills_up_leaves_a_whole_video(tmp_path, project_root):
    """The limit on the file's size stands for the end of the disk."""
    path = tmp_path / "a.mp4"
    script = f"""
        import cv2, resource
        import numpy as np
        from emogui.errors import EmoguiError
        from emogui.output.video import VideoWriter
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
        picture = cv2.imread({str(project_root / "assets" / "sample.jpg")!r})
        picture = cv2.resize(picture, (320, 240))
        writer = VideoWriter({str(path)!r})
        try:
            for i in range(500):
                writer.write(np.roll(picture, i * 3, axis=1), i / 30)
        except EmoguiError as error:
            print(i, error)
        try:
            writer.close()
        except EmoguiError:
            print("refused")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )
    assert "no larger file" in done.stdout and not done.stderr
    count = int(done.stdout.split()[0])
    assert path.stat().st_size <= 150_000
    assert len(frames(path)) >= count - 30 * FRAGMENT_S - 3
    assert counted(path) == len(frames(path)) > 10


@pytest.mark.skipif(not FULL_DISK.exists(), reason="needs the device that is always full")
def test_a_full_disk_is_a_plain_error(picture):
    with (
        pytest.raises(EmoguiError, match="No space"),
        VideoWriter(FULL_DISK, Existing.REPLACE) as writer,
    ):
        for i in range(30):
            writer.write(picture, i / 10)


def test_without_h264_the_encoder_that_every_ffmpeg_has_is_used(tmp_path, picture, monkeypatch):
    options = video.ENCODERS["mpeg4"]
    monkeypatch.setattr(video, "ENCODERS", {"no-such-encoder": {}, "mpeg4": options})
    with VideoWriter(tmp_path / "a.mp4", fps=float(Fraction(30000, 1001))) as writer:
        for i in range(20):
            writer.write(picture, i / 29.97)
    assert len(frames(tmp_path / "a.mp4")) == counted(tmp_path / "a.mp4") == 20
    monkeypatch.setattr(video, "ENCODERS", {"no-such-encoder": {}})
    with pytest.raises(EmoguiError, match="none of the encoders"):
        VideoWriter(tmp_path / "b.mp4")
    assert not (tmp_path / "b.mp4").exists()
