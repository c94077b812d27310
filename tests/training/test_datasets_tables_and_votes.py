"""The npz, the csv files and the votes: the same arrays from each, and each error."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emogui.errors import DatasetError
from emogui.labels import FER2013, FERPLUS, canonical
from emogui.training.data import VOTE_COLUMNS
from emogui.training.datasets import load_dataset


def assert_same(one, other):
    for column in ("split", "fer2013", "votes", "ferplus"):
        left, right = getattr(one, column), getattr(other, column)
        assert left.dtype == right.dtype, column
        np.testing.assert_array_equal(left, right, err_msg=column)
    np.testing.assert_array_equal(np.stack(list(one.faces)), np.stack(list(other.faces)))
    assert dict(one.dropped) == dict(other.dropped)


@pytest.fixture
def votes(small_fer, tmp_path):
    return small_fer.votes_csv(tmp_path / "fer2013new.csv")


@pytest.mark.parametrize("form", ["csv", "icml_csv", "folders"])
def test_every_form_gives_the_arrays_of_the_npz(small_fer, tmp_path, votes, form):
    expected = load_dataset(small_fer.npz(tmp_path / "f.npz"))
    path = getattr(small_fer, form)(tmp_path / ("f.csv" if "csv" in form else "f"))
    assert_same(load_dataset(path, votes=votes), expected)


def test_npz_without_votes_takes_them_from_the_csv(small_fer, tmp_path, votes):
    bare = small_fer.npz(tmp_path / "b.npz", ferplus_votes=None, ferplus_columns=None)
    assert not load_dataset(bare).has_ferplus
    assert_same(load_dataset(bare, votes=votes), load_dataset(small_fer.npz(tmp_path / "f.npz")))


def test_npz_vote_columns_may_stand_in_another_order(small_fer, tmp_path):
    turned = small_fer.npz(
        tmp_path / "t.npz",
        ferplus_votes=small_fer.votes[:, ::-1],
        ferplus_columns=np.array(VOTE_COLUMNS[::-1]),
    )
    assert_same(load_dataset(turned), load_dataset(small_fer.npz(tmp_path / "f.npz")))


def test_csv_without_votes_has_only_fer2013(small_fer, tmp_path):
    dataset = load_dataset(small_fer.csv(tmp_path / "fer2013.csv"))
    assert dataset.has_fer2013
    assert not dataset.has_ferplus
    assert dataset.votes is None


def test_csv_with_windows_line_ends_and_byte_order_mark(small_fer, tmp_path):
    path = small_fer.csv(tmp_path / "fer2013.csv")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(load_dataset(path)) == 27


NPZ_ERRORS = {
    "lacks usage": {"usage": None},
    "images is float32": {"images": np.zeros((28, 48, 48), np.float32)},
    r"images is uint8 \(28, 40, 40\)": {"images": np.zeros((28, 40, 40), np.uint8)},
    r"labels is uint8 \(3,\)": {"labels": np.zeros(3, np.uint8)},
    "labels is float64": {"labels": np.zeros(28)},
    "row 3: labels is 7": {"labels": np.array([0, 0, 7] + [0] * 25)},
    "row 28: usage is 3": {"usage": np.array([0] * 27 + [3])},
    r"ferplus_votes is uint8 \(28, 8\)": {"ferplus_votes": np.zeros((28, 8), np.uint8)},
    "ferplus_votes is float32": {"ferplus_votes": np.zeros((28, 10), np.float32)},
    "ferplus_columns is a, b": {"ferplus_columns": np.array(["a", "b"])},
    "holds no pictures": {"images": np.zeros((0, 48, 48), np.uint8)},
    "Object arrays": {"labels": np.array([None] * 28)},
}


@pytest.mark.parametrize("message", NPZ_ERRORS)
def test_npz_errors(small_fer, tmp_path, message):
    path = small_fer.npz(tmp_path / "f.npz", **NPZ_ERRORS[message])
    with pytest.raises(DatasetError, match=message):
        load_dataset(path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut short"])
def test_npz_that_is_damaged(tmp_path, content):
    path = tmp_path / "f.npz"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"f\.npz cannot be read"):
        load_dataset(path)


def test_npz_cut_short(small_fer, tmp_path):
    path = small_fer.npz(tmp_path / "f.npz")
    path.write_bytes(path.read_bytes()[:-3000])
    with pytest.raises(DatasetError, match="cannot be read"):
        load_dataset(path)


def pixels(values):
    return " ".join(map(str, values))


FACE = [7] * 2304
CSV_ERRORS = {
    r"row 2 \(line 3\): 2,303 pixels, expected 2,304": f"0,{pixels(FACE[1:])},Training",
    r"row 2 \(line 3\): 2,305 pixels": f"0,{pixels([*FACE, 1])},Training",
    r"row 2 \(line 3\): 0 pixels": "0,,Training",
    r"row 2 \(line 3\): pixel 5 is '256'": f"0,{pixels([*FACE[:4], 256, *FACE[5:]])},Training",
    r"row 2 \(line 3\): pixel 1 is '-1'": f"0,{pixels([-1, *FACE[1:]])},Training",
    r"row 2 \(line 3\): pixel 9 is 'x'": f"0,{pixels([*FACE[:8], 'x', *FACE[9:]])},Training",
    r"row 2 \(line 3\): pixel 2305 is 'end'": f"0,{pixels(FACE)} end,Training",
    r"row 2 \(line 3\): pixel 2 is '1.5'": f"0,{pixels([7, 1.5, *FACE[2:]])},Training",
    "unknown emotion code '7'": f"7,{pixels(FACE)},Training",
    "unknown emotion code 'angry'": f"angry,{pixels(FACE)},Training",
    "unknown usage 'Test'": f"0,{pixels(FACE)},Test",
    "2 fields, expected 3": f"0,{pixels(FACE)}",
}


@pytest.mark.parametrize("message", CSV_ERRORS)
def test_csv_row_errors(tmp_path, message):
    path = tmp_path / "fer2013.csv"
    good = f"0,{pixels(FACE)},Training"
    path.write_text(f"emotion,pixels,Usage\n{good}\n{CSV_ERRORS[message]}\n{good}\n")
    with pytest.raises(DatasetError, match=message):
        load_dataset(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"emotion,pixels,Usage\n", "no rows"),
        (b"emotion,pixels\n0,1 2\n", "lacks the column Usage"),
        (b"emotion;pixels;Usage\n0;1;Training\n", "lacks the columns emotion, pixels, Usage"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "not a text file"),
        (b"emotion,pixels,Usage\n0,\xff\xfe,Training\n", "not a text file"),
        (b"emotion,pixels,Usage\n0," + b"1 " * 100_000 + b",Training\n", "not a text file"),
        (b"\x1f\x8b\x08 gzip", "is an archive"),
    ],
)
def test_csv_file_errors(tmp_path, content, message):
    path = tmp_path / "fer2013.csv"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=message):
        load_dataset(path)


def test_a_path_that_is_not_there(tmp_path):
    with pytest.raises(DatasetError, match="There is no data set at"):
        load_dataset(tmp_path / "nothing.csv")


def test_votes_given_as_the_data(votes):
    with pytest.raises(DatasetError, match="holds FER\\+ votes and no pictures"):
        load_dataset(votes)


def test_data_given_as_the_votes(small_fer, tmp_path):
    path = small_fer.csv(tmp_path / "fer2013.csv")
    with pytest.raises(DatasetError, match="lacks the columns neutral"):
        load_dataset(path, votes=path)


def test_votes_not_there(small_fer, tmp_path):
    path = small_fer.csv(tmp_path / "fer2013.csv")
    with pytest.raises(DatasetError, match="is not there"):
        load_dataset(path, votes=tmp_path / "none.csv")
    with pytest.raises(DatasetError, match="is no file"):
        load_dataset(path, votes=tmp_path)


def test_votes_with_another_number_of_rows(small_fer, tmp_path, votes):
    votes.write_text("\n".join(votes.read_text().splitlines()[:-1]))
    with pytest.raises(DatasetError, match=r"has 27 rows, fer2013\.csv has 28"):
        load_dataset(small_fer.csv(tmp_path / "fer2013.csv"), votes=votes)


def test_votes_with_another_usage(small_fer, tmp_path, votes):
    lines = votes.read_text().splitlines()
    votes.write_text("\n".join([lines[0], *reversed(lines[1:])]))
    with pytest.raises(DatasetError, match=r"Row 1 is PrivateTest in fer2013new\.csv but Training"):
        load_dataset(small_fer.csv(tmp_path / "fer2013.csv"), votes=votes)


def test_votes_with_a_wrong_count(small_fer, tmp_path, votes):
    votes.write_text(votes.read_text().replace(",9,1,0,", ",9,one,0,", 1))
    with pytest.raises(DatasetError, match=r"row 1 \(line 2\): happiness is 'one'"):
        load_dataset(small_fer.csv(tmp_path / "fer2013.csv"), votes=votes)


def test_votes_of_another_set_are_noticed_by_their_labels(small_fer, tmp_path):
    """Two sets of the same size and usage differ in what the labels say."""
    repeated = np.tile(np.arange(28), 10)
    fits = np.array([FERPLUS.index(canonical(word)) for word in FER2013])
    counts = np.zeros((280, 10), np.uint8)
    counts[np.arange(280), fits[small_fer.labels[repeated]]] = 10
    big = replace(
        small_fer,
        images=small_fer.images[repeated],
        labels=small_fer.labels[repeated],
        usage=small_fer.usage[repeated],
        votes=counts,
    )
    path = big.npz(tmp_path / "f.npz")
    right = big.votes_csv(tmp_path / "right.csv")
    assert load_dataset(path, votes=right, keep_leaked=True).majority.all()
    wrong = replace(big, votes=np.roll(counts, 1, axis=1)).votes_csv(tmp_path / "wrong.csv")
    with pytest.raises(DatasetError, match="do not fit the pictures"):
        load_dataset(path, votes=wrong)
