"""The Live camera tab: a camera, video or stream, its faces, and the followed face's chart."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from functools import partial

import ttkbootstrap as ttk

from emogui.gui.context import Remove, ViewContext
from emogui.gui.garbage import return_memory
from emogui.gui.widgets import live_words as words
from emogui.gui.widgets.live_cameras import LiveCameras
from emogui.gui.widgets.live_controls import LiveControls
from emogui.gui.widgets.live_detection import LiveDetection
from emogui.gui.widgets.live_figures import LiveFigures
from emogui.gui.widgets.live_modes import Asked
from emogui.gui.widgets.live_notices import LiveNotices
from emogui.gui.widgets.live_open import OpenSpec, open_live
from emogui.gui.widgets.live_parts import LiveParts
from emogui.gui.widgets.live_player import LivePlayer
from emogui.gui.widgets.live_publish import LivePublisher
from emogui.gui.widgets.live_publish_sign import PublishSign
from emogui.gui.widgets.live_reconnect import LiveReconnect
from emogui.gui.widgets.live_record import LiveRecorder
from emogui.gui.widgets.live_record_sign import RecordSign
from emogui.gui.widgets.live_run import LiveRun
from emogui.gui.widgets.live_smoothing import LiveSmoothing
from emogui.gui.widgets.live_snapshot import save_snapshot
from emogui.gui.widgets.live_sources import Source
from emogui.gui.widgets.live_stage import LiveStage
from emogui.gui.widgets.live_whole import LiveWhole
from emogui.gui.widgets.timeline import LiveTimeline
from emogui.live.update import Analysed, LiveState, LiveUpdate
from emogui.media.cameras import CameraInfo, list_cameras


class LiveView(ttk.Frame):
    """See the module; keeps the contract of ``emogui.gui.context``.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        open_spec: opens a source by its spec, in the capture thread; see ``open_live``.
        find_cameras: lists the cameras, in a worker.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        *,
        open_spec: OpenSpec = open_live,
        find_cameras: Callable[[], list[CameraInfo]] = list_cameras,
    ) -> None:
        super().__init__(parent)
        self.context = context
        self.explain: Callable[[], None] = lambda: None
        self.open_spec = open_spec
        self.find_cameras = find_cameras
        self._run: LiveRun | None = None
        self._ending: list[LiveRun] = []
        self._unpoll: Remove | None = None
        self.parts = LiveParts()
        self._detection = LiveDetection(
            context, self._running_one, lambda run: self._show_faces(run, None)
        )
        self._resume: Source | None = None
        self._build()
        context.on_theme(self._restyle)
        if context.settings.camera:
            self.chooser.choose(context.settings.camera)
        self._mirror_as_usual(self.chooser.current)
        self._show_idle()

    def _build(self) -> None:
        px = self.context.px
        self.rowconfigure(1, weight=1)
        self.columnconfigure(0, weight=1)
        self.controls = LiveControls(self, self.context, self)
        self.controls.grid(row=0, column=0, sticky="ew", padx=px(12), pady=(px(10), 0))
        self.chooser = self.controls.chooser
        self.cameras = LiveCameras(self.context, self.chooser, self._find, self._cameras_changed)
        self.stage = LiveStage(self, self.context, self._wish_changed, self._space, self._explain)
        self.stage.grid(row=1, column=0, sticky="nsew")
        self.canvas, self.panel = self.stage.canvas, self.stage.panel
        self.message = self.stage.message
        self._tell = LiveNotices(self.message, self.context)
        self._figures = LiveFigures(
            self.context, self.cameras, lambda: self.analysing, self.controls.show_figures
        )
        self.timeline = LiveTimeline(self.stage, self.context, self._figures.say)
        self.parts.add(self.timeline)
        self.parts.add(LiveSmoothing(self.context))
        sign = RecordSign(self.canvas.master, self.context)
        self.recorder = LiveRecorder(self, self.context, sign, self.controls.show_recording)
        self.parts.add(self.recorder)
        told = PublishSign(self.canvas.master, self.context, sign)
        self.publisher = LivePublisher(self.context, told, self.controls.show_publishing)
        self.timeline.marked = self.publisher.publishing.mark
        self.parts.add(self.publisher)
        self.player = LivePlayer(
            self.stage,
            self.context,
            self._tell,
            lambda: self.analysing,
            self._analyse_whole,
        )
        self.player.bar.grid(row=1, column=0, sticky="ew")
        self.whole = LiveWhole(self, self.context, self.player.bar.set_busy)
        self.whole.row.grid(row=2, column=0, sticky="ew")
        for part in (self.whole, self.player):
            part.hide()
            self.parts.add(part)
        self.reconnect = LiveReconnect(
            self.context,
            lambda: self.chooser.cameras,
            self._find,
            lambda: bool(self.winfo_viewable()),
            self._reconnect,
        )
        self.parts.add(self.reconnect)

    # The contract for views

    def on_show(self) -> None:
        if not self.cameras.looked:
            self.look_for_cameras()
        resume, self._resume = self._resume, None
        if resume is not None and not self.running:
            self._start(resume)
        self.player.go_on()
        if not self.chooser.asking:
            self.canvas.focus_set()

    def on_hide(self) -> None:
        """A camera does not go on filming unseen; it starts again when the tab is shown."""
        if not self.player.rest() and self.running and self._run is not None:
            self._resume = self._run.source
            self.stop()

    def close(self) -> None:
        self._resume = None
        self._end_run()
        self.parts.close()

    def is_closed(self) -> bool:
        return self.parts.closed and not any(run.alive for run in self._ending)

    # What the user does

    @property
    def running(self) -> bool:
        """Whether a source is open or being opened."""
        return self._running_one() is not None

    @property
    def analysing(self) -> bool:
        """Whether faces are looked for while a source runs."""
        return self._detection.on

    @property
    def current_run(self) -> LiveRun | None:
        """What runs, or ran last."""
        return self._run

    @property
    def latest(self) -> LiveUpdate | None:
        """What the session said last."""
        return None if self._run is None else self._run.update

    def start(self, spec: str | None = None) -> None:
        """Starts a source: a camera's number, a file or an address; by default the chosen one."""
        if spec is not None:
            self.chooser.choose(spec)
        if self.chooser.current is not None:
            self._start(self.chooser.current)
        else:
            self.stop()
            self.look_for_cameras()

    def stop(self) -> None:
        """Stops the source; its threads end by themselves."""
        self._end_run()
        self.stage.clear()
        self._show_idle()

    def start_or_stop(self) -> None:
        if self.running:
            self.stop()
        else:
            self.start()

    def toggle_analysis(self) -> None:
        """What the Detect button does: starts or stops looking for faces."""
        if self.running:
            self._detection.toggle()
        else:
            self._detection.on = True
            self.start()

    def snapshot(self) -> None:
        """Saves the present picture with its faces, never mirrored."""
        save_snapshot(self.context, self._run, self._figures.say)

    def record(self) -> None:
        """Asks what to record and records it, or stops the recording."""
        self.recorder.toggle()

    def publish(self) -> None:
        """Asks where to publish results and publishes them, or stops that."""
        self.publisher.toggle()

    def set_mirror(self, mirrored: bool) -> None:
        """Shows the picture mirrored or not; remembered for cameras."""
        source = self._run.source if self._run is not None else self.chooser.current
        self._mirror(mirrored)
        if source is None or source.kind == "camera":
            self.context.update_settings(mirror=mirrored)

    def look_for_cameras(self) -> None:
        """Lists the cameras in a worker."""
        self.cameras.look()

    def choose(self, source: Source) -> None:
        """Another camera was picked from the list; what runs gives way to it."""
        if self.running:
            self._start(source)
        else:
            self._end_run()
            self.stage.clear()
            self._mirror_as_usual(source)
            self._show_idle()

    def choose_mode(self, source: Source, asked: Asked) -> None:
        """Another size or rate is asked of a camera, which starts anew if it runs."""
        self.cameras.ask(source, asked)
        if self.running and self._run is not None and self._run.source.spec == source.spec:
            self._start(source)

    def _find(self) -> list[CameraInfo]:
        return self.find_cameras()

    # Sessions

    def _running_one(self) -> LiveRun | None:
        return self._run if self._run is not None and not self._run.state.final else None

    def _start(self, source: Source) -> None:
        self._end_run()
        self.context.clear_error()
        self.stage.clear()
        self._mirror_as_usual(source)
        opening = partial(self.open_spec, source.spec, **self.cameras.asked(source).options)
        publishing = self.publisher.publishing
        self._run = LiveRun(source, opening, self.canvas.wish, self.recorder.slot, publishing)
        if "@" not in source.spec:  # no password into the settings
            self.context.update_settings(camera=source.spec)
        self._detection.apply()
        self.parts.run_started(self._run)
        self._run.start()
        self._show_state(self._run)
        self._unpoll = self.context.on_poll(self._poll)

    def _reconnect(self, source: Source) -> None:
        """A camera that was lost is back, perhaps under another number."""
        self.start(source.spec)

    def _end_run(self) -> None:
        run, self._run = self._run, None
        if run is not None:
            self.parts.run_stopped()
            run.stop()
            self._ending = [one for one in (*self._ending, run) if one.alive]
            self.context.submit(return_memory)
        if self._unpoll is not None:
            self._unpoll()
            self._unpoll = None

    # The poller

    def _poll(self) -> None:
        run = self._run
        if run is None:
            return
        update, rendered = run.poll()
        if rendered is not None and update.state is not LiveState.FAILED:
            if self.canvas.showing is None and not update.state.final:
                self._tell.hide()
            self.canvas.show(rendered)
        self.parts.updated(update)
        newest = None if update.state is LiveState.FAILED else run.newest
        if run.awaits_result and self._detection.ready:
            self.stage.unframe()
        elif newest is not self.stage.shown:
            self._show_faces(run, newest)
        elif rendered is not None:
            self.stage.carry()
        if update.analysis_error is not None:
            self._detection.failed(run)
            self.context.show_error(update.analysis_error)
        if update.state is not run.state:
            run.state = update.state
            self._show_state(run)
        if self._figures.update(run, update) and self.stage.shown is None:
            self.stage.show_words(self._detection.words_without_result(run))

    # What is shown

    def _show_state(self, run: LiveRun) -> None:
        self.controls.show_running(self.running)
        again = partial(self._start, run.source)
        if run.state is LiveState.OPENING:
            self._tell.opening(run.source)
        elif run.state is LiveState.ENDED:
            self._tell.ended(run.source, again)
        elif run.state is LiveState.FAILED:
            self.stage.clear()
            error = run.update.error if run.update else None
            self._tell.failed(run.source, error, again, self.chooser.ask_file)
        if run.state.final:
            self.controls.show_figures("")

    def _show_idle(self) -> None:
        """Nothing runs: says what can be done."""
        self.controls.show_running(False)
        self.controls.show_figures("")
        self.stage.show_words(words.CHART_COMES)
        if self.chooser.current is not None:
            self._tell.ready(self.chooser.current, self.start)
        elif self.cameras.looking or not self.cameras.looked:
            self._tell.looking()
        else:
            self._tell.no_camera(self.look_for_cameras, self.chooser.ask_file)

    def _cameras_changed(self) -> None:
        if self._run is None:
            if not self.cameras.looking:
                self._mirror_as_usual(self.chooser.current)
            self._show_idle()

    def _show_faces(self, run: LiveRun, newest: Analysed | None) -> None:
        if newest is None:
            self.stage.show_words(self._detection.words_without_result(run))
        else:
            self.stage.show_result(newest)
            self.parts.result_came(newest)

    # Small things

    def _mirror_as_usual(self, source: Source | None) -> None:
        """Cameras as the user had them last, files and streams not mirrored."""
        self._mirror(self.context.settings.mirror and (source is None or source.kind == "camera"))

    def _mirror(self, mirrored: bool) -> None:
        self.canvas.mirrored = mirrored
        self.controls.show_mirror(mirrored)
        self._wish_changed()

    def _wish_changed(self) -> None:
        if self._run is not None:
            self._run.wish(self.canvas.wish)

    def _space(self) -> None:
        if self.player.player is not None:
            self.player.toggle()
        else:
            self.start_or_stop()

    def _analyse_whole(self, path: str) -> None:
        self.whole.ask(path)

    def _explain(self) -> None:
        self.explain()

    def _restyle(self) -> None:
        self.stage.restyle()
        self.parts.restyle()
