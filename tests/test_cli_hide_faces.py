"""``emogui analyze --hide-faces`` with the shipped detector on the sample picture."""

import av
import cv2
import pytest

from emogui import cli, load_image, paths
from emogui.backend.detectors import create_detector
from emogui.output.video import VideoWriter


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """The sample picture, and a video of it."""
    sample = paths.assets() / "sample.jpg"
    clip = tmp_path_factory.mktemp("clips") / "clip.mp4"
    small = cv2.resize(load_image(sample), (620, 360))
    with VideoWriter(clip) as writer:
        for i in range(4):
            writer.write(small, i / 10)
    return str(sample), str(clip)


@pytest.mark.parametrize("how", ["blur", "box"])
def test_no_face_is_found_in_what_is_saved(inputs, tmp_path, how, capsys):
    words = ["analyze", *inputs, "--annotate", str(tmp_path), "--hide-faces", how]
    assert cli.main(words) == 0
    assert capsys.readouterr().out.count('"emotion": "happiness"') == 5  # they were analysed
    detector = create_detector("centerface")
    assert not detector.detect(load_image(tmp_path / "sample_emogui.jpg"))
    with av.open(str(tmp_path / "clip_emogui.mp4")) as video:
        frames = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
    assert len(frames) == 4
    assert not any(detector.detect(frame, long_side=320) for frame in frames)


@pytest.mark.parametrize(
    ("words", "says"),
    [(["--hide-faces", "blur"], "--annotate"), (["--hide-faces", "smear"], "smear")],
)
def test_wrong_use(inputs, tmp_path, words, says, capsys):
    assert cli.main(["analyze", inputs[0], *words]) == 2
    assert says in capsys.readouterr().err


def test_explaining_shows_faces(inputs, tmp_path, capsys):
    words = ["--annotate", str(tmp_path / "a"), "--explain", str(tmp_path / "b")]
    assert cli.main(["analyze", inputs[0], *words, "--hide-faces", "box"]) == 2
    assert "--explain" in capsys.readouterr().err and not list(tmp_path.iterdir())
