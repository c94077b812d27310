"""Small networks of convolutions and dense layers, as student works describe them.

None of these works describes augmentation, a moving average, weight decay or a limit on the
gradient; so there is none. Each was trained on the seven FER-2013 labels at 48 pixels.
"""

from __future__ import annotations

from dataclasses import replace

from emogui.training.augment import NONE, Augmentation
from emogui.training.config import TrainingConfig
from emogui.training.network import NetworkConfig
from emogui.training.recipes.recipe import Recipe


def _network(*layers: str) -> NetworkConfig:
    return NetworkConfig(
        size=48, normalisation="unit", dropout=0.0, backbone="layers", layers=layers
    )


PLAIN = TrainingConfig(
    stages=((48, 1.0),),
    optimizer="adam",
    schedule="constant",
    rate=1e-3,
    weight_decay=0.0,
    clip=0.0,
    decay=0.0,
    head_weights={"fer2013": 1.0},
    prior_strengths={},
    smoothing=0.0,
    augmentation=NONE,
)
"""What these works have in common, and what they leave out."""

_UNIT = "The grey values are divided by 255."
_BEST = "Of the epochs, the best by PublicTest is kept."

TOLEUBAY = Recipe(
    name="cnn-toleubay",
    title="CNN after Toleubay",
    summary="Blocks of convolution and max-pooling, a dense layer, dropout; Adam, 20 epochs.",
    source='Toleubay, "Emotion Detection: Deep Learning-based facial analysis"',
    claimed="88 %",
    config=replace(
        PLAIN,
        epochs=20,
        batch=64,
        network=_network(
            "conv 32 relu",
            "max-pool 2",
            "conv 64 relu",
            "max-pool 2",
            "conv 128 relu",
            "max-pool 2",
            "flatten",
            "dense 128 relu",
            "dropout 0.5",
        ),
    ),
    choices=(
        "The number of blocks and filters is open: three of 3 x 3 with 32, 64 and 128 filters.",
        "The width of the dense layer and the dropout are open: 128 and 0.5.",
        "The learning rate is open: 0.001, Keras' own for Adam.",
        "On which part the 88 % were measured is not said.",
        _UNIT,
        _BEST,
    ),
)

NEAMTIU = Recipe(
    name="cnn-neamtiu",
    title="CNN after Neamtiu",
    summary="Four convolutions of 32 to 128 filters, a dense layer of 1,024, dropout; 50 epochs.",
    source='Neamtiu, "Emotional Recognition Using CNNs"',
    claimed="63.2 % test",
    config=replace(
        PLAIN,
        epochs=50,
        rate=1e-4,
        network=_network(
            "conv 32 padding valid relu",
            "conv 64 padding valid relu",
            "max-pool 2",
            "dropout 0.25",
            "conv 128 padding valid relu",
            "max-pool 2",
            "conv 128 padding valid relu",
            "max-pool 2",
            "dropout 0.25",
            "flatten",
            "dense 1024 relu",
            "dropout 0.5",
        ),
    ),
    choices=(
        "The filters are open but for 32 to 128: 32, 64, 128, 128, of 3 x 3, without padding.",
        "Where the pooling and the dropout stand is open: pooling after the second, third and "
        "fourth convolution, dropout after the second, the fourth and the dense layer.",
        "Optimiser, learning rate and batch are open: Adam, 0.0001, 64.",
        _UNIT,
        _BEST,
    ),
)

ELSHARKAWY = Recipe(
    name="cnn-elsharkawy",
    title="CNN after El-Sharkawy",
    summary="Convolutions, max-pooling, dense layer and dropout; plain gradient descent.",
    source='El-Sharkawy, "Facial Emotion Recognition (using CNNs)"',
    config=replace(
        PLAIN,
        epochs=60,
        batch=32,
        optimizer="sgd-plain",
        rate=0.01,
        network=_network(
            "conv 32 relu",
            "max-pool 2",
            "conv 64 relu",
            "max-pool 2",
            "conv 128 relu",
            "max-pool 2",
            "flatten",
            "dense 256 relu",
            "dropout 0.5",
        ),
    ),
    choices=(
        "All sizes are open: three convolutions of 3 x 3 with 32, 64 and 128 filters, a dense "
        "layer of 256, dropout 0.5.",
        "Nothing more is said of the gradient descent: no momentum, rate 0.01, batch 32, 60 "
        "epochs.",
        'Its "validation against overfitting": the best epoch by PublicTest is kept.',
        _UNIT,
    ),
)

_GELU_SOURCE = 'Shrivastava, "Facial Emotion Recognition"'
_GELU_CLAIMED = "98.2 % training, 50-51 % validation"


def _gelu(*, batch_norm: bool) -> NetworkConfig:
    normalised = "batch-norm " if batch_norm else ""
    blocks = [
        (f"conv {filters} {normalised}gelu", "max-pool 2", "dropout 0.4")
        for filters in (128, 256, 512, 512)
    ]
    return _network(
        *(layer for block in blocks for layer in block),
        "flatten",
        "dense 256 gelu",
        "dense 512 gelu",
    )


SHRIVASTAVA = Recipe(
    name="cnn-gelu-shrivastava",
    title="GELU CNN after Shrivastava",
    summary="Four convolutions of 128 to 512 filters with GELU and dropout, two dense layers; 100 "
    "epochs, without batch normalisation.",
    source=_GELU_SOURCE,
    claimed=_GELU_CLAIMED,
    config=replace(PLAIN, epochs=100, network=_gelu(batch_norm=False)),
    choices=(
        "Optimiser, learning rate and batch are open: Adam, 0.001, 64.",
        "The source divides 35,000 pictures into 28,000 and 7,000; here Training and PublicTest "
        "stay as FER-2013 has them.",
        "The size of the filters is open: 3 x 3.",
        _UNIT,
        _BEST + " --weights last exports the last one, which shows the overfitting.",
    ),
)

SHRIVASTAVA_BN = replace(
    SHRIVASTAVA,
    name="cnn-gelu-shrivastava-bn",
    title="GELU CNN with batch normalisation after Shrivastava",
    summary="cnn-gelu-shrivastava with batch normalisation, the source's second form.",
    config=replace(SHRIVASTAVA.config, network=_gelu(batch_norm=True)),
    choices=(
        *SHRIVASTAVA.choices,
        "Where the batch normalisation stands is open: between convolution and GELU.",
    ),
)

GELU_REGULARISED = Recipe(
    name="cnn-gelu-regularised",
    title="GELU CNN, regularised",
    summary="The network of cnn-gelu-shrivastava-bn with augmentation, weight decay, label "
    "smoothing, a cosine schedule and averaged weights: how far its gap closes.",
    source="emogui's own, on the network of " + _GELU_SOURCE,
    config=replace(
        SHRIVASTAVA_BN.config,
        optimizer="adamw",
        schedule="cosine",
        weight_decay=0.05,
        clip=5.0,
        decay=0.999,
        smoothing=0.1,
        augmentation=Augmentation(),
    ),
    choices=("Network, labels, picture size and epochs are those of cnn-gelu-shrivastava-bn.",),
)
