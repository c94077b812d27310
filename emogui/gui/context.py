"""What a view (a tab of the window) gets from the shell, and what it owes in return.

The contract for views
----------------------
A view is a ttk frame, ``View(parent, context)``, made the first time its tab is shown. The
shell calls these methods on Tk's thread, and each must return within a few milliseconds:

``on_show()``    the tab was brought to the front (also right after it was made)
``on_hide()``    another tab was brought to the front
``close()``      the window is closing: tell threads to stop, cancel callbacks, do not wait
``is_closed()``  asked every 15 ms after ``close()`` (for at most 1.2 s): whether its threads
                 have ended, so that the window may be destroyed

What a view does with the context, all on Tk's thread unless it says otherwise:

- *Work that takes longer than 5 ms* goes to a worker:
  ``context.submit(work, done, failed)``. ``work()`` runs in a background thread and must not
  touch Tk; ``done(value)`` or ``failed(error)`` runs later on Tk's thread, unless the returned
  ``Job`` was cancelled or the window is closing. Without ``failed`` the error is shown in the
  banner.
- *From a thread of its own* a view calls ``context.post(callback)``, the one call here that any
  thread may make (with ``make_analyzer``): ``callback()`` then runs on Tk's thread. Never
  ``widget.after`` or ``event_generate`` from a thread.
- *A live view* looks at its session's newest frame in a poller: ``remove =
  context.on_poll(callback)`` calls it at every turn of the window's single ``after`` loop
  (each 15 ms); call ``remove()`` when nothing runs.
- *Settings*: ``context.settings`` is a frozen ``Settings``; ``context.update_settings(mirror=
  False)`` changes and remembers. ``context.on_settings(callback)`` is called after a change.
- *Model, head, detector and threshold*: ``context.choice`` is a frozen ``Choice``;
  ``context.make_analyzer(choice)`` makes a new analyzer of it, takes up to a second and is
  called in a worker or in the view's own thread. ``context.names(...)`` turns names into what
  people call them. ``context.on_choice(callback)`` is called with the new
  choice after the user picked another.
- *Errors*: ``context.show_error(error)`` puts an ``EmoguiError``'s message and hint into the
  banner, which never blocks; ``context.clear_error()`` takes it away.
  ``context.show_status(text)`` writes the line at the bottom of the window.
- *Dialogs* go through ``context.dialogs`` (open, save, folder, yes or no), which tests answer.
- *Looks*: ``context.theme.colours`` are the colours for Canvas items,
  ``context.on_theme(callback)`` is called after a change of theme, ``context.px(8)`` turns
  logical units into pixels of this screen.

All ``on_...`` methods return a function that takes the callback off again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from emogui.errors import EmoguiError
from emogui.gui.catalogue import Catalogue, head_title
from emogui.gui.choice import AnalyzerFactory, Choice, WindowAnalyzer
from emogui.gui.dialogs.ask import Dialogs
from emogui.gui.engine import as_emogui_error
from emogui.gui.settings import Settings, SettingsStore
from emogui.gui.theme import Theme
from emogui.gui.worker import Outbox, Worker

logger = logging.getLogger(__name__)

T = TypeVar("T")
Button = tuple[str, Callable[[], None]]
"""Words and command of a button."""
Remove = Callable[[], None]
Lane = Literal["analyse", "read", "render", "files"]
LANES: tuple[Lane, ...] = ("analyse", "read", "render", "files")


class View(Protocol):
    """A tab of the window; see the contract above."""

    def on_show(self) -> None: ...
    def on_hide(self) -> None: ...
    def close(self) -> None: ...
    def is_closed(self) -> bool: ...


class Job:
    """A piece of submitted work; after ``cancel`` its outcome is dropped."""

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Listeners:
    """Callbacks of one kind, called in the order in which they were added."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[..., None]] = []

    def add(self, callback: Callable[..., None]) -> Remove:
        self._callbacks.append(callback)

        def remove() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return remove

    def call(self, *arguments: Any) -> None:
        """Calls all; one that raises is logged and does not keep the others from running."""
        for callback in tuple(self._callbacks):
            try:
                callback(*arguments)
            except Exception:
                logger.exception("A callback of the window failed")


class Screen(Protocol):
    """What the shell gives the context to show things with."""

    def show_error(self, error: EmoguiError, button: Button | None = None) -> None: ...
    def show_notice(self, message: str, hint: str = "", button: Button | None = None) -> None: ...
    def clear_error(self) -> None: ...
    def show_status(self, text: str) -> None: ...


