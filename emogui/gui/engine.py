"""What the workers do for the presenter: read pictures, load models, analyse. Knows no Tk."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import perf_counter

from emogui.errors import EmoguiError
from emogui.gui.choice import AnalyzerFactory, Choice, WindowAnalyzer
from emogui.gui.messages import (
    AnalysisFailed,
    AnalyzePicture,
    Command,
    ExplainFace,
    ExplainFailed,
    FaceExplained,
    Message,
    ModelsFailed,
    ModelsLoading,
    ModelsReady,
    PictureAnalyzed,
    PictureRead,
    PrepareModels,
    ReadFailed,
    ReadPicture,
    WarmUp,
)

logger = logging.getLogger(__name__)


def as_emogui_error(error: BaseException, doing: str) -> EmoguiError:
    """Turns any exception into one that can be shown; an unforeseen one is logged in full."""
    if isinstance(error, EmoguiError):
        return error
    if isinstance(error, MemoryError):
        return EmoguiError(
            f"There is not enough memory for {doing}.", "Close other programs or pictures."
        )
    if isinstance(error, OSError):
        return EmoguiError(f"{doing[:1].upper()}{doing[1:]} did not work: {error}.")
    logger.error("Unforeseen error while %s", doing, exc_info=error)
    return EmoguiError(
        f"Something unforeseen went wrong while {doing}: {type(error).__name__}: {error}.",
        "The details are in the terminal; 'emogui doctor' checks the installation.",
    )


class Engine:
    """Carries out the presenter's commands, each in the worker thread that calls ``run``.

    Reading and analysing may run in two threads at once; everything about the models happens
    in the analysis thread alone.

    Args:
        factory: makes an analyzer from a choice.
        post: hands a message to the presenter; callable from any thread.
    """

    def __init__(self, factory: AnalyzerFactory, post: Callable[[Message], None]) -> None:
        self._factory = factory
        self._post = post
        self._analyzer: WindowAnalyzer | None = None
        self._choice: Choice | None = None

    def run(self, command: Command) -> None:
        """Does a command and posts what came of it; never raises."""
        match command:
            case ReadPicture():
                self._read(command)
            case PrepareModels():
                self._prepare(command)
            case AnalyzePicture():
                self._analyse(command)
            case WarmUp():
                self._warm_up(command)
            case ExplainFace():
                self._explain(command)

    def _read(self, command: ReadPicture) -> None:
        try:
            from emogui.media.image import load_image

            image = load_image(command.path)
        except Exception as error:
            failure = as_emogui_error(error, "reading the picture")
            self._post(ReadFailed(command.ticket, command.document, failure))
        else:
            self._post(PictureRead(command.ticket, command.document, image))

    def _prepare(self, command: PrepareModels) -> None:
        try:
            self._models(command.ticket, command.choice)
        except EmoguiError as error:
            self._post(ModelsFailed(command.ticket, command.choice, error))

    def _warm_up(self, command: WarmUp) -> None:
        if self._analyzer is None or self._choice != command.choice:
            return
        try:
            self._analyzer.warm_up()
        except Exception as error:
            # The first picture will tell the user, if it is not gone by then.
            logger.info("Warming up the models failed: %s", error)

    def _analyse(self, command: AnalyzePicture) -> None:
        try:
            analyzer = self._models(command.ticket, command.choice)
            result = analyzer.analyze(command.image, source=command.source)
        except Exception as error:
            failure = as_emogui_error(error, "analysing the picture")
            self._post(AnalysisFailed(command.ticket, command.document, failure))
        else:
            self._post(PictureAnalyzed(command.ticket, command.document, result, command.choice))

    def _explain(self, command: ExplainFace) -> None:
        try:
            analyzer = self._models(command.ticket, command.choice)
            (explanation,) = analyzer.explain(
                command.image,
                command.result,
                faces=[command.face],
                emotion=command.emotion,
                load_keras=False,  # a gigabyte of memory, and seconds in which nothing is analysed
            )
        except Exception as error:
            failure = as_emogui_error(error, "explaining the face")
            self._post(ExplainFailed(command.ticket, command.document, failure))
        else:
            self._post(FaceExplained(command.ticket, command.document, explanation))

    def _models(self, ticket: int, choice: Choice) -> WindowAnalyzer:
        """The analyzer of a choice, loaded if it is not the one in memory."""
        if self._analyzer is not None and self._choice == choice:
            return self._analyzer
        self._post(ModelsLoading(ticket, choice))
        # Two networks need not be in memory at once.
        self._analyzer, self._choice = None, None
        began = perf_counter()
        try:
            analyzer = self._factory(choice)
        except Exception as error:
            failure = as_emogui_error(error, "loading the models")
            self._post(ModelsFailed(ticket, choice, failure))
            raise failure from error
        self._analyzer, self._choice = analyzer, choice
        self._post(ModelsReady(ticket, choice, perf_counter() - began))
        return analyzer
