"""What the presenter and the workers say to each other: small frozen data classes.

A command goes from the presenter to a worker, a message comes back. Both carry the *ticket*
of the job, so that the outcome of a job that was cancelled meanwhile is recognised and dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emogui.errors import EmoguiError
from emogui.gui.choice import Choice
from emogui.types import FrameResult, Image

if TYPE_CHECKING:
    from emogui.backend.explanation import Explanation

# Commands


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """Read and decode a file."""

    ticket: int
    document: int
    path: str


@dataclass(frozen=True, slots=True, eq=False)
class AnalyzePicture:
    """Find the faces of a picture and how they appear to feel."""

    ticket: int
    document: int
    image: Image
    source: str
    choice: Choice


@dataclass(frozen=True, slots=True)
class PrepareModels:
    """Load the models of a choice, so that the first picture does not wait for them."""

    ticket: int
    choice: Choice


@dataclass(frozen=True, slots=True)
class WarmUp:
    """Run the models once for nothing, while the user is still looking for a picture.

    The first run of a network is several times slower than the later ones.
    """

    ticket: int
    choice: Choice


@dataclass(frozen=True, slots=True, eq=False)
class ExplainFace:
    """Find what in a face spoke for an emotion, and what against it."""

    ticket: int
    document: int
    image: Image
    result: FrameResult
    face: int
    emotion: str
    choice: Choice


Command = ReadPicture | AnalyzePicture | PrepareModels | WarmUp | ExplainFace

# Messages


@dataclass(frozen=True, slots=True, eq=False)
class PictureRead:
    """A picture was read and decoded."""

    ticket: int
    document: int
    image: Image


@dataclass(frozen=True, slots=True)
class ReadFailed:
    """A picture could not be read."""

    ticket: int
    document: int
    error: EmoguiError


@dataclass(frozen=True, slots=True)
class ModelsLoading:
    """The models of a choice are not in memory yet and are being read."""

    ticket: int
    choice: Choice


@dataclass(frozen=True, slots=True)
class ModelsReady:
    """The models of a choice are in memory."""

    ticket: int
    choice: Choice
    seconds: float


@dataclass(frozen=True, slots=True)
class ModelsFailed:
    """The models of a choice cannot be used."""

    ticket: int
    choice: Choice
    error: EmoguiError


@dataclass(frozen=True, slots=True)
class PictureAnalyzed:
    """A picture was analysed."""

    ticket: int
    document: int
    result: FrameResult
    choice: Choice


@dataclass(frozen=True, slots=True)
class AnalysisFailed:
    """A picture could not be analysed."""

    ticket: int
    document: int
    error: EmoguiError


@dataclass(frozen=True, slots=True, eq=False)
class FaceExplained:
    """A face was explained."""

    ticket: int
    document: int
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class ExplainFailed:
    """A face could not be explained."""

    ticket: int
    document: int
    error: EmoguiError


Message = (
    PictureRead
    | ReadFailed
    | ModelsLoading
    | ModelsReady
    | ModelsFailed
    | PictureAnalyzed
    | AnalysisFailed
    | FaceExplained
    | ExplainFailed
)
