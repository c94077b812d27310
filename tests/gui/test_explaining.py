"""What spoke for an emotion, shown on the face in the Image tab."""

from __future__ import annotations

import numpy as np

from emogui.errors import ModelError
from emogui.gui.widgets.picture_part import scaled
from tests.gui.conftest import FakeAnalyzer


def explained(window):
    window.wait_until(lambda: window.image.explaining.explanation is not None)
    window.settle()


def pixels(window):
    """The picture in sight as it is drawn, without the Canvas items."""
    region = window.canvas.viewport.region()
    image = window.presenter.current.image
    return np.asarray(scaled(image, region, window.image.explaining.explanation))


def test_the_toggle_lays_the_map_over_the_selected_face_and_takes_it_away(window, picture):
    window.open(picture)
    before = pixels(window)
    assert window.canvas.legend.text == ""

    window.image.panel.map_toggle.invoke()
    explained(window)

    assert window.canvas.legend.text == "What spoke for happiness"
    assert window.image.panel.chart.marked == "happiness"
    changed = (pixels(window) != before).any(axis=2)
    rows, columns = np.nonzero(changed)
    left, top, right, bottom = window.canvas.viewport.to_view(
        window.presenter.current.result.faces[0].box
    )
    region = window.canvas.viewport.region()
    assert left - 2 <= columns.min() + region.x and columns.max() + region.x <= right + 2
    assert top - 2 <= rows.min() + region.y and rows.max() + region.y <= bottom + 2
    window.screenshot("image-explained")

    window.key("<Control-Shift-E>")
    window.settle()
    assert window.canvas.legend.text == "" and window.image.panel.chart.marked is None
    np.testing.assert_array_equal(pixels(window), before)


def test_a_click_on_a_bar_explains_that_emotion_and_another_face_begins_with_its_own(
    window, picture
):
    window.open(picture)
    chart = window.image.panel.chart
    chart.event_generate("<ButtonRelease-1>", x=20, y=chart.row_middle("fear"))
    explained(window)
    assert window.image.explaining.on
    assert window.canvas.legend.text == "What spoke for fear" and chart.marked == "fear"

    window.key("<Control-Shift-N>")
    explained(window)
    assert window.canvas.legend.text == "What spoke for contempt"
    window.key("<Control-Shift-N>")
    explained(window)
    assert window.canvas.legend.text == "What spoke for neutral"
    window.key("<Control-Shift-B>")
    explained(window)
    assert chart.marked == "contempt"

    window.click_face(1)
    explained(window)
    assert chart.marked == "surprise"


def test_what_is_known_is_not_asked_for_again(make_app, picture):
    made = []

    def factory(choice):
        import threading

        gate = threading.Event()
        gate.set()
        made.append(FakeAnalyzer(choice, gate))
        return made[-1]

    window = make_app(factory=factory)
    window.open(picture)
    window.image.panel.map_toggle.invoke()
    explained(window)
    for _ in range(4):
        window.key("<Right>")
        explained(window)
    assert sorted(made[-1].explained) == [(0, "happiness"), (1, "surprise")]


def test_a_network_that_cannot_be_explained_says_why_and_the_window_goes_on(make_app, picture):
    class Mute(FakeAnalyzer):
        def explain(self, *_args, **_kwargs):
            raise ModelError("It was exported without maps.", "Export it again.")

    def factory(choice):
        import threading

        gate = threading.Event()
        gate.set()
        return Mute(choice, gate)

    window = make_app(factory=factory)
    window.open(picture)
    window.image.panel.map_toggle.invoke()
    window.wait_until(lambda: window.shell.banner.visible)
    assert "without maps" in window.shell.banner.message
    window.image.panel.map_toggle.invoke()
    window.wait_until(lambda: not window.shell.banner.visible)
    window.key("<Right>")
    assert window.presenter.current.selected == 1


def test_a_changed_choice_is_not_explained_until_it_is_detected(window, picture):
    window.open(picture)
    window.image.panel.map_toggle.invoke()
    explained(window)
    window.commands.pick_model("resnet50", "fer2013")
    window.wait_until(lambda: window.image.explaining.explanation is None)
    assert window.canvas.legend.text == ""
    window.shell.buttons["detect"].invoke()
    window.settle()
    explained(window)
    assert window.canvas.legend.text == "What spoke for disgust"
