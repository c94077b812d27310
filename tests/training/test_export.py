"""From a training to a network that the analyzer can use, with a small backbone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from emogui.backend.classifier import load_classifier
from emogui.backend.store import load_model_info, verify
from emogui.errors import TrainingError
from emogui.labels import FERPLUS, HEADS
from emogui.training.data import EmotionDataset
from emogui.training.datasets import load_dataset

pytest.importorskip("nncf")


def tiny(input_shape):
    import keras

    image = keras.Input(input_shape)
    x = keras.layers.Conv2D(8, 3, strides=2)(image)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.ReLU()(x)
    return keras.Model(image, keras.layers.GlobalAveragePooling2D()(x), name="backbone")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> EmotionDataset:
    """Faces whose emotion shows in their brightness, so that something can be learned."""
    rng = np.random.default_rng(0)
    n = 64
    emotion = rng.integers(0, 3, n)
    votes = np.zeros((n, 10), np.uint8)
    votes[np.arange(n), emotion] = 10
    faces = rng.integers(0, 60, (n, 48, 48)) + 80 * emotion[:, None, None]
    path = tmp_path_factory.mktemp("data") / "faces.npz"
    np.savez(
        path,
        images=faces.astype(np.uint8),
        labels=np.array([6, 3, 5], np.uint8)[emotion],
        usage=np.array([0] * 48 + [1] * 8 + [2] * 8, np.uint8),
        ferplus_votes=votes,
        ferplus_columns=np.array([*FERPLUS, "unknown", "NF"]),
        row_flags=np.zeros(n, np.uint8),
    )
    return load_dataset(path)


@pytest.fixture(scope="module")
def run(dataset, tmp_path_factory) -> Path:
    from emogui.training.config import TrainingConfig
    from emogui.training.network import BACKBONES, NetworkConfig
    from emogui.training.train import Training

    BACKBONES["tiny"] = tiny
    folder = tmp_path_factory.mktemp("run")
    config = TrainingConfig(
        epochs=2, batch=8, stages=((40, 1.0),), network=NetworkConfig(size=40, backbone="tiny")
    )
    for _ in Training(dataset, config, folder).run():
        pass
    return folder


@pytest.fixture(scope="module")
def exported(run, dataset, tmp_path_factory) -> Path:
    from emogui.training.finish import export_run

    return export_run(
        run, dataset, tmp_path_factory.mktemp("models") / "little", title="Little"
    ).parent


def test_a_head_that_was_not_trained_is_not_exported(dataset, tmp_path, monkeypatch):
    from emogui.training.config import TrainingConfig
    from emogui.training.finish import export_run
    from emogui.training.network import BACKBONES, NetworkConfig
    from emogui.training.train import Training

    monkeypatch.setitem(BACKBONES, "tiny", tiny)
    config = TrainingConfig(
        epochs=1,
        batch=8,
        stages=((40, 1.0),),
        head_weights={"fer2013": 1.0},
        network=NetworkConfig(size=40, backbone="tiny"),
    )
    for _ in Training(dataset, config, tmp_path / "run").run():
        pass
    export_run(tmp_path / "run", dataset, tmp_path / "alone", title="Alone")
    for runtime in ("fast", "keras"):
        classifier = load_classifier(tmp_path / "alone", "fer2013", runtime)
        found = classifier.predict_heads([np.zeros((40, 40), np.uint8)])
        assert {head: rows.shape for head, rows in found.items()} == {"fer2013": (1, 7)}


def test_a_training_without_its_checkpoint(run, dataset, tmp_path):
    from emogui.training.finish import export_run

    shutil.copy(run / "config.json", tmp_path)
    with pytest.raises(TrainingError, match="no checkpoint that can be read"):
        export_run(tmp_path, dataset, tmp_path / "out", title="")
    (tmp_path / "checkpoint.npz").write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(TrainingError, match="no checkpoint that can be read"):
        export_run(tmp_path, dataset, tmp_path / "out", title="")


def test_the_folder_says_all_of_the_network(exported):
    info = load_model_info(exported)
    assert info.name == "little" and info.title == "Little"
    assert {h: e.labels for h, e in info.heads.items()} == dict(HEADS)
    assert info.input_size == 40
    assert verify(info) == []
    training = info.card["training"]
    assert training["rows"] == 48
    (stage,) = training["stages"]
    assert stage["config"]["epochs"] == 2
    assert "keras" in training["versions"]


def test_the_fast_form_and_keras_agree(exported, dataset):
    faces = [dataset.faces[i] for i in range(16)]
    fast = load_classifier(exported).predict_heads(faces)
    slow = load_classifier(exported, runtime="keras").predict_heads(faces)
    for head in HEADS:
        # Eight channels even out less rounding than two thousand; see test_compare for those.
        assert np.abs(fast[head] - slow[head]).mean() < 0.06


def test_kernels_are_stored_in_half_precision_and_run_in_single(exported):
    import keras

    network = keras.saving.load_model(load_model_info(exported).file("keras"), compile=False)
    kernel = np.asarray(network.get_layer("ferplus").kernel)
    assert kernel.dtype == np.float32
    np.testing.assert_array_equal(kernel, kernel.astype(np.float16).astype(np.float32))


def test_a_training_goes_on_from_an_exported_network(exported):
    from emogui.training.network import NetworkConfig, build_network, load_start

    network = build_network(NetworkConfig(40, backbone="tiny"))
    said = load_start(network, str(exported))
    assert "little.keras" in said
    slow = load_classifier(exported, runtime="keras").runtime.network
    for a, b in zip(network.get_weights(), slow.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_returned_prior_favours_the_frequent(run, dataset, exported, tmp_path):
    from emogui.training.finish import export_run

    card = export_run(run, dataset, tmp_path / "fair", title="x", returned_priors={"ferplus": 1.0})
    faces = [dataset.faces[i] for i in range(8)]
    before = load_classifier(exported, runtime="keras").predict(faces)
    after = load_classifier(card.parent, runtime="keras").predict(faces)
    never = FERPLUS.index("contempt")
    assert (after[:, never] < before[:, never]).all()
    (stage,) = load_model_info(card.parent).card["training"]["stages"]
    assert stage["prior_returned"] == {"ferplus": 1.0}


def test_figures_are_kept_and_replaced(exported):
    from emogui.training.finish import record_metrics

    figure = {"accuracy": 0.5, "n": 10, "split": "public", "label_set": "ferplus", "tta": None}
    record_metrics(exported, figure)
    record_metrics(exported, figure | {"accuracy": 0.6})
    record_metrics(exported, figure | {"split": "private"})
    found = load_model_info(exported).metrics
    assert [(m["split"], m["accuracy"]) for m in found] == [("public", 0.6), ("private", 0.5)]
    assert not list(exported.glob("*.part"))


def test_a_folder_without_a_training(tmp_path, dataset):
    from emogui.training.finish import export_run

    with pytest.raises(TrainingError, match="holds no training"):
        export_run(tmp_path, dataset, tmp_path / "out", title="x")


@pytest.mark.parametrize("name", ["missing.npz", "text.keras", "other.npz", "empty"])
def test_a_start_that_does_not_fit(name, tmp_path):
    from emogui.training.network import BACKBONES, NetworkConfig, build_network, load_start

    BACKBONES["tiny"] = tiny
    path = tmp_path / name
    if name == "text.keras":
        path.write_text("no network")
    elif name == "other.npz":
        np.savez(path, w0=np.zeros(3))
    elif name == "empty":
        path.mkdir()
    with pytest.raises(TrainingError):
        load_start(build_network(NetworkConfig(40, backbone="tiny")), str(path))


def test_another_configuration_does_not_go_on_from_the_checkpoint(run, dataset):
    from emogui.training.config import TrainingConfig
    from emogui.training.network import NetworkConfig
    from emogui.training.train import Training

    config = TrainingConfig(
        epochs=3, batch=8, stages=((40, 1.0),), network=NetworkConfig(size=40, backbone="tiny")
    )
    with pytest.raises(TrainingError, match="epochs was 2, is 3"):
        Training(dataset, config, run)
    assert json.loads((run / "config.json").read_text())["epochs"] == 2
