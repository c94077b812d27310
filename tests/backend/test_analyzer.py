"""The analyzer with the shipped network and detector on real photographs."""

from __future__ import annotations

import dataclasses
import pickle

import cv2
import numpy as np
import pytest

from emogui import Analyzer
from emogui.backend.crop import crop_face, prepare
from emogui.errors import DetectorError, ImageError
from emogui.labels import FER2013, FERPLUS
from emogui.types import FrameResult


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


def test_every_face_of_the_sample_is_found_and_read(analyzer, sample):
    result = analyzer.analyze(sample, source="sample")
    assert result.source == "sample"
    assert (result.height, result.width) == sample.shape[:2]
    assert len(result.faces) >= 2
    assert [f.box.area for f in result.faces] == sorted(
        (f.box.area for f in result.faces), reverse=True
    )
    for face in result.faces:
        assert tuple(face.probabilities) == FERPLUS
        assert sum(face.probabilities.values()) == pytest.approx(1, abs=1e-4)
        assert face.landmarks is not None
        assert face.detection_score >= 0.5
    assert set(result.timings_ms) == {"detect", "crop", "classify", "total"}
    assert result.timings_ms["total"] > 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.frame = 1  # type: ignore[misc]


def test_the_other_head_gives_its_own_labels(sample):
    result = Analyzer(labels="fer2013").analyze(sample)
    assert tuple(result.faces[0].probabilities) == FER2013
    assert result.labels == "fer2013"


def test_the_live_way_finds_the_same_faces(analyzer, sample):
    thorough, live = analyzer.analyze(sample), analyzer.analyze(sample, long_side=320)
    assert len(live.faces) == len(thorough.faces)
    for a, b in zip(thorough.faces, live.faces, strict=True):
        assert a.box.iou(b.box) > 0.7


def test_the_network_sees_the_same_tensor_on_every_way(analyzer, sample, monkeypatch):
    seen = []
    runtime = analyzer.classifier.runtime
    logits = runtime.logits

    def spy(batch):
        seen.append(batch.copy())
        return logits(batch)

    monkeypatch.setattr(runtime, "logits", spy)
    result = analyzer.analyze(sample)
    rule = analyzer.classifier.crop_rule
    crops = [crop_face(sample, face.box, rule) for face in result.faces]
    analyzer.classifier.predict(crops)
    np.testing.assert_array_equal(seen[0], seen[1])
    np.testing.assert_array_equal(seen[0], prepare(crops, analyzer.classifier.info.input_size))


def test_a_picture_without_faces(analyzer):
    import skimage.data

    result = analyzer.analyze(np.repeat(skimage.data.brick()[..., None], 3, axis=2))
    assert result.faces == ()
    assert result.error is None


def test_small_faces_are_doubtful(analyzer, sample):
    largest = analyzer.analyze(sample).faces[0].box
    factor = 26 / largest.area**0.5
    small = cv2.resize(sample, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    faces = analyzer.analyze(small).faces
    assert faces
    assert all(f.uncertain and "small" in (f.uncertain_reason or "") for f in faces)


def test_turned_pictures_are_still_read(analyzer, sample):
    height, width = sample.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 25, 0.8)
    turned = cv2.warpAffine(sample, turn, (width, height))
    assert len(analyzer.analyze(turned).faces) == len(analyzer.analyze(sample).faces)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((10, 10), np.uint8),
        np.zeros((10, 10, 4), np.uint8),
        np.zeros((10, 10, 3), np.float32),
        np.zeros((0, 10, 3), np.uint8),
        [[1, 2], [3, 4]],
    ],
)
def test_what_is_no_picture_is_refused(analyzer, image):
    with pytest.raises(ImageError, match="Expected a uint8 array"):
        analyzer.analyze(image)


def test_views_and_read_only_pictures_are_read_as_they_are(analyzer, sample):
    half = sample[::2, ::2]
    expected = analyzer.analyze(np.ascontiguousarray(half)).faces
    fixed = np.asfortranarray(half)
    fixed.setflags(write=False)
    assert analyzer.analyze(half).faces == analyzer.analyze(fixed).faces == expected


def test_results_travel_between_processes(analyzer, sample):
    for result in (analyzer.analyze(sample), FrameResult(error="not there")):
        assert pickle.loads(pickle.dumps(result)) == result
        assert dataclasses.asdict(result)["error"] == result.error


def test_a_picture_of_one_pixel(analyzer):
    assert analyzer.analyze(np.zeros((1, 1, 3), np.uint8)).faces == ()


def test_an_unknown_detector_tells_the_known_ones():
    with pytest.raises(DetectorError, match="centerface"):
        Analyzer(detector="nonesuch")
