"""emogui's own ResNets: the shipped network, a deeper one, and one with attention."""

from __future__ import annotations

from dataclasses import replace

from emogui.training.config import TrainingConfig
from emogui.training.network import NetworkConfig
from emogui.training.recipes.recipe import IMAGENET, Recipe

RESNET50 = Recipe(
    name="resnet50",
    title="ResNet50 with two heads",
    summary="ResNet50 (He et al., 2016) at 96 pixels, a head for the FER+ vote shares and one for "
    "the FER-2013 labels: the network that emogui ships.",
    config=TrainingConfig(
        epochs=60,
        prior_strengths={"ferplus": 0.5, "fer2013": 0.0},
    ),
    pretrained=IMAGENET,
    choices=("The shipped network began from random weights; docs/training.md tells its stages.",),
)

RESNET101 = Recipe(
    name="resnet101",
    title="ResNet101 with two heads",
    summary="ResNet101 (He et al., 2016), trained like resnet50: what more depth is worth.",
    config=replace(RESNET50.config, network=NetworkConfig(backbone="resnet101")),
    pretrained=IMAGENET,
)

RESNET50_ATTENTION = Recipe(
    name="resnet50-attention",
    title="ResNet50 with attention, two heads",
    summary="ResNet50 with squeeze-and-excitation (Hu et al., 2018) in each residual block, "
    "trained like resnet50: what attention over channels is worth.",
    config=replace(RESNET50.config, network=NetworkConfig(backbone="resnet50-attention")),
    pretrained=IMAGENET,
    choices=(
        "The gates begin at 1, so the network begins as the ResNet50 it is made of; it can start "
        "from the weights of a resnet50 (--init).",
    ),
)
