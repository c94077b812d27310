from __future__ import annotations

import sys
from pathlib import Path

import pytest

BENCHMARKS = str(Path(__file__).resolve().parents[2] / "benchmarks")


@pytest.fixture(autouse=True, scope="session")
def benchmarks_importable() -> None:
    """The benchmarks are scripts that import each other by their bare names."""
    if BENCHMARKS not in sys.path:
        sys.path.append(BENCHMARKS)
