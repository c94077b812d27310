"""Stores a network as a small ``.keras`` file: float16 kernels, the same bytes every time."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np


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
