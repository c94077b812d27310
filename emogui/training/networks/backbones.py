"""Ready-made backbones: networks of ``keras.applications`` without their heads.

Each is built without weights; published ones are put in where they are asked for
(:func:`plain`). All take three channels, normalised before (see
:data:`emogui.training.network.NORMALISATIONS`), and end in global average pooling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from emogui.training.networks.attention import with_attention

Shape = Sequence[int | None]
"""Shape of the input without the batch, in the order of Keras' image data format."""


def _application(name: str, shape: Shape | None, weights: str | None) -> Any:
    """A network of ``keras.applications`` without its head, ended by global average pooling."""
    import keras

    build = getattr(keras.applications, name)
    return build(
        include_top=False, weights=weights, pooling="avg", input_shape=shape, name="backbone"
    )


def _without_own_scaling(whole: Any) -> Any:
    """EfficientNet from its first convolution on: it brings a normalisation of its own along."""
    import keras

    cut = keras.Model(whole.get_layer("stem_conv_pad").input, whole.output, name="backbone")
    # Its layers still belong to the whole network, too; those of a copy do not.
    copy = keras.models.clone_model(cut)
    copy.set_weights(cut.get_weights())
    return copy


def _resnet50(shape: Shape) -> Any:
    return _application("ResNet50", shape, None)


def _resnet101(shape: Shape) -> Any:
    return _application("ResNet101", shape, None)


def _resnet50_attention(shape: Shape) -> Any:
    return with_attention(_application("ResNet50", shape, None))


def _efficientnetb0(shape: Shape) -> Any:
    return _without_own_scaling(_application("EfficientNetB0", shape, None))


def _xception(shape: Shape) -> Any:
    return _application("Xception", shape, None)


BACKBONES: dict[str, Callable[[Shape], Any]] = {
    "resnet50": _resnet50,
    "resnet101": _resnet101,
    "resnet50-attention": _resnet50_attention,
    "efficientnetb0": _efficientnetb0,
    "xception": _xception,
}
"""Backbone name to a function of the input's shape that builds it, ending in one vector."""


@dataclass(frozen=True, slots=True)
class Published:
    """Where the published weights of a backbone are.

    Attributes:
        application: name in ``keras.applications``.
        normalisation: what they were trained with.
        smallest: side in pixels of the smallest input that Keras builds it for.
    """

    application: str
    normalisation: str
    smallest: int = 32


PUBLISHED: Final[Mapping[str, Published]] = {
    "resnet50": Published("ResNet50", "caffe"),
    "resnet101": Published("ResNet101", "caffe"),
    "resnet50-attention": Published("ResNet50", "caffe"),
    "efficientnetb0": Published("EfficientNetB0", "torch"),
    "xception": Published("Xception", "tf", smallest=71),
}


def plain(backbone: str, weights: str | None = None) -> Any:
    """Keras' own network behind a backbone, whose layers have the same names or order.

    Args:
        backbone: a name in :data:`PUBLISHED`.
        weights: ``"imagenet"`` for the published ones, which Keras may download; else None.
    """
    whole = _application(PUBLISHED[backbone].application, None, weights)
    return _without_own_scaling(whole) if backbone == "efficientnetb0" else whole
