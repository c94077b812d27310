"""OpenVINO, set up once for the detector and the networks."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

from emogui.errors import EmoguiError


def import_openvino() -> Any:
    """The module ``openvino``, kept from reporting its use.

    OpenVINO and NNCF tell Google Analytics on behalf of Intel that they were imported, unless
    their package for that cannot be; emogui promises that nothing leaves the computer.

    Raises:
        ImportError: OpenVINO is not installed or does not run here.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


@cache
def core() -> Any:
    """The process's ``openvino.Core``.

    Raises:
        EmoguiError: OpenVINO is not installed or does not run here.
    """
    try:
        openvino = import_openvino()
    except ImportError as error:
        raise EmoguiError(
            f"OpenVINO cannot be loaded: {error}",
            "Install it: python -m pip install openvino. 'emogui doctor' tells more.",
        ) from error
    return openvino.Core()


def compile_on_cpu(model: Any, *, most_threads: int = 4) -> Any:
    """Compiles a model for answers one at a time, as fast as each can be.

    Args:
        model: an OpenVINO model or the path of one.
        most_threads: it takes as many as this process may use, but no more than these, so that
            the window and the camera keep a core to themselves on larger machines.
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    count = max(1, min(most_threads, usable or 1))
    settings = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": count,
        # Detector and network would be bound to the same cores, each thread of the one waiting
        # for one of the other when both run at once, and for whatever else has the core.
        "ENABLE_CPU_PINNING": False,
    }
    source = str(model) if isinstance(model, Path) else model
    return core().compile_model(source, "CPU", settings)
