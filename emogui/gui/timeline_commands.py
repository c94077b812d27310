"""What the actions of the timeline do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emogui.gui.shell import Shell

if TYPE_CHECKING:
    from emogui.gui.widgets.timeline import LiveTimeline


class TimelineCommands:
    """The methods ``do_NAME`` for the actions of ``emogui.gui.actions``; without the Live tab's
    being in front they do nothing, but for showing it where the timeline itself is wanted.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def do_timeline(self) -> None:
        if not self._shell.on_live:
            self._shell.show_tab("live")
            if self._timeline.open:
                return  # now it is in sight
        self._timeline.toggle()

    def do_timeline_mark(self) -> None:
        if self._shell.on_live:
            self._timeline.mark()

    def do_timeline_pause(self) -> None:
        if self._shell.on_live:
            self._timeline.pause_or_follow()

    def do_timeline_save(self) -> None:
        if self._shell.on_live:
            self._timeline.save()

    def do_timeline_clear(self) -> None:
        if self._shell.on_live:
            self._timeline.clear()

    @property
    def _timeline(self) -> LiveTimeline:
        return self._shell.live_view().timeline
