"""The network: one ResNet50 backbone with a linear head for each label set.

``keras.applications.ResNet50`` (He et al., 2016) as it is, so that published weights fit, ended
by global average pooling. The input is a grey face, 0-255; scaling it is the first thing that
happens inside, so nobody can forget it.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from emogui.errors import TrainingError
from emogui.labels import HEADS

NORMALISATIONS: Mapping[str, Sequence[tuple[float, float]]] = {
    # name: (scale, offset) of each of the three channels the backbone expects
    "tf": [(1 / 127.5, -1.0)] * 3,
    "caffe": [(1.0, -103.939), (1.0, -116.779), (1.0, -123.68)],  # BGR, as Keras' ImageNet weights
}


def _resnet50(input_shape: Sequence[int | None]) -> Any:
    import keras

    return keras.applications.ResNet50(
        include_top=False, weights=None, pooling="avg", input_shape=input_shape, name="backbone"
    )


BACKBONES: dict[str, Callable[[Sequence[int | None]], Any]] = {"resnet50": _resnet50}
"""Backbone name to a function of the input's shape that builds it, ending in one vector."""


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """What is needed to build the network again.

    Attributes:
        size: side of the input in pixels; None leaves it open, as progressive training needs.
        normalisation: ``"tf"`` (x / 127.5 - 1) or ``"caffe"`` (means of ImageNet subtracted).
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

    channels_first = keras.config.image_data_format() == "channels_first"
    axis = 1 if channels_first else -1
    size = config.size
    shape = (1, size, size) if channels_first else (size, size, 1)
    face = keras.Input(shape, name="face")
    channels = [
        # in float32 whatever the policy: bfloat16 cannot tell 254 from 255
        keras.layers.Rescaling(scale, offset, dtype="float32", name=f"normalise_{i}")(face)
        for i, (scale, offset) in enumerate(NORMALISATIONS[config.normalisation])
    ]
    x = keras.layers.Concatenate(axis=axis, name="repeat")(channels)
    backbone = BACKBONES[config.backbone]((3, size, size) if channels_first else (size, size, 3))
    features = backbone(x)
    dropped = keras.layers.Dropout(config.dropout, name="dropout")(features)
    outputs = {
        name: keras.layers.Dense(len(labels), dtype="float32", name=name)(dropped)
        for name, labels in heads.items()
    }
    return keras.Model(face, outputs, name="emogui_resnet50")


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
        _load_imagenet(network)
        return "Keras' ResNet50 weights for ImageNet"
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
            network.set_weights(loaded.get_weights())
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise TrainingError(
            f"The weights in '{path}' do not fit this ResNet50: {error}",
            "Use weights of keras.applications.ResNet50 with the same heads.",
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


def _load_imagenet(network: Any) -> None:
    import keras

    try:
        published = keras.applications.ResNet50(include_top=False, weights="imagenet")
    except Exception as error:  # whatever the download raises
        raise TrainingError(
            f"Keras could not load its ImageNet weights: {error}",
            "They are downloaded once; check the network, or use --init PATH.",
        ) from error
    backbone_of(network).set_weights(published.get_weights())


def _load_npz(network: Any, path: Path) -> None:
    with np.load(path) as file:
        arrays = [file[key].astype(np.float32) for key in sorted(file.files)]
    if len(arrays) == len(network.weights):
        network.set_weights(arrays)
        return
    backbone_of(network).set_weights(arrays)
    head = path.with_name(f"{path.stem}_head.npz")
    if head.is_file():
        with np.load(head) as file:
            network.get_layer("ferplus").set_weights([file["kernel"], file["bias"]])
