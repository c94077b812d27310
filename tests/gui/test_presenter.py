"""The state machine of the Image tab, without a display and without threads."""

from __future__ import annotations

import numpy as np
import pytest

from emogui.errors import EmoguiError, ImageError, ModelError
from emogui.gui.choice import Choice
from emogui.gui.documents import IMAGES_KEPT, Stage
from emogui.gui.messages import (
    AnalysisFailed,
    AnalyzePicture,
    ModelsFailed,
    ModelsLoading,
    ModelsReady,
    PictureAnalyzed,
    PictureRead,
    PrepareModels,
    ReadFailed,
    ReadPicture,
)
from emogui.gui.presenter import Presenter
from emogui.types import FaceBox, FaceResult, FrameResult

IMAGE = np.zeros((60, 80, 3), np.uint8)
VALUES = {"neutral": 0.2, "happiness": 0.8}


def result(*lefts: int) -> FrameResult:
    faces = tuple(
        FaceResult(i, FaceBox(x, 5, 10, 10), 0.9, None, VALUES) for i, x in enumerate(lefts)
    )
    return FrameResult("x", 0, 0.0, 80, 60, faces)


class Desk:
    """A presenter, and workers that answer when the test says so."""

    def __init__(self, **options) -> None:
        self.sent = []
        self.changes = 0
        self.presenter = Presenter(self.sent.append, self._changed, Choice(), **options)

    def _changed(self) -> None:
        self.changes += 1

    def take(self, kind):
        """The oldest command not taken yet, which must be of that kind."""
        command = self.sent.pop(0)
        assert isinstance(command, kind), command
        return command

    def read(self) -> int:
        command = self.take(ReadPicture)
        self.presenter.handle(PictureRead(command.ticket, command.document, IMAGE.copy()))
        return command.document

    def analyse(self, found: FrameResult | None = None) -> int:
        command = self.take(AnalyzePicture)
        self.presenter.handle(
            PictureAnalyzed(
                command.ticket, command.document, found or result(10, 40), command.choice
            )
        )
        return command.document


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_opened_picture_is_read_analysed_and_its_first_face_selected(desk):
    desk.presenter.open(["a.png"])
    assert desk.presenter.current.stage is Stage.READING and desk.presenter.busy
    desk.read()
    assert desk.presenter.current.stage is Stage.ANALYSING
    desk.analyse()
    assert desk.presenter.current.stage is Stage.DONE
    assert desk.presenter.current.selected == 0
    assert not desk.presenter.busy and not desk.sent


def test_without_detection_on_opening_only_detect_analyses():
    desk = Desk(detect_on_open=False)
    desk.presenter.open(["a.png"])
    desk.read()
    assert desk.presenter.current.stage is Stage.SHOWN and not desk.sent
    desk.presenter.detect()
    desk.analyse()
    assert desk.presenter.current.result is not None


def test_pictures_are_analysed_one_after_another_the_shown_one_first(desk):
    desk.presenter.open(["a.png", "b.png", "c.png"])
    assert desk.presenter.progress == (0, 3)
    desk.read()
    desk.presenter.show(2)
    assert desk.sent[-1].path == "c.png", "the shown picture is read while another is analysed"
    desk.analyse()
    assert desk.presenter.progress == (1, 3)
    desk.read()
    assert desk.take(AnalyzePicture).document == desk.presenter.current.number


def test_at_most_one_picture_is_read_and_one_analysed_at_a_time(desk):
    desk.presenter.open([f"{n}.png" for n in range(5)])
    assert [type(c) for c in desk.sent] == [ReadPicture]
    desk.read()
    assert [type(c) for c in desk.sent] == [AnalyzePicture]


def test_decoded_pictures_do_not_pile_up(desk):
    desk.presenter.open([f"{n}.png" for n in range(12)])
    for _ in range(12):
        desk.read()
        desk.analyse()
    held = [d for d in desk.presenter.documents if d.image is not None]
    assert len(held) <= IMAGES_KEPT and desk.presenter.current in held
    desk.presenter.show(11)
    desk.read()
    assert desk.presenter.current.image is not None and not desk.presenter.busy


def test_a_late_answer_to_a_cancelled_job_changes_nothing(desk):
    desk.presenter.open(["a.png"])
    desk.read()
    late = desk.take(AnalyzePicture)
    desk.presenter.cancel()
    desk.presenter.handle(PictureAnalyzed(late.ticket, late.document, result(1), late.choice))
    assert desk.presenter.current.result is None
    assert desk.presenter.current.stage is Stage.SHOWN and not desk.presenter.busy


def test_detect_during_an_analysis_starts_anew_and_drops_the_old_answer(desk):
    desk.presenter.open(["a.png"])
    desk.read()
    old = desk.take(AnalyzePicture)
    desk.presenter.set_choice(Choice(labels="fer2013"), prepare=False)
    desk.presenter.detect()
    desk.presenter.handle(PictureAnalyzed(old.ticket, old.document, result(1), old.choice))
    assert desk.presenter.current.result is None
    new = desk.take(AnalyzePicture)
    assert new.choice.labels == "fer2013"


