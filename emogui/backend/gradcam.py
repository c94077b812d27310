"""Grad-CAM, for networks whose exported form gives no class activation maps.

After Selvaraju et al., 2017, "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
Localization". It needs the ``.keras`` file and Keras on TensorFlow, is a hundred times slower
than the maps of an exported network, and is imported only where these are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from emogui.backend.keras_features import grid_of, last_feature_layer, watching
from emogui.backend.model_info import MapGrid
from emogui.errors import ModelError


class GradCam:
    """Grad-CAM of one network at its last feature map.

    Args:
        network: a Keras network from float32 (n, size, size, 1) to a dict of logits.
        size: side of the input in pixels.

    Raises:
        ModelError: Keras does not run on TensorFlow, or the network has no feature map.
    """

    def __init__(self, network: Any, size: int) -> None:
        import keras

        if keras.backend.backend() != "tensorflow":
            raise ModelError(
                "Explaining a network without maps needs Keras on TensorFlow; it runs on "
                f"'{keras.backend.backend()}'.",
                "Set KERAS_BACKEND=tensorflow, or export the network again.",
            )
        self._network = network
        self._layer = last_feature_layer(network)
        self.grid: MapGrid = grid_of(self._layer.output, size)

    def maps(
        self, batch: npt.NDArray[np.uint8], head: str, classes: Sequence[int]
    ) -> npt.NDArray[np.float32]:
        """The map of one class for each face.

        Args:
            batch: uint8 (n, size, size, 1), prepared faces.
            head: the output to explain.
            classes: n indices of the classes to explain.

        Returns:
            float32 (n, h, w) in units of the logit: the features weighted with the mean gradient
            of the logit, times the number of cells. The paper's final ReLU is left out, so that
            what spoke against a class is negative; for a network that ends in global average
            pooling and one dense layer this is its class activation map.
        """
        import tensorflow as tf

        face = tf.convert_to_tensor(batch, tf.float32)
        with tf.GradientTape() as tape, watching(self._layer) as seen:
            tape.watch(face)
            logits = self._network(face, training=False)[head]
            chosen = tf.gather(logits, list(classes), axis=1, batch_dims=1)
            total = tf.reduce_sum(chosen)
        features = seen[0][1]
        gradient = tape.gradient(total, features)
        # The mean gradient times the number of cells is the sum of the gradient.
        weights = tf.reduce_sum(gradient, axis=(1, 2), keepdims=True)
        return np.asarray(tf.reduce_sum(weights * features, axis=-1), np.float32)
