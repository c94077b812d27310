import time

import numpy as np
import pytest

from emogui.errors import ImageError
from emogui.labels import FERPLUS
from emogui.output import palette
from emogui.output.annotate import annotate
from emogui.output.tags import make_tag, place_tag, tag_texts
from emogui.types import FaceBox, FaceResult, FrameResult


def make_face(box, emotion="happiness", confidence=0.93, *, uncertain=False, labels=FERPLUS):
    rest = (1 - confidence) / (len(labels) - 1)
    return FaceResult(
        face_id=0,
        box=FaceBox(*box),
        detection_score=0.9,
        landmarks=None,
        probabilities={label: confidence if label == emotion else rest for label in labels},
        uncertain=uncertain,
        uncertain_reason="the face is small" if uncertain else None,
    )


def grey(width, height):
    return np.full((height, width, 3), 128, np.uint8)


def has(image, colour):
    return (image == np.array(colour, np.uint8)).all(axis=2)


def test_frame_and_tag_have_the_colour_of_the_emotion():
    image = grey(640, 480)
    drawn = annotate(image, FrameResult(faces=(make_face((200, 150, 120, 150)),)))
    assert drawn.shape == image.shape and drawn.dtype == np.uint8
    assert (image == 128).all(), "the picture given must not change"
    tinted = has(drawn, palette.colour("happiness"))
    assert tinted[225, 200] and tinted[225, 319] and tinted[150, 260] and tinted[299, 260]
    assert tinted[110:146, 195:330].sum() > 1000, "the filled tag is above the face"
    assert (drawn[170:280, 220:300] == 128).all(), "the face itself stays free"


def test_tag_says_emotion_and_percentage():
    assert tag_texts(make_face((0, 0, 9, 9)))[0] == "happiness 93 %"
    doubtful = make_face((0, 0, 9, 9), confidence=0.41, uncertain=True)
    assert all("?" in text for text in tag_texts(doubtful))


def test_uncertain_frames_are_dashed():
    def gaps(uncertain):
        face = make_face((100, 100, 300, 300), uncertain=uncertain)
        row = annotate(grey(640, 480), FrameResult(faces=(face,)))[399, 110:390]
        return int((row == 128).all(axis=1).sum())

    assert gaps(uncertain=False) == 0
    assert gaps(uncertain=True) > 60


def test_selected_face_stands_out():
    faces = (make_face((50, 100, 100, 100)), make_face((300, 100, 100, 100)))
    plain = annotate(grey(640, 480), FrameResult(faces=faces))
    chosen = annotate(grey(640, 480), FrameResult(faces=faces), selected=1)
    white = has(chosen, palette.WHITE)
    assert not has(plain, palette.WHITE).any()
    assert white[:, 290:420].any() and not white[:, :270].any()


@pytest.mark.parametrize(
    "size", [(24, 24), (48, 48), (97, 31), (200, 150), (640, 480), (4096, 3000)]
)
@pytest.mark.parametrize("corner", ["top left", "bottom right", "all"])
def test_any_size_of_picture_and_place_of_face(size, corner):
    width, height = size
    w, h = max(4, width // 3), max(4, height // 3)
    box = {
        "top left": (0, 0, w, h),
        "bottom right": (width - w, height - h, w, h),
        "all": (0, 0, width, height),
    }[corner]
    face = make_face(box, "surprise")
    drawn = annotate(grey(width, height), FrameResult(width=width, height=height, faces=(face,)))
    assert drawn.shape == (height, width, 3)
    assert has(drawn, palette.colour("surprise")).any()


def test_tags_stay_inside_and_leave_neighbours_free():
    size = (640, 480)
    boxes = [FaceBox(x, y, 80, 80) for y in (0, 110, 220, 400) for x in range(0, 600, 112)]
    placed = []
    for i, box in enumerate(boxes):
        others = boxes[:i] + boxes[i + 1 :]
        spot = place_tag((100, 18), box, others, placed, size, gap=3)
        assert spot.x >= 0 and spot.y >= 0 and spot.right <= size[0] and spot.bottom <= size[1]
        assert not any(spot.iou(other) for other in others)
        assert not any(spot.iou(tag) for tag in placed)
        placed.append(spot)


def test_tag_shrinks_to_its_room():
    face = make_face((0, 0, 40, 40), "happiness")
    assert make_tag(face, 16, 400).shape[1] > 100
    for room in (100, 60, 40):
        assert make_tag(face, 16, room).shape[1] <= room
    assert make_tag(face, 16, 1).size, "still a tag where nothing fits"


def test_mirrored_flips_the_picture_but_not_the_text():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 100, (480, 640, 3)).astype(np.uint8)
    face = make_face((100, 100, 120, 120), "fear")
    flipped = annotate(image, FrameResult(faces=(face,)), mirrored=True)
    # The same face drawn into the flipped picture at its flipped place.
    there = make_face((640 - 220, 100, 120, 120), "fear")
    expected = annotate(np.ascontiguousarray(image[:, ::-1]), FrameResult(faces=(there,)))
    assert (flipped == expected).all()
    assert (annotate(image, FrameResult(), mirrored=True) == image[:, ::-1]).all()


def test_text_of_any_script_is_drawn():
    for label in ("Überraschung", "радость", "喜び", "حزن", "a\nb\x00c", "\ud800", "x" * 400):
        face = make_face((100, 100, 120, 120), label, labels=(label, "other"))
        drawn = annotate(grey(640, 480), FrameResult(faces=(face,)))
        assert has(drawn, palette.colour(label)).any()


def test_wrong_pictures_are_refused_with_their_shape():
    with pytest.raises(ImageError, match=r"float32 \(4, 4, 3\)"):
        annotate(np.zeros((4, 4, 3), np.float32), FrameResult())
    with pytest.raises(ImageError, match=r"uint8 \(4, 4\)"):
        annotate(np.zeros((4, 4), np.uint8), FrameResult())
    with pytest.raises(ImageError, match="640x480"):
        annotate(grey(320, 240), FrameResult(width=640, height=480))


def test_fast_enough_for_the_live_view():
    faces = tuple(make_face((40 + 150 * i, 100, 100, 120)) for i in range(4))
    image, result = grey(640, 480), FrameResult(width=640, height=480, faces=faces)
    annotate(image, result)
    times = []
    for _ in range(30):
        start = time.perf_counter()
        annotate(image, result)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.004
