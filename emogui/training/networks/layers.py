"""Networks in words: a line a layer, as recipes write them.

======================================  =====================================================
``conv 64 gelu``                        convolution, 64 filters; ``kernel 3`` (side), ``stride 1``
                                        and ``padding same`` (or ``valid``) unless told otherwise
``inverted 32 expand 4``                inverted residual (MobileNetV2, Sandler et al., 2018);
                                        ``kernel 3``, ``stride 1``, ``expand 4``, ReLU6
``max-pool 2``, ``average-pool 2``      pooling over squares of that side
``dropout 0.25``                        share of the values dropped while training
``flatten``, ``global-average-pool``    from a feature map to a vector, once in a network
``dense 256 relu``                      dense layer
``batch-norm``                          batch normalisation
======================================  =====================================================

An activation ends ``conv``, ``inverted`` and ``dense``; the word ``batch-norm`` puts one between
``conv`` or ``dense`` and its activation. The head's own linear layer comes after the last line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from emogui.errors import UsageError

ACTIVATIONS: Final = ("relu", "relu6", "gelu", "elu", "silu", "tanh", "sigmoid")

_NUMBERS: Final[dict[str, tuple[str, ...]]] = {
    # what a layer can be told, besides its first number
    "conv": ("kernel", "stride"),
    "inverted": ("kernel", "stride", "expand"),
    "dense": (),
}
_PLAIN: Final = ("max-pool", "average-pool", "dropout", "batch-norm")
_TO_VECTOR: Final = ("flatten", "global-average-pool")
_ON_MAPS: Final = ("conv", "inverted", "max-pool", "average-pool")
_HINT: Final = "docs/recipes.md has all layers; for example 'conv 64 kernel 3 relu'."


@dataclass(frozen=True, slots=True)
class Layer:
    """One line of a network.

    Attributes:
        kind: its first word.
        amount: filters, width, side of the pooling or share of the dropout; 0 where it has none.
        kernel, stride, expand: side of the convolution, its step, and by how much an inverted
            residual widens.
        padding: ``"same"`` or ``"valid"``.
        batch_norm: whether batch normalisation comes before the activation.
        activation: one of :data:`ACTIVATIONS`, or ``""``.
    """

    kind: str
    amount: float = 0.0
    kernel: int = 3
    stride: int = 1
    expand: int = 4
    padding: str = "same"
    batch_norm: bool = False
    activation: str = ""


def parse_layers(lines: Sequence[str]) -> tuple[Layer, ...]:
    """Reads a network in words.

    Raises:
        UsageError: a line is not understood, or the lines do not lead from a feature map to one
            vector.
    """
    layers = tuple(map(_parse, lines))
    kinds = [layer.kind for layer in layers]
    ends = [i for i, kind in enumerate(kinds) if kind in _TO_VECTOR]
    if len(ends) != 1:
        raise UsageError(
            f"A network needs one 'flatten' or 'global-average-pool'; got {len(ends)}.", _HINT
        )
    for place, kind in enumerate(kinds):
        if (kind in _ON_MAPS and place > ends[0]) or (kind == "dense" and place < ends[0]):
            where = "before" if kind in _ON_MAPS else "after"
            raise UsageError(f"'{lines[place]}' belongs {where} '{kinds[ends[0]]}'.", _HINT)
    return layers


def needs_size(lines: Sequence[str]) -> bool:
    """Whether the layers fit one size of the input only: a flattened map has a fixed length."""
    return any(layer.kind == "flatten" for layer in parse_layers(lines)) if lines else False


def _parse(line: str) -> Layer:
    kind, *words = line.split() or [""]
    values: dict[str, Any] = {}
    try:
        if kind in _NUMBERS:
            values["amount"] = float(int(words.pop(0)))
            while words and words[0] in (*_NUMBERS[kind], "padding"):
                name, value = words.pop(0), words.pop(0)
                values[name] = value if name == "padding" else int(value)
            if words and words[0] == "batch-norm":
                values["batch_norm"] = bool(words.pop(0))
            if words:
                values["activation"] = words.pop(0)
        elif kind in _PLAIN and kind != "batch-norm":
            values["amount"] = float(words.pop(0))
        elif kind not in (*_TO_VECTOR, "batch-norm"):
            raise ValueError(f"there is no layer '{kind}'")
        layer = Layer(kind, **values)
        _check(layer, words)
    except (ValueError, IndexError) as error:
        why = "a number is missing" if isinstance(error, IndexError) else str(error)
        raise UsageError(f"The layer '{line}' is not understood: {why}.", _HINT) from error
    return layer


def _check(layer: Layer, left: Sequence[str]) -> None:
    if left:
        raise ValueError(f"'{left[0]}' is one word too many")
    if layer.kind == "dropout":
        if not 0 <= layer.amount < 1:
            raise ValueError("dropout is from 0 to below 1")
    elif layer.kind in (*_NUMBERS, *_PLAIN[:2]) and not (
        layer.amount >= 1 and layer.amount.is_integer()
    ):
        raise ValueError("a whole number above 0 was expected")
    if min(layer.kernel, layer.stride, layer.expand) < 1:
        raise ValueError("kernel, stride and expand are 1 or more")
    if layer.padding not in ("same", "valid"):
        raise ValueError("padding is same or valid")
    if layer.activation not in (*ACTIVATIONS, ""):
        raise ValueError(f"'{layer.activation}' is none of {', '.join(ACTIVATIONS)}")


def apply_layers(x: Any, lines: Sequence[str]) -> Any:
    """Puts the layers on a symbolic feature map; returns the symbolic vector (n, features).

    The weights are the same, in the same order, for either image data format of Keras.

    Raises:
        UsageError: a line is not understood, or the map has become too small for a layer.
    """
    import keras

    for number, (line, layer) in enumerate(zip(lines, parse_layers(lines), strict=True), start=1):
        name = f"{number:02d}_{layer.kind.replace('-', '_')}"
        amount = int(layer.amount)
        try:
            match layer.kind:
                case "conv":
                    x = keras.layers.Conv2D(
                        amount,
                        layer.kernel,
                        layer.stride,
                        layer.padding,
                        use_bias=not layer.batch_norm,
                        name=name,
                    )(x)
                    x = _finish(x, layer, name)
                case "dense":
                    x = keras.layers.Dense(amount, use_bias=not layer.batch_norm, name=name)(x)
                    x = _finish(x, layer, name)
                case "inverted":
                    x = _inverted(x, layer, name)
                case "max-pool":
                    x = keras.layers.MaxPooling2D(amount, name=name)(x)
                case "average-pool":
                    x = keras.layers.AveragePooling2D(amount, name=name)(x)
                case "dropout":
                    x = keras.layers.Dropout(layer.amount, name=name)(x)
                case "batch-norm":
                    x = _batch_norm(x, name)
                case "flatten":
                    x = keras.layers.Flatten(name=name)(x)
                case _:
                    x = keras.layers.GlobalAveragePooling2D(name=name)(x)
        except ValueError as error:  # Keras' own, of a map with no cells left
            raise UsageError(
                f"The layer '{line}' (number {number}) cannot follow the ones before it: "
                f"{str(error).splitlines()[0]}",
                "Take a larger picture, or fewer layers that make the map smaller.",
            ) from error
    return x


def channel_axis(x: Any) -> int:
    """Where the channels of a symbolic tensor are: maps may have them first, vectors do not."""
    import keras

    first = keras.config.image_data_format() == "channels_first"
    return 1 if first and len(x.shape) == 4 else -1


def _batch_norm(x: Any, name: str) -> Any:
    import keras

    return keras.layers.BatchNormalization(axis=channel_axis(x), name=name)(x)


def _finish(x: Any, layer: Layer, name: str) -> Any:
    import keras

    if layer.batch_norm:
        x = _batch_norm(x, f"{name}_bn")
    if layer.activation:
        x = keras.layers.Activation(layer.activation, name=f"{name}_{layer.activation}")(x)
    return x


def _inverted(x: Any, layer: Layer, name: str) -> Any:
    """Widens, convolves each channel by itself, and narrows; adds the input where it fits.

    The last scale of a block with a sum is called ``..._3_bn``, as in Keras' ResNets, so that
    :func:`emogui.training.network.zero_last_scales` finds it.
    """
    import keras

    channels = int(x.shape[channel_axis(x)])
    activation = layer.activation or "relu6"
    summed = layer.stride == 1 and channels == int(layer.amount)
    y = x
    if layer.expand > 1:
        y = keras.layers.Conv2D(channels * layer.expand, 1, use_bias=False, name=f"{name}_1_conv")(
            y
        )
        y = _batch_norm(y, f"{name}_1_bn")
        y = keras.layers.Activation(activation, name=f"{name}_1_{activation}")(y)
    y = keras.layers.DepthwiseConv2D(
        layer.kernel, layer.stride, layer.padding, use_bias=False, name=f"{name}_2_conv"
    )(y)
    y = _batch_norm(y, f"{name}_2_bn")
    y = keras.layers.Activation(activation, name=f"{name}_2_{activation}")(y)
    y = keras.layers.Conv2D(int(layer.amount), 1, use_bias=False, name=f"{name}_3_conv")(y)
    y = _batch_norm(y, f"{name}_3_bn" if summed else f"{name}_3_scale")
    return keras.layers.Add(name=f"{name}_add")([x, y]) if summed else y
