"""Classifiers: from finished face crops to probabilities."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from emogui.backend.crop import CropRule, prepare
from emogui.backend.model_info import ModelInfo
from emogui.backend.store import load_model_info
from emogui.errors import ModelError, UsageError

Probabilities = npt.NDArray[np.float32]

CHUNK = 64
"""Most faces that go through a network at once; it bounds the memory used."""


class Runtime(Protocol):
    """Something that runs a network.

    Attributes:
        gives_maps: whether it can give the network's class activation maps.
    """

    gives_maps: bool

    def logits(self, batch: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        """Head name to float32 (n, classes) for uint8 (n, size, size, 1)."""

    def maps(self, batch: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        """Head name to class activation maps, float32 (n, h, w, classes), where it has any."""


class Classifier:
    """A network with one of its heads chosen.

    Attributes:
        info: what the network says of itself.
        name: its name.
        head: ``"ferplus"`` or ``"fer2013"``.
        labels: the classes, in the order of the probabilities.
        crop_rule: framing relative to the default detector's box.
        runtime: what runs the network.
    """

    def __init__(self, info: ModelInfo, head: str, runtime: Runtime) -> None:
        if head not in info.heads:
            raise UsageError(
                f"The network '{info.name}' has no head '{head}'.",
                f"It has: {', '.join(info.heads)}.",
            )
        self.info = info
        self.name = info.name
        self.head = head
        self.labels = info.heads[head].labels
        self._temperature = info.heads[head].temperature
        self.crop_rule: CropRule = info.crop
        self.runtime = runtime

    def predict(self, faces: Sequence[npt.NDArray[np.uint8]]) -> Probabilities:
        """Probabilities of the chosen head.

        Args:
            faces: finished crops of any size, framed as FER-2013 frames its faces, RGB uint8
                (h, w, 3) or grey uint8 (h, w). They are not detected, expanded or cropped again.

        Returns:
            float32 (n, classes) in the order of :attr:`labels`; each row sums to 1.

        Raises:
            ImageError: a crop has another type or shape.
        """
        return softmax(self.logits_of_heads(faces)[self.head] / self._temperature)

    def predict_heads(self, faces: Sequence[npt.NDArray[np.uint8]]) -> dict[str, Probabilities]:
        """Probabilities of every head, from one pass: head name to float32 (n, classes)."""
        logits = self.logits_of_heads(faces)
        return {
            head: softmax(logits[head] / entry.temperature)
            for head, entry in self.info.heads.items()
        }

    def logits_of_heads(
        self, faces: Sequence[npt.NDArray[np.uint8]]
    ) -> dict[str, npt.NDArray[np.float32]]:
        """What the network gives before temperature and softmax: head to float32 (n, classes)."""
        parts = [
            self.runtime.logits(prepare(faces[i : i + CHUNK], self.info.input_size))
            for i in range(0, len(faces), CHUNK)
        ]
        if not parts:
            return {
                head: np.empty((0, len(entry.labels)), np.float32)
                for head, entry in self.info.heads.items()
            }
        return {head: np.concatenate([part[head] for part in parts]) for head in self.info.heads}

    @property
    def has_maps(self) -> bool:
        """Whether :meth:`maps` has something to give for the chosen head."""
        maps = self.info.maps
        return maps is not None and self.head in maps.outputs and self.runtime.gives_maps

    def maps(self, faces: Sequence[npt.NDArray[np.uint8]]) -> npt.NDArray[np.float32]:
        """Class activation maps of the chosen head (Zhou et al., 2016).

        Args:
            faces: finished crops, as for :meth:`predict`.

        Returns:
            float32 (n, h, w, classes) in units of the logits before temperature; of no face
            (0, 0, 0, classes). The mean of a map over its cells, plus the class's bias, is the
            logit; where the cells lie in the crop is in ``info.maps.grid``.

        Raises:
            ModelError: the network was exported without maps, or runs on Keras.
            ImageError: a crop has another type or shape.
        """
        if not self.has_maps:
            raise ModelError(
                f"The fast form of '{self.name}' has no class activation maps of '{self.head}'.",
                "Make it again with 'emogui export', or explain with Grad-CAM (see "
                "emogui.backend.explanation).",
            )
        if not len(faces):
            return np.empty((0, 0, 0, len(self.labels)), np.float32)
        parts = [
            self.runtime.maps(prepare(faces[i : i + CHUNK], self.info.input_size))[self.head]
            for i in range(0, len(faces), CHUNK)
        ]
        return np.concatenate(parts)


def load_classifier(
    model: str | Path = "resnet50", labels: str = "ferplus", runtime: str = "fast"
) -> Classifier:
    """Loads a network.

    Args:
        model: name of a network in the store, or a folder with a ``model.json``.
        labels: head whose labels :meth:`Classifier.predict` gives.
        runtime: ``"fast"`` (OpenVINO; needs neither TensorFlow nor Keras) or ``"keras"``. A
            network that has no fast form runs on Keras.

    Raises:
        ModelError: no such network, or its files are missing or damaged.
        UsageError: it has no such head, or the runtime is unknown.
    """
    if runtime not in ("fast", "keras"):
        raise UsageError(f"The runtime is 'fast' or 'keras', not '{runtime}'.")
    info = load_model_info(model)
    use_keras = runtime == "keras" or "fast" not in info.files
    made: Runtime = KerasRuntime(info) if use_keras else FastRuntime(info)
    return Classifier(info, labels, made)


def softmax(logits: npt.NDArray[np.float32]) -> Probabilities:
    """Softmax along the last axis, float32."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True)) if logits.size else logits
    total = shifted.sum(axis=-1, keepdims=True)
    return (shifted / np.where(total > 0, total, 1.0)).astype(np.float32)


