"""The Image tab, driven as a person does."""

from __future__ import annotations

import numpy as np
from PIL import Image as PilImage

from emogui.errors import DetectorError
from emogui.gui.documents import Stage


def test_opening_detects_at_once_and_frames_labels_and_charts(window, picture):
    window.open(picture)

    result = window.presenter.current.result
    assert len(result.faces) == 2
    labels = [window.canvas.faces.text(i) for i in range(2)]
    assert labels[0] == "happiness 90 %"
    assert labels[1].startswith("surprise?") and window.canvas.faces.is_dashed(1)
    assert not window.canvas.faces.is_dashed(0)
    numbers = window.image.panel.chart.numbers()
    assert list(numbers) == list(result.faces[0].probabilities)
    assert numbers["happiness"] == "90.0 %"
    assert window.image.panel.heading.cget("text") == "Happiness"
    assert "2 faces" in window.shell.status.cget("text")
    window.screenshot("image-two-faces")


def test_clicking_a_face_selects_it_and_tells_its_doubt(window, picture):
    window.open(picture)
    assert not window.image.panel.doubt.winfo_ismapped()

    window.click_face(1)

    assert window.presenter.current.selected == 1
    assert window.image.panel.heading.cget("text") == "Surprise"
    assert window.image.panel.doubt.winfo_ismapped()
    assert window.image.panel.doubt.reason == "No emotion reaches 50 %."
    window.shell.buttons["save_picture"].focus_force()
    window.screenshot("image-doubtful")


def test_clicking_a_label_selects_its_face_and_clicking_beside_selects_none(window, picture):
    window.open(picture)
    label = window.canvas.faces.labels[1]

    window.click(label.x + label.w / 2, label.y + label.h / 2)
    assert window.presenter.current.selected == 1

    window.click(3, 3)
    assert window.presenter.current.selected is None
    assert "Click a face" in window.image.panel.detail.cget("text")


def test_arrow_keys_go_from_face_to_face(window, tmp_path, make_picture):
    window.open(make_picture(tmp_path / "three.png", faces=3))
    seen = []
    for _ in range(4):
        seen.append(window.presenter.current.selected)
        window.key("<Right>")
    assert seen == [0, 1, 2, 0]
    window.key("<Left>")
    window.key("<Up>")
    assert window.presenter.current.selected == 2


def test_several_pictures_are_listed_and_stepped_through(window, tmp_path, make_picture):
    paths = [make_picture(tmp_path / f"{n}.png", faces=n) for n in (1, 2, 0)]
    window.open(*paths)

    window.wait_until(lambda: all(d.stage is Stage.DONE for d in window.presenter.documents))
    tree = window.image.list.tree
    rows = tree.get_children()
    assert [tree.item(row, "text") for row in rows] == ["1.png", "2.png", "0.png"]
    assert [tree.item(row, "values")[0] for row in rows] == ["happiness", "2 faces", "no face"]
    window.shell.buttons["next_picture"].invoke()
    window.settle()
    assert window.presenter.current.name == "2.png"
    window.key("<Prior>")
    window.key("<Prior>")
    assert window.presenter.current.name == "0.png"
    tree.focus_force()
    tree.selection_set(rows[1])
    window.wait_until(lambda: window.presenter.current.name == "2.png")
    window.settle()
    assert len(window.canvas.faces.labels) == 2
    window.screenshot("image-several")


def test_one_picture_needs_no_list(window, picture):
    window.open(picture)
    assert not window.image.list.winfo_ismapped()
    assert str(window.shell.buttons["next_picture"].cget("state")) == "disabled"


def test_no_face_says_so_and_what_to_try(window, tmp_path, make_picture):
    window.open(make_picture(tmp_path / "empty.png", faces=0))

    panel = window.image.panel
    assert panel.heading.cget("text") == "No face found"
    assert "threshold" in panel.detail.cget("text") and "detector" in panel.detail.cget("text")
    assert not panel.chart.winfo_ismapped()
    assert "No face found" in window.shell.status.cget("text")
    panel.adjust.invoke()
    assert window.commands.dialogs["settings"].winfo_exists()
    window.screenshot("image-no-face")


def test_a_wrong_file_gives_a_banner_and_the_window_goes_on(window, tmp_path, picture):
    wrong = tmp_path / "notes.jpg"
    wrong.write_text("this is no picture")
    window.open(wrong)

    assert window.shell.banner.visible
    assert "notes.jpg" in window.shell.banner.message
    assert window.presenter.current.stage is Stage.FAILED
    window.screenshot("image-error")

    window.open(picture)
    assert not window.shell.banner.visible
    assert len(window.presenter.current.result.faces) == 2


