"""Attention over channels in a residual network."""

from __future__ import annotations

from typing import Any

REDUCTION = 16
"""How much narrower the gate's hidden layer is than the map it looks at."""


def with_attention(backbone: Any) -> Any:
    """The same network with a gate a channel at the end of each residual branch.

    Squeeze-and-excitation (Hu et al., 2018, "Squeeze-and-Excitation Networks"): the mean of each
    channel decides, through two small layers, how much of each channel passes. Here a gate is
    twice a sigmoid that begins at one half, so that it begins as 1: with the weights of the plain
    network this one begins as that.

    Args:
        backbone: of ``keras.applications``, residual branches ending in ``..._3_bn``.
    """
    import keras

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        output = layer(*args, **kwargs)
        if layer.name.endswith("_3_bn"):
            return _gated(output, layer.name.removesuffix("_3_bn"))
        return output

    return keras.models.clone_model(backbone, call_function=call)


def _gated(x: Any, block: str) -> Any:
    import keras

    from emogui.training.networks.layers import channel_axis

    channels = int(x.shape[channel_axis(x)])
    # Convolutions over the one cell of the mean: the same weights in either image data format.
    gate = keras.layers.GlobalAveragePooling2D(keepdims=True, name=f"{block}_se_mean")(x)
    gate = keras.layers.Conv2D(channels // REDUCTION, 1, activation="relu", name=f"{block}_se_1")(
        gate
    )
    gate = keras.layers.Conv2D(
        channels, 1, activation="sigmoid", kernel_initializer="zeros", name=f"{block}_se_2"
    )(gate)
    gate = keras.layers.Rescaling(2.0, name=f"{block}_se_gate")(gate)
    return keras.layers.Multiply(name=f"{block}_se")([x, gate])
