"""The errors that emogui raises on purpose.

Every one carries a *message* (what was expected and what came) and a *hint* (what to do
about it), so that the command line, the window and a library user can all show the same text.
"""

from __future__ import annotations


class EmoguiError(Exception):
    """Base of all errors a user can cause and mend.

    Args:
        message: what was expected and what came instead; one sentence, no full path of code.
        hint: what to do about it; may be empty where the message says it all.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ImageError(EmoguiError):
    """A picture cannot be read or has a form that cannot be analysed."""


class SourceError(EmoguiError):
    """A camera, video file or stream cannot be opened or stopped delivering."""


class SourceMissingError(SourceError):
    """There is no such camera, file or stream."""


class SourceBusyError(SourceError):
    """A camera is there, but another program uses it."""


class SourcePermissionError(SourceError):
    """The user may not use the camera, or the stream asks for another password."""


class SourceTimeoutError(SourceError):
    """A driver, disk or server did not answer within the time limit."""


class SourceLostError(SourceError):
    """A camera or stream that delivered pictures stopped: opening it again may help."""


class ModelError(EmoguiError):
    """A model folder is missing, incomplete, damaged or of an unknown form."""


class DetectorError(EmoguiError):
    """A face detector cannot be built, mostly because its model file is missing."""


class DatasetError(EmoguiError):
    """A data set cannot be read; the message names the row or the folder."""


class TrainingError(EmoguiError):
    """A training cannot start or go on with the options given."""


class UsageError(EmoguiError):
    """The command line or a call was used wrongly."""
