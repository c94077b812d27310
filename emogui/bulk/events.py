"""What a batch says of itself, and what it can be told: the words of ``--progress events``.

The batch writes *events* to its standard output, one JSON object a line, and reads *controls* from
its standard input, one word a line. Everything else it prints goes to standard error.

==========  ============================================================================
event       fields besides ``event``, its name
==========  ============================================================================
started     version, total, done: inputs, all of them and those that earlier runs have done
advanced    done, total, pictures, frames_done, faces, failures, source, frame, frames,
            per_second, seconds_left
warned      text: what is wrong with an input that was analysed all the same
paused
resumed
stopped     done, total, pictures, videos, frames, faces, failures: it ended before its end; the
            same command goes on
finished    total, pictures, videos, frames, faces, failures
failed      message, hint: the batch cannot start or go on; what was done is kept
==========  ============================================================================

Counts are those of all runs together; ``frames_done`` are frames of all videos. ``source`` is the
input whose result was written last; within a video ``frame`` frames of ``frames`` are done (null
where the file does not tell).
``per_second`` counts pictures and frames, of late and without pauses; it and ``seconds_left`` are
null until they can be told.

Controls are ``pause``, ``resume``, ``stop`` (what is under way is finished, exit status 130) and
``attached``, see :mod:`emogui.piped`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from emogui import piped

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Started:
    """The list of inputs is made, and the work begins, or goes on."""

    total: int
    done: int
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Advanced:
    """How far it is, told at most a few times a second; see the table for the fields."""

    done: int
    total: int
    pictures: int
    frames_done: int
    faces: int
    failures: int
    source: str = ""
    frame: int = 0
    frames: int | None = None
    per_second: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """Something is wrong with an input that was analysed all the same."""

    text: str


@dataclass(frozen=True, slots=True)
class Paused:
    """The batch was told to wait; what is under way is kept."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """It goes on after a pause."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """It ended before its end; everything that was done is kept."""

    done: int
    total: int
    pictures: int = 0
    videos: int = 0
    frames: int = 0
    faces: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """All inputs are done."""

    total: int
    pictures: int = 0
    videos: int = 0
    frames: int = 0
    faces: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot start or go on."""

    message: str
    hint: str = ""


Event = Started | Advanced | Warned | Paused | Resumed | Stopped | Finished | Failed

KINDS: Final[Mapping[str, type[Event]]] = {
    kind.__name__.lower(): kind
    for kind in (Started, Advanced, Warned, Paused, Resumed, Stopped, Finished, Failed)
}

_NUMBERS: Final = frozenset(
    {"done", "total", "pictures", "videos", "frames_done", "faces", "failures", "frame"}
)


def parse_event(line: str) -> Event | None:
    """Reads a line; None where it is no event that this version knows."""
    return piped.parse_event(line, KINDS, _check)


def _check(event: Event) -> None:
    """Checks that counts are numbers.

    Raises:
        TypeError, ValueError: they are not.
    """
    for name in type(event).__dataclass_fields__:
        value = getattr(event, name)
        if name in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int)):
            raise TypeError(name)
        if name in ("source", "text", "message", "hint") and not isinstance(value, str):
            raise TypeError(name)
