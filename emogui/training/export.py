"""Makes a network's folder: the ``.keras`` file, the fast form and ``model.json``."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from emogui.backend.crop import CropRule
from emogui.backend.keras_features import grid_of, pooling_before, watching
from emogui.backend.store import FORMAT, sha256_of
from emogui.errors import TrainingError
from emogui.labels import HEADS
from emogui.training.card import save_card
from emogui.training.network import NetworkConfig, build_network

CALIBRATION_FACES = 300
"""Training faces that int8 quantisation sets its ranges by."""


def export(
    output: Path,
    arrays: Sequence[npt.NDArray[np.float32]],
    config: NetworkConfig,
    calibration: npt.NDArray[np.uint8],
    crop: CropRule,
    description: Mapping[str, Any],
    heads: Mapping[str, Sequence[str]] = HEADS,
    bias_shifts: Mapping[str, npt.NDArray[np.float32]] | None = None,
) -> Path:
    """Writes the folder of a network.

    Args:
        output: the folder; its name is the network's name.
        arrays: weights in ``get_weights()`` order.
        config: how the network is built; its size is the size of the exported input.
        calibration: uint8 (n, size, size, 1), prepared training faces.
        crop: framing relative to the default detector's box.
        description: further entries of ``model.json`` (title, training, metrics).
        heads: the heads to export, each with its labels.
        bias_shifts: head to float32 (classes), added to that head's biases.

    Returns:
        Path of the ``model.json``.

    Raises:
        TrainingError: NNCF is missing, or Keras does not run on TensorFlow.
    """
    import keras

    if keras.backend.backend() != "tensorflow":
        raise TrainingError(
            f"Export needs Keras on TensorFlow; it runs on '{keras.backend.backend()}'.",
            "Set KERAS_BACKEND=tensorflow.",
        )
    output.mkdir(parents=True, exist_ok=True)
    network = build_network(config)
    network.set_weights(list(arrays))
    if set(heads) != set(HEADS):  # every training has both; one that learned nothing stays behind
        network = keras.Model(network.input, {head: network.output[head] for head in heads})
    for head, shift in (bias_shifts or {}).items():
        bias = network.get_layer(head).bias
        bias.assign(bias + shift)
    keras_path = output / f"{output.name}.keras"
    save_float16(network, keras_path)
    # The fast form is made from what was stored, so that both are the same network.
    stored = keras.saving.load_model(keras_path, compile=False)
    fast_path = export_fast(stored, list(heads), calibration, output / f"{output.name}.xml")
    card: dict[str, Any] = {
        "format": FORMAT,
        "name": output.name,
        **{k: v for k, v in description.items() if k in ("title", "description")},
        "input": input_entry(int(config.size or 96), f"{config.normalisation}, inside the network"),
        "crop": {"scale": crop.scale, "shift_x": crop.shift_x, "shift_y": crop.shift_y},
        "heads": {
            head: {"labels": list(labels), "temperature": 1.0, "uncertain_below": 0.5}
            for head, labels in heads.items()
        },
        "maps": maps_entry(stored, list(heads)),
        "files": files_entry(keras_path, fast_path),
        **{k: v for k, v in description.items() if k not in ("title", "description")},
    }
    return save_card(output, card)


def input_entry(size: int, normalisation: str) -> dict[str, Any]:
    """The input of a network as ``model.json`` describes it; its side is in pixels."""
    return {
        "size": size,
        "channels": 1,
        "colour": "grey (luma, ITU-R BT.601)",
        "dtype": "uint8",
        "range": [0, 255],
        "layout": "NHWC",
        "normalisation": normalisation,
    }


def files_entry(keras_path: Path, fast_path: Path) -> dict[str, dict[str, Any]]:
    """The files of a network as ``model.json`` names them, by their role."""
    paths = {"keras": keras_path, "fast": fast_path, "fast_weights": fast_path.with_suffix(".bin")}
    return {
        role: {"file": p.name, "sha256": sha256_of(p), "bytes": p.stat().st_size}
        for role, p in paths.items()
    }


def maps_entry(network: Any, heads: Sequence[str]) -> dict[str, Any] | None:
    """The class activation maps of the fast form as ``model.json`` describes them.

    Returns:
        Output names by head, and where the cells lie in the input; None where no head ends in
        global average pooling and one dense layer, and the fast form has no maps.
    """
    pools = _pools(network, heads)
    if not pools:
        return None
    grid = grid_of(next(iter(pools.values())).input, int(network.input_shape[1]))
    outputs = {head: map_output(head) for head in pools}
    return {"outputs": outputs, "first": grid.first, "step": grid.step}


def map_output(head: str) -> str:
    """Name of the output with a head's class activation maps."""
    return f"{head}_map"


def _pools(network: Any, heads: Sequence[str]) -> dict[str, Any]:
    """Head to its pooling layer; one place of cells is recorded, so all must share one layer."""
    found = {head: pool for head in heads if (pool := pooling_before(network, head)) is not None}
    first = next(iter(found.values()), None)
    return {head: pool for head, pool in found.items() if pool is first}


