"""One training step on each of Keras' backends, behind one interface.

Keras 3 leaves the gradient to the backend. Here each backend gets the shortest step it allows:
the whole set lies in the device's memory, a step is told row numbers and random draws only, and
nothing waits for the host.
"""

from __future__ import annotations

import warnings

from emogui.errors import TrainingError
from emogui.training.steps.base import Stepper, StepperParts


def make_stepper(parts: StepperParts) -> Stepper:
    """The stepper for the backend that Keras runs on."""
    import keras

    # Every network has all heads; one that is not trained gets no gradient, as it should.
    warnings.filterwarnings("ignore", message="Gradients do not exist for variables")
    backend = keras.backend.backend()
    stepper: Stepper
    if backend == "tensorflow" and parts.devices.count > 1:
        from emogui.training.steps.on_tensorflow_devices import MirroredStepper

        stepper = MirroredStepper(parts)
    elif backend == "tensorflow":
        from emogui.training.steps.on_tensorflow import TensorFlowStepper

        stepper = TensorFlowStepper(parts)
    elif backend == "jax":
        from emogui.training.steps.on_jax import JaxStepper

        stepper = JaxStepper(parts)
    elif backend == "torch":
        from emogui.training.steps.on_torch import TorchStepper

        stepper = TorchStepper(parts)
    else:
        raise TrainingError(
            f"Keras runs on '{backend}', which cannot train.",
            "Set KERAS_BACKEND to tensorflow, jax or torch.",
        )
    return stepper
