"""Which runtime serves the network best? OpenVINO and LiteRT, by size, speed and agreement.

    python benchmarks/runtimes.py --data fer2013.csv [--rounds 10] [--faces 600]

The shipped network's ``.keras`` file is converted to each form; agreement with Keras is measured
on PublicTest faces (mean absolute difference of the FER+ probabilities, share of faces with the
same winner), time in the contest of ``contest.py``. LiteRT runs as ``ai-edge-litert`` where that
is installed, else as TensorFlow's own copy of it (then its start-up counts TensorFlow's).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent))

from contest import Tasks, contest, machine, print_times, serve

Run = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]]
FORMS = {
    "openvino int8": "int8.xml",
    "openvino float16": "float16.xml",
    "litert dynamic int8": "dynamic.tflite",
    "litert float16": "float16.tflite",
    "keras predict": "",
}


def runner(form: str, folder: Path) -> Run:
    """Loads a form and returns what gives the FER+ logits of prepared faces."""
    if form.startswith("openvino"):
        from emogui.backend.openvino_runtime import compile_on_cpu

        compiled = compile_on_cpu(folder / FORMS[form])
        request = compiled.create_infer_request()
        port = compiled.output("ferplus")
        return lambda batch: np.array(request.infer([batch])[port])
    if form.startswith("litert"):
        return _litert(folder / FORMS[form])
    from emogui.backend.classifier import KerasRuntime
    from emogui.backend.store import load_model_info

    network = KerasRuntime(load_model_info("resnet50")).network
    return lambda batch: np.asarray(
        network.predict(batch.astype(np.float32), verbose=0)["ferplus"], np.float32
    )


def _litert(path: Path) -> Run:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        import tensorflow as tf

        Interpreter = tf.lite.Interpreter  # noqa: N806
    interpreters: dict[int, Any] = {}

    def run(batch: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        n = len(batch)
        if n not in interpreters:  # one a batch size: resizing an interpreter plans it anew
            made = Interpreter(model_path=str(path), num_threads=os.cpu_count())
            made.resize_tensor_input(made.get_input_details()[0]["index"], batch.shape)
            made.allocate_tensors()
            interpreters[n] = made
        interpreter = interpreters[n]
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], batch.astype("float32"))
        interpreter.invoke()
        for detail in interpreter.get_output_details():
            if detail["shape"][-1] == 8:
                return np.array(interpreter.get_tensor(detail["index"]))
        raise SystemExit("the LiteRT form has no output of eight classes")

    return run


def convert_all(folder: Path, calibration: npt.NDArray[np.uint8]) -> None:
    """Writes every form of the shipped network into the folder."""
    import openvino
    import tensorflow as tf

    from emogui.backend.classifier import KerasRuntime
    from emogui.backend.store import load_model_info
    from emogui.training.fast_form import convert, export_fast

    info = load_model_info("resnet50")
    network = KerasRuntime(info).network
    export_fast(network, list(info.heads), calibration, folder / "int8.xml")
    openvino.save_model(convert(network, list(info.heads)), folder / "float16.xml")
    for name, types in (("dynamic", []), ("float16", [tf.float16])):
        converter = tf.lite.TFLiteConverter.from_keras_model(network)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = types
        (folder / f"{name}.tflite").write_bytes(converter.convert())


def megabytes(form: str, folder: Path) -> float:
    path = folder / FORMS[form]
    if not FORMS[form]:
        return float("nan")
    total = path.stat().st_size
    if path.suffix == ".xml":
        total += path.with_suffix(".bin").stat().st_size
    return total / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", help="fer2013.csv or another form of it")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--faces", type=int, default=600)
    parser.add_argument("--worker", choices=FORMS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        serve(lambda: _tasks(args.worker, Path(args.folder)))
        return 0
    if not args.data:
        parser.error("--data is needed")
    from emogui.backend.classifier import softmax
    from emogui.backend.crop import prepare
    from emogui.backend.store import load_model_info
    from emogui.training.data import Split
    from emogui.training.datasets import load_dataset

    dataset = load_dataset(Path(args.data))
    size = load_model_info("resnet50").input_size
    chosen = {}
    for split, count in ((Split.TRAINING, 300), (Split.PUBLIC, args.faces)):
        rows = np.flatnonzero(dataset.split == split)
        rows = np.random.default_rng(0).permutation(rows)[:count]
        chosen[split] = prepare([dataset.faces[int(i)] for i in rows], size)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        convert_all(folder, chosen[Split.TRAINING])
        faces = chosen[Split.PUBLIC]
        np.save(folder / "faces.npy", faces[:8])
        result = contest(
            {
                form: [sys.executable, __file__, "--worker", form, "--folder", name]
                for form in FORMS
            },
            args.rounds,
        )
        found = {}
        for form in FORMS:
            run = runner(form, folder)
            parts = [run(faces[i : i + 8]) for i in range(0, len(faces) // 8 * 8, 8)]
            found[form] = softmax(np.concatenate(parts))
        sizes = {form: megabytes(form, folder) for form in FORMS}
    print(f"{machine()}; {args.rounds} rounds; medians (ratio to keras predict)")
    print_times(result["ms"], "keras predict")
    print_times(result["ready_ms"], "keras predict")
    print_times(result["memory_mb"], "keras predict", "MB")
    reference = found["keras predict"]
    for form in FORMS:
        difference = np.abs(found[form] - reference).mean()
        same = (found[form].argmax(1) == reference.argmax(1)).mean()
        print(f"{form:20} {sizes[form]:6.1f} MB", end="   ")
        print(f"difference {difference:.4f}   same winner {same:.1%}")
    return 0


def _tasks(form: str, folder: Path) -> Tasks:
    faces = np.load(folder / "faces.npy")
    run = runner(form, folder)
    return {"batch 1": lambda: run(faces[:1]), "batch 8": lambda: run(faces)}


if __name__ == "__main__":
    sys.exit(main())
