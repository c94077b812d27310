"""The version, at the bottom of the imports, so that every part may tell it."""

from __future__ import annotations

__version__ = "0.1.0"