class ViewContext:
    """See the module. Made by the application; one for the whole window."""

    def __init__(
        self,
        *,
        theme: Theme,
        settings: Settings,
        store: SettingsStore,
        dialogs: Dialogs,
        factory: AnalyzerFactory,
        outbox: Outbox,
    ) -> None:
        self.theme = theme
        self.dialogs = dialogs
        self.closing = False
        self.screen: Screen | None = None
        self.catalogue: Catalogue | None = None
        self._settings = settings
        self._store = store
        self._factory = factory
        self._outbox = outbox
        self._workers = {lane: Worker(lane) for lane in LANES}
        self._pollers = Listeners()
        self._on_settings = Listeners()
        self._on_choice = Listeners()
        self._on_theme = Listeners()

    # Work

    def start(self) -> None:
        """Starts the workers; called once the window is visible."""
        for worker in self._workers.values():
            worker.start()

    def submit(
        self,
        work: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[EmoguiError], None] | None = None,
        *,
        lane: Lane = "files",
        doing: str = "working",
    ) -> Job:
        """Runs ``work`` in a worker and its outcome on Tk's thread.

        Args:
            work: must not touch Tk.
            done: gets what ``work`` returned.
            failed: gets the error; without it the error goes to the banner.
            lane: the worker; each does its jobs one after another.
            doing: what it is, in words for an error message ("saving the picture").
        """
        job = Job()

        def finish(call: Callable[[], None]) -> None:
            if not job.cancelled and not self.closing:
                call()

        def run() -> None:
            if job.cancelled:
                return
            try:
                value = work()
            except Exception as error:
                shown = as_emogui_error(error, doing)
                report = failed or self.show_error
                self.post(lambda: finish(lambda: report(shown)))
            else:
                if done is not None:
                    self.post(lambda: finish(lambda: done(value)))

        self._workers[lane].submit(run)
        return job

    def post(self, callback: Callable[[], None]) -> None:
        """Has ``callback`` called on Tk's thread soon. Any thread may call this."""
        self._outbox.post(callback)

    def on_poll(self, callback: Callable[[], None]) -> Remove:
        """Has ``callback`` called at every turn of the window's loop, each 15 ms."""
        return self._pollers.add(callback)

    def poll(self) -> None:
        """One turn of the loop; called by the application."""
        self._outbox.drain()
        self._pollers.call()

    # Settings and choice

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def choice(self) -> Choice:
        return self._settings.choice

    def update_settings(self, **changes: Any) -> None:
        """Changes settings by name, remembers them, and tells the listeners."""
        before = self._settings
        self._settings = replace(before, **changes)
        if self._settings == before:
            return
        now = self._settings
        self._workers["files"].submit(lambda: _save(self._store, now))
        self._on_settings.call(now)
        if now.choice != before.choice:
            self._on_choice.call(now.choice)

    def save_settings(self, **changes: Any) -> None:
        """Writes the settings at once, without telling anyone; for the end of the program."""
        self._settings = replace(self._settings, **changes)
        self._store.save(self._settings)

    def on_settings(self, callback: Callable[[Settings], None]) -> Remove:
        return self._on_settings.add(callback)

    def on_choice(self, callback: Callable[[Choice], None]) -> Remove:
        return self._on_choice.add(callback)

    def names(self, model: str, labels: str, detector: str) -> tuple[str, str, str]:
        """A model (or its folder), a head and a detector by name, as people call them."""
        known = self.catalogue
        one = known.model(model) if known else None
        other = known.detector(detector) if known else None
        return (
            one.title if one else Path(model).name,
            head_title(labels),
            other.title if other else detector,
        )

    def make_analyzer(self, choice: Choice) -> WindowAnalyzer:
        """Makes a new analyzer; slow, so call it in a worker or in a thread of your own."""
        return self._factory(choice)

    # Looks and words

    def on_theme(self, callback: Callable[[], None]) -> Remove:
        return self._on_theme.add(callback)

    def theme_changed(self) -> None:
        self._on_theme.call()

    def px(self, logical: float) -> int:
        """Logical units (pixels of an ordinary screen) to pixels of this one."""
        return self.theme.px(logical)

    def show_error(self, error: EmoguiError, button: Button | None = None) -> None:
        """Shows an error, perhaps with a button that does something about it."""
        if self.screen is not None:
            self.screen.show_error(error, button)

    def show_notice(self, message: str, hint: str = "", button: Button | None = None) -> None:
        """Tells something that is not an error, in the same place."""
        if self.screen is not None:
            self.screen.show_notice(message, hint, button)

    def clear_error(self) -> None:
        if self.screen is not None:
            self.screen.clear_error()

    def show_status(self, text: str) -> None:
        if self.screen is not None:
            self.screen.show_status(text)

    # The end

    def stop(self) -> None:
        """Stops the workers; returns at once."""
        self.closing = True
        for worker in self._workers.values():
            worker.stop()

    def is_stopped(self) -> bool:
        """Whether no worker thread is running any more."""
        return not any(worker.is_alive() for worker in self._workers.values())


def _save(store: SettingsStore, settings: Settings) -> None:
    store.save(settings)
