"""Where a Keras network's last feature map is, and where its cells lie in the face.

Nothing here imports Keras; it is handed networks that Keras has loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from emogui.backend.model_info import MapGrid
from emogui.errors import ModelError

_PASS_BY = ("Dropout", "SpatialDropout2D", "Identity")
_SEPARABLE = ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "MaxPooling2D", "AveragePooling2D")


def pooling_before(network: Any, head: str) -> Any | None:
    """The global average pooling that a head is one dense layer away from.

    Args:
        network: a Keras network, channels last.
        head: name of one of its outputs and of the layer that makes it.

    Returns:
        The ``GlobalAveragePooling2D`` layer, which may be inside a nested network; None where
        the head is no linear dense layer, or something else than dropout lies between.
    """
    if head not in {layer.name for layer in network.layers}:
        return None
    layer = network.get_layer(head)
    if type(layer).__name__ != "Dense" or layer.activation.__name__ != "linear":
        return None
    layer = _maker(layer.input)
    while True:
        if type(layer).__name__ in _PASS_BY:
            layer = _maker(layer.input)
        elif _is_network(layer) and len(layer.outputs) == 1:
            layer = _maker(layer.outputs[0])
        else:
            break
    plain = type(layer).__name__ == "GlobalAveragePooling2D" and not layer.keepdims
    return layer if plain and layer.data_format == "channels_last" else None


def last_feature_layer(network: Any) -> Any:
    """The last layer, by the order of the network, that gives a feature map of several cells.

    Raises:
        ModelError: there is none, so that nothing can be said about places in the face.
    """
    for layer in reversed(list(_flat(network))):
        shape = getattr(layer.output, "shape", ()) if _has_output(layer) else ()
        if len(shape) == 4 and None not in shape[1:3] and min(shape[1:3]) > 1:
            return layer
    raise ModelError(
        "This network has no feature map of more than one cell; nothing can be said about places "
        "in the face.",
        "Explain with a convolutional network.",
    )


@contextmanager
def watching(layer: Any) -> Iterator[list[Any]]:
    """Keeps what goes into a layer and what comes out of it, while the network runs.

    It works on layers inside nested networks too, eagerly and while a graph is traced.

    Yields:
        A list that gets an (input, output) pair at each call of the layer.
    """
    seen: list[Any] = []
    original = layer.call

    def call(value: Any, *args: Any, **kwargs: Any) -> Any:
        output = original(value, *args, **kwargs)
        seen.append((value, output))
        return output

    layer.call = call
    try:
        yield seen
    finally:
        layer.call = original


def grid_of(features: Any, size: int) -> MapGrid:
    """Where the cells of a feature map lie in the network's input.

    Each cell sees a square of the input, mostly one larger than the face; what is computed here
    is that square's middle (receptive field arithmetic, Araujo et al., 2019, "Computing Receptive
    Fields of Convolutional Neural Networks"). It need not be where a map stretched over the
    face would put the cell: of Keras' ResNet50 it is half a cell further up and left.

    Args:
        features: the symbolic feature map, (n, h, w, channels).
        size: side of the input in pixels.

    Returns:
        The grid in pixels of the input; cells spread evenly where the way to the input has
        layers of which nothing is known.
    """
    even = MapGrid(size / features.shape[1] / 2, size / features.shape[1])
    first, step, tensor = 0.0, 1.0, features
    while True:
        layer = _maker(tensor)
        name = type(layer).__name__
        if name == "InputLayer":
            # Pixel p reaches from p to p + 1, and its middle is at p + 0.5.
            return MapGrid(first + 0.5, step)
        inputs = layer.input
        tensor = inputs[0] if isinstance(inputs, list | tuple) else inputs
        if len(tensor.shape) != 4 or _is_network(layer):
            return even
        if name in _SEPARABLE:
            kernel = _one(getattr(layer, "kernel_size", None) or layer.pool_size)
            stride = _one(layer.strides)
            spread = _one(getattr(layer, "dilation_rate", 1)) * (kernel - 1)
            before = 0
            if layer.padding == "same":
                length = int(tensor.shape[1])
                before = max((-(-length // stride) - 1) * stride + spread + 1 - length, 0) // 2
            first = first * stride - before + spread / 2
            step *= stride
        elif name == "ZeroPadding2D":
            first -= layer.padding[0][0]
        elif tensor.shape[1] != layer.output.shape[1]:
            return even


def _maker(tensor: Any) -> Any:
    return tensor._keras_history.operation


def _is_network(layer: Any) -> bool:
    return hasattr(layer, "layers") and hasattr(layer, "outputs")


def _has_output(layer: Any) -> bool:
    try:
        return layer.output is not None
    except (AttributeError, ValueError):  # it was never called, or more than once
        return False


def _flat(network: Any) -> Iterator[Any]:
    for layer in network.layers:
        if _is_network(layer):
            yield from _flat(layer)
        else:
            yield layer


def _one(size: Any) -> int:
    return int(size[0] if isinstance(size, list | tuple) else size)
