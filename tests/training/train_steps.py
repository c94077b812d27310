"""Trains a few steps in a process of its own, since Keras keeps its backend for life.

Usage: train_steps.py BACKEND DATA OUTPUT BACKBONE [kill] [bfloat16] [two|shared]; BACKBONE may be
``words``: a network of layers in words, with what the recipes of small networks have. With
``shared`` two virtual devices, of one processor, share the training, and a copy of its folder when
it is half done is OUTPUT-half; with ``two`` they are there only.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from emogui.training.backend import use_backend

backend, data, output, backbone = sys.argv[1:5]
precision = "bfloat16" if "bfloat16" in sys.argv else "auto"
virtual = bool({"two", "shared"} & set(sys.argv))
if virtual:
    if backend == "jax":
        os.environ["XLA_FLAGS"] = (
            "--xla_force_host_platform_device_count=2 "
            "--xla_backend_optimization_level=0"  # compiles sooner
        )
    else:
        import tensorflow as tf

        cpu = tf.config.list_physical_devices("CPU")[0]
        two = [tf.config.LogicalDeviceConfiguration()] * 2
        tf.config.set_logical_device_configuration(cpu, two)
use_backend(backend, precision)

import keras  # noqa: E402
import numpy as np  # noqa: E402

import emogui.training.train  # noqa: E402
from emogui.training.augment import NONE  # noqa: E402
from emogui.training.config import TrainingConfig  # noqa: E402
from emogui.training.datasets import load_dataset  # noqa: E402
from emogui.training.network import BACKBONES, NetworkConfig  # noqa: E402
from emogui.training.train import Training  # noqa: E402


def tiny(input_shape):
    """The parts of a ResNet50 that a backend could get wrong, small."""
    axis = 1 if keras.config.image_data_format() == "channels_first" else -1
    image = keras.Input(input_shape)
    x = keras.layers.ZeroPadding2D(1)(image)
    x = keras.layers.Conv2D(8, 3, strides=2)(x)
    x = keras.layers.BatchNormalization(axis=axis)(x)
    x = keras.layers.ReLU()(x)
    y = keras.layers.Conv2D(8, 3, padding="same")(x)
    y = keras.layers.BatchNormalization(axis=axis, name="block_3_bn")(y)
    x = keras.layers.Add()([x, y])
    return keras.Model(image, keras.layers.GlobalAveragePooling2D()(x), name="backbone")


KERNELS = (keras.layers.Conv2D, keras.layers.Dense, keras.layers.DepthwiseConv2D)


def same_start(network, start):
    """Weights that do not depend on the backend's own random numbers."""
    rng = np.random.default_rng(5)
    for layer in network._flatten_layers():
        if isinstance(layer, KERNELS):
            kernel = layer.kernel.shape
            spread = (2 / np.prod(kernel[:-1])) ** 0.5
            layer.kernel.assign(rng.normal(0, spread, kernel).astype(np.float32))
    return "numpy's random numbers"


BACKBONES["tiny"] = tiny
if backbone in ("tiny", "words"):
    emogui.training.train.load_start = same_start
config = TrainingConfig(
    epochs=2,
    batch=8,
    stages=((32, 0.5), (40, 1.0)),
    seed=3,
    rate=0.02,
    clip=1.0,
    precision=precision,
    network=NetworkConfig(size=40, backbone=backbone, dropout=0.0),
)
if virtual:
    config = replace(config, stages=((40, 1.0),))  # compiling for a second size takes its time
if backbone == "words":
    words = ("conv 6 kernel 3 relu", "max-pool 2", "inverted 6 expand 2", "inverted 8 stride 2")
    words += ("flatten", "dense 5 batch-norm gelu")
    config = replace(
        config,
        stages=((40, 1.0),),
        optimizer="adamw",
        schedule="constant",
        rate=1e-3,
        clip=0.0,
        decay=0.0,
        augmentation=NONE,
        precision="float32",
        network=NetworkConfig(40, "unit", dropout=0.0, backbone="layers", layers=words),
    )
lines: list[str] = []
training = Training(
    load_dataset(Path(data)),
    config,
    Path(output),
    lines.append,
    devices=2 if "shared" in sys.argv else None,
)
losses: list[float] = []
step = training._stepper.step


def noting_step(*args):
    loss = step(*args)
    losses.append(float(loss))
    return loss


training._stepper.step = noting_step
for done, _ in training.run():
    if "kill" in sys.argv and done >= 0.5:
        training.save()
        os._exit(9)
    if "shared" in sys.argv and done == 0.5:
        training.save()
        shutil.copytree(output, f"{output}-half")
print(
    json.dumps(
        {
            "backend": backend,
            "lines": lines,
            "losses": losses,
            "history": training.progress.history,
            "done": training.done,
            "logits": training._predict(training._public_images[:4])["fer2013"].tolist(),
            "weights": [float(abs(w).sum()) for w in training.network.get_weights()],
        }
    )
)
