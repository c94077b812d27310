"""Writes a network's ``model.json`` in one move, so that a kill leaves the one before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def save_card(folder: Path, card: Mapping[str, Any]) -> Path:
    """Writes ``model.json`` into a network's folder and returns its path."""
    path = folder / "model.json"
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)
    return path
