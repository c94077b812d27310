"""Publishing in the Live tab: asks where to, shows that it runs, says what came of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import cast

import ttkbootstrap as ttk

from emogui.errors import EmoguiError
from emogui.gui.context import Remove, ViewContext
from emogui.gui.dialogs.publishing import PublishAnswer, PublishDialog
from emogui.gui.engine import as_emogui_error
from emogui.gui.widgets.live_parts import LivePart
from emogui.gui.widgets.live_publish_sign import PublishSign
from emogui.labels import HEADS
from emogui.live.publish.publisher import Publisher
from emogui.live.publish.publishing import Publishing
from emogui.live.update import Analysed, LiveUpdate


class LivePublisher(LivePart):
    """Starts and stops publishing at the press of a button; nothing of it runs in Tk's thread.

    It goes on from one source to the next, so that receivers stay connected, until it is stopped.

    Args:
        context: see ``emogui.gui.context``.
        sign: says that results are published.
        changed: called with whether they are, when that changed.
    """

    def __init__(
        self, context: ViewContext, sign: PublishSign, changed: Callable[[bool], None]
    ) -> None:
        self.publishing = Publishing()
        self.dialog: PublishDialog | None = None
        self._context, self._sign, self._changed = context, sign, changed
        self._starting: threading.Thread | None = None
        self._start_number = 0
        self._told: set[Publisher] = set()
        self._last: Analysed | None = None
        self._unpoll: Remove | None = None

    @property
    def on(self) -> bool:
        """Whether results are published, or it is just being started."""
        return self._starting is not None or bool(self.publishing.publishers)

    def toggle(self) -> None:
        """What the button does: asks where to and publishes, or stops publishing."""
        if self.on:
            self._stop()
        elif self.dialog is not None and self.dialog.winfo_exists():
            self.dialog.lift()
            self.dialog.focus_set()
        else:
            settings = self._context.settings
            self.dialog = PublishDialog(
                cast(ttk.App, self._sign.winfo_toplevel()),
                self._context.theme,
                settings.publish_kinds,
                settings.publish_to,
                self._begin,
            )

    # What the tab tells

    def updated(self, update: LiveUpdate) -> None:
        """The numbers of faces begin anew where the source ended or detection was switched off."""
        newest = None if update.state.final else update.newest
        if self._last is not None and newest is None:
            self.publishing.ended(self._last)
        self._last = newest

    def run_stopped(self) -> None:
        self._last = None
        self.publishing.ended()

    def close(self) -> None:
        self._start_number += 1
        self.publishing.stop()
        self._forget_poller()

    @property
    def closed(self) -> bool:
        starting = self._starting is not None and self._starting.is_alive()
        return not starting and not self.publishing.alive

    # Start

    def _begin(self, answer: PublishAnswer) -> None:
        self._context.update_settings(
            publish_kinds=tuple(target.kind for target in answer.targets), publish_to=answer.lines
        )
        if self.on:
            return
        self._context.clear_error()
        self._start_number += 1
        number, labels = self._start_number, HEADS[self._context.choice.labels]
        publishing, post = self.publishing, self._context.post

        def start() -> None:
            # In a thread of its own: looking up a name may take long, and a worker has other work.
            try:
                opened = publishing.start(answer.targets, labels)
            except Exception as error:
                found = as_emogui_error(error, "starting to publish")
                post(lambda: self._cannot(number, found))
            else:
                if number != self._start_number:  # stopped again, or the window is closing
                    publishing.stop(opened)
                post(lambda: self._started(number))

        self._starting = threading.Thread(target=start, name="publish-start", daemon=True)
        self._starting.start()
        self._changed(True)

    def _started(self, number: int) -> None:
        if number != self._start_number:
            return
        self._starting = None
        self._told.clear()
        self._forget_poller()
        self._unpoll = self._context.on_poll(self._watch)

    def _cannot(self, number: int, error: EmoguiError) -> None:
        if number == self._start_number:
            self._starting = None
            self._changed(False)
            self._context.show_error(error)

    # While it runs

    def _watch(self) -> None:
        publishers = self.publishing.publishers
        running = []
        for one in publishers:
            status = one.status
            if status.running:
                running.append((one, status))
            elif one not in self._told:
                self._told.add(one)
                self._context.show_error(
                    status.error or EmoguiError(f"Publishing to {one.target} has stopped.")
                )
        if running:
            leaves = any(one.target.leaves for one, _ in running)
            self._sign.show([status for _, status in running], leaves=leaves)
        elif publishers:
            self._stop()

    def _stop(self) -> None:
        self._start_number += 1
        self._starting = None
        self.publishing.ended()
        self.publishing.stop()
        self._forget_poller()
        self._sign.hide()
        self._changed(False)

    def _forget_poller(self) -> None:
        if self._unpoll is not None:
            self._unpoll()
            self._unpoll = None
