"""The network: a backbone with a linear head for each label set.

The backbone is one of ``keras.applications``, so that published weights fit, or layers in words.
The input is a grey face, 0-255; scaling it is the first thing that happens inside, so nobody can
forget it.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from emogui.errors import TrainingError
from emogui.labels import HEADS
from emogui.training.networks.backbones import BACKBONES, PUBLISHED, plain
from emogui.training.networks.layers import apply_layers, needs_size

NORMALISATIONS: Mapping[str, Sequence[tuple[float, float]]] = {
    # name: (scale, offset) of each of the three channels that a ready-made backbone expects
    "tf": [(1 / 127.5, -1.0)] * 3,
    "unit": [(1 / 255.0, 0.0)] * 3,
    "caffe": [(1.0, -103.939), (1.0, -116.779), (1.0, -123.68)],  # BGR, as Keras' ImageNet weights
    "torch": [
        (1 / (255.0 * deviation), -mean / deviation)
        for mean, deviation in ((0.485, 0.229), (0.456, 0.224), (0.406, 0.225))  # RGB, ImageNet
    ],
}

OWN_LAYERS = "layers"
"""Name of the backbone that is nothing but the layers in words."""


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """What is needed to build the network again.

    Attributes:
        size: side of the input in pixels; None leaves it open, as progressive training needs.
        normalisation: ``"tf"`` (x / 127.5 - 1), ``"unit"`` (x / 255), ``"caffe"`` (means of
            ImageNet subtracted) or ``"torch"`` (its deviations divided by, too); the last two
            are for three channels.
        dropout: share of the features dropped before the heads while training.
        backbone: one of :data:`BACKBONES`, or ``"layers"``: ``layers`` are the whole network.
        layers: own layers in the words of :mod:`emogui.training.networks.layers`; after a
            backbone they take the place of its global average pooling.
    """

    size: int | None = 96
    normalisation: str = "tf"
    dropout: float = 0.3
    backbone: str = "resnet50"
    layers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))  # JSON and TOML have lists


def build_network(config: NetworkConfig, heads: Mapping[str, Sequence[str]] = HEADS) -> Any:
    """Builds the network with random weights.

    Args:
        config: size, normalisation, dropout.
        heads: name of each head to its labels.

    Returns:
        keras.Model from float32 (n, size, size, 1), values 0-255, to a dict of logits, head name
        to float32 (n, labels). With Keras' image data format ``channels_first`` the input is
        (n, 1, size, size); the weights are the same either way.
    """
    import keras

    _check(config)
    channels_first = keras.config.image_data_format() == "channels_first"
    axis = 1 if channels_first else -1
    size = config.size

    def shape(channels: int) -> tuple[int | None, ...]:
        return (channels, size, size) if channels_first else (size, size, channels)

    face = keras.Input(shape(1), name="face")
    count = 1 if config.backbone == OWN_LAYERS else 3
    channels = [
        # in float32 whatever the policy: bfloat16 cannot tell 254 from 255
        keras.layers.Rescaling(scale, offset, dtype="float32", name=f"normalise_{i}")(face)
        for i, (scale, offset) in enumerate(NORMALISATIONS[config.normalisation][:count])
    ]
    if config.backbone == OWN_LAYERS:
        image = keras.Input(shape(1))
        backbone = keras.Model(image, apply_layers(image, config.layers), name="backbone")
        features = backbone(channels[0])
    else:
        x = keras.layers.Concatenate(axis=axis, name="repeat")(channels)
        backbone = BACKBONES[config.backbone](shape(3))
        if config.layers:  # in the place of the pooling at its end
            backbone = keras.Model(backbone.input, backbone.layers[-1].input, name="backbone")
        features = backbone(x)
        features = apply_layers(features, config.layers) if config.layers else features
    dropped = keras.layers.Dropout(config.dropout, name="dropout")(features)
    outputs = {
        name: keras.layers.Dense(len(labels), dtype="float32", name=name)(dropped)
        for name, labels in heads.items()
    }
    return keras.Model(face, outputs, name=f"emogui_{config.backbone.replace('-', '_')}")


def open_size(config: NetworkConfig) -> NetworkConfig:
    """The same network for pictures of any size, where its layers allow that."""
    return config if needs_size(config.layers) else replace(config, size=None)


def check_sizes(config: NetworkConfig, sizes: Sequence[int]) -> None:
    """Refuses picture sizes that a network cannot be trained with.

    Raises:
        TrainingError: they are too small for the backbone, or differ where it takes one size.
    """
    for size in sizes:
        _check(replace(config, size=size))
    if needs_size(config.layers) and set(sizes) != {config.size}:
        raise TrainingError(
            f"A network with 'flatten' is for one picture size, {config.size}; "
            f"got {', '.join(map(str, sizes))}.",
            "Give one size, or take 'global-average-pool' instead.",
        )


def _check(config: NetworkConfig) -> None:
    if config.backbone not in (*BACKBONES, OWN_LAYERS):
        raise TrainingError(
            f"There is no backbone '{config.backbone}'.",
            f"There are {', '.join((*BACKBONES, OWN_LAYERS))}.",
        )
    if config.normalisation not in NORMALISATIONS:
        raise TrainingError(
            f"There is no normalisation '{config.normalisation}'.",
            f"There are {', '.join(NORMALISATIONS)}.",
        )
    if config.backbone == OWN_LAYERS and len(set(NORMALISATIONS[config.normalisation])) > 1:
        raise TrainingError(
            f"The normalisation '{config.normalisation}' is for the three channels of a backbone.",
            "For a network of own layers, which sees grey, take 'unit' or 'tf'.",
        )
    smallest = PUBLISHED[config.backbone].smallest if config.backbone in PUBLISHED else 1
    if config.size is not None and config.size < smallest:
        raise TrainingError(
            f"The backbone '{config.backbone}' takes pictures of {smallest} pixels or more; "
            f"got {config.size}.",
            "Give larger ones: --sizes 96.",
        )


def backbone_of(network: Any) -> Any:
    """The backbone inside the network."""
    return network.get_layer("backbone")


def load_start(network: Any, start: str) -> str:
    """Puts the weights that a training starts from into a network.

    Args:
        network: of :func:`build_network`.
        start: ``"none"``, ``"imagenet"`` (asks Keras for its published weights, which it may
            download), or a path: a model folder or ``.keras`` file of emogui, the folder of a
            training or its ``best.npz``, a ``.weights.h5`` of this network, or an ``.npz`` with
            the backbone's arrays in ``get_weights()`` order (a file of the same name ending in
            ``_head.npz`` gives the FER+ head).

    Returns:
        One sentence that says where the training started from.

    Raises:
        TrainingError: the file is missing or does not fit this network.
    """
    if start == "none":
        zero_last_scales(network)
        return "random weights"
    if start == "imagenet":
        return _load_imagenet(network)
    path = Path(start)
    if path.is_dir():
        path = path / ("best.npz" if (path / "best.npz").is_file() else _keras_file(path))
    if not path.is_file():
        raise TrainingError(
            f"There is no file to start from at '{start}'.",
            "Give --init imagenet, none, a model folder, a .keras, .weights.h5 or .npz file.",
        )
    try:
        if path.suffix == ".npz":
            _load_npz(network, path)
        elif path.name.endswith(".weights.h5"):
            network.load_weights(path)
        else:
            import keras

            loaded = keras.saving.load_model(path, compile=False)
            _adopt(network, loaded)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise TrainingError(
            f"The weights in '{path}' do not fit this network: {error}",
            "Use weights of a network with the same backbone, layers and heads.",
        ) from error
    return f"the weights in {path.name}"


def zero_last_scales(network: Any) -> None:
    """Starts the last scale of each residual block at 0, so that a block begins as identity.

    After Goyal et al., 2017, "Accurate, Large Minibatch SGD".
    """
    for layer in backbone_of(network).layers:
        if layer.name.endswith("_3_bn"):
            layer.gamma.assign(np.zeros(layer.gamma.shape, np.float32))


def _keras_file(folder: Path) -> str:
    try:
        card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        return str(card["files"]["keras"]["file"])
    except (OSError, ValueError, KeyError) as error:
        raise TrainingError(
            f"'{folder}' holds no model.json that names a .keras file.",
            "Give the folder of a network that emogui made, or the file itself.",
        ) from error


def _load_imagenet(network: Any) -> str:
    name = _backbone_name(network)
    if name not in PUBLISHED:
        raise TrainingError(
            f"There are no ImageNet weights of the backbone '{name}'.",
            f"There are some of {', '.join(PUBLISHED)}; use --init none or a file.",
        )
    try:
        published = plain(name, "imagenet")
    except Exception as error:  # whatever the download raises
        raise TrainingError(
            f"Keras could not load its ImageNet weights: {error}",
            "They are downloaded once; check the network, or use --init PATH.",
        ) from error
    _adopt(backbone_of(network), published)
    return f"Keras' {PUBLISHED[name].application} weights for ImageNet"


def _backbone_name(network: Any) -> str:
    """Undoes the naming of :func:`build_network`."""
    return str(network.name).removeprefix("emogui_").replace("_", "-")


def _adopt(network: Any, given: Any) -> None:
    """Takes over all weights of a network of the same form, or of one that is a part of it.

    Raises:
        ValueError: the given network has a layer that this one has not.
    """
    arrays = given.get_weights()
    if [a.shape for a in arrays] == [tuple(w.shape) for w in network.weights]:
        network.set_weights(arrays)
        return
    mine = {layer.name: layer for layer in _leaves(network)}
    pairs: list[tuple[Any, Any]] = []
    for layer in _leaves(given):
        own = mine.get(layer.name)
        if own is None or [w.shape for w in own.weights] != [w.shape for w in layer.weights]:
            raise ValueError(f"its layer '{layer.name}' has no counterpart")
        pairs.append((layer, own))
    for layer, own in pairs:
        own.set_weights(layer.get_weights())


def _leaves(network: Any) -> Iterator[Any]:
    """All layers with weights of their own, also those of nested networks."""
    for layer in network.layers:
        if hasattr(layer, "layers"):
            yield from _leaves(layer)
        elif layer.weights:
            yield layer


def _load_npz(network: Any, path: Path) -> None:
    with np.load(path) as file:
        arrays = [file[key].astype(np.float32) for key in sorted(file.files)]
    if len(arrays) == len(network.weights):
        network.set_weights(arrays)
        return
    backbone = backbone_of(network)
    name = _backbone_name(network)
    if len(arrays) != len(backbone.weights) and name in PUBLISHED:
        part = plain(name)  # of the network that a backbone with attention is made of
        part.set_weights(arrays)
        _adopt(backbone, part)
    else:
        backbone.set_weights(arrays)
    head = path.with_name(f"{path.stem}_head.npz")
    if head.is_file():
        with np.load(head) as file:
            network.get_layer("ferplus").set_weights([file["kernel"], file["bias"]])
