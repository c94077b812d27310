"""Folders of pictures: how splits and classes are told, votes joined, and each error."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from emogui.errors import DatasetError
from emogui.labels import AFFECTNET, FER2013, FERPLUS, canonical
from emogui.training.data import Split
from emogui.training.datasets import load_dataset


def picture(path: Path, seed: int = 0, mode: str = "L", side: int = 48) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (side, side) if mode == "L" else (side, side, 3)
    pixels = np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)
    PIL.Image.fromarray(pixels).save(path)
    return path


def classes(root: Path, words, per_class: int = 2, first: int = 0) -> Path:
    for i, word in enumerate(words):
        for j in range(per_class):
            seed = first + i * per_class + j
            picture(root / word / f"face_{seed}.png", seed)
    return root


def words_of(dataset):
    return [FERPLUS[code] for code in dataset.majority_label]


# --- Kaggle's names -------------------------------------------------------------------------


def test_kaggle_names_tell_the_split_and_only_fer2013_labels(small_fer, tmp_path):
    dataset = load_dataset(small_fer.folders(tmp_path / "fer"))
    assert Counter(dataset.split.tolist()) == {0: 13, 1: 7, 2: 7}
    assert dict(dataset.dropped) == {"leaked": 1}
    assert not dataset.has_ferplus
    rows = [row for row in range(28) if row != 3]
    np.testing.assert_array_equal(dataset.fer2013, small_fer.labels[rows])
    assert dataset.sources[0] == "train/angry/Training_0.png"
    assert dataset.faces[0].shape == (48, 48)


def test_a_name_tells_the_split_wherever_the_file_lies(small_fer, tmp_path):
    root = small_fer.folders(tmp_path / "fer")
    (root / "validation" / "angry").mkdir(parents=True)
    shutil.move(root / "train/angry/Training_0.png", root / "validation/angry/Training_0.png")
    dataset = load_dataset(root)
    assert Counter(dataset.split.tolist()) == {0: 13, 1: 7, 2: 7}
    assert "1 pictures lie in a folder of another split" in dataset.summary()


def test_names_without_split_folders(small_fer, tmp_path):
    root = small_fer.folders(tmp_path / "fer")
    merged = tmp_path / "merged"
    for path in root.rglob("*.png"):
        (merged / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, merged / path.parent.name)
    dataset = load_dataset(merged)
    assert Counter(dataset.split.tolist()) == {0: 13, 1: 7, 2: 7}


def test_fer2013_codes_as_folders(small_fer, tmp_path):
    root = small_fer.folders(tmp_path / "fer")
    for code, word in enumerate(FER2013):
        (root / "train" / word).rename(root / "train" / str(code))
        (root / "test" / word).rename(root / "test" / str(code))
    rows = [row for row in range(28) if row != 3]
    np.testing.assert_array_equal(load_dataset(root).fer2013, small_fer.labels[rows])


def test_a_folder_around_the_folder_is_looked_through(small_fer, tmp_path):
    small_fer.folders(tmp_path / "archive" / "images")
    assert len(load_dataset(tmp_path / "archive")) == 27


# --- votes ----------------------------------------------------------------------------------


def test_votes_by_row_within_the_split(small_fer, tmp_path):
    numbers = [*range(14), *range(7), *range(7)]
    root = small_fer.folders(tmp_path / "fer", numbers)
    votes = small_fer.votes_csv(tmp_path / "fer2013new.csv")
    dataset = load_dataset(root, votes=votes, keep_leaked=True)
    np.testing.assert_array_equal(dataset.votes, small_fer.votes)
    np.testing.assert_array_equal(np.stack(list(dataset.faces)), small_fer.images)


def test_votes_for_a_part_of_the_pictures(small_fer, tmp_path):
    root = small_fer.folders(tmp_path / "fer")
    (root / "test/angry/PublicTest_14.png").unlink()
    votes = small_fer.votes_csv(tmp_path / "fer2013new.csv")
    dataset = load_dataset(root, votes=votes, keep_leaked=True)
    np.testing.assert_array_equal(dataset.votes, np.delete(small_fer.votes, 14, axis=0))


@pytest.mark.parametrize("ext", ["png", "jpg"])
def test_votes_by_picture_where_the_numbers_are_kaggles(small_fer, tmp_path, ext):
    numbers = (np.random.default_rng(3).permutation(28) * 3_000_017 + 1340).tolist()
    root = small_fer.folders(tmp_path / "fer", numbers, ext)
    votes = small_fer.votes_csv(tmp_path / "fer2013new.csv")
    with pytest.raises(DatasetError, match="are not rows of") as caught:
        load_dataset(root, votes=votes)
    assert "Put fer2013.csv beside fer2013new.csv" in caught.value.hint
    small_fer.csv(tmp_path / "fer2013.csv")
    dataset = load_dataset(root, votes=votes, keep_leaked=True)
    np.testing.assert_array_equal(dataset.votes, small_fer.votes)
    came = [int(Path(name).stem.split("_")[1]) for name in dataset.sources]
    assert came == numbers


def test_votes_by_picture_when_one_is_not_in_the_csv(small_fer, tmp_path):
    root = small_fer.folders(tmp_path / "fer", [5_000_000 + row for row in range(28)])
    picture(root / "train/happy/Training_5000003.png", 99)
    small_fer.csv(tmp_path / "fer2013.csv")
    votes = small_fer.votes_csv(tmp_path / "fer2013new.csv")
    with pytest.raises(DatasetError, match=r"Training_5000003\.png of fer is not among"):
        load_dataset(root, votes=votes)
    picture(root / "train/happy/Training_5000003.png", 99, side=64)
    with pytest.raises(DatasetError, match="64 x 64 pixels, expected 48 x 48"):
        load_dataset(root, votes=votes)
    picture(root / "train/happy/Training_6000003.png", 98)
    with pytest.raises(DatasetError, match=r"3 pictures of Training, happy; fer2013\.csv has 2"):
        load_dataset(root, votes=votes)


def test_votes_need_kaggles_names(tmp_path, small_fer):
    root = classes(tmp_path / "faces", ["happy", "sad"])
    votes = small_fer.votes_csv(tmp_path / "fer2013new.csv")
    with pytest.raises(DatasetError, match=r"happy/face_0\.png in faces does not tell its row"):
        load_dataset(root, votes=votes)


# --- other folders --------------------------------------------------------------------------


def test_train_val_test_without_names(tmp_path):
    for i, part in enumerate(("Train", "validation", "test")):
        classes(tmp_path / "set" / part, ["angry", "happy"], first=10 * i)
    dataset = load_dataset(tmp_path / "set")
    by_folder = {
        Path(s).parts[0]: Split(k) for s, k in zip(dataset.sources, dataset.split, strict=True)
    }
    assert by_folder == {
        "Train": Split.TRAINING,
        "validation": Split.PUBLIC,
        "test": Split.PRIVATE,
    }
    assert dataset.notes == ()
    assert dataset.has_ferplus
    assert dataset.has_fer2013


def test_a_test_without_val_is_halved_by_name(tmp_path):
    classes(tmp_path / "a" / "train", ["angry"])
    classes(tmp_path / "a" / "test", ["angry", "happy"], per_class=40, first=100)
    dataset = load_dataset(tmp_path / "a")
    counts = Counter(dataset.split.tolist())
    assert counts[0] == 2
    assert counts[1] + counts[2] == 80
    assert min(counts[1], counts[2]) > 25
    assert "test is halved" in dataset.summary()
    shutil.copytree(tmp_path / "a", tmp_path / "elsewhere")
    np.testing.assert_array_equal(load_dataset(tmp_path / "elsewhere").split, dataset.split)


def test_a_folder_per_class_is_divided_80_10_10(tmp_path):
    root = classes(tmp_path / "set", ["0_Angry", "Happiness", "surprised"], per_class=100)
    dataset = load_dataset(root)
    counts = Counter(dataset.split.tolist())
    assert 210 < counts[0] < 270
    assert 15 < counts[1] < 45
    assert 15 < counts[2] < 45
    assert Counter(words_of(dataset)) == {"anger": 100, "happiness": 100, "surprise": 100}
    assert Counter(dataset.fer2013.tolist()) == {0: 100, 3: 100, 5: 100}
    assert "80/10/10" in dataset.summary()
    before = dict(zip(dataset.sources, dataset.split, strict=True))
    picture(root / "Happiness" / "a_new_one.png", 1000)
    after = load_dataset(root)
    came = dict(zip(after.sources, after.split, strict=True))
    assert all(came[name] == split for name, split in before.items())


def test_colour_stays_colour_and_other_files_are_passed_over(tmp_path):
    root = classes(tmp_path / "set", ["happy", "sad"])
    picture(root / "happy" / "colour.png", 50, mode="RGB", side=80)
    (root / "happy" / "Thumbs.db").write_bytes(b"x")
    (root / "readme.txt").write_text("x")
    picture(root / ".cache" / "face.png")
    dataset = load_dataset(root)
    assert len(dataset) == 5
    assert {face.shape for face in dataset.faces} == {(48, 48), (80, 80, 3)}


def test_leaked_files_are_found_by_their_pixels(tmp_path):
    root = classes(tmp_path / "set" / "train", ["happy", "sad"]).parent
    (root / "test/sad").mkdir(parents=True)
    PIL.Image.open(root / "train/sad/face_2.png").save(root / "test/sad/other.bmp")
    dataset = load_dataset(root)
    assert dict(dataset.dropped) == {"leaked": 1}
    assert "train/sad/face_2.png" not in list(dataset.sources)
    assert "test/sad/other.bmp" in list(dataset.sources)


# --- AffectNet ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        [str(code) for code in range(8)],
        [f"class{code:03d}" for code in range(8)],
        ["Neutral", "Happy", "Sad", "Surprise", "Fear", "Disgust", "Anger", "Contempt"],
    ],
)
def test_affectnet_class_folders(tmp_path, names):
    classes(tmp_path / "affectnet" / "train_class", names, per_class=1)
    classes(tmp_path / "affectnet" / "val_class", names, per_class=1, first=50)
    dataset = load_dataset(tmp_path / "affectnet")
    by_source = dict(zip(dataset.sources, words_of(dataset), strict=True))
    for code, name in enumerate(names):
        assert by_source[f"train_class/{name}/face_{code}.png"] == canonical(AFFECTNET[code])
    assert Counter(dataset.split.tolist()) == {0: 8, 1: 8}
    assert (dataset.fer2013 == -1).sum() == 2  # contempt is no FER-2013 label
    assert "no test set" in dataset.summary()


def annotated(folder: Path, codes, first: int = 0, as_text: bool = False) -> None:
    for number, code in enumerate(codes, first):
        picture(folder / "images" / f"{number}.jpg", number, mode="RGB")
        (folder / "annotations").mkdir(exist_ok=True)
        value = np.array(str(code)) if as_text else np.array(code)
        np.save(folder / "annotations" / f"{number}_exp.npy", value)


@pytest.mark.parametrize("as_text", [True, False])
def test_affectnet_annotations(tmp_path, as_text):
    annotated(tmp_path / "train_set", [0, 1, 2, 3, 4, 5, 6, 7, 8, 10], as_text=as_text)
    annotated(tmp_path / "val_set", [7, 1], first=20, as_text=as_text)
    dataset = load_dataset(tmp_path)
    expected = [canonical(word) for word in AFFECTNET] + ["contempt", "happiness"]
    assert words_of(dataset) == expected
    assert dataset.split.tolist() == [0] * 8 + [1] * 2
    assert dict(dataset.dropped) == {"no expression": 2, "leaked": 0}
    assert "no test set" in dataset.summary()
    assert dataset.faces[0].shape == (48, 48, 3)


def test_affectnet_annotations_of_one_part(tmp_path):
    annotated(tmp_path / "set", [1] * 40)
    assert set(load_dataset(tmp_path / "set").split) == {0, 1, 2}


def test_affectnet_annotation_errors(tmp_path, small_fer):
    annotated(tmp_path / "train_set", [0, 1, 2])
    place = tmp_path / "train_set" / "annotations" / "1_exp.npy"
    np.save(place, np.array(11))
    with pytest.raises(DatasetError, match=r"train_set/annotations/1_exp\.npy .* is 11"):
        load_dataset(tmp_path)
    np.save(place, np.array("happy"))
    with pytest.raises(DatasetError, match=r"1_exp\.npy in .* cannot be read"):
        load_dataset(tmp_path)
    np.save(place, np.array([1, 2]))
    with pytest.raises(DatasetError, match=r"1_exp\.npy in .* cannot be read"):
        load_dataset(tmp_path)
    place.write_bytes(b"")
    with pytest.raises(DatasetError, match=r"1_exp\.npy in .* cannot be read"):
        load_dataset(tmp_path)
    place.unlink()
    with pytest.raises(DatasetError, match=r"train_set/images/1\.jpg .* has no annotation"):
        load_dataset(tmp_path)
    with pytest.raises(DatasetError, match="Leave the votes out"):
        load_dataset(tmp_path, votes=small_fer.votes_csv(tmp_path / "v.csv"))
    shutil.rmtree(tmp_path / "train_set" / "images")
    with pytest.raises(DatasetError, match="no pictures in its folder images"):
        load_dataset(tmp_path)


# --- errors ---------------------------------------------------------------------------------


def test_empty_folder(tmp_path):
    with pytest.raises(DatasetError, match="no class folders and no pictures"):
        load_dataset(tmp_path)
    for name in ("notes", "logs"):
        (tmp_path / name).mkdir()
    with pytest.raises(DatasetError, match="hold no pictures"):
        load_dataset(tmp_path)


def test_pictures_without_class_folders(tmp_path):
    picture(tmp_path / "a.png")
    with pytest.raises(DatasetError, match="lie in no class folder"):
        load_dataset(tmp_path)
    (tmp_path / "b" / "train").mkdir(parents=True)
    picture(tmp_path / "b" / "train" / "a.png")
    with pytest.raises(DatasetError, match="train has no class folders"):
        load_dataset(tmp_path / "b")


def test_class_folder_without_pictures(tmp_path):
    root = classes(tmp_path / "set" / "train", ["happy", "sad"]).parent
    (root / "train" / "fear").mkdir()
    (root / "train" / "fear" / "list.txt").write_text("x")
    with pytest.raises(DatasetError, match=r"folder train/fear in .* has no pictures"):
        load_dataset(root)


def test_unknown_class_folder_names_the_words_understood(tmp_path):
    root = classes(tmp_path / "set", ["happy", "cats"])
    with pytest.raises(DatasetError, match="unknown class folder 'cats'") as caught:
        load_dataset(root)
    assert all(word in caught.value.hint for word in (*FERPLUS, *FER2013))


def test_unknown_folder_beside_the_splits(tmp_path):
    root = classes(tmp_path / "set" / "train", ["happy", "sad"]).parent
    (root / "logs").mkdir()
    assert len(load_dataset(root)) == 4
    picture(root / "extra" / "a.png")
    with pytest.raises(DatasetError, match=r"extra in .* is none of train, val and test"):
        load_dataset(root)


@pytest.mark.parametrize("names", ["0123456", "1234567", "012345678"])
def test_numbered_folders_that_could_mean_several_sets(tmp_path, names):
    root = classes(tmp_path / "set", list(names), per_class=1)
    with pytest.raises(DatasetError, match="not clear which emotions"):
        load_dataset(root)


def test_a_picture_that_cannot_be_decoded_is_named(tmp_path):
    root = classes(tmp_path / "set" / "train", ["happy", "sad"]).parent
    classes(root / "test", ["happy"], first=40)
    (root / "train" / "sad" / "face_2.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    with pytest.raises(DatasetError, match=r"train/sad/face_2\.png in .* cannot be read"):
        load_dataset(root)
    dataset = load_dataset(root, keep_leaked=True)
    with pytest.raises(DatasetError, match=r"train/sad/face_2\.png"):
        dataset.faces[list(dataset.sources).index("train/sad/face_2.png")]


def test_fer2013_has_no_contempt(tmp_path):
    picture(tmp_path / "set/train/contempt/Training_1.png", 1)
    picture(tmp_path / "set/train/happy/Training_2.png", 2)
    with pytest.raises(DatasetError, match="which has no contempt"):
        load_dataset(tmp_path / "set")


def test_votes_of_other_pictures_are_noticed(small_fer, tmp_path):
    """Numbers that fit by chance, as rows of a csv in another order, are not believed."""
    rows = np.arange(280) % 28
    order = np.argsort(small_fer.usage[rows], kind="stable")
    fits = np.array([FERPLUS.index(canonical(word)) for word in FER2013])
    counts = np.zeros((280, 10), np.uint8)
    counts[np.arange(280), fits[small_fer.labels[rows][order]]] = 10
    big = replace(
        small_fer,
        images=small_fer.images[rows][order],
        labels=small_fer.labels[rows][order],
        usage=small_fer.usage[rows][order],
        votes=counts,
    )
    votes = big.votes_csv(tmp_path / "v.csv")
    root = big.folders(tmp_path / "fer")
    assert load_dataset(root, votes=votes, keep_leaked=True).majority.all()
    shifted = np.concatenate([np.roll(np.flatnonzero(big.usage == k), 1) for k in range(3)])
    root = big.folders(tmp_path / "other", shifted.tolist())
    with pytest.raises(DatasetError, match="do not fit the pictures"):
        load_dataset(root, votes=votes)
