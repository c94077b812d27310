from __future__ import annotations

import pytest

from .detecting import Detecting


@pytest.fixture(scope="session")
def detecting() -> Detecting:
    return Detecting()


@pytest.fixture
def stages(detecting: Detecting) -> Detecting:
    detecting.looks, detecting.blind, detecting.happy = 0, False, 0.8
    detecting.batches.clear()
    return detecting
