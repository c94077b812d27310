"""The application: makes the window, shows it at once, runs its one loop, and ends it."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import tkinter
from collections.abc import Sequence
from time import monotonic
from types import TracebackType
from typing import Any

from emogui.errors import EmoguiError
from emogui.gui.ahead import Ahead
from emogui.gui.choice import AnalyzerFactory, make_analyzer
from emogui.gui.commands import Commands
from emogui.gui.context import ViewContext
from emogui.gui.dialogs.ask import Dialogs, TkDialogs
from emogui.gui.garbage import Collector
from emogui.gui.placing import is_maximized, maximize, place_on_screen
from emogui.gui.settings import SettingsStore
from emogui.gui.theme import Mode, Theme, system_mode
from emogui.gui.timings import Timings
from emogui.gui.worker import Outbox

logger = logging.getLogger(__name__)

POLL_MS = 15
CLOSE_WITHIN_S = 1.2
SIZE = (1180, 780)
SMALLEST = (760, 520)


class Application:
    """One window with everything in it.

    Args:
        paths: pictures and folders to open.
        camera: source of the Live tab to start with; None opens the tab shown last.
        factory: makes analyzers; tests give one that loads nothing.
        dialogs: answers the questions for files; the system's by default.
        store: where the settings are; the user's by default.
    """

    def __init__(
        self,
        paths: Sequence[str] = (),
        camera: str | None = None,
        *,
        factory: AnalyzerFactory = make_analyzer,
        dialogs: Dialogs | None = None,
        store: SettingsStore | None = None,
    ) -> None:
        self._paths, self._camera = tuple(paths), camera
        self.timings = Timings()
        store = store or SettingsStore()
        loaded = store.load()
        self._notice = loaded.notice
        settings = loaded.settings
        self._system_mode: Mode = "dark" if settings.system_dark else "light"
        mode: Mode = settings.theme if settings.theme != "system" else self._system_mode
        self.theme = Theme(mode, settings.scale)
        self.root = self.theme.root
        self._collector = Collector()
        self._settled = False
        self.root.report_callback_exception = self._callback_failed
        self._outbox = Outbox()
        self.context = ViewContext(
            theme=self.theme,
            settings=settings,
            store=store,
            dialogs=dialogs or TkDialogs(self.root),
            factory=factory,
            outbox=self._outbox,
        )
        self.commands = Commands(self.root, self.context, self.close, self._set_theme)
        self.shell = self.commands.shell
        self.shell.pack(fill="both", expand=True)
        self._place()
        self._ahead = Ahead(self.root, self.context)
        self._after: str | None = None
        self._close_by = 0.0
        self.closed = False
        self.root.protocol("WM_DELETE_WINDOW", self.close)
        self.root.title("emogui")

    # Start

    def show(self) -> None:
        """Makes the window visible, then starts the workers and opens what was asked for."""
        self.root.deiconify()
        self.root.update()
        self.timings.visible()
        self._set_icon()
        self.context.start()
        self.shell.image.start()
        if self._paths:
            self.commands.open(self._paths)
        if self._camera is not None:
            self.shell.show_tab("live")
            self.shell.live_view().start(self._camera)
        elif self.context.settings.tab != "image" and not self._paths:
            self.shell.show_tab(self.context.settings.tab)
        self.commands.choosing.look_up()
        self._find_system_mode()
        self._accept_drops()
        if self._notice:
            self.context.show_notice(self._notice)
        self.commands.helping.show_notice_once()
        self._tick()

    def run(self) -> int:
        """Shows the window and stays until it is closed; returns the exit status, 0."""
        self._catch_signals()
        self.show()
        self.root.mainloop()
        return 0

    def _place(self) -> None:
        """Gives the window its remembered place, if that is still on the screen."""
        px, root = self.theme.px, self.root
        screen = root.winfo_screenwidth(), root.winfo_screenheight()
        root.minsize(min(px(SMALLEST[0]), screen[0]), min(px(SMALLEST[1]), screen[1]))
        settings = self.context.settings
        if not place_on_screen(root, settings.geometry):
            width, height = min(px(SIZE[0]), screen[0] - 40), min(px(SIZE[1]), screen[1] - 80)
            x, y = (screen[0] - width) // 2, max(0, (screen[1] - height) // 3)
            root.geometry(f"{width}x{height}+{x}+{y}")
        if settings.maximized:
            maximize(root)

    def _set_icon(self) -> None:
        from emogui import paths

        try:
            files = [paths.assets() / f"icon-{size}.png" for size in (64, 32, 16)]
            self._icons = [tkinter.PhotoImage(file=str(f), master=self.root) for f in files]
            self.root.iconphoto(True, *self._icons)
        except (EmoguiError, tkinter.TclError) as error:
            logger.info("No window icon: %s", error)

    def _accept_drops(self) -> None:
        from emogui.gui.drop import accept_files

        accept_files(self.shell, self.commands.open)

    # Theme

    def _find_system_mode(self) -> None:
        def found(mode: Mode | None) -> None:
            self._system_mode = mode or "light"
            self.context.update_settings(system_dark=self._system_mode == "dark")
            self._set_theme(self.context.settings.theme)

        self.context.submit(system_mode, found, lambda _error: None, lane="files")

    def _set_theme(self, wanted: str) -> None:
        mode: Mode = self._system_mode
        if wanted in ("light", "dark"):
            mode = "dark" if wanted == "dark" else "light"
        if mode != self.theme.mode:
            self.theme.use(mode)
            self.context.theme_changed()

    # The loop

    def _tick(self) -> None:
        self._after = self.root.after(POLL_MS, self._tick)
        self.context.poll()
        self.timings.look(self.shell.image)
        if not self._settled:
            self._settle()
        self._collector.turn()

    def _settle(self) -> None:
        """Once the models are ready and nothing runs: makes ahead what will be needed."""
        presenter = self.shell.image.presenter
        if presenter.ready_choice is None or presenter.busy:
            return
        if self._ahead.turn():
            self._settled = True
            self._collector.settle()

    def _callback_failed(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> Any:
        """A bug in a callback of Tk: it is logged and told, and the window stays alive."""
        if self.closed and isinstance(error, tkinter.TclError):
            return  # a dialog of the system was open: its caller comes back to no window
        logger.error("A callback of the window failed", exc_info=(kind, error, trace))
        if not self.context.closing:
            self.context.show_error(
                EmoguiError(
                    f"Something unforeseen went wrong: {kind.__name__}: {error}.",
                    "The details are in the terminal. You can go on working.",
                )
            )

    # The end

    def close(self) -> None:
        """Closes the window; where a training or batch works, asks first, and does not wait."""
        if self.shell.at_work and not self.context.closing:
            self.commands.ask_to_leave(self.leave)
        else:
            self.leave()

    def leave(self) -> None:
        """Begins the end: stops everything, remembers the settings, then waits for threads.

        It returns at once, and nothing in it waits: a thread in native code cannot be told to
        hurry, so the window goes after ``CLOSE_WITHIN_S`` whatever they do.
        """
        if self.context.closing:
            return
        if self._after is not None:
            self.root.after_cancel(self._after)
        for view in self.shell.views():
            view.close()
        self.context.stop()
        self._remember()
        self.root.withdraw()
        self._close_by = monotonic() + CLOSE_WITHIN_S
        self._after = self.root.after(0, self._wait_for_views)

    def _wait_for_views(self) -> None:
        if all(view.is_closed() for view in self.shell.views()) or monotonic() > self._close_by:
            self.closed = True
            self.root.destroy()
            self._collector.stop()  # nobody waits for it: the window is gone
        else:
            self._after = self.root.after(POLL_MS, self._wait_for_views)

    def _remember(self) -> None:
        maximized = is_maximized(self.root)
        geometry = self.context.settings.geometry if maximized else self.root.geometry()
        self.context.save_settings(geometry=geometry, maximized=maximized, tab=self.shell.tab)

    def _catch_signals(self) -> None:
        """Lets Ctrl+C in the terminal and a polite kill close the window as Exit does."""
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGINT", "SIGTERM", "SIGHUP"):
                number = getattr(signal, name, None)
                if number is not None:
                    signal.signal(number, lambda *_args: self.context.post(self.leave))

    def is_quiet(self) -> bool:
        """Whether no worker is inside a job and no view inside a camera any more."""
        return self.context.is_stopped() and all(view.is_closed() for view in self.shell.views())


def run(paths: Sequence[str] = (), camera: str | None = None) -> int:
    """Opens the window and stays until it is closed.

    Args:
        paths: pictures and folders to open.
        camera: source to start in the Live tab: a camera's number, a file or an address.

    Returns:
        The exit status, 0.

    Raises:
        EmoguiError: no window can be opened, mostly because there is no display.
    """
    try:
        application = Application(paths, camera)
    except tkinter.TclError as error:
        raise EmoguiError(
            f"No window can be opened: {error}.",
            "'emogui analyze' works without a window; 'emogui doctor' says what is missing.",
        ) from error
    status = application.run()
    _leave(application, status)
    return status


def _leave(application: Application, status: int) -> None:
    """Ends the process at once where a worker is still in native code.

    The interpreter would otherwise tear itself down under that thread, and it may crash: the
    window was closed in the middle of a detection, and that has to be a clean exit.
    """
    by = monotonic() + 0.2
    while not application.is_quiet() and monotonic() < by:
        threading.Event().wait(0.01)
    if not application.is_quiet():
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(status)
