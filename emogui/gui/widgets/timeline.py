"""The timeline of the Live tab: how the followed face, or everyone, appeared over time."""

from __future__ import annotations

import math
import tkinter
from collections.abc import Callable
from datetime import datetime
from time import monotonic

from emogui.gui.context import ViewContext
from emogui.gui.widgets.live_parts import LivePart
from emogui.gui.widgets.live_run import LiveRun
from emogui.gui.widgets.live_stage import LiveStage
from emogui.gui.widgets.timeline_frame import TimelineFrame
from emogui.gui.widgets.timeline_window import SPANS, TimeWindow, clock
from emogui.live.history import History, Mark
from emogui.live.history_csv import write_history
from emogui.live.series import Series
from emogui.live.update import Analysed, LiveUpdate

DRAW_S = 0.029
"""Time between two drawings, so that there are some 30 a second with a turn of the loop each
15 ms."""

_COAST_S = 0.15
"""Between two frames the chart glides on for no longer than this."""

_STEP = 0.1
"""Share of the chart's width that a turn of the wheel or an arrow key scrolls."""

CSV_TYPES = (("CSV table", "*.csv"),)


class LiveTimeline(LivePart):
    """Collects the results of what runs, and shows them as a strip chart.

    Args:
        stage: under whose picture it lies, and whose followed face it shows.
        context: see ``emogui.gui.context``.
        say: writes a line at the bottom of the window.

    Attributes:
        history: what was collected; it goes on while the chart is paused or put away.
        frame: what is in sight.
        marked: called when the user has marked a moment.
    """

    def __init__(self, stage: LiveStage, context: ViewContext, say: Callable[[str], None]) -> None:
        self.history = History()
        self.marked: Callable[[], None] = lambda: None
        self._stage, self._context, self._say = stage, context, say
        seconds = context.settings.timeline_span_s
        self._window = TimeWindow(seconds if seconds in SPANS.values() else 60)
        self._series: Series | None = None
        self._source = ""
        self._analysing = self._running = False
        self._drawn_at = self._came_at = self._edge_s = 0.0
        self._due: str | None = None
        self._dragged: tuple[float, float] | None = None
        self.frame = TimelineFrame(stage, context, self)
        px = context.px
        self.frame.grid(row=2, column=0, sticky="ew", padx=(px(12), 0), pady=(0, px(8)))
        self.strip, self.note = self.frame.strip, self.frame.note
        self.frame.show_following(self._window.follows)
        self._bind()

    def _bind(self) -> None:
        strip = self.strip
        keys: dict[str, Callable[[], None]] = {
            "<Left>": lambda: self.scroll(-_STEP),
            "<Right>": lambda: self.scroll(_STEP),
            "<Prior>": lambda: self.scroll(-1.0),
            "<Next>": lambda: self.scroll(1.0),
            "<Home>": lambda: self.scroll(-math.inf),
            "<End>": lambda: self.scroll(math.inf),
            "<space>": self.pause_or_follow,
            "<Button-4>": lambda: self.scroll(-_STEP),
            "<Button-5>": lambda: self.scroll(_STEP),
        }
        for sequence, call in keys.items():
            strip.bind(sequence, lambda _event, call=call: _broken(call))  # type: ignore[misc]
        strip.bind("<MouseWheel>", self._wheel)
        strip.bind("<ButtonPress-1>", self._pressed)
        strip.bind("<B1-Motion>", self._drag)

    # What runs

    def run_started(self, run: LiveRun) -> None:
        self._source = run.source.title
        self._analysing, self._running = False, True

    def run_stopped(self) -> None:
        self._running = False

    def updated(self, update: LiveUpdate) -> None:
        if update.frame is not None:
            before = self.history.now_s
            self.history.see(update.frame, self._source)
            if self.history.now_s != before:
                self._came_at = monotonic()
        self._running = not update.state.final
        if self._analysing and update.newest is None:
            self.history.begin()  # after this the numbers of faces mean others
        self._analysing = update.newest is not None
        if monotonic() - self._drawn_at > DRAW_S and (self._moves() or self._other_face()):
            self.draw()

    def result_came(self, newest: Analysed) -> None:
        self.history.append(newest.frame, newest.result)

    def restyle(self) -> None:
        self.strip.restyle()
        self.request()

    def close(self) -> None:
        if self._due is not None:
            self.strip.after_cancel(self._due)
            self._due = None

    # What the user does

    @property
    def follows(self) -> bool:
        """Whether the newest moment is in sight."""
        return self._window.follows

    @property
    def open(self) -> bool:
        """Whether the chart is in sight, not only its title."""
        return self.frame.open

    def toggle(self) -> None:
        """Shows the chart or puts it away; remembered."""
        self.note.finish()
        self.frame.set_open(not self.frame.open)
        self._context.update_settings(timeline=self.frame.open)
        self.request()

    def pause_or_follow(self) -> None:
        """Holds the chart still, or goes back to the newest moment."""
        if self._window.follows:
            self._window.hold(self.history.now_s)
        else:
            self._window.follow()
        self._window_changed()

    def scroll(self, widths: float) -> None:
        """Goes back (negative) or ahead by so many widths of the chart."""
        self._window.scroll(widths * self._window.span_s, self.history.first_s, self.history.now_s)
        self._window_changed()

    def show_span(self, seconds: int) -> None:
        """Shows so many seconds at once; remembered."""
        self._window.span_s = seconds
        self.frame.show_span(seconds)
        self._context.update_settings(timeline_span_s=seconds)
        self.request()

    def mark(self) -> None:
        """Marks this very moment, and asks for a note while everything goes on."""
        self.note.finish()
        mark = self.history.mark()
        if mark is None:
            self._context.show_notice("There is nothing to mark yet.", "Start a source first.")
            return
        self.marked()
        self._say(f"Marked {clock(mark.source_s, tenths=True)}")
        if self.open:
            self.edit(mark)
            self.request()

    def edit(self, mark: Mark) -> None:
        """Asks for the note of a mark."""

        def remove() -> None:
            self.history.remove(mark)
            self.request()

        def keep(note: str) -> None:
            self.history.rename(mark, note)
            self.request()

        when = clock(mark.source_s, tenths=True)
        self.note.ask(when, mark.note, self.strip.plot.width, keep, remove)

    def save(self) -> None:
        """Asks where to, and saves all that was collected as a table, in a worker."""
        self.note.finish()
        kept = self.history.kept()
        if not kept.faces and not kept.marks:
            self._context.show_notice(
                "There is no timeline to save yet.", "Start a source and wait for a face."
            )
            return
        name = f"emogui-timeline-{datetime.now():%Y%m%d-%H%M%S}.csv"
        path = self._context.dialogs.save_file(
            "Save timeline", CSV_TYPES, self._context.settings.last_folder, name
        )
        if path:
            self._say("Saving the timeline…")
            self._context.submit(
                lambda: write_history(kept, path),
                lambda _nothing: self._say(f"Saved {path}"),
                doing="saving the timeline",
            )

    def clear(self) -> None:
        """Forgets what was collected, after a question where there are marks."""
        self.note.finish()
        question = "Forget the timeline with its marks?"
        if not self.history.marks or self._context.dialogs.yes_no("emogui", question):
            self.history.clear()
            self._series, self._edge_s = None, 0.0
            self._window.follow()
            self._window_changed()

    # Drawing

    def request(self) -> None:
        """Has the chart drawn soon, and not more often than it can be seen."""
        if self._due is None and not self._context.closing:
            wait = max(0.0, DRAW_S - (monotonic() - self._drawn_at))
            self._due = self.strip.after(round(wait * 1000), self._draw_due)

    def _draw_due(self) -> None:
        self._due = None
        self.draw()

    def draw(self) -> None:
        """Draws the chart, if it is in sight."""
        self._drawn_at = monotonic()
        if not self.strip.winfo_viewable():
            return
        self._series = self._find_series()
        now = self._now()
        end = self._window.end(now)
        behind = ""
        if not self._window.follows:
            behind = f"Paused, {clock(max(0.0, now - end))} ago"
        self.strip.draw(
            self._series, end, self._window.span_s, valence=self.frame.valence.get(), said=behind
        )

    def _moves(self) -> bool:
        """Whether there is something new to see: a long stretch of time moves but now and then."""
        follows = self._running and self._window.follows
        return follows and self.strip.moves(self._now(), self._window.span_s)

    def _other_face(self) -> bool:
        return self._find_series() is not self._series

    def _find_series(self) -> Series | None:
        if self.frame.shows_everyone:
            return self.history.everyone
        shown = self._stage.shown
        faces = () if shown is None else shown.result.faces
        index = self._stage.follow.index(faces)
        found = None if index is None else self.history.face(faces[index].face_id)
        return found or self._series  # of a face that has gone, what was before it went

    def _now(self) -> float:
        """The newest moment; between two frames it glides on."""
        coast = min(_COAST_S, monotonic() - self._came_at) if self._running else 0.0
        self._edge_s = max(self._edge_s, self.history.now_s + coast)
        return self._edge_s if self._running else self.history.now_s

    def _window_changed(self) -> None:
        self.frame.show_following(self._window.follows)
        self.request()

    # The mouse

    def _wheel(self, event: tkinter.Event[tkinter.Misc]) -> str:
        self.scroll(-_STEP if event.delta > 0 else _STEP)
        return "break"

    def _pressed(self, event: tkinter.Event[tkinter.Misc]) -> None:
        self.note.finish()
        self.strip.focus_set()
        self._dragged = None
        mark = self.strip.mark_at(event.x, event.y)
        if mark is not None:
            self.edit(mark)
        else:
            self._dragged = (event.x, self._window.end(self.history.now_s))

    def _drag(self, event: tkinter.Event[tkinter.Misc]) -> None:
        if self._dragged is None:
            return
        from_x, end = self._dragged
        seconds = (from_x - event.x) * (self.strip.time_at(1) - self.strip.time_at(0))
        to = end + seconds - self._window.end(self.history.now_s)
        self._window.scroll(to, self.history.first_s, self.history.now_s)
        self._window_changed()


def _broken(call: Callable[[], None]) -> str:
    call()
    return "break"
