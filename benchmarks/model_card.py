"""Writes ``docs/model-card.md`` from the ``model.json`` of the shipped network.

    python -m benchmarks.model_card

Nothing is measured here: the figures come from ``emogui evaluate --record`` and ``emogui
calibrate``. A test tells when the page no longer fits the network.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from emogui.backend.store import load_model_info
from emogui.output.document import to_markdown
from emogui.output.model_card import model_card

ROOT = Path(__file__).resolve().parents[1]
NETWORK = ROOT / "weights" / "resnet50"
PAGE = ROOT / "docs" / "model-card.md"


def page() -> str:
    """The page as it should be."""
    return to_markdown(model_card(load_model_info(NETWORK)))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--output", type=Path, default=PAGE)
    args = parser.parse_args()
    args.output.write_text(page(), encoding="utf-8")
    print(f"written to {args.output}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
