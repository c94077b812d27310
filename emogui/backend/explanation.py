"""Which parts of a face spoke for an emotion, and which against it.

Two methods give the same kind of map. ``"cam"``, the class activation map (Zhou et al., 2016,
"Learning Deep Features for Discriminative Localization"), is exact for a network that ends in
global average pooling and one dense layer, and comes out of the fast form together with the
logits. ``"grad-cam"`` (Selvaraju et al., 2017) serves the others; it needs Keras and the ``.keras``
file, which are loaded only then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np
import numpy.typing as npt

from emogui.backend.classifier import Classifier, KerasRuntime
from emogui.backend.crop import prepare
from emogui.backend.model_info import MapGrid
from emogui.errors import ImageError, ModelError, UsageError
from emogui.types import FrameResult, Image

if TYPE_CHECKING:
    from emogui.backend.gradcam import GradCam

Method = Literal["cam", "grad-cam"]
Square = tuple[int, int, int]
"""Left, top and side in pixels of a picture; it may reach outside of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """What spoke for one emotion in one face, and what against it.

    Attributes:
        emotion: the emotion that is explained.
        method: ``"cam"`` or ``"grad-cam"``.
        map: float32 (h, w), the contribution of each cell in units of the logit before
            temperature: positive cells spoke for the emotion, negative ones against it. Of a
            class activation map the mean over the cells, plus the class's bias, is the logit.
        grid: where the cells lie, as shares of the crop's side: the middle of cell i is at
            ``first + i * step``.
        square: where the crop lies in the picture; None of a crop without a picture.
    """

    emotion: str
    method: Method
    map: npt.NDArray[np.float32]
    grid: MapGrid
    square: Square | None = None

    @property
    def strength(self) -> float:
        """The largest contribution, for or against, in units of the logit."""
        return float(np.abs(self.map).max())

    def on_crop(self, width: int, height: int | None = None) -> npt.NDArray[np.float32]:
        """The map laid over the crop.

        Args:
            width: the crop's width in pixels.
            height: its height; None for a square crop.

        Returns:
            float32 (height, width), see :meth:`sample`.
        """
        across, down = (
            (np.arange(length, dtype=np.float32) + 0.5) / length
            for length in (width, height or width)
        )
        return self.sample(across, down)

    def sample(
        self, across: npt.NDArray[np.floating], down: npt.NDArray[np.floating]
    ) -> npt.NDArray[np.float32]:
        """The map at places of the crop.

        Args:
            across: (w,) places from left to right, as shares of the crop's side.
            down: (h,) places from top to bottom.

        Returns:
            float32 (h, w): linear between the middles of cells, constant beyond the outer ones.
        """
        x, y = np.meshgrid(*((p - self.grid.first) / self.grid.step for p in (across, down)))
        laid = cv2.remap(
            self.map,
            x.astype(np.float32),
            y.astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(laid, np.float32)


class Explainer:
    """Explains what a classifier says of faces. One may be used from several threads.

    Args:
        classifier: the network and its head.
        load_keras: whether Keras may be loaded where the network needs it, which takes seconds
            and a gigabyte of memory. A classifier that runs on Keras anyway is always explained.

    Raises:
        ModelError: the network has no maps and cannot be explained by Grad-CAM either.
    """

    def __init__(self, classifier: Classifier, *, load_keras: bool = True) -> None:
        self._classifier = classifier
        self._grad_cam: GradCam | None = None
        size = classifier.info.input_size
        if classifier.has_maps:
            self.method: Method = "cam"
            maps = classifier.info.maps
            assert maps is not None
            grid = maps.grid
        else:
            from emogui.backend.gradcam import GradCam

            self.method = "grad-cam"
            self._grad_cam = GradCam(_keras_network(classifier, load_keras), size)
            grid = self._grad_cam.grid
        self.grid = MapGrid(grid.first / size, grid.step / size)

    def explain(
        self,
        faces: Sequence[npt.NDArray[np.uint8]],
        emotions: Sequence[str | None] | None = None,
        squares: Sequence[Square] | None = None,
    ) -> list[Explanation]:
        """Explains finished crops.

        Args:
            faces: as for :meth:`Classifier.predict`.
            emotions: the emotion to explain of each face, None for the most probable one.
            squares: where each crop lies in its picture.

        Returns:
            An explanation a face.

        Raises:
            UsageError: the head has no such emotion, or the numbers of faces, emotions and
                squares differ.
            ImageError: a crop has another type or shape.
        """
        classifier, labels = self._classifier, self._classifier.labels
        wanted = [None] * len(faces) if emotions is None else list(emotions)
        places = [None] * len(faces) if squares is None else list(squares)
        if not len(faces) == len(wanted) == len(places):
            raise UsageError(
                f"Expected an emotion and a square for each of {len(faces)} faces; got "
                f"{len(wanted)} and {len(places)}."
            )
        for emotion in wanted:
            if emotion is not None and emotion not in labels:
                raise UsageError(
                    f"The network '{classifier.name}' knows no emotion '{emotion}'.",
                    f"It has: {', '.join(labels)}.",
                )
        if not len(faces):
            return []
        top: Sequence[int] = ()
        if None in wanted:
            top = [int(best) for best in classifier.predict(faces).argmax(axis=1)]
        classes = [top[i] if e is None else labels.index(e) for i, e in enumerate(wanted)]
        if self._grad_cam is None:
            maps = classifier.maps(faces)[np.arange(len(faces)), :, :, classes]
        else:
            batch = prepare(faces, classifier.info.input_size)
            maps = self._grad_cam.maps(batch, classifier.head, classes)
        return [
            Explanation(labels[c], self.method, np.ascontiguousarray(one), self.grid, place)
            for c, one, place in zip(classes, maps, places, strict=True)
        ]


def explain(
    classifier: Classifier,
    faces: Sequence[npt.NDArray[np.uint8]],
    emotions: Sequence[str | None] | None = None,
) -> list[Explanation]:
    """Explains what a classifier says of finished crops; see :meth:`Explainer.explain`.

    Raises:
        ModelError, UsageError, ImageError: as :class:`Explainer` and its ``explain``.
    """
    return Explainer(classifier).explain(faces, emotions)


def faces_to_explain(
    image: Image, result: FrameResult, labels: str, faces: Sequence[int] | None
) -> Sequence[int]:
    """Checks that a result can be explained.

    Args:
        image: RGB uint8 (height, width, 3).
        result: what was found in it.
        labels: the head that explains.
        faces: positions in ``result.faces``; None for all.

    Returns:
        The positions.

    Raises:
        ImageError: the picture is not the result's.
        UsageError: the result has other labels, or there is no such face.
    """
    height, width = image.shape[:2]
    if (result.width, result.height) != (width, height):
        raise ImageError(
            f"The result is of a picture of {result.width}x{result.height} pixels; this one "
            f"has {width}x{height}.",
            "Explain with the picture that was analysed.",
        )
    if result.labels != labels:
        raise UsageError(
            f"The result has the labels '{result.labels}'; this analyzer has '{labels}'.",
            "Explain with the analyzer that made the result.",
        )
    chosen = range(len(result.faces)) if faces is None else faces
    if wrong := [i for i in chosen if not 0 <= i < len(result.faces)]:
        raise UsageError(
            f"The result has {len(result.faces)} faces, and none at position {wrong[0]}."
        )
    return chosen


def _keras_network(classifier: Classifier, load_keras: bool) -> object:
    """The network as Keras runs it.

    Raises:
        ModelError: there is no ``.keras`` file, or Keras may not be loaded.
    """
    if isinstance(classifier.runtime, KerasRuntime):
        return classifier.runtime.network
    info = classifier.info
    again = "'emogui export' makes the fast form again, with maps."
    if not load_keras:
        raise ModelError(
            f"The fast form of '{info.name}' was exported without class activation maps.", again
        )
    try:
        return KerasRuntime(info).network
    except ModelError as error:
        raise ModelError(
            f"'{info.name}' cannot be explained: its fast form has no class activation maps, and "
            f"for Grad-CAM its .keras file is needed. {error.message}",
            again,
        ) from error
    except ImportError as error:
        raise ModelError(
            f"'{info.name}' cannot be explained: its fast form has no class activation maps, and "
            f"for Grad-CAM Keras is needed, which is not installed ({error}).",
            "Install it: python -m pip install 'emogui[train]'.",
        ) from error
