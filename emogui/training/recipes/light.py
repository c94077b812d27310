"""A network for weak computers."""

from __future__ import annotations

from emogui.training.config import TrainingConfig
from emogui.training.network import NetworkConfig
from emogui.training.recipes.recipe import Recipe

LIGHT = Recipe(
    name="light",
    title="Light network with two heads",
    summary="Inverted residuals (MobileNetV2, Sandler et al., 2018) at 64 pixels, both heads, "
    "global average pooling at the end: small, quick, and with class activation maps.",
    config=TrainingConfig(
        epochs=90,
        stages=((64, 1.0),),
        rate=0.1,
        weight_decay=1e-3,
        prior_strengths={"ferplus": 0.5, "fer2013": 0.0},
        network=NetworkConfig(
            size=64,
            dropout=0.2,
            backbone="layers",
            layers=(
                "conv 24 stride 2 batch-norm relu6",  # 32 x 32 cells
                "inverted 24 expand 2",
                "inverted 32 expand 4 stride 2",  # 16 x 16
                "inverted 32 expand 4",
                "inverted 32 expand 4",
                "inverted 64 expand 4 stride 2",  # 8 x 8
                "inverted 64 expand 4",
                "inverted 64 expand 4",
                "inverted 96 expand 4",
                "inverted 96 expand 4",
                "inverted 96 expand 4",
                "inverted 160 expand 4 stride 2",  # 4 x 4
                "inverted 160 expand 4",
                "inverted 160 expand 4",
                "conv 512 kernel 1 batch-norm relu6",
                "global-average-pool",
            ),
        ),
    ),
    choices=("It is narrower than MobileNetV2 and halves the picture four times, not five.",),
)
