"""Which tests run: the slow ones when asked, the marked ones where what they need is there."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow tests too")
    parser.addoption("--long", action="store_true", help="and those too long for CI")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    asked = {
        mark: config.getoption(f"--{mark}") or mark in config.getoption("-m")
        for mark in ("slow", "long")
    }
    skips = {
        **{mark: None if runs else f"{mark}: --{mark} runs it" for mark, runs in asked.items()},
        "torch": None if importlib.util.find_spec("torch") else "PyTorch is not installed",
        "shared": None if os.environ.get("EMOGUI_DATA") else "EMOGUI_DATA names no data folder",
    }
    for item in items:
        for mark, reason in skips.items():
            if reason and item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The root of the source tree."""
    return Path(__file__).resolve().parent.parent