def test_a_dismissed_error_does_not_come_again_by_itself(window, tmp_path):
    window.open(tmp_path / "gone.png")
    assert window.shell.banner.visible
    window.key("<Escape>")
    assert not window.shell.banner.visible
    window.commands.refresh()
    window.presenter.step(1)
    assert not window.shell.banner.visible


def test_detect_runs_again_with_the_present_head(window, picture):
    window.open(picture)
    window.context.update_settings(labels="fer2013")
    assert "press Detect" in window.image.panel.detail.cget("text")

    window.shell.buttons["detect"].invoke()
    window.settle()

    assert window.presenter.current.result.labels == "fer2013"
    assert next(iter(window.image.panel.chart.numbers())) == "angry"
    assert "press Detect" not in window.image.panel.detail.cget("text")


def test_detection_on_opening_can_be_switched_off(window, picture):
    window.context.update_settings(detect_on_open=False)
    window.open(picture)
    assert window.presenter.current.result is None
    assert "Press Detect" in window.image.panel.detail.cget("text")
    assert window.canvas.rendered

    window.key("<F5>")
    window.settle()
    assert window.presenter.current.result is not None


def test_cancel_gives_up_the_rest_and_keeps_what_was_found(window, tmp_path, make_picture):
    paths = [make_picture(tmp_path / f"{n}.png") for n in range(4)]
    window.open(paths[0])
    window.gate.clear()
    window.dialogs.files = tuple(map(str, paths))
    window.shell.buttons["open"].invoke()
    window.wait_until(window.shell.cancel_button.winfo_ismapped)

    window.shell.cancel_button.invoke()

    assert not window.shell.cancel_button.winfo_ismapped()
    window.gate.set()
    window.settle()
    assert [d.result is not None for d in window.presenter.documents] == [True, False, False, False]


def test_a_model_that_cannot_be_loaded_gives_a_banner(make_app, picture):
    from emogui.errors import ModelError

    def broken(_choice):
        raise ModelError("The model 'resnet50' is incomplete.", "Install emogui again.")

    window = make_app(factory=broken)
    window.open(picture)
    assert window.shell.banner.message == "The model 'resnet50' is incomplete."
    assert window.shell.banner.hint == "Install emogui again."
    assert window.canvas.rendered
    assert "incomplete" in window.image.panel.detail.cget("text")


def test_an_unforeseen_error_in_a_worker_is_told(make_app, picture, expected_errors):
    expected_errors.append("Unforeseen error while analysing the picture")

    class Broken:
        def warm_up(self):
            pass

        def analyze(self, *_args, **_kwargs):
            raise ZeroDivisionError("oh")

    window = make_app(factory=lambda _choice: Broken())
    window.open(picture)
    assert "ZeroDivisionError" in window.shell.banner.message
    assert "terminal" in window.shell.banner.hint


def test_zoom_moves_faces_with_the_picture_and_fit_brings_back(window, picture):
    window.open(picture)
    before = list(window.canvas.faces.labels)
    scale = window.canvas.viewport.scale
    window.key("<Control-plus>")
    window.key("<Control-equal>")
    window.settle()
    assert window.canvas.viewport.scale > scale * 1.5
    window.key("<Control-Key-9>")
    assert window.canvas.viewport.scale == 1.0
    window.key("<Control-Key-0>")
    window.settle()
    assert window.canvas.faces.labels == before


def test_dragging_moves_a_zoomed_picture_and_selects_nothing(window, picture):
    window.open(picture)
    window.canvas.zoom(6)
    window.settle()
    selected, offset = window.presenter.current.selected, window.canvas.viewport.offset
    window.canvas.event_generate("<ButtonPress-1>", x=300, y=200)
    window.canvas.event_generate("<B1-Motion>", x=250, y=170)
    window.canvas.event_generate("<ButtonRelease-1>", x=250, y=170)
    window.settle()
    moved = window.canvas.viewport.offset
    assert (round(moved[0] - offset[0]), round(moved[1] - offset[1])) == (-50, -30)
    assert window.presenter.current.selected == selected


def test_the_picture_follows_the_size_of_the_window(window, picture):
    window.open(picture)
    scale = window.canvas.viewport.scale
    window.root.geometry("780x560+10+10")
    window.wait_until(lambda: window.root.winfo_width() == 780)
    window.settle()
    assert window.canvas.viewport.scale < scale
    window.screenshot("image-small-window")


def test_close_picture_shows_the_neighbour_and_then_the_welcome(window, tmp_path, make_picture):
    window.open(make_picture(tmp_path / "a.png"), make_picture(tmp_path / "b.png"))
    window.wait_until(lambda: not window.presenter.busy)
    window.key("<Control-w>")
    window.settle()
    assert window.presenter.current.name == "b.png"
    window.key("<Control-w>")
    assert window.presenter.current is None
    assert str(window.shell.buttons["detect"].cget("state")) == "disabled"
    window.screenshot("image-empty")


