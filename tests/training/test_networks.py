"""Layers in words, attention, and what each recipe's network is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emogui.errors import TrainingError, UsageError
from emogui.labels import FERPLUS
from emogui.training.network import (
    NetworkConfig,
    backbone_of,
    build_network,
    check_sizes,
    load_start,
    open_size,
)
from emogui.training.networks.layers import Layer, needs_size, parse_layers
from emogui.training.recipes import RECIPES

PLAIN = ("conv 4 relu", "global-average-pool")


def own(*layers: str, size: int = 32) -> NetworkConfig:
    return NetworkConfig(size, "unit", dropout=0.0, backbone="layers", layers=layers)


def test_a_line_is_a_layer():
    lines = ("conv 8 stride 2 kernel 5 padding valid batch-norm gelu", "flatten", "dense 3")
    assert parse_layers(lines) == (
        Layer("conv", 8, kernel=5, stride=2, padding="valid", batch_norm=True, activation="gelu"),
        Layer("flatten"),
        Layer("dense", 3),
    )
    assert needs_size(lines) and not needs_size(PLAIN) and not needs_size(())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("convolve 3", "there is no layer 'convolve'"),
        ("", "there is no layer ''"),
        ("conv", "a number is missing"),
        ("conv x", "invalid literal"),
        ("conv 0", "a whole number above 0"),
        ("conv 3 kernel", "a number is missing"),
        ("conv 3 kernel 0", "1 or more"),
        ("conv 3 padding full", "padding is same or valid"),
        ("conv 3 swish", "'swish' is none of relu"),
        ("conv 3 relu batch-norm", "one word too many"),
        ("dropout 1", "from 0 to below 1"),
        ("max-pool 1.5", "a whole number above 0"),
    ],
)
def test_lines_that_are_no_layer(line, told):
    with pytest.raises(UsageError, match="is not understood") as error:
        parse_layers([line, "flatten"])
    assert told in error.value.message


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["conv 3"], "got 0"),
        (["flatten", "flatten"], "got 2"),
        (["dense 3", "flatten"], "'dense 3' belongs after 'flatten'"),
        (["flatten", "conv 3"], "'conv 3' belongs before 'flatten'"),
    ],
)
def test_layers_that_lead_nowhere(lines, told):
    with pytest.raises(UsageError, match=told):
        parse_layers(lines)


def test_a_map_that_has_become_too_small():
    lines = ["max-pool 16", "conv 3 kernel 5 padding valid", "flatten"]
    with pytest.raises(UsageError, match=r"'conv 3 kernel 5 padding valid' \(number 2\)"):
        build_network(own(*lines))


def test_a_grey_face_goes_in_once_and_scaled():
    network = build_network(own("average-pool 32", "flatten"))
    inner = backbone_of(network)
    assert inner.input_shape == (None, 32, 32, 1)
    import keras

    seen = keras.Model(network.input, network.get_layer("dropout").input)
    face = np.full((1, 32, 32, 1), 51.0, np.float32)
    assert np.asarray(seen(face)).item() == pytest.approx(0.2, rel=1e-4)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (NetworkConfig(backbone="vgg"), "There is no backbone 'vgg'"),
        (replace(own(*PLAIN), normalisation="zca"), "There is no normalisation 'zca'"),
        (replace(own(*PLAIN), normalisation="caffe"), "for the three channels"),
        (NetworkConfig(48, backbone="xception"), "71 pixels or more; got 48"),
    ],
)
def test_networks_that_cannot_be(config, told):
    with pytest.raises(TrainingError, match=told):
        build_network(config)


def test_sizes_that_do_not_fit():
    fixed, loose = own("flatten", size=48), own(*PLAIN, size=48)
    check_sizes(fixed, [48])
    check_sizes(loose, [32, 48])
    assert open_size(loose).size is None and open_size(fixed).size == 48
    with pytest.raises(TrainingError, match="for one picture size, 48"):
        check_sizes(fixed, [32, 48])


def test_there_are_no_published_weights_of_own_layers():
    with pytest.raises(TrainingError, match="no ImageNet weights"):
        load_start(build_network(own(*PLAIN)), "imagenet")


def small_resnet(input_shape):
    """One residual block with the names that Keras gives its own."""
    import keras

    image = keras.Input(input_shape)
    x = keras.layers.Conv2D(16, 3, padding="same", name="conv1")(image)
    y = keras.layers.Conv2D(16, 3, padding="same", name="conv2_3_conv")(x)
    y = keras.layers.BatchNormalization(name="conv2_3_bn")(y)
    x = keras.layers.Add(name="conv2_add")([x, y])
    return keras.Model(image, keras.layers.GlobalAveragePooling2D()(x), name="backbone")


def test_attention_begins_as_the_network_it_is_made_of(monkeypatch, tmp_path):
    from emogui.training.network import BACKBONES
    from emogui.training.networks.attention import with_attention

    monkeypatch.setitem(BACKBONES, "small", small_resnet)
    monkeypatch.setitem(BACKBONES, "gated", lambda shape: with_attention(small_resnet(shape)))
    plain = build_network(NetworkConfig(32, backbone="small"))
    gated = build_network(NetworkConfig(32, backbone="gated"))
    assert len(gated.weights) == len(plain.weights) + 4
    plain.save(tmp_path / "plain.keras")
    load_start(gated, str(tmp_path / "plain.keras"))
    face = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 1)).astype(np.float32)
    for head, logits in plain(face).items():
        np.testing.assert_allclose(np.asarray(gated(face)[head]), np.asarray(logits), atol=1e-5)
    # The gates open and close by what comes through.
    gate = gated.get_layer("backbone").get_layer("conv2_se_2")
    gate.bias.assign(np.full(gate.bias.shape, -20.0, np.float32))
    assert not np.allclose(np.asarray(gated(face)["ferplus"]), np.asarray(plain(face)["ferplus"]))
    gated.save(tmp_path / "gated.keras")
    with pytest.raises(TrainingError, match="has no counterpart"):
        load_start(plain, str(tmp_path / "gated.keras"))


def test_own_layers_take_the_place_of_the_pooling(monkeypatch):
    from emogui.training.network import BACKBONES

    monkeypatch.setitem(BACKBONES, "small", small_resnet)
    network = build_network(
        NetworkConfig(32, backbone="small", layers=("conv 8 relu", "flatten", "dense 4 relu"))
    )
    assert backbone_of(network).output_shape == (None, 32, 32, 16)
    assert network.get_layer("03_dense").output.shape == (None, 4)


SMALL = [name for name, recipe in RECIPES.items() if recipe.config.network.backbone == "layers"]
LARGE = [name for name in RECIPES if name not in SMALL]
WIDE = [name for name in SMALL if "gelu" in name or name == "light"]


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """40 faces whose emotion shows in their brightness."""
    rng = np.random.default_rng(0)
    emotion = rng.integers(0, 3, 40)
    votes = np.zeros((40, 10), np.uint8)
    votes[np.arange(40), emotion] = 10
    path = tmp_path_factory.mktemp("data") / "fer-small.npz"
    np.savez(
        path,
        images=(rng.integers(0, 60, (40, 48, 48)) + 80 * emotion[:, None, None]).astype(np.uint8),
        labels=np.array([6, 3, 5], np.uint8)[emotion],
        usage=np.array([0] * 24 + [1] * 8 + [2] * 8, np.uint8),
        ferplus_votes=votes,
        ferplus_columns=np.array([*FERPLUS, "unknown", "NF"]),
        row_flags=np.zeros(40, np.uint8),
    )
    return path


@pytest.mark.parametrize(
    "name",
    [
        *(name for name in SMALL if name not in WIDE),
        *(pytest.param(name, marks=pytest.mark.slow) for name in (*WIDE, *LARGE)),
    ],
)
@pytest.mark.timeout(600)
def test_every_recipe_trains(name, data, tmp_path):
    from emogui.training.datasets import load_dataset
    from emogui.training.train import Training

    recipe = RECIPES[name]
    config = replace(recipe.config, epochs=1, batch=8, stages=recipe.config.stages[-1:])
    training = Training(load_dataset(data), config, tmp_path, recipe=recipe.describe())
    before = [np.array(w) for w in training.network.get_weights()]
    losses = [loss for _, loss in training.run()]
    assert training.progress.pictures == {str(config.network.size): 24}
    assert np.isfinite(losses).all()
    after = training.network.get_weights()
    assert any(not np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    (row,) = training.progress.history
    assert {f"{head}_nll" for head in recipe.heads} <= set(row)
    assert json.loads((tmp_path / "record.json").read_text())["recipe"] == recipe.describe()


@pytest.mark.parametrize(
    "name", [*SMALL, *(pytest.param(name, marks=pytest.mark.slow) for name in LARGE)]
)
def test_the_page_tells_the_parameters(name):
    page = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` | ")]
    count = build_network(RECIPES[name].config.network).count_params()
    assert f"| {count / 1e6:.2f} M |" in row


def test_the_light_network_is_small_and_ends_as_maps_need():
    from emogui.backend.keras_features import grid_of, pooling_before

    network = build_network(RECIPES["light"].config.network)
    assert network.count_params() < 1_500_000
    pool = pooling_before(network, "ferplus")
    assert pool is not None and pool is pooling_before(network, "fer2013")
    assert pool.input.shape[1:3] == (4, 4)
    grid = grid_of(pool.input, 64)
    assert grid.step == 16.0


@pytest.mark.slow
def test_xception_takes_its_file_of_weights(tmp_path):
    """In the order of ``get_weights()`` of Keras' network, as training from a file has it."""
    import keras

    published = keras.applications.Xception(include_top=False, weights=None)
    arrays = [w.astype(np.float16) for w in published.get_weights()]
    np.savez(tmp_path / "xception.npz", **{f"w{i:04d}": a for i, a in enumerate(arrays)})
    network = build_network(RECIPES["transfer-xception"].config.network)
    assert "xception.npz" in load_start(network, str(tmp_path / "xception.npz"))
    for given, taken in zip(arrays, backbone_of(network).get_weights(), strict=True):
        np.testing.assert_array_equal(given.astype(np.float32), taken)
