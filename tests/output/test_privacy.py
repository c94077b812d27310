import numpy as np
import pytest

from emogui import Analyzer, load_image
from emogui.output.privacy import FaceHider, Hiding, hide_faces
from emogui.types import FaceBox, FaceResult, FrameResult

BOX = FaceBox(60, 40, 40, 60)


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(5).integers(0, 256, (160, 200, 3), np.uint8)


@pytest.fixture(scope="module")
def analysed(project_root):
    image = load_image(project_root / "assets" / "sample.jpg")
    analyzer = Analyzer()
    return image, analyzer, analyzer.analyze(image)


def inside(image, box):
    return image[box.y : box.bottom, box.x : box.right]


@pytest.mark.parametrize("how", list(Hiding))
def test_the_whole_box_is_hidden_and_the_rest_stays(noise, how):
    before = noise.copy()
    hidden = hide_faces(noise, [BOX], how)
    assert (noise == before).all() and hidden.shape == noise.shape and hidden.dtype == np.uint8
    # Noise is rough everywhere; what was hidden is smooth, the corners of the box included.
    rough = np.abs(np.diff(inside(hidden, BOX).astype(int), axis=1))
    assert rough.max() < 40
    far = np.ones(noise.shape[:2], bool)
    far[20:120, 45:115] = False
    assert (hidden[far] == noise[far]).all()


def test_a_box_leaves_nothing_of_the_face(noise):
    other = noise.copy()
    other[25:115, 50:110] = 7
    boxed = hide_faces(noise, [BOX], "box")
    assert len(np.unique(inside(boxed, BOX).reshape(-1, 3), axis=0)) == 1
    assert (inside(boxed, BOX) == inside(hide_faces(other, [BOX], "box"), BOX)).all()


def test_a_blur_leaves_the_same_few_colours_whatever_the_size():
    """A face ten times as large keeps no more detail: its blur shrinks to the same picture."""
    import cv2

    fine = np.random.default_rng(1).integers(0, 256, (900, 900, 3), np.uint8)
    small = hide_faces(fine, [FaceBox(100, 100, 30, 30)])
    large = hide_faces(fine, [FaceBox(200, 200, 400, 400)])
    for hidden, box in ((small, FaceBox(100, 100, 30, 30)), (large, FaceBox(200, 200, 400, 400))):
        face = inside(hidden, box)
        few = cv2.resize(face, (6, 6), interpolation=cv2.INTER_AREA)
        back = cv2.resize(few, (box.w, box.h), interpolation=cv2.INTER_CUBIC)
        assert np.abs(back.astype(int) - face).mean() < 6


@pytest.mark.parametrize(
    "box",
    [
        FaceBox(-30, -20, 60, 60),
        FaceBox(190, 150, 60, 60),
        FaceBox(0, 0, 200, 160),
        FaceBox(10, 10, 1, 1),
        FaceBox(500, 10, 20, 20),
        FaceBox(10, 10, 0, 0),
    ],
)
@pytest.mark.parametrize("how", list(Hiding))
def test_boxes_at_and_over_the_edge(noise, box, how):
    assert hide_faces(noise, [box], how).shape == noise.shape


def test_nothing_is_hidden_without_a_face_and_no_other_way_is_known(noise):
    assert (hide_faces(noise, [], "blur") == noise).all()
    with pytest.raises(ValueError, match="smear"):
        hide_faces(noise, [BOX], "smear")


@pytest.mark.parametrize("how", list(Hiding))
def test_no_detector_finds_the_hidden_faces_again(analysed, how):
    image, analyzer, result = analysed
    assert len(result.faces) == 2
    hidden = hide_faces(image, [face.box for face in result.faces], how)
    assert not analyzer.analyze(hidden).faces


def frame(time_s, *boxes):
    faces = tuple(FaceResult(i, box, 0.9, None, {"neutral": 1.0}) for i, box in enumerate(boxes))
    return FrameResult(time_s=time_s, faces=faces)


def test_a_face_that_a_frame_misses_stays_hidden_for_a_second(noise):
    hider = FaceHider("box")
    covered = inside(hider.hide(noise, frame(0.0, BOX)), BOX)
    assert (inside(hider.hide(noise, frame(0.5)), BOX) == covered).all()
    assert (inside(hider.hide(noise, frame(1.0)), BOX) == covered).all()
    assert (hider.hide(noise, frame(1.2)) == noise).all()


def test_only_the_newest_place_of_a_face_is_hidden(noise):
    hider = FaceHider("box")
    hider.hide(noise, frame(0.0, BOX))
    moved = hider.hide(noise, frame(0.1, FaceBox(150, 100, 20, 20)))
    assert (inside(moved, BOX) == inside(noise, BOX)).all()


def test_places_in_frames_of_another_size_are_forgotten(noise):
    hider = FaceHider("box")
    hider.hide(noise, frame(0.0, BOX))
    smaller = np.ascontiguousarray(noise[:120])
    assert (hider.hide(smaller, frame(0.1)) == smaller).all()
