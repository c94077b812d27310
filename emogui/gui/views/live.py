"""The Live camera tab: a camera, video or stream, its faces, and the followed face's chart."""

from __future__ import annotations

import tkinter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic

import ttkbootstrap as ttk

from emogui.errors import EmoguiError
from emogui.gui.choice import Choice
from emogui.gui.context import Remove, ViewContext
from emogui.gui.exports import PICTURE_TYPES
from emogui.gui.presenter import reading_order
from emogui.gui.widgets.live_canvas import LiveCanvas
from emogui.gui.widgets.live_controls import LiveControls
from emogui.gui.widgets.live_message import LiveMessage
from emogui.gui.widgets.live_panel import LivePanel
from emogui.gui.widgets.live_renderer import LiveRenderer
from emogui.gui.widgets.live_sources import Source
from emogui.live.analysis import LazyAnalysis
from emogui.live.session import Analysed, LiveSession, LiveState, LiveUpdate
from emogui.media.cameras import CameraInfo, list_cameras, open_source
from emogui.media.source import FrameSource
from emogui.types import FaceResult, Image

STALE_S = 1.5
"""Faces that were found longer ago than this are no longer framed."""

_FIGURES_S = 0.4


@dataclass(slots=True, eq=False)
class _Run:
    """A session with its renderer and what was last shown of it."""

    session: LiveSession
    renderer: LiveRenderer
    source: Source
    state: LiveState = LiveState.OPENING
    shown_result: object = None
    figures_at: float = 0.0
    polled: LiveUpdate | None = None

    @property
    def alive(self) -> bool:
        return self.session.alive or self.renderer.alive

    def stop(self) -> None:
        self.session.stop()
        self.renderer.stop()


