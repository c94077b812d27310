"""The fast form of a network: OpenVINO in 8 bit integers, with logits and class activation maps."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from emogui.backend.keras_features import grid_of, pooling_before, watching
from emogui.backend.openvino_runtime import import_openvino
from emogui.errors import TrainingError


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
    openvino = import_openvino()
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
    openvino = import_openvino()
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
