"""The shipped network on real faces."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from emogui.backend.classifier import load_classifier, softmax
from emogui.backend.store import load_model_info
from emogui.errors import ImageError, ModelError, UsageError
from emogui.labels import FER2013, FERPLUS


@pytest.fixture(scope="module")
def fast():
    return load_classifier()


def test_probabilities_come_in_the_order_of_the_labels(fast, sample_crops):
    assert fast.labels == FERPLUS
    found = fast.predict(sample_crops)
    assert found.shape == (len(sample_crops), 8) and found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    both = fast.predict_heads(sample_crops)
    np.testing.assert_array_equal(both["ferplus"], found)
    assert both["fer2013"].shape == (len(sample_crops), len(FER2013))


def test_the_smiling_astronaut_appears_happy(fast, sample_crops):
    first_two = fast.predict(sample_crops[:2])
    assert FERPLUS[int(first_two.max(axis=0).argmax())] == "happiness"


def test_faces_in_a_batch_and_alone_are_the_same(fast, sample_crops):
    together = fast.predict(sample_crops)
    alone = np.concatenate([fast.predict([crop]) for crop in sample_crops])
    np.testing.assert_allclose(together, alone, atol=1e-3)


def test_no_faces_give_no_rows(fast):
    assert fast.predict([]).shape == (0, 8)


def test_many_faces_go_through_in_parts(fast, sample_crops):
    many = [sample_crops[i % len(sample_crops)] for i in range(70)]
    found = fast.predict(many)
    assert found.shape == (70, 8)
    np.testing.assert_allclose(found[0], found[len(sample_crops)], atol=1e-3)


def test_threads_share_one_network(fast, sample_crops):
    expected = fast.predict(sample_crops[:4])
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: fast.predict(sample_crops[:4]), range(12)):
            np.testing.assert_allclose(found, expected, atol=1e-4)


def test_the_fast_form_agrees_with_keras(fast, sample_crops):
    slow = load_classifier(runtime="keras")
    for head, expected in slow.predict_heads(sample_crops).items():
        found = fast.predict_heads(sample_crops)[head]
        assert np.abs(found - expected).mean() < 0.02
        clear = np.sort(expected, axis=1)[:, -1] - np.sort(expected, axis=1)[:, -2] > 0.15
        np.testing.assert_array_equal(found.argmax(1)[clear], expected.argmax(1)[clear])


def test_the_fast_form_needs_neither_tensorflow_nor_keras():
    code = (
        "import sys, numpy as np\n"
        "from emogui.backend.classifier import load_classifier\n"
        "load_classifier().predict([np.zeros((48, 48, 3), np.uint8)])\n"
        "sys.exit(any(m in sys.modules for m in ('tensorflow', 'keras', 'matplotlib', 'torch')))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_is_wrong_is_said():
    with pytest.raises(UsageError, match=r"no head 'valence'.*ferplus, fer2013"):
        load_classifier(labels="valence")
    with pytest.raises(UsageError, match="'fast' or 'keras'"):
        load_classifier(runtime="quick")
    with pytest.raises(ModelError, match="no network called"):
        load_classifier("nonesuch")


@pytest.mark.parametrize(
    ("section", "change", "words"),
    [
        ("input", {"size": 64}, r"input to have the shape 64 x 64 x 1, got 96 x 96 x 1"),
        ("heads", {"mood": {"labels": ["a", "b"]}}, r"head 'mood'.*shape 2, got none"),
        ("heads", {"ferplus": {"labels": ["a", "b"]}}, r"head 'ferplus'.*shape 2, got 8"),
    ],
)
def test_a_network_that_its_card_does_not_describe(tmp_path, section, change, words):
    source = load_model_info("resnet50").path
    for file in source.iterdir():
        if file.suffix != ".keras":
            shutil.copy(file, tmp_path)
    card = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    card[section] |= change
    (tmp_path / "model.json").write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(ModelError, match=words):
        load_classifier(tmp_path)


def test_crops_of_another_type_are_refused(fast):
    with pytest.raises(ImageError, match="uint8"):
        fast.predict([np.zeros((48, 48, 3), np.float32)])


def test_softmax_survives_large_numbers():
    found = softmax(np.array([[1e4, 0.0], [-1e4, -1e4]], np.float32))
    np.testing.assert_allclose(found, [[1, 0], [0.5, 0.5]])
