"""Augments pictures in a process of its own, since Keras keeps its backend for life.

Usage: augment_on.py BACKEND IN.npz OUT; IN.npz has ``images`` and the draws.
"""

from __future__ import annotations

import sys

from emogui.training.backend import use_backend

backend, source, output = sys.argv[1:4]
use_backend(backend, "auto")

import numpy as np  # noqa: E402
from keras import ops  # noqa: E402

from emogui.training.augment import augment, noise_bank  # noqa: E402

with np.load(source) as file:
    tensors = {name: ops.convert_to_tensor(file[name]) for name in file.files}
images = tensors.pop("images")
pictures = {
    str(size): ops.convert_to_numpy(
        augment(images, tensors, ops.convert_to_tensor(noise_bank(size)))
    )
    for size in (64, 96)
}
np.savez(output, **pictures)
