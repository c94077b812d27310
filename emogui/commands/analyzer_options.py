"""The options that choose how faces are found and judged, shared by the commands that do it."""

from __future__ import annotations

import argparse


def add_analyzer_options(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Adds the choice of detector, threshold, network and head; returns their group."""
    how = parser.add_argument_group("how to analyse")
    how.add_argument("--detector", default="centerface", metavar="NAME", help="(%(default)s)")
    how.add_argument("--detector-model", metavar="FILE", help="model file of the detector yunet")
    how.add_argument("--threshold", type=_share, metavar="X", help="lowest detection score, 0 to 1")
    how.add_argument(
        "--model", default="resnet50", metavar="NAME", help="network or its folder (%(default)s)"
    )
    how.add_argument(
        "--labels", default="ferplus", metavar="HEAD", help="ferplus or fer2013 (%(default)s)"
    )
    return how


def _share(text: str) -> float:
    """Reads a number from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, got '{text}'")
    return value
