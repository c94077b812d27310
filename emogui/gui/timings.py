"""When the window was visible and the first result there, for ``benchmarks/window.py``.

Nothing is measured unless the environment variable ``EMOGUI_TIMINGS`` names a file to write.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emogui.gui.views.image import ImageView


class Timings:
    """Notes moments as seconds since the epoch, and writes them once both are known."""

    def __init__(self) -> None:
        name = os.environ.get("EMOGUI_TIMINGS")
        self._path = Path(name) if name else None
        self._moments: dict[str, float] = {}

    def visible(self) -> None:
        """The window has just been drawn for the first time."""
        if self._path is not None:
            self._moments["visible"] = time()

    def look(self, view: ImageView) -> None:
        """Notes the first result that is on the screen; called at every turn of the loop."""
        shown = view.presenter.current if self._path is not None else None
        if shown is None or shown.result is None or not view.canvas.rendered:
            return
        view.update_idletasks()
        self._moments["first_result"] = time()
        report = {
            **self._moments,
            "faces": len(shown.result.faces),
            "tensorflow_imported": "tensorflow" in sys.modules,
            "keras_imported": "keras" in sys.modules,
        }
        assert self._path is not None
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(report), encoding="utf-8")
        part.replace(self._path)
        self._path = None
