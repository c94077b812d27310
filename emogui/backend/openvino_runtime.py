"""OpenVINO, set up once for the detector and the networks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
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


def usable_processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_most_threads: ContextVar[int] = ContextVar("_most_threads", default=1024)


@contextmanager
def at_most_threads(count: int) -> Iterator[None]:
    """What this thread compiles within takes no more threads than these.

    Several requests of one thread each do more in a second than one request of several threads;
    what they give is the same to the last bit.
    """
    token = _most_threads.set(count)
    try:
        yield
    finally:
        _most_threads.reset(token)


def compile_on_cpu(model: Any, *, most_threads: int = 4) -> Any:
    """Compiles a model for answers one at a time, as fast as each can be.

    Args:
        model: an OpenVINO model or the path of one.
        most_threads: it takes as many as this process may use, but no more than these, so that
            the window and the camera keep a core to themselves on larger machines.
    """
    count = max(1, min(most_threads, usable_processors(), _most_threads.get()))
    settings = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": count,
        # Detector and network would be bound to the same cores, each thread of the one waiting
        # for one of the other when both run at once, and for whatever else has the core.
        "ENABLE_CPU_PINNING": False,
    }
    source = str(model) if isinstance(model, Path) else model
    return core().compile_model(source, "CPU", settings)
