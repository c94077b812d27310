"""The shipped network, explained on real faces."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import spearmanr

from emogui.backend.analyzer import Analyzer
from emogui.backend.crop import prepare
from emogui.backend.explanation import Explanation, explain
from emogui.backend.model_info import MapGrid
from emogui.backend.store import load_model_info
from emogui.errors import ImageError, UsageError

needs_maps = pytest.mark.skipif(
    load_model_info("resnet50").maps is None,
    reason="the shipped network was exported without class activation maps",
)


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


def test_a_map_is_laid_over_the_crop_where_its_cells_lie():
    values = np.array([[0.0, 4.0], [0.0, 4.0]], np.float32)
    found = Explanation("fear", "cam", values, MapGrid(0.25, 0.5)).on_crop(8, 4)
    assert found.shape == (4, 8)
    np.testing.assert_allclose(found[0], [0, 0, 0.5, 1.5, 2.5, 3.5, 4, 4], atol=0.05)


@needs_maps
def test_the_parts_sum_up_to_the_logits(analyzer, sample_crops):
    classifier = analyzer.classifier
    rest = classifier.logits_of_heads(sample_crops)["ferplus"] - classifier.maps(sample_crops).mean(
        axis=(1, 2)
    )
    # What is left is the bias: the same for every face.
    np.testing.assert_allclose(rest, np.broadcast_to(rest[0], rest.shape), atol=1e-2)


@needs_maps
def test_the_lower_face_speaks_for_the_smile(analyzer, sample):
    result = analyzer.analyze(sample)
    (smile,) = (i for i, face in enumerate(result.faces) if face.emotion == "happiness")
    (found,) = analyzer.explain(sample, result, faces=[smile])
    assert (found.emotion, found.method) == ("happiness", "cam")
    assert found.square is not None and found.square[2] > result.faces[smile].box.w
    laid = found.on_crop(90)
    assert laid[60:, 30:60].mean() > laid[:30, 30:60].mean()


@needs_maps
def test_greying_what_spoke_for_an_emotion_lowers_it_more_than_chance(analyzer, sample_crops):
    """As benchmarks/explanation.py does for hundreds of faces."""
    classifier = analyzer.classifier
    faces = prepare(sample_crops, classifier.info.input_size)[..., 0]
    size, rng = faces.shape[1], np.random.default_rng(0)
    side = size // 4
    agreement, falls, by_chance = [], [], []
    for face, found in zip(faces, explain(classifier, list(faces)), strict=True):
        hidden = [face]
        for block in range(16):
            y, x = divmod(block, 4)
            changed = face.copy()
            changed[y * side : (y + 1) * side, x * side : (x + 1) * side] = int(face.mean())
            hidden.append(changed)
        c = classifier.labels.index(found.emotion)
        logits = classifier.logits_of_heads(hidden)["ferplus"][:, c]
        fall, said = logits[0] - logits[1:], found.on_crop(4).ravel()
        agreement.append(spearmanr(said, fall).statistic)
        falls.append(fall[np.argsort(-said)[:4]].mean())
        by_chance.append(fall[rng.permutation(16)].mean())
    assert np.mean(agreement) > 0.1
    assert np.mean(falls) > np.mean(by_chance)


@needs_maps
def test_explaining_loads_neither_keras_nor_the_module_that_would(analyzer):
    code = (
        "import sys\n"
        "from emogui import Analyzer, load_image, paths\n"
        "analyzer = Analyzer()\n"
        "image = load_image(next(paths.assets().glob('sample.*')))\n"
        "analyzer.explain(image, analyzer.analyze(image))\n"
        "bad = ('tensorflow', 'keras', 'emogui.backend.gradcam')\n"
        "sys.exit(any(m in sys.modules for m in bad))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_picture_and_the_labels_have_to_be_those_of_the_result(analyzer, sample):
    result = analyzer.analyze(sample)
    with pytest.raises(ImageError, match="this one has"):
        analyzer.explain(sample[:-10], result)
    with pytest.raises(UsageError, match="none at position 7"):
        analyzer.explain(sample, result, faces=[7])
    other = Analyzer(labels="fer2013")
    with pytest.raises(UsageError, match="labels 'ferplus'; this analyzer has 'fer2013'"):
        other.explain(sample, result)
