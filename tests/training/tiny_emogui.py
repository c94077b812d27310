"""The command line of emogui with a tiny network in the place of the ResNet50: minutes to seconds.

Usage: tiny_emogui.py COMMAND ...
"""

from __future__ import annotations

import sys

import emogui.training.network as network
from emogui.cli import main


def tiny(input_shape):
    """One convolution and a residual block, enough for every part of the way to run."""
    import keras

    axis = 1 if keras.config.image_data_format() == "channels_first" else -1
    image = keras.Input(input_shape)
    x = keras.layers.Conv2D(8, 3, strides=4, padding="same", name="conv")(image)
    x = keras.layers.BatchNormalization(axis=axis)(x)
    x = keras.layers.ReLU()(x)
    y = keras.layers.Conv2D(8, 3, padding="same")(x)
    y = keras.layers.BatchNormalization(axis=axis, name="block_3_bn")(y)
    x = keras.layers.ReLU(name="out")(keras.layers.Add()([x, y]))
    return keras.Model(image, keras.layers.GlobalAveragePooling2D()(x), name="backbone")


network.BACKBONES["resnet50"] = tiny
raise SystemExit(main(sys.argv[1:]))
