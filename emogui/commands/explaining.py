"""The pictures of ``emogui analyze --explain``: one for each face."""

from __future__ import annotations

from emogui.backend.analyzer import Analyzer
from emogui.commands.names import OutputNames
from emogui.output.files import save_image
from emogui.output.heatmap import face_picture
from emogui.types import FrameResult, Image


class ExplanationWriter:
    """Saves for each face what spoke for its emotion, as ``NAME_face1_happiness.png``.

    Faces are numbered in the order of the results, from 1.

    Args:
        analyzer: what the pictures were analysed with.
        names: names in the folder to write to.

    Raises:
        ModelError: the network cannot be explained.
    """

    def __init__(self, analyzer: Analyzer, names: OutputNames) -> None:
        analyzer.explainer()  # says at once where it cannot
        self._analyzer = analyzer
        self._names = names

    def write(self, path: str, image: Image, result: FrameResult) -> None:
        """Saves the pictures of one result.

        Args:
            path: the picture's file.
            image: the picture, RGB uint8 (height, width, 3).
            result: what was found in it.

        Raises:
            EmoguiError: a file cannot be written.
        """
        explanations = self._analyzer.explain(image, result)
        for number, (face, explanation) in enumerate(
            zip(result.faces, explanations, strict=True), start=1
        ):
            crop = self._analyzer.crop(image, face.box)
            name = self._names.of(path, f"face{number}_{explanation.emotion}", ".png")
            save_image(face_picture(crop, explanation), name)
