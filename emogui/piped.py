"""What a process that another program follows says and hears: events out, controls in.

Events go to standard output, one JSON object a line: ``event`` is the kind, the other fields are
those of its dataclass. Controls come on standard input, one word a line. ``attached`` means that
its sender watches: when standard input then ends, because the watcher died, the work stops as if
it had been told. A reader passes over events, fields and words that it does not know.
"""

from __future__ import annotations

import json
import math
import os
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any, Final, TypeVar

ATTACHED: Final = "attached"
PAUSE: Final = "pause"
RESUME: Final = "resume"
STOP: Final = "stop"

STOPPED_STATUS: Final = 130
"""Exit status of work that was stopped and can go on, as of work that Ctrl+C ended."""

E = TypeVar("E")


def format_event(event: Any) -> str:
    """An event, a dataclass, as a line of JSON without the line's end.

    What is no number becomes null, and what is no Unicode, as in names of files, a question mark.
    """
    plain = {"event": type(event).__name__.lower()} | asdict(event)
    text = json.dumps(_finite(plain), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace").decode("utf-8")


def parse_event(
    line: str, kinds: Mapping[str, type[E]], check: Callable[[E], object] = lambda _event: None
) -> E | None:
    """Reads a line; None where it is no event of these kinds.

    Fields that are missing make a line unknown, further ones are passed over.

    Args:
        line: without its end, or with it.
        kinds: name to dataclass.
        check: raises ValueError, TypeError or AttributeError where a field is of another kind.
    """
    try:
        plain = json.loads(line)
        kind = kinds[plain["event"]]
        known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
        event = kind(**{key: value for key, value in plain.items() if key in known})
        check(event)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return event


class Controls:
    """Reads controls in a thread.

    Args:
        source: file descriptor that they come on; None for none.
        pause, resume, stop: called in that thread.
    """

    def __init__(
        self,
        source: int | None,
        pause: Callable[[], None],
        resume: Callable[[], None],
        stop: Callable[[], None],
    ) -> None:
        self._source, self._stop = source, stop
        self._words = {PAUSE: pause, RESUME: resume, STOP: stop}
        self._attached = False

    def listen(self) -> None:
        """Begins to read."""
        if self._source is not None:
            threading.Thread(target=self._listen, name="controls", daemon=True).start()

    def _listen(self) -> None:
        # Not by way of sys.stdin: a thread that waits inside it at the end of the program
        # would bring the interpreter down.
        rest = b""
        while True:
            try:
                read = os.read(self._source or 0, 4096)
            except OSError:
                read = b""
            if not read:
                break
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                self._take(line.decode("utf-8", "replace").strip())
        if self._attached:
            self._stop()

    def _take(self, word: str) -> None:
        if word == ATTACHED:
            self._attached = True
        elif word in self._words:
            self._words[word]()


def standard_input() -> int | None:
    """File descriptor of standard input; None where there is none."""
    try:
        return None if sys.stdin is None else sys.stdin.fileno()
    except (OSError, ValueError):
        return None


def _finite(value: Any) -> Any:
    """The same with None for numbers that JSON has not."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return value
