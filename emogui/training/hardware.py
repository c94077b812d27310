"""What a training runs on, in the words of a record."""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from emogui.training.provenance import versions

PACKAGES = ("numpy", "keras", "opencv-python", "pillow")
"""Packages that decide what a training computes, besides the backend."""


def describe_versions() -> dict[str, str]:
    """Versions of Python, of the packages and of the backend that Keras runs on."""
    import keras

    backend = keras.backend.backend()
    return {"backend": backend} | versions((*PACKAGES, backend))


def describe_hardware() -> dict[str, Any]:
    """Processor, cores, memory in GB and accelerator (None for none) of this computer."""
    return {
        "processor": processor(),
        "cores": cores(),
        "memory_gb": memory_gb(),
        "accelerator": accelerator(),
        "system": f"{platform.system()} {platform.machine()}".strip(),
    }


def processor() -> str:
    """The processor's name as its maker gives it, or its architecture."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        if sys.platform == "darwin":
            command = ["sysctl", "-n", "machdep.cpu.brand_string"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
            return done.stdout.strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def cores() -> int:
    """Cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_gb() -> float | None:
    """Memory of the computer in GB; None where the system does not tell."""
    if sys.platform == "win32":
        return _windows_memory_gb()
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (ValueError, OSError):
        return None


def _windows_memory_gb() -> float | None:
    if sys.platform != "win32":
        return None
    kilobytes = ctypes.c_ulonglong(0)
    known = ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
    return round(kilobytes.value * 1024 / 1e9, 1) if known else None


def accelerator() -> str | None:
    """Name of the accelerator that Keras' backend uses, None where it is the processor."""
    import keras

    backend = keras.backend.backend()
    if backend == "torch":
        import torch

        return str(torch.cuda.get_device_name(0)) if torch.cuda.is_available() else None
    if backend == "jax":
        import jax

        device = jax.devices()[0]
        return None if device.platform == "cpu" else str(device.device_kind)
    import tensorflow as tf

    found = tf.config.list_physical_devices("GPU")
    if not found:
        return None
    return str(tf.config.experimental.get_device_details(found[0]).get("device_name", "GPU"))
