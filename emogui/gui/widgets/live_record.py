"""Recording in the Live tab: asks what, shows that it runs, says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol, cast

import ttkbootstrap as ttk

from emogui.errors import EmoguiError
from emogui.gui.context import Remove, ViewContext
from emogui.gui.dialogs.saving import RECORD, Saving, SavingDialog
from emogui.gui.folders import described, open_folder, videos_folder
from emogui.gui.widgets.live_parts import LivePart
from emogui.gui.widgets.live_record_sign import RecordSign, amount, clock
from emogui.gui.widgets.live_run import LiveRun
from emogui.labels import HEADS
from emogui.live.recording import Recording
from emogui.live.recording_plan import RecordingPlan, RecordingStatus
from emogui.live.recording_slot import RecordingSlot
from emogui.live.update import LiveState, LiveUpdate
from emogui.output.privacy import Hiding

ENDED = "The source has ended."
LOST = "The source stopped delivering pictures."
NO_DETECTION = EmoguiError(
    "Detection is off, so there are no results, and faces cannot be hidden.",
    "Press Detect first, or record the video alone with its faces shown.",
)


class Recordable(Protocol):
    """What the recorder has to know of the tab."""

    @property
    def current_run(self) -> LiveRun | None:
        """What runs."""
        ...

    @property
    def analysing(self) -> bool:
        """Whether faces are looked for."""
        ...


def saving_before(context: ViewContext) -> Saving:
    """What the user chose to save the last time."""
    remembered = context.settings
    return Saving(
        remembered.record_results,
        remembered.record_video,
        remembered.record_folder or videos_folder(),
        remembered.hide_faces,
    )


def remember(context: ViewContext, saving: Saving) -> None:
    """Remembers what the user chose to save."""
    context.update_settings(
        record_results=saving.results,
        record_video=saving.video,
        record_folder=saving.folder,
        hide_faces=saving.hide,
    )


class LiveRecorder(LivePart):
    """Starts and stops recordings at the press of a button; all work is done in their own thread.

    Args:
        tab: what can be recorded.
        context: see ``emogui.gui.context``.
        sign: says that a recording runs.
        changed: called with whether one runs, when that changed.
    """

    def __init__(
        self,
        tab: Recordable,
        context: ViewContext,
        sign: RecordSign,
        changed: Callable[[bool], None],
    ) -> None:
        self.slot = RecordingSlot()
        self.dialog: SavingDialog | None = None
        self._tab, self._context, self._sign, self._changed = tab, context, sign, changed
        self._recording: Recording | None = None
        self._starting = self._stopping = self._error_told = False
        self._reason = ""
        self._unpoll: Remove | None = None

    @property
    def recording(self) -> bool:
        """Whether a recording runs, or is just being started."""
        return self._starting or (self._recording is not None and not self._stopping)

    def toggle(self) -> None:
        """What the button does: asks what to record and records it, or stops the recording."""
        if self.recording:
            self._stop()
        elif self._frame_is_there():
            self._ask()
        else:
            self._context.show_notice("There is nothing to record yet.", "Start a source first.")

    # What the tab tells

    def updated(self, update: LiveUpdate) -> None:
        if self._recording is None or self._stopping:
            return
        run = self._tab.current_run
        if update.state is LiveState.FAILED:
            self._stop(LOST)
        elif update.state is LiveState.ENDED or (
            run is not None and run.player is not None and run.player.state.at_end
        ):
            self._stop(ENDED)

    def run_stopped(self) -> None:
        self._stop()

    def close(self) -> None:
        self._stop()
        self._forget_poller()

    @property
    def closed(self) -> bool:
        recording = self.slot.recording
        return recording is None or not recording.status.running

    # Start

    def _frame_is_there(self) -> bool:
        run = self._tab.current_run
        return run is not None and run.update is not None and run.update.frame is not None

    def _ask(self) -> None:
        if self.dialog is not None and self.dialog.winfo_exists():
            self.dialog.lift()
            self.dialog.focus_set()
            return
        self.dialog = SavingDialog(
            cast(ttk.App, self._sign.winfo_toplevel()),
            self._context.theme,
            RECORD,
            saving_before(self._context),
            lambda folder: self._context.dialogs.open_folder("Folder of the recordings", folder),
            self._begin,
        )

    def _begin(self, saving: Saving) -> None:
        remember(self._context, saving)
        if self.recording:
            return
        if not self._frame_is_there():
            self._context.show_notice("There is nothing to record any more.", "Start a source.")
        elif not self._tab.analysing and (saving.hide or not saving.video):
            self._context.show_error(NO_DETECTION)
        else:
            self._context.clear_error()
            self._starting = True
            self._changed(True)
            plan = partial(
                RecordingPlan.in_folder,
                saving.folder,
                results=saving.results,
                video=saving.video,
                labels=HEADS[self._context.choice.labels],
                hide=Hiding(saving.hide) if saving.hide else None,
            )
            self._context.submit(plan, self._record, self._cannot, doing="starting the recording")

    def _record(self, plan: RecordingPlan) -> None:
        if not self._starting:  # stopped again before it began
            return
        self._starting = self._stopping = self._error_told = False
        self._reason = ""
        self._recording = self.slot.start(plan)
        self._forget_poller()
        self._unpoll = self._context.on_poll(self._watch)

    def _cannot(self, error: EmoguiError) -> None:
        self._starting = False
        self._changed(False)
        self._context.show_error(error)

    # While it runs

    def _watch(self) -> None:
        recording = self._recording
        if recording is None:
            return
        status = recording.status
        if not status.running:
            self._finished(recording, status)
            return
        if status.error is not None and not self._error_told:
            self._error_told = True
            self._context.show_error(status.error)
        self._sign.show(status, self._remark(recording))

    def _remark(self, recording: Recording) -> str:
        if self._stopping:
            return "finishing"
        hidden = recording.plan.hide is not None and recording.plan.video is not None
        return "no video while detection is off" if hidden and not self._tab.analysing else ""

    # The end

    def _stop(self, reason: str = "") -> None:
        if self._starting:
            self._starting = False
            self._changed(False)
        elif self._recording is not None and not self._stopping:
            self._stopping, self._reason = True, reason
            self._recording.stop()
            self._changed(False)

    def _finished(self, recording: Recording, status: RecordingStatus) -> None:
        self._forget_poller()
        self._sign.hide()
        if not self._stopping:
            self._changed(False)
        self._recording, self._stopping = None, False
        paths = recording.plan.paths
        self._context.submit(
            lambda: [path for path in paths if path.exists()],
            lambda kept: self._tell(status, kept),
            doing="looking for the recording",
        )

    def _tell(self, status: RecordingStatus, kept: list[Path]) -> None:
        if not kept:
            error = status.error or EmoguiError("The files of the recording are gone.")
            self._context.show_error(error)
            return
        folder = kept[0].parent
        button = ("Open folder", partial(self._show_folder, folder))
        where = described(kept)
        if status.error is not None:
            self._context.show_error(
                EmoguiError(status.error.message, f"{status.error.hint} Kept: {where}.".lstrip()),
                button,
            )
            return
        said = f"Recorded {clock(status.seconds)}, {amount(status.size)}."
        self._context.show_notice(
            f"{self._reason} {said}".lstrip(), f"{where}.{_missing(status)}", button
        )

    def _show_folder(self, folder: Path) -> None:
        self._context.submit(lambda: open_folder(folder), doing="opening the folder")

    def _forget_poller(self) -> None:
        if self._unpoll is not None:
            self._unpoll()
            self._unpoll = None


def _missing(status: RecordingStatus) -> str:
    """What the video lacks, for the end of the message."""
    said = ""
    if status.left_out:
        said += f" The video lacks {status.left_out} frames: the disk or encoder was too slow."
    if status.withheld:
        said += (
            f" The video lacks {status.withheld} frames in which nobody had looked for the faces "
            "to be hidden."
        )
    return said