class LiveView(ttk.Frame):
    """See the module; keeps the contract of ``emogui.gui.context``.

    Args:
        parent: where it lies.
        context: see ``emogui.gui.context``.
        open_spec: opens a source by its spec, in the capture thread.
        find_cameras: lists the cameras, in a worker.
    """

    def __init__(
        self,
        parent: tkinter.Misc,
        context: ViewContext,
        *,
        open_spec: Callable[[str], FrameSource] | None = None,
        find_cameras: Callable[[], list[CameraInfo]] | None = None,
    ) -> None:
        super().__init__(parent)
        self.context = context
        self.explain: Callable[[], None] = lambda: None
        self._open_spec = open_spec or (lambda spec: open_source(spec, realtime=True))
        self._find_cameras = find_cameras or list_cameras
        self._run: _Run | None = None
        self._ending: list[_Run] = []
        self._unpoll: Remove | None = None
        self._analysis: LazyAnalysis | None = None
        self._analysing = True
        self._picked: int | None = None
        self._resume: Source | None = None
        self._looking = False
        self._looked = False
        self._build()
        context.on_choice(self._choice_changed)
        context.on_theme(self._restyle)
        if context.settings.camera:
            self.controls.chooser.choose(context.settings.camera)
        self._show_idle()

    def _build(self) -> None:
        px = self.context.px
        self.rowconfigure(1, weight=1)
        self.columnconfigure(0, weight=1)
        self.controls = LiveControls(self, self.context, self)
        self.controls.grid(
            row=0, column=0, columnspan=2, sticky="ew", padx=px(12), pady=(px(10), 0)
        )
        stage = ttk.Frame(self)
        stage.grid(row=1, column=0, sticky="nsew", padx=(px(12), 0), pady=px(10))
        self.canvas = LiveCanvas(stage, self.context, self._wish_changed, self._clicked)
        self.canvas.pack(fill="both", expand=True)
        self.message = LiveMessage(stage, self.context)
        side = ttk.Frame(self, padding=(px(18), px(12), px(16), px(8)), width=px(330))
        side.grid(row=1, column=1, sticky="ns")
        side.grid_propagate(False)
        side.columnconfigure(0, weight=1)
        self.panel = LivePanel(side, self.context, self._explain)
        self.panel.grid(row=0, column=0, sticky="ew")
        for keys, step in (("Right", 1), ("Down", 1), ("Left", -1), ("Up", -1)):
            self.canvas.bind(f"<{keys}>", partial(self._stepped, step))
        self.canvas.bind("<space>", lambda _event: self.start_or_stop())

    # The contract for views

    def on_show(self) -> None:
        if not self._looked:
            self.look_for_cameras()
        resume, self._resume = self._resume, None
        if resume is not None and not self.running:
            self._start(resume)

    def on_hide(self) -> None:
        """A camera does not go on filming unseen; it starts again when the tab is shown."""
        if self.running and self._run is not None:
            self._resume = self._run.source
            self.stop()

    def close(self) -> None:
        self._resume = None
        self._end_run()

    def is_closed(self) -> bool:
        return not any(run.alive for run in self._ending)

    # What the user does

    @property
    def running(self) -> bool:
        """Whether a source is open or being opened."""
        return self._run is not None and not self._run.state.final

    @property
    def analysing(self) -> bool:
        """Whether faces are looked for while a source runs."""
        return self._analysing

    @property
    def latest(self) -> LiveUpdate | None:
        """What the running session said last."""
        return None if self._run is None else self._run.polled

    def start(self, spec: str | None = None) -> None:
        """Starts a source: a camera's number, a file or an address; by default the chosen one."""
        chooser = self.controls.chooser
        if spec is not None:
            chooser.choose(spec)
        if chooser.current is not None:
            self._start(chooser.current)
        else:
            self.look_for_cameras()

    def stop(self) -> None:
        """Stops the source; its threads end by themselves."""
        self._end_run()
        self.canvas.clear()
        self._show_idle()

    def start_or_stop(self) -> None:
        if self.running:
            self.stop()
        else:
            self.start()

    def toggle_analysis(self) -> None:
        """What the Detect button does: starts or stops looking for faces."""
        if not self.running:
            self._analysing = True
            self.start()
            return
        self._analysing = not self._analysing
        self._set_analysis()

    def snapshot(self) -> None:
        """Saves the present picture with its faces, never mirrored."""
        run = self._run
        update = run.polled if run is not None else None
        if update is None or update.frame is None:
            self.context.show_notice("There is no picture to save yet.", "Start a source first.")
            return
        shown = self._current(update)
        image = shown.frame.image if shown is not None else update.frame.image
        name = f"emogui-{datetime.now():%Y%m%d-%H%M%S}.png"
        path = self.context.dialogs.save_file(
            "Save snapshot", PICTURE_TYPES, self.context.settings.last_folder, name
        )
        if path:
            self.context.submit(
                lambda: _save(path, image, shown),
                lambda _nothing: self.context.show_status(f"Saved {path}"),
                doing="saving the snapshot",
            )

    def set_mirror(self, mirrored: bool) -> None:
        """Shows the picture mirrored or not; remembered for cameras."""
        self.canvas.mirrored = mirrored
        self.controls.show_mirror(mirrored)
        source = self._run.source if self._run else self.controls.chooser.current
        if source is None or source.kind == "camera":
            self.context.update_settings(mirror=mirrored)
        self._wish_changed()

    def look_for_cameras(self) -> None:
        """Lists the cameras in a worker."""
        if self._looking:
            return
        self._looking = True
        if not self.running:
            self._show_idle()
        self.context.submit(
            self._find_cameras, self._found_cameras, self._found_none, doing="looking for cameras"
        )

    def choose(self, source: Source) -> None:
        """Another source was picked from the list; a running one gives way to it."""
        if self.running:
            self._start(source)
        else:
            self.set_mirror_for(source)
            self._show_idle()

    def set_mirror_for(self, source: Source | None) -> None:
        """Mirrors as is usual for a source: cameras as was chosen last, others not."""
        self.canvas.mirrored = self.context.settings.mirror and (
            source is None or source.kind == "camera"
        )
        self.controls.show_mirror(self.canvas.mirrored)

    # Sessions

    def _start(self, source: Source) -> None:
        self._end_run()
        self.context.clear_error()
        self.canvas.clear()
        self._picked = None
        self.set_mirror_for(source)
        renderer = LiveRenderer(self.canvas.wish)
        session = LiveSession(partial(self._open_spec, source.spec), on_frame=renderer.offer)
        self._run = _Run(session, renderer, source)
        if source.kind != "stream" or "@" not in source.spec:  # no password into the settings
            self.context.update_settings(camera=source.spec)
        self._set_analysis()
        renderer.start()
        session.start()
        self._show_state(self._run)
        if self._unpoll is None:
            self._unpoll = self.context.on_poll(self._poll)

    def _end_run(self) -> None:
        run, self._run = self._run, None
        if run is not None:
            run.stop()
            self._ending = [r for r in (*self._ending, run) if r.alive]
        if self._unpoll is not None:
            self._unpoll()
            self._unpoll = None

    def _set_analysis(self) -> None:
        """Gives the running session the analysis of the present choice, or none."""
        run = self._run
        if run is None:
            return
        if self._analysing:
            if self._analysis is None:
                choice = self.context.choice
                self._analysis = LazyAnalysis(lambda: self.context.make_analyzer(choice))
            self._analysis.source = run.source.title
            run.session.analyze = self._analysis
        else:
            run.session.analyze = None
            self.context.clear_error()
        self._show_faces(run, None)

    def _choice_changed(self, _choice: Choice) -> None:
        self._analysis = None
        if self.running and self._analysing:
            self._set_analysis()

    # The poller

    def _poll(self) -> None:
        run = self._run
        if run is None:
            return
        run.polled = update = run.session.poll()
        rendered = run.renderer.take()
        if rendered is not None and update.state is not LiveState.FAILED:
            first = self.canvas.showing is None
            self.canvas.show(rendered)
            if first and self.message.visible:
                self.message.hide()
        newest = self._current(update)
        if newest is not run.shown_result:
            self._show_faces(run, newest)
        if update.analysis_error is not None:
            self._analysis = None  # Detect tries again
            self._analysing = False
            run.session.analyze = None
            self._show_faces(run, None)
            self.context.show_error(update.analysis_error)
        if update.state is not run.state:
            run.state = update.state
            self._show_state(run)
        if monotonic() - run.figures_at > _FIGURES_S:
            run.figures_at = monotonic()
            self._show_figures(run, update)

    def _current(self, update: LiveUpdate) -> Analysed | None:
        """The newest result, unless it is too old to belong to the picture in sight."""
        newest, frame = update.newest, update.frame
        if newest is None or frame is None:
            return None
        return newest if frame.captured_at - newest.frame.captured_at < STALE_S else None

    # What is shown

    def _show_state(self, run: _Run) -> None:
        self.controls.show_running(self.running)
        state, update = run.state, run.polled
        again = partial(self._start, run.source)
        if state is LiveState.OPENING:
            self.message.show("", f"Opening {run.source.title}…", "")
            self.context.show_status(f"Opening {run.source.title}…")
        elif state is LiveState.RUNNING:
            pass  # the first picture takes the message away
        elif state is LiveState.ENDED:
            self.message.show("", "The video has ended", "", ("Play again", again))
            self.context.show_status(f"{run.source.title} has ended")
        elif state is LiveState.FAILED:
            error = update.error if update is not None else None
            self.canvas.clear()
            self.panel.show_text("", "")
            self.message.show(
                "camera-video-off",
                error.message if error is not None else "The source was lost.",
                error.hint if error is not None else "",
                ("Try again", again),
            )
            self.context.show_status(f"{run.source.title} is not available")
        if state.final:
            self.controls.show_figures("")
            if state is not LiveState.FAILED:
                run.session.stop()

    def _show_idle(self) -> None:
        """Nothing runs: says what can be done."""
        self.controls.show_running(False)
        self.controls.show_figures("")
        self.panel.show_text("", "The chart of the followed face appears here.")
        chooser = self.controls.chooser
        if chooser.current is not None:
            self.message.show(
                "camera-video",
                chooser.current.title,
                "Nothing is recorded, and nothing leaves this computer.",
                ("Start", self.start),
            )
            self.context.show_status("Ready")
        elif self._looking or not self._looked:
            self.message.show("", "Looking for cameras…", "")
        else:
            self.message.show(
                "camera-video-off",
                "No camera was found",
                "Plug one in and look again, or open a video file or a stream.",
                ("Look again", self.look_for_cameras),
                ("Open a video…", chooser.ask_file),
            )
            self.context.show_status("No camera was found")

    def _found_cameras(self, cameras: list[CameraInfo]) -> None:
        self._looking, self._looked = False, True
        self.controls.chooser.set_cameras(cameras)
        if self._run is None:
            self.set_mirror_for(self.controls.chooser.current)
            self._show_idle()

    def _found_none(self, _error: EmoguiError) -> None:
        self._found_cameras([])

    def _show_faces(self, run: _Run, newest: Analysed | None) -> None:
        run.shown_result = newest
        if newest is None:
            self.canvas.show_result(None, None)
            self.panel.show_text(*self._no_result_words(run))
            return
        faces = newest.result.faces
        index = self._followed(faces)
        picked = index is not None and faces[index].face_id == self._picked
        self.canvas.show_result(newest.result, index if picked else None)
        if index is None:
            self.panel.show_text("No face", "Turn towards the camera, or come closer.")
        else:
            place = reading_order(faces).index(index) + 1
            if self.canvas.mirrored:
                place = len(faces) + 1 - place
            self.panel.show_face(faces[index], place, len(faces), picked)

    def _no_result_words(self, run: _Run) -> tuple[str, str]:
        if run.state.final:
            return "", "The chart of the followed face appears here."
        if not self._analysing:
            return "Detection is off", "Press Detect to look for faces."
        if self._analysis is None or not self._analysis.loaded:
            return "One moment", "The models are being loaded…"
        return "One moment", "Looking for faces…"

    def _followed(self, faces: tuple[FaceResult, ...]) -> int | None:
        """The picked face while it is in sight, else the largest."""
        if not faces:
            return None
        for index, face in enumerate(faces):
            if face.face_id == self._picked:
                return index
        return max(range(len(faces)), key=lambda i: faces[i].box.area)

    def _show_figures(self, run: _Run, update: LiveUpdate) -> None:
        if update.state is not LiveState.RUNNING or update.frame is None:
            return
        figures = update.statistics
        age = figures.result_age_p50_ms if self._analysing else figures.frame_age_ms
        words = [f"{figures.fps:.0f} fps"]
        if age is not None:
            words.append(f"frame age {age:.0f} ms")
        self.controls.show_figures("  ·  ".join(words))
        height, width = update.frame.image.shape[:2]
        parts = [run.source.title, f"{width} × {height}"]
        if not self._analysing:
            parts.append("detection is off")
        elif update.newest is not None:
            number = len(update.newest.result.faces)
            parts.append(
                "no face" if not number else "1 face" if number == 1 else f"{number} faces"
            )
            parts.append(f"analysed {figures.analysis_fps:.0f} a second")
        parts.append(f"{figures.dropped} dropped")
        self.context.show_status("  ·  ".join(parts))
        if update.newest is None:
            self.panel.show_text(*self._no_result_words(run))

    # Small things

    def _wish_changed(self) -> None:
        if self._run is not None:
            self._run.renderer.wish(self.canvas.wish)

    def _clicked(self, index: int | None) -> None:
        update = self.latest
        newest = self._current(update) if update is not None else None
        self._picked = None
        if index is not None and newest is not None and index < len(newest.result.faces):
            self._picked = newest.result.faces[index].face_id
        if self._run is not None and newest is not None:
            self._show_faces(self._run, newest)

    def _stepped(self, step: int, _event: object) -> None:
        """The arrow keys go from face to face as the picture shows them."""
        update = self.latest
        newest = self._current(update) if update is not None else None
        if newest is None or not newest.result.faces:
            return
        faces = newest.result.faces
        order = list(reading_order(faces))
        if self.canvas.mirrored:
            order.reverse()
        now = self._followed(faces)
        at = order.index(now) if now is not None else 0
        self._clicked(order[(at + step) % len(order)])

    def _explain(self) -> None:
        self.explain()

    def _restyle(self) -> None:
        self.canvas.restyle()
        self.message.restyle()
        self.panel.restyle()


def _save(path: str, image: Image, shown: Analysed | None) -> None:
    """Saves a snapshot; runs in a worker."""
    from emogui.output.annotate import annotate
    from emogui.output.files import save_image

    save_image(image if shown is None else annotate(image, shown.result), path)