def save_float16(network: Any, path: Path) -> None:
    """Saves a network as ``.keras`` with its kernels stored in float16.

    The configuration stays float32, so Keras builds and runs it in float32. Vectors (biases,
    scales, running statistics) keep float32: they weigh nothing and some are out of its range.
    """
    import h5py

    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.keras"
        network.save(whole)
        buffer = io.BytesIO()
        with zipfile.ZipFile(whole) as source:
            with (
                h5py.File(io.BytesIO(source.read("model.weights.h5")), "r") as old,
                h5py.File(buffer, "w") as new,
            ):
                _copy_float16(old, new)
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
                for name in ("metadata.json", "config.json"):
                    content = source.read(name)
                    if name == "metadata.json":  # a date would change the sum at every export
                        content = _without_date(content)
                    target.writestr(_entry(name), content)
                target.writestr(_entry("model.weights.h5"), buffer.getvalue())


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _without_date(metadata: bytes) -> bytes:
    content = json.loads(metadata)
    content["date_saved"] = ""
    return json.dumps(content).encode("utf-8")


def _copy_float16(old: Any, new: Any) -> None:
    import h5py

    for key, value in old.attrs.items():
        new.attrs[key] = value
    for name, item in old.items():
        if isinstance(item, h5py.Group):
            _copy_float16(item, new.create_group(name, track_order=True))
        else:
            data = item[...]
            small = data.astype(np.float16) if data.ndim > 1 and data.dtype == np.float32 else data
            made = new.create_dataset(name, data=small)
            for key, value in item.attrs.items():
                made.attrs[key] = value


def export_fast(
    network: Any, heads: Sequence[str], calibration: npt.NDArray[np.uint8], path: Path
) -> Path:
    """Writes the fast form: OpenVINO, 8 bit integers, every head, logits.

    Post-training quantisation by NNCF, with ranges from the calibration faces. Input: uint8
    (n, size, size, 1); outputs: one float32 (n, classes) a head, by the head's name, and its
    class activation maps, float32 (n, h, w, classes), where it has any (:func:`map_output`).

    Raises:
        TrainingError: NNCF is not installed.
    """
    import openvino

    model = convert(network, heads)
    try:
        import nncf
    except ImportError as error:
        raise TrainingError(
            "The fast form needs NNCF, which is not installed.",
            "Install it: python -m pip install 'emogui[train]'.",
        ) from error
    batches = [face[None] for face in calibration]
    quantised = nncf.quantize(
        model,
        nncf.Dataset(batches),
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(batches),
        fast_bias_correction=False,
        ignored_scope=nncf.IgnoredScope(names=_left_exact(model)),
    )
    openvino.save_model(quantised, path, compress_to_fp16=True)
    return path


def convert(network: Any, heads: Sequence[str]) -> Any:
    """The network as an OpenVINO model with uint8 input and named outputs.

    A dense layer after global average pooling is moved before it: applied to every cell of the
    feature map it gives the class activation maps (Zhou et al., 2016, "Learning Deep Features for
    Discriminative Localization"), whose mean over the cells, plus the bias, are the logits. So
    what the maps show is what the network decided by, at no cost that can be measured.
    """
    import openvino
    import tensorflow as tf
    from openvino.preprocess import PrePostProcessor

    size = int(network.input_shape[1])
    pools = _pools(network, heads)

    class Heads(tf.Module):  # type: ignore[misc]
        @tf.function(  # type: ignore[untyped-decorator]
            input_signature=[tf.TensorSpec((None, size, size, 1), tf.float32, name="face")]
        )
        def __call__(self, face: Any) -> list[Any]:
            with ExitStack() as stack:
                watched = {pool: stack.enter_context(watching(pool)) for pool in pools.values()}
                logits = network(face, training=False)
            outputs = []
            for head in heads:
                if head in pools:
                    dense, features = network.get_layer(head), watched[pools[head]][0][0]
                    kernel = tf.convert_to_tensor(dense.kernel)[None, None]
                    cells = tf.nn.conv2d(features, kernel, 1, "VALID")
                    pooled = tf.reduce_mean(cells, axis=(1, 2))
                    bias = 0.0 if dense.bias is None else tf.convert_to_tensor(dense.bias)
                    outputs.append(tf.identity(pooled + bias, name=head))
                    outputs.append(tf.identity(cells, name=map_output(head)))
                else:
                    outputs.append(tf.identity(logits[head], name=head))
            return outputs

    # A frozen function converts without the variables' resource operations.
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    frozen = convert_variables_to_constants_v2(Heads().__call__.get_concrete_function())
    model = openvino.convert_model(frozen.graph.as_graph_def())
    names = [n for head in heads for n in ([head, map_output(head)] if head in pools else [head])]
    for name, tensor in zip(names, frozen.outputs, strict=True):
        port = next(p for p in model.outputs if tensor.name in p.get_names())
        port.get_tensor().set_names({name})
    model.inputs[0].get_tensor().set_names({"face"})
    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(openvino.Type.u8)
    built = steps.build()
    built.reshape([-1, size, size, 1])
    return built


def _left_exact(model: Any) -> list[str]:
    """Names of the operations from the last features to maps and logits.

    In 8 bit they would save nothing, and the maps' mean would no longer be the logits.
    """
    names = []
    for port in model.outputs:
        if any(name.endswith(map_output("")) for name in port.get_names()):
            product = port.get_node()
            while product.get_type_name() not in ("Convolution", "MatMul"):
                product = product.input_value(0).get_node()
            readers = [target.get_node() for target in product.output(0).get_target_inputs()]
            names += [operation.get_friendly_name() for operation in (product, *readers)]
    return names