def test_a_folder_on_the_command_line_opens_the_pictures_in_it(make_app, tmp_path, make_picture):
    folder = tmp_path / "ordner ü"
    folder.mkdir()
    for name in ("b.png", "a.png"):
        make_picture(folder / name)
    (folder / "notes.txt").write_text("no picture")
    window = make_app((str(folder),))
    window.wait_until(lambda: len(window.presenter.documents) == 2)
    window.settle()
    assert [d.name for d in window.presenter.documents] == ["a.png", "b.png"]


def save_squares(path, boxes, size):
    """Saves a grey PNG with white squares (x, y, side)."""
    image = np.full((size[1], size[0], 3), 90, np.uint8)
    for index, (x, y, side) in enumerate(boxes):
        image[y : y + side, x : x + side] = 255 - index
    PilImage.fromarray(image).save(path)
    return path


def test_labels_of_small_faces_say_the_whole_name_where_it_covers_nothing(window, tmp_path):
    apart = [(100, 100, 40), (500, 300, 30), (900, 600, 20)]
    window.open(save_squares(tmp_path / "apart.png", apart, (1200, 800)))
    items = window.canvas.faces
    assert [items.text(i) for i in range(3)] == ["happiness 90 %", "surprise?", "sadness"]

    close = [(600, 355, 40), (600, 400, 38), (600, 445, 36), (555, 400, 34), (645, 400, 32)]
    window.open(save_squares(tmp_path / "close.png", close, (1200, 800)))
    window.wait_until(lambda: len(items.labels) == 5)
    assert items.text(1) == "sur?", "the face in the middle has no room for more"
    for index, label in enumerate(items.labels):
        for other in items.labels[index + 1 :]:
            assert (
                label.right <= other.x
                or other.right <= label.x
                or label.bottom <= other.y
                or other.bottom <= label.y
            )


def test_the_arrow_keys_go_on_working_after_a_button_was_pressed(window, tmp_path, make_picture):
    window.open(*(make_picture(tmp_path / f"{i}.png") for i in range(2)))
    for widget in (window.shell.buttons["detect"], window.image.panel.more, window.image.list.tree):
        widget.focus_force()
        window.root.update()
        before = window.presenter.current.selected
        widget.event_generate("<Right>")
        assert window.presenter.current.selected != before
    window.shell.buttons["detect"].focus_force()
    window.root.update()
    before = window.presenter.position
    window.shell.buttons["detect"].event_generate("<Next>")
    assert window.presenter.position != before


def test_an_error_of_a_detector_goes_when_another_is_picked(window, picture, monkeypatch):
    usual = window.context.make_analyzer

    def picky(choice):
        if choice.detector == "haar":
            raise DetectorError("It lacks its file.", "Get the file.")
        return usual(choice)

    monkeypatch.setattr(window.image._engine, "_factory", picky)
    window.commands.pick_detector("haar")
    window.open(picture)
    assert window.shell.banner.visible
    assert window.image.panel.heading.cget("text") == "No result"
    window.commands.pick_detector("centerface")
    window.settle()
    assert not window.shell.banner.visible
    assert "Press Detect" in window.image.panel.detail.cget("text")
    window.shell.buttons["detect"].invoke()
    window.settle()
    assert len(window.presenter.current.result.faces) == 2


def test_faces_out_of_sight_leave_no_labels_at_the_edges(window, tmp_path):
    spread = [(100, 100, 60), (2000, 1500, 50), (1000, 800, 40)]
    window.open(save_squares(tmp_path / "wide.png", spread, (2400, 1800)))
    window.commands.do("actual_size")
    window.settle()
    width, height = window.canvas.winfo_width(), window.canvas.winfo_height()
    seen = [
        label.right > 0 and label.bottom > 0 and label.x < width and label.y < height
        for label in window.canvas.faces.labels
    ]
    assert seen == [False, False, True]
    window.commands.do("fit")
    window.settle()
    assert all(label.x >= 0 and label.y >= 0 for label in window.canvas.faces.labels)


def test_in_the_smallest_window_all_of_the_panel_is_in_sight(window, picture):
    window.root.geometry("760x520")
    window.open(picture)
    window.key("<Right>")
    side, more = window.image._side, window.image.panel.more

    def inside():
        bottom = more.winfo_rooty() + more.winfo_height()
        return (
            window.root.winfo_height() <= 520 and bottom <= side.winfo_rooty() + side.winfo_height()
        )

    assert window.image.panel.doubt.winfo_manager()
    window.wait_until(inside)
