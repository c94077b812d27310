"""emogui shows how faces in a picture, a video or a live camera appear to feel.

    >>> from emogui import Analyzer
    >>> result = Analyzer().analyze(image)      # RGB uint8 (H, W, 3)
    >>> [(face.emotion, face.confidence) for face in result.faces]

The names below are loaded when they are first used; importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from emogui.version import __version__ as __version__

if TYPE_CHECKING:
    from emogui.backend.analyzer import Analyzer as Analyzer
    from emogui.bulk.api import batch as batch
    from emogui.bulk.api import iter_results as iter_results
    from emogui.bulk.control import BatchControl as BatchControl
    from emogui.bulk.options import BatchOptions as BatchOptions
    from emogui.bulk.report import BatchReport as BatchReport
    from emogui.bulk.report import to_dataframe as to_dataframe
    from emogui.errors import EmoguiError as EmoguiError
    from emogui.media.image import load_image as load_image
    from emogui.output.annotate import annotate as annotate
    from emogui.reporting.api import Report as Report
    from emogui.reporting.api import make_report as make_report
    from emogui.types import FaceBox as FaceBox
    from emogui.types import FaceResult as FaceResult
    from emogui.types import FrameResult as FrameResult

_HOME = {
    "Analyzer": "emogui.backend.analyzer",
    "BatchControl": "emogui.bulk.control",
    "BatchOptions": "emogui.bulk.options",
    "BatchReport": "emogui.bulk.report",
    "EmoguiError": "emogui.errors",
    "FaceBox": "emogui.types",
    "FaceResult": "emogui.types",
    "FrameResult": "emogui.types",
    "Report": "emogui.reporting.api",
    "annotate": "emogui.output.annotate",
    "batch": "emogui.bulk.api",
    "iter_results": "emogui.bulk.api",
    "load_image": "emogui.media.image",
    "make_report": "emogui.reporting.api",
    "to_dataframe": "emogui.bulk.report",
}

__all__ = [  # noqa: PLE0604  (strings, as the dictionary's keys)
    *_HOME,
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'emogui' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
