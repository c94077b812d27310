"""Known networks that student works train further."""

from __future__ import annotations

from dataclasses import replace

from emogui.training.network import NetworkConfig
from emogui.training.recipes.recipe import IMAGENET, Recipe
from emogui.training.recipes.small_cnns import PLAIN

_WEIGHTS = (
    "ImageNet weights are asked for with --init imagenet, or come from a file (--init FILE.npz); "
    "without them all is trained from nothing, and the network's description says "
    "'no pre-training'."
)

BELHEKAR = Recipe(
    name="resnet50-belhekar",
    title="ResNet50 after Belhekar",
    summary="ResNet50 with the eight classes of AffectNet, contempt among them; 15 epochs.",
    source='Belhekar, "Emotion Detection Using Deep Learning"',
    claimed="87.48 % validation",
    config=replace(
        PLAIN,
        epochs=15,
        stages=((96, 1.0),),
        head_weights={"ferplus": 1.0},
        network=NetworkConfig(size=96, dropout=0.0),
    ),
    pretrained=IMAGENET,
    choices=(
        "The source trained on AffectNet; where it is not given with --data, the FER+ vote shares "
        "take its place: the same eight emotions.",
        "'Resize, normalise or equalise the histogram': resized to 96 pixels and normalised "
        "(x / 127.5 - 1).",
        "Optimiser, learning rate and batch are open: Adam, 0.001, 64.",
        "Whether it began from ImageNet weights is not said: it begins from nothing unless --init "
        "asks for them.",
    ),
)

_SOURCE = 'El-Sharkawy, "Facial Emotion Recognition (using CNNs)", table of pre-trained networks'


def _transfer(backbone: str, title: str, claimed: str, normalisation: str) -> Recipe:
    return Recipe(
        name=f"transfer-{backbone}",
        title=f"{title} with own layers after El-Sharkawy",
        summary=f"{title}, a convolution and a dense layer of its own, trained as a whole.",
        source=_SOURCE,
        claimed=claimed,
        config=replace(
            PLAIN,
            epochs=20,
            rate=1e-4,
            stages=((96, 1.0),),
            network=NetworkConfig(
                size=96,
                normalisation=normalisation,
                dropout=0.0,
                backbone=backbone,
                layers=(
                    "conv 256 relu",
                    "global-average-pool",
                    "dense 256 relu",
                    "dropout 0.5",
                ),
            ),
        ),
        pretrained=IMAGENET,
        choices=(
            "The training is not stated: Adam, 0.0001, batch 64, 20 epochs, all layers trained, "
            "pictures of 96 pixels, no augmentation.",
            "The own layers are open: a convolution of 3 x 3 with 256 filters, global average "
            "pooling, a dense layer of 256, dropout 0.5.",
            "The data of the claimed figure are not stated: the seven FER-2013 labels.",
            _WEIGHTS,
        ),
    )


EFFICIENTNETB0 = _transfer("efficientnetb0", "EfficientNetB0", "89.67 %", "torch")
RESNET50 = _transfer("resnet50", "ResNet50", "90.66 %", "tf")
XCEPTION = _transfer("xception", "Xception", "93.33 %", "tf")