def test_a_closed_picture_takes_its_jobs_with_it(desk):
    desk.presenter.open(["a.png", "b.png"])
    late = desk.take(ReadPicture)
    desk.presenter.close_current()
    assert desk.presenter.current.name == "b.png"
    desk.presenter.handle(PictureRead(late.ticket, late.document, IMAGE))
    assert [d.name for d in desk.presenter.documents] == ["b.png"]
    desk.read()
    desk.analyse()
    desk.presenter.close_current()
    assert desk.presenter.current is None and desk.presenter.position is None


def test_an_unreadable_picture_fails_alone(desk):
    desk.presenter.open(["a.png", "b.png"])
    command = desk.take(ReadPicture)
    error = ImageError("'a.png' is no picture.")
    desk.presenter.handle(ReadFailed(command.ticket, command.document, error))
    first = desk.presenter.current
    assert first.stage is Stage.FAILED and first.error is error
    desk.read()
    desk.analyse()
    assert desk.presenter.documents[1].result is not None


def test_opening_a_failed_picture_again_tries_again(desk):
    desk.presenter.open(["a.png"])
    command = desk.take(ReadPicture)
    desk.presenter.handle(ReadFailed(command.ticket, command.document, ImageError("gone")))
    desk.presenter.open(["a.png"])
    desk.read()
    desk.analyse()
    assert desk.presenter.current.error is None and len(desk.presenter.documents) == 1


def test_detect_tries_a_failed_picture_again(desk):
    desk.presenter.open(["a.png"])
    command = desk.take(ReadPicture)
    desk.presenter.handle(ReadFailed(command.ticket, command.document, ImageError("gone")))
    desk.presenter.detect()
    desk.read()
    desk.analyse()
    assert desk.presenter.current.stage is Stage.DONE


def test_a_model_error_does_not_repeat_for_every_picture(desk):
    desk.presenter.open([f"{n}.png" for n in range(5)])
    desk.read()
    command = desk.take(AnalyzePicture)
    desk.presenter.handle(AnalysisFailed(command.ticket, command.document, ModelError("broken")))
    assert not desk.presenter.busy and not desk.sent


def test_another_error_lets_the_other_pictures_be_analysed(desk):
    desk.presenter.open(["a.png", "b.png"])
    desk.read()
    command = desk.take(AnalyzePicture)
    desk.presenter.handle(AnalysisFailed(command.ticket, command.document, EmoguiError("odd")))
    desk.read()
    desk.analyse()
    assert desk.presenter.documents[1].result is not None


def test_opening_a_picture_twice_shows_the_one_that_is_open(desk):
    desk.presenter.open(["a.png", "b.png"])
    desk.presenter.show(1)
    desk.presenter.open(["a.png"])
    assert len(desk.presenter.documents) == 2 and desk.presenter.current.name == "a.png"


def test_a_pasted_picture_is_kept_since_it_cannot_be_read_again(desk):
    desk.presenter.open_image(IMAGE, "Pasted picture")
    desk.analyse()
    desk.presenter.open([f"{n}.png" for n in range(9)])
    for _ in range(9):
        desk.read()
        desk.analyse()
    assert desk.presenter.documents[0].image is not None


def test_faces_are_stepped_through_from_left_to_right(desk):
    desk.presenter.open(["a.png"])
    desk.read()
    desk.analyse(result(50, 10, 30))
    seen = [desk.presenter.current.selected]
    for _ in range(3):
        desk.presenter.select_next(1)
        seen.append(desk.presenter.current.selected)
    assert seen == [0, 1, 2, 0]
    desk.presenter.select_next(-1)
    assert desk.presenter.current.selected == 2
    desk.presenter.select(None)
    desk.presenter.select_next(-1)
    assert desk.presenter.current.selected == 0


def test_selecting_a_face_that_is_not_there_changes_nothing(desk):
    desk.presenter.open(["a.png"])
    desk.presenter.select(0)
    desk.read()
    desk.analyse(result())
    desk.presenter.select(0)
    desk.presenter.select_next(1)
    assert desk.presenter.current.selected is None


def test_another_choice_prepares_its_models_and_marks_the_result_as_outdated(desk):
    desk.presenter.open(["a.png"])
    desk.read()
    desk.analyse()
    assert not desk.presenter.outdated
    choice = Choice(detector="haar")
    desk.presenter.set_choice(choice)
    assert desk.take(PrepareModels).choice == choice
    assert desk.presenter.outdated
    desk.presenter.handle(ModelsLoading(1, choice))
    assert desk.presenter.models_loading
    desk.presenter.handle(ModelsReady(1, choice, 0.2))
    assert not desk.presenter.models_loading and desk.presenter.ready_choice == choice


def test_news_of_a_choice_that_is_no_longer_wanted_are_dropped(desk):
    desk.presenter.set_choice(Choice(detector="haar"))
    desk.presenter.handle(ModelsFailed(1, Choice(detector="yunet"), ModelError("no file")))
    assert desk.presenter.models_error is None


def test_an_error_of_the_models_goes_when_another_choice_works(desk):
    desk.presenter.handle(ModelsFailed(1, Choice(), ModelError("broken")))
    assert desk.presenter.models_error is not None
    choice = Choice(labels="fer2013")
    desk.presenter.set_choice(choice)
    desk.presenter.handle(ModelsReady(2, choice, 0.1))
    assert desk.presenter.models_error is None