class FastRuntime:
    """Runs a network's exported form in OpenVINO on the processor. Safe to share by threads."""

    def __init__(self, info: ModelInfo) -> None:
        from emogui.backend.openvino_runtime import compile_on_cpu

        path = info.intact("fast")
        info.intact("fast_weights")
        try:
            compiled = compile_on_cpu(path)
        except RuntimeError as error:
            raise ModelError(
                f"The fast form of '{info.name}' cannot be loaded: {str(error).splitlines()[0]}",
                "Run 'emogui doctor' to see whether its files are damaged.",
            ) from error
        self._request = compiled.create_infer_request()
        ports = {name: port for port in compiled.outputs for name in port.get_names()}
        _check_fit(
            info,
            _sizes(compiled.input(0)),
            {name: _sizes(port) for name, port in ports.items()},
            maps=True,
        )
        self._heads = {head: ports[head] for head in info.heads}
        outputs = info.maps.outputs if info.maps else {}
        self._maps = {head: ports[name] for head, name in outputs.items()}
        self.gives_maps = bool(self._maps)
        self._lock = threading.Lock()

    def logits(self, batch: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        return self._infer(batch, self._heads)

    def maps(self, batch: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        return self._infer(batch, self._maps)

    def _infer(
        self, batch: npt.NDArray[np.uint8], outputs: Mapping[str, Any]
    ) -> dict[str, npt.NDArray[np.float32]]:
        with self._lock:
            found = self._request.infer([batch], share_inputs=True, share_outputs=True)
            return {head: np.array(found[port]) for head, port in outputs.items()}


class KerasRuntime:
    """Runs a network in Keras, as it was trained."""

    gives_maps = False
    """Grad-CAM explains what runs on Keras."""

    def __init__(self, info: ModelInfo) -> None:
        path = info.intact("keras")
        import keras

        # The stored network takes channels last, whatever Keras is set to.
        before = keras.config.image_data_format()
        keras.config.set_image_data_format("channels_last")
        try:
            self.network: Any = keras.saving.load_model(path, compile=False)
        except (ValueError, OSError, TypeError) as error:
            raise ModelError(
                f"The .keras file of '{info.name}' cannot be loaded: {error}",
                "Run 'emogui doctor' to see whether it is damaged.",
            ) from error
        finally:
            keras.config.set_image_data_format(before)
        _check_fit(
            info,
            list(map(str, self.network.input_shape)),
            {head: list(map(str, tensor.shape)) for head, tensor in self.network.output.items()},
        )

    def logits(self, batch: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        outputs: Mapping[str, Any] = self.network.predict_on_batch(batch.astype(np.float32))
        return {head: np.asarray(value, np.float32) for head, value in outputs.items()}

    def maps(self, batch: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float32]]:
        return {}


def _sizes(port: Any) -> list[str]:
    return [str(size) for size in port.get_partial_shape()]


def _check_fit(
    info: ModelInfo, face: list[str], outputs: Mapping[str, list[str]], *, maps: bool = False
) -> None:
    """Refuses a network that is not the one its ``model.json`` describes.

    Args:
        info: what ``model.json`` says.
        face: shape of the input, the first size being that of the batch.
        outputs: name to the shape of each output.
        maps: whether the class activation maps are to be there.
    """
    size = str(info.input_size)
    expected = {"input": [size, size, "1"]}
    got = {"input": face[1:]}
    for head, entry in info.heads.items():
        expected[f"head '{head}'"] = [str(len(entry.labels))]
        got[f"head '{head}'"] = outputs.get(head, [])[1:]
    for head, name in (info.maps.outputs if info.maps and maps else {}).items():
        expected[f"maps of '{head}'"] = [str(len(info.heads[head].labels))]
        got[f"maps of '{head}'"] = outputs.get(name, [])[3:]
    for part, shape in expected.items():
        if got[part] != shape:
            raise ModelError(
                f"The network '{info.name}' does not fit its model.json: expected the {part} to "
                f"have the shape {' x '.join(shape)}, got {' x '.join(got[part]) or 'none'}.",
                "Put back the folder as it was exported.",
            )
