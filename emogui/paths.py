"""Where emogui keeps its files: those that come with it, and the user's own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from emogui.errors import EmoguiError

_PACKAGE = Path(__file__).resolve().parent


@cache
def _shipped(folder: str) -> Path:
    """A folder mapped into the wheel, or beside the package in a source tree."""
    for candidate in (_PACKAGE / folder, _PACKAGE.parent / folder):
        if candidate.is_dir():
            return candidate
    raise EmoguiError(
        f"The folder '{folder}' that comes with emogui is missing.",
        "Install emogui again: python3 -m pip install --force-reinstall emogui",
    )


def assets() -> Path:
    """Icons and the sample picture."""
    return _shipped("assets")


def weights() -> Path:
    """The shipped networks, one folder a model."""
    return _shipped("weights")


def user_data() -> Path:
    """The user's own networks and settings; made when first written to."""
    import platformdirs

    return Path(platformdirs.user_data_dir("emogui", appauthor=False))


def user_models() -> Path:
    """Networks that were trained or put there on this computer, one folder a model."""
    return user_data() / "models"


def user_runs() -> Path:
    """Trainings that were started in the window, one folder each."""
    return user_data() / "runs"


def user_config() -> Path:
    """Folder of the settings file."""
    import platformdirs

    return Path(platformdirs.user_config_dir("emogui", appauthor=False))
