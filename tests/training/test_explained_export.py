"""The fast form's class activation maps, Grad-CAM, and making the fast form again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from emogui import paths
from emogui.backend.classifier import load_classifier
from emogui.backend.crop import prepare
from emogui.backend.explanation import Explainer, explain
from emogui.backend.model_info import MapGrid
from emogui.backend.store import load_model_info, verify
from emogui.cli import main
from emogui.errors import ModelError, TrainingError, UsageError
from emogui.labels import FER2013, FERPLUS, HEADS
from emogui.training.data import EmotionDataset
from emogui.training.datasets import load_dataset

pytest.importorskip("nncf")

SIZE = 40


def small_network(*, hidden: bool = False):
    """Two convolutions, global average pooling and two heads; with other weights each time."""
    import keras

    keras.utils.set_random_seed(3)
    image = keras.Input((SIZE, SIZE, 1), name="face")
    inner_image = keras.Input((SIZE, SIZE, 1))
    x = keras.layers.ZeroPadding2D(1)(inner_image)
    x = keras.layers.Conv2D(12, 3, strides=2, activation="relu")(x)
    x = keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(x)
    pooled = keras.layers.GlobalAveragePooling2D()(x)
    backbone = keras.Model(inner_image, pooled, name="backbone")
    features = backbone(keras.layers.Rescaling(1 / 127.5, -1.0)(image))
    if hidden:
        features = keras.layers.Dense(16, activation="relu")(features)
    features = keras.layers.Dropout(0.3)(features)
    outputs = {
        head: keras.layers.Dense(len(labels), bias_initializer="normal", name=head)(features)
        for head, labels in HEADS.items()
    }
    return keras.Model(image, outputs)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> EmotionDataset:
    """Pictures with bright and dark places."""
    import cv2

    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (40, 6, 6)).astype(np.uint8)
    images = np.stack([cv2.resize(c, (48, 48), interpolation=cv2.INTER_CUBIC) for c in coarse])
    path = tmp_path_factory.mktemp("data") / "faces.npz"
    usage = np.array([0] * 30 + [1] * 10, np.uint8)
    np.savez(path, images=images, labels=np.zeros(40, np.uint8), usage=usage)
    return load_dataset(path)


@pytest.fixture(scope="module")
def faces(dataset) -> list[np.ndarray]:
    return list(prepare([dataset.faces[i] for i in range(12)], SIZE)[..., 0])


@pytest.fixture(scope="module")
def exported(dataset, tmp_path_factory) -> Path:
    """The small network, exported from a lone ``.keras`` file."""
    from emogui.training.reexport import reexport

    folder = tmp_path_factory.mktemp("models")
    small_network().save(folder / "lone.keras")
    return reexport(folder / "lone.keras", dataset, folder / "little", "Little").parent


@pytest.fixture(scope="module")
def without_maps(dataset, tmp_path_factory) -> Path:
    """A network with a layer between pooling and heads."""
    from emogui.training.reexport import reexport

    folder = tmp_path_factory.mktemp("models")
    small_network(hidden=True).save(folder / "deep.keras")
    return reexport(folder / "deep.keras", dataset, folder / "deep").parent


def test_the_maps_mean_and_bias_are_the_logits(exported, faces):
    network = load_classifier(exported, runtime="keras").runtime.network
    for head in HEADS:
        classifier = load_classifier(exported, head)
        maps = classifier.maps(faces)
        assert maps.shape == (12, 10, 10, len(classifier.labels)) and maps.dtype == np.float32
        bias = np.asarray(network.get_layer(head).bias)
        found = classifier.logits_of_heads(faces)[head]
        np.testing.assert_allclose(maps.mean(axis=(1, 2)) + bias, found, atol=1e-4, rtol=1e-3)


def test_where_the_cells_lie(exported):
    maps = load_model_info(exported).maps
    # 3 x 3 with a border of one: middles at pixels 0, 2, 4...; then every second of these from
    # the second on, for "same" padding of an even size adds nothing before.
    assert maps is not None and maps.grid == MapGrid(2.5, 4.0)
    network = load_classifier(exported, runtime="keras").runtime.network
    import tensorflow as tf

    from emogui.backend.keras_features import pooling_before, watching

    face = tf.Variable(np.random.default_rng(1).uniform(0, 255, (1, SIZE, SIZE, 1)), tf.float32)
    face = tf.cast(face, tf.float32)
    with tf.GradientTape() as tape, watching(pooling_before(network, "ferplus")) as seen:
        tape.watch(face)
        network(face)
        cell = tf.reduce_sum(seen[0][0][0, 4, 6])
    rows, columns = np.nonzero(np.abs(tape.gradient(cell, face).numpy()[0, :, :, 0]))
    assert (rows.min() + rows.max() + 1) / 2 == 2.5 + 4 * 4
    assert (columns.min() + columns.max() + 1) / 2 == 2.5 + 6 * 4


def test_grad_cam_of_such_a_network_is_its_class_activation_map(exported, faces):
    fast = load_classifier(exported)
    exact = explain(fast, faces)
    emotions = [one.emotion for one in exact]
    slow = explain(load_classifier(exported, runtime="keras"), faces, emotions)
    assert {one.method for one in exact} == {"cam"}
    assert {one.method for one in slow} == {"grad-cam"}
    for one, other in zip(exact, slow, strict=True):
        assert one.emotion == other.emotion and one.grid == other.grid
        # the fast form computes in 8 bit
        assert np.abs(one.map - other.map).max() < 0.1 * other.strength


def test_hiding_what_spoke_for_an_emotion_lowers_it_more(exported, faces):
    classifier = load_classifier(exported)
    explanations = explain(classifier, faces)
    for face, found in zip(faces, explanations, strict=True):
        c = classifier.labels.index(found.emotion)
        order = np.argsort(found.on_crop(5).ravel())
        hidden = []
        for blocks in (order[-8:], order[:8]):  # the strongest and the weakest third
            mask = np.zeros(25, bool)
            mask[blocks] = True
            grey = np.repeat(np.repeat(mask.reshape(5, 5), 8, axis=0), 8, axis=1)
            hidden.append(np.where(grey, np.uint8(face.mean()), face).astype(np.uint8))
        strongest, weakest = classifier.logits_of_heads(hidden)["ferplus"][:, c]
        assert strongest < weakest


def test_another_ending_has_no_maps_and_is_explained_by_grad_cam(without_maps, faces, tmp_path):
    classifier = load_classifier(without_maps)
    assert load_model_info(without_maps).maps is None and not classifier.has_maps
    with pytest.raises(ModelError, match="has no class activation maps"):
        classifier.maps(faces)
    found = explain(classifier, faces[:2], ["fear", None])
    assert [one.method for one in found] == ["grad-cam"] * 2 and found[0].emotion == "fear"
    assert found[0].map.shape == (10, 10) and found[0].strength > 0
    with pytest.raises(ModelError, match="exported without class activation maps"):
        Explainer(classifier, load_keras=False)
    for file in without_maps.iterdir():
        if file.suffix != ".keras":
            shutil.copy(file, tmp_path)
    with pytest.raises(ModelError, match=r"cannot be explained.*\.keras file is needed"):
        Explainer(load_classifier(tmp_path))


def test_wrong_questions_are_refused(exported, faces):
    classifier = load_classifier(exported)
    with pytest.raises(UsageError, match=r"knows no emotion 'joy'"):
        explain(classifier, faces[:1], ["joy"])
    with pytest.raises(UsageError, match="each of 2 faces"):
        explain(classifier, faces[:2], ["fear"])
    assert explain(classifier, []) == []
    assert classifier.maps([]).shape == (0, 0, 0, len(FERPLUS))


@pytest.mark.parametrize("place", ["little", pytest.param("again", marks=pytest.mark.slow)])
def test_the_fast_form_is_made_again_and_the_card_is_kept(exported, dataset, tmp_path, place):
    from emogui.training.card import save_card
    from emogui.training.reexport import reexport

    folder = tmp_path / "little"
    shutil.copytree(exported, folder)
    card = json.loads((folder / "model.json").read_text())
    del card["maps"]
    card |= {"training": {"rows": 48}, "metrics": [{"accuracy": 0.5}]}
    card["heads"]["ferplus"] |= {"temperature": 0.7, "uncertain_below": 0.6}
    save_card(folder, card)
    stored = (folder / "little.keras").read_bytes()
    output = tmp_path / place  # in place, or a copy
    reexport(folder, dataset, output)
    info = load_model_info(output)
    assert verify(info) == [] and info.maps is not None
    assert (output / f"{output.name}.keras").read_bytes() == stored
    assert info.title == "Little" and info.card["training"] == {"rows": 48}
    assert info.heads["ferplus"].temperature == 0.7
    assert [m["accuracy"] for m in info.metrics] == [0.5]
    assert not list(output.glob(".export-*"))


def test_a_file_that_is_no_network_of_emogui(dataset, tmp_path):
    import keras

    from emogui.training.reexport import reexport

    (tmp_path / "text.keras").write_text("no network")
    with pytest.raises(TrainingError, match="no network that Keras can load"):
        reexport(tmp_path / "text.keras", dataset, tmp_path / "out")
    image = keras.Input((SIZE, SIZE, 1))
    outputs = {"mood": keras.layers.Dense(2, name="mood")(keras.layers.Flatten()(image))}
    keras.Model(image, outputs).save(tmp_path / "mood.keras")
    with pytest.raises(TrainingError, match="has the outputs"):
        reexport(tmp_path / "mood.keras", dataset, tmp_path / "out")


def test_a_card_that_promises_maps_which_are_not_there(exported, without_maps, tmp_path):
    shutil.copytree(without_maps, tmp_path / "deep")
    card_path = tmp_path / "deep" / "model.json"
    card = json.loads(card_path.read_text())
    maps = json.loads((exported / "model.json").read_text())["maps"]
    for change, words in (
        (maps, "maps of 'ferplus' to have the shape 8, got none"),
        (maps | {"outputs": {"mood": "x"}}, "none of its heads"),
        (maps | {"step": 0}, "a step above 0"),
    ):
        card_path.write_text(json.dumps(card | {"maps": change}))
        with pytest.raises(ModelError, match=words):
            load_classifier(tmp_path / "deep")


def test_analyze_saves_a_picture_a_face(exported, without_maps, tmp_path, capsys):
    sample = str(next(paths.assets().glob("sample.*")))
    model = ["--model", str(exported), "--labels", "fer2013"]
    assert main(["analyze", sample, *model, "--explain", str(tmp_path / "why")]) == 0
    faces = json.loads(capsys.readouterr().out)["faces"]
    names = [f"sample_face{i}_{face['emotion']}.png" for i, face in enumerate(faces, start=1)]
    assert len(faces) == 2 and faces[0]["emotion"] in FER2013
    assert sorted(p.name for p in (tmp_path / "why").iterdir()) == sorted(names)

    for file in without_maps.iterdir():
        if file.suffix != ".keras":
            shutil.copy(file, tmp_path)
    assert main(["analyze", sample, "--model", str(tmp_path), "--explain", str(tmp_path)]) == 2
    assert "cannot be explained" in capsys.readouterr().err
