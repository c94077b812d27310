"""The table itself: the FER+ rule, subsets, leakage, the summary."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from emogui.errors import DatasetError
from emogui.labels import FERPLUS
from emogui.training.data import EmotionDataset, Split, drop_leaked, ferplus_shares
from emogui.training.datasets import load_dataset


@pytest.mark.parametrize(
    ("votes", "kept", "majority", "shares"),
    [
        ([10, 0, 0, 0, 0, 0, 0, 0, 0, 0], True, True, {"neutral": 1.0}),
        ([8, 1, 1, 0, 0, 0, 0, 0, 0, 0], True, True, {"neutral": 1.0}),  # single votes are noise
        ([5, 5, 0, 0, 0, 0, 0, 0, 0, 0], True, False, {"neutral": 0.5, "happiness": 0.5}),
        ([0, 6, 4, 0, 0, 0, 0, 0, 0, 0], True, True, {"happiness": 0.6, "surprise": 0.4}),
        ([0, 4, 3, 3, 0, 0, 0, 0, 0, 0], True, False, {"happiness": 0.4}),
        ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], False, False, {}),  # no emotion is left
        ([5, 0, 0, 0, 0, 0, 0, 0, 5, 0], True, True, {"neutral": 1.0}),  # a tie with unknown
        ([4, 0, 0, 0, 0, 0, 0, 0, 5, 1], False, False, {}),  # unknown is largest
        ([6, 0, 0, 0, 0, 0, 0, 0, 0, 4], True, True, {"neutral": 1.0}),
        ([5, 0, 0, 0, 0, 0, 0, 0, 0, 5], False, False, {}),  # half saw no face
        ([0] * 10, False, False, {}),
        ([0, 0, 0, 0, 0, 0, 0, 2, 1, 0], True, True, {"contempt": 1.0}),
    ],
)
def test_ferplus_rule(votes, kept, majority, shares):
    came, came_kept, came_majority = ferplus_shares(np.array([votes], np.uint8))
    assert (bool(came_kept[0]), bool(came_majority[0])) == (kept, majority)
    assert came.dtype == np.float32
    assert came.sum() == pytest.approx(1.0 if kept else 0.0)
    for emotion, share in shares.items():
        assert came[0, FERPLUS.index(emotion)] == pytest.approx(share)


def test_ferplus_rule_does_not_change_the_votes():
    votes = np.array([[8, 1, 1, 0, 0, 0, 0, 0, 0, 0]], np.float32)
    ferplus_shares(votes)
    assert votes[0, 1] == 1


def test_masks_of_the_table_are_those_of_the_rule(small_fer, tmp_path):
    dataset = load_dataset(small_fer.npz(tmp_path / "f.npz"), keep_leaked=True)
    shares, kept, majority = ferplus_shares(small_fer.votes)
    np.testing.assert_array_equal(dataset.kept, kept)
    np.testing.assert_array_equal(dataset.majority, majority)
    expected = np.where(majority, shares.argmax(axis=1), -1)
    np.testing.assert_array_equal(dataset.majority_label, expected)


def test_subset_by_mask_and_indices(small_fer, tmp_path):
    for path in (small_fer.npz(tmp_path / "f.npz"), small_fer.folders(tmp_path / "f")):
        dataset = load_dataset(path, keep_leaked=True)
        public = dataset.in_split(Split.PUBLIC)
        assert len(public) == 7
        assert set(public.split) == {Split.PUBLIC}
        np.testing.assert_array_equal(public.faces[2], small_fer.images[16])
        turned = public.subset([6, 0]).subset(np.array([True, False]))
        np.testing.assert_array_equal(turned.faces[0], small_fer.images[20])
        assert turned.sources[0] == dataset.sources[20]
        assert turned.fer2013.tolist() == [6]
    with pytest.raises(ValueError, match="mask for 28 rows"):
        dataset.subset(np.array([True]))


def test_leaked_training_rows_are_dropped_and_counted(small_fer, tmp_path):
    path = small_fer.npz(tmp_path / "f.npz")
    assert len(load_dataset(path, keep_leaked=True)) == 28
    dataset = load_dataset(path)
    assert dict(dataset.dropped) == {"leaked": 1}
    assert len(dataset) == 27
    assert "row 4" not in list(dataset.sources)  # the Training row, not the test row
    assert (dataset.split == Split.PUBLIC).sum() == 7
    again = drop_leaked(dataset)
    assert dict(again.dropped) == {"leaked": 1}


def test_pictures_of_other_shape_with_the_same_bytes_are_not_leaked(small_fer, tmp_path):
    dataset = load_dataset(small_fer.npz(tmp_path / "f.npz"), keep_leaked=True)
    faces = list(dataset.faces)
    faces[3] = faces[3].reshape(24, 96)
    assert len(drop_leaked(replace(dataset, faces=faces))) == 28


def test_summary_names_splits_classes_and_drops(small_fer, tmp_path):
    text = load_dataset(small_fer.npz(tmp_path / "f.npz")).summary()
    assert "f.npz: 27 faces" in text
    assert "PublicTest" in text
    assert "FER-2013: angry 4, disgust 4, fear 4, happy 3" in text
    assert "1 Training pictures equal to a test picture" in text


def test_columns_of_other_lengths_are_refused():
    with pytest.raises(DatasetError, match="split of shape"):
        EmotionDataset(
            name="x",
            faces=np.zeros((2, 48, 48), np.uint8),
            split=np.zeros(1, np.uint8),
            fer2013=np.zeros(2, np.int16),
            votes=None,
            ferplus=np.zeros((2, 8), np.float32),
            sources=["a", "b"],
        )


def test_loading_needs_no_tensorflow(small_fer, tmp_path):
    path = small_fer.folders(tmp_path / "f")
    code = (
        "import sys; from emogui.training.datasets import load_dataset; "
        f"load_dataset({str(path)!r}); "
        "sys.exit(any(m in sys.modules for m in ('tensorflow', 'keras', 'matplotlib')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.shared
def test_known_figures_of_the_real_set(shared_npz):
    dataset = load_dataset(shared_npz)
    assert dict(dataset.dropped) == {"leaked": 703}
    assert dataset.in_split(Split.PUBLIC).majority.sum() == 3296
    assert dataset.in_split(Split.PRIVATE).majority.sum() == 3266
    assert dataset.in_split(Split.TRAINING).kept.sum() == 27701
    assert (dataset.split == Split.PRIVATE).sum() == 3589
