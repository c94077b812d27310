"""The analyzer: finds the faces of a picture and says how each appears to feel."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from emogui.backend.classifier import Classifier, load_classifier
from emogui.backend.crop import CropRule, crop_face, prepare
from emogui.backend.detectors import DETECTORS, FaceDetector, create_detector
from emogui.backend.detectors.base import Thresholds, check_image
from emogui.backend.detectors.thorough import PassDetector
from emogui.backend.doubt import reason_for_doubt
from emogui.backend.explanation import Explainer, Explanation, faces_to_explain
from emogui.types import Detection, FaceBox, FaceResult, FrameResult, Image

FAINT = 0.5
"""Share of a detector's threshold that the score of a face has at least which is only used to
follow one that was seen before."""


class Analyzer:
    """A face detector and a classifier, put together.

    One analyzer may be used from several threads.

    Args:
        model: name of a network in the store, or a folder with a ``model.json``.
        detector: name of a face detector, or one that was made already.
        labels: ``"ferplus"`` (eight emotions) or ``"fer2013"`` (seven).
        threshold: lowest detection score of a face, 0 to 1, at every ``long_side``; None takes the
            detector's own, which for a live camera may be lower than for pictures.
        runtime: ``"fast"`` or ``"keras"``, see :func:`emogui.backend.classifier.load_classifier`.

    Raises:
        ModelError: there is no such network, or it cannot be loaded.
        DetectorError: there is no such detector, or it cannot be loaded.
        UsageError: the network has no such labels.

    Example:
        >>> from emogui import Analyzer, load_image
        >>> for face in Analyzer().analyze(load_image("photo.jpg")).faces:  # doctest: +SKIP
        ...     print(face.emotion, face.confidence)
    """

    def __init__(
        self,
        model: str | Path = "resnet50",
        detector: str | FaceDetector = "centerface",
        labels: str = "ferplus",
        *,
        threshold: float | None = None,
        runtime: str = "fast",
    ) -> None:
        self.classifier: Classifier = load_classifier(model, labels, runtime)
        self._explainer: Explainer | None = None
        if isinstance(detector, str):
            self.detector = create_detector(detector, threshold=threshold)
        else:
            self.detector = detector
            if threshold is not None:
                detector.threshold = threshold
        known = DETECTORS.get(self.detector.name)
        # Each detector draws its boxes in its own way; a network's rule, where it states one of
        # its own, is for the default detector.
        default = next(iter(DETECTORS))
        rule = self.classifier.crop_rule
        self._crop: CropRule = rule if known is None or known.name == default else known.crop

    def beside(self, detector: FaceDetector) -> Analyzer:
        """An analyzer with the same network and a detector of its own, for another thread.

        Args:
            detector: of the same kind as this one's: the crops depend on it.
        """
        other = copy.copy(self)
        other.detector = detector
        return other

    @property
    def uncertain_below(self) -> float:
        """A face whose top probability is lower is called uncertain."""
        return self.classifier.info.heads[self.classifier.head].uncertain_below

    def warm_up(self) -> None:
        """Runs the whole way once on an empty picture, so that the first real one is not slow."""
        self.detector.detect(np.full((480, 640, 3), 127, np.uint8))
        self.classifier.predict([np.full((96, 96), 127, np.uint8)])

    def analyze(
        self,
        image: Image,
        *,
        source: str = "",
        frame: int = 0,
        time_s: float = 0.0,
        long_side: int | None = None,
    ) -> FrameResult:
        """Finds the faces of a picture and says how each appears to feel.

        Args:
            image: RGB uint8 (height, width, 3).
            source: name put into the result.
            frame: number of the frame put into the result.
            time_s: time of the frame put into the result, in seconds.
            long_side: None looks for faces thoroughly, as pictures deserve; a number looks once
                with the picture scaled to that many pixels on its long side, as a camera needs.

        Returns:
            The faces, largest first, with boxes in pixels of the picture. ``timings_ms`` has
            ``detect``, ``crop``, ``classify`` and ``total``.

        Raises:
            ImageError: the array has another shape or type.
        """
        start = time.perf_counter()
        detections = self.detect(image, long_side=long_side)
        detected = time.perf_counter()
        crops = [crop_face(image, d.box, self._crop) for d in detections]
        cropped = time.perf_counter()
        probabilities = self.classifier.predict(crops)
        done = time.perf_counter()
        return self.result(
            image,
            self.faces(detections, probabilities),
            source=source,
            frame=frame,
            time_s=time_s,
            timings_ms={
                "detect": 1e3 * (detected - start),
                "crop": 1e3 * (cropped - detected),
                "classify": 1e3 * (done - cropped),
                "total": 1e3 * (done - start),
            },
        )

    # The stages by themselves, for whoever follows faces through a video

    def detect(
        self, image: Image, *, long_side: int | None = None, faint: bool = False
    ) -> list[Detection]:
        """Finds the faces of a picture.

        Args:
            image: RGB uint8 (height, width, 3).
            long_side: as in :meth:`analyze`.
            faint: also give faces whose score reaches but half of the detector's threshold
                (:meth:`clear_from`), where the detector can.

        Returns:
            Largest first, with boxes in pixels of the picture.

        Raises:
            ImageError: the array has another shape or type.
        """
        check_image(image)
        if faint and long_side is not None and isinstance(self.detector, PassDetector):
            lowest = FAINT * self.clear_from(long_side)
            return self.detector.detect(image, long_side=long_side, threshold=lowest)
        return self.detector.detect(image, long_side=long_side)

    def clear_from(self, long_side: int | None) -> float:
        """Lowest score of a face that is not faint, 0 to 1."""
        if isinstance(self.detector, Thresholds):
            return self.detector.threshold_at(long_side)
        return self.detector.threshold

    def crops(self, image: Image, boxes: Sequence[FaceBox]) -> npt.NDArray[np.uint8]:
        """Cuts faces out of a picture as the network takes them.

        Args:
            image: RGB uint8 (height, width, 3).
            boxes: in pixels of the picture.

        Returns:
            Grey uint8 (n, side, side).
        """
        faces = [crop_face(image, box, self._crop) for box in boxes]
        return prepare(faces, self.classifier.info.input_size)[..., 0]

    def classify(self, crops: npt.NDArray[np.uint8]) -> list[dict[str, float]]:
        """Emotion to probability for each of the crops, in one batch.

        Args:
            crops: what :meth:`crops` gave, or some of them.
        """
        labels = self.classifier.labels
        return [
            dict(zip(labels, map(float, row), strict=True))
            for row in self.classifier.predict(list(crops))
        ]

    def faces(
        self, detections: Sequence[Detection], probabilities: npt.NDArray[np.float32]
    ) -> list[FaceResult]:
        """Detections of one picture and their probabilities as faces, in the same order.

        Args:
            detections: n of them.
            probabilities: float32 (n, classes), from ``classifier.predict``.
        """
        return [
            self._face(i, detection, row)
            for i, (detection, row) in enumerate(zip(detections, probabilities, strict=True))
        ]

    def result(
        self,
        image: Image,
        faces: Sequence[FaceResult],
        *,
        source: str = "",
        frame: int = 0,
        time_s: float = 0.0,
        timings_ms: Mapping[str, float] | None = None,
    ) -> FrameResult:
        """Faces of a picture as a result that says where they are from and what found them."""
        return FrameResult(
            source=source,
            frame=frame,
            time_s=time_s,
            width=int(image.shape[1]),
            height=int(image.shape[0]),
            faces=tuple(faces),
            model=self.classifier.name,
            detector=self.detector.name,
            labels=self.classifier.head,
            timings_ms=timings_ms or {},
        )

    def crop(self, image: Image, box: FaceBox) -> Image:
        """The square of a face as the network sees it, before it is made grey and resized.

        Args:
            image: RGB uint8 (height, width, 3).
            box: the detector's box.

        Returns:
            RGB uint8 (side, side, 3).
        """
        return crop_face(image, box, self._crop)

    def explainer(self, *, load_keras: bool = True) -> Explainer:
        """What :meth:`explain` asks; made at its first use.

        Args:
            load_keras: whether Keras may be loaded where the network needs it.

        Raises:
            ModelError: the network cannot be explained.
        """
        if self._explainer is None:
            self._explainer = Explainer(self.classifier, load_keras=load_keras)
        return self._explainer

    def explain(
        self,
        image: Image,
        result: FrameResult,
        *,
        faces: Sequence[int] | None = None,
        emotion: str | None = None,
        load_keras: bool = True,
    ) -> tuple[Explanation, ...]:
        """Says which parts of the faces spoke for an emotion, and which against it.

        Args:
            image: the picture that was analysed, RGB uint8 (height, width, 3).
            result: what :meth:`analyze` found in it.
            faces: positions in ``result.faces``; None explains all.
            emotion: the emotion to explain; None takes the most probable one of each face.
            load_keras: whether Keras may be loaded for a network that needs it, see
                :class:`emogui.backend.explanation.Explainer`.

        Returns:
            An explanation a face, with the square of the crop in the picture.

        Raises:
            ModelError: the network cannot be explained.
            ImageError: the array has another shape or type, or is not the result's picture.
            UsageError: the result has other labels, or there is no such face or emotion.
        """
        check_image(image)
        chosen = faces_to_explain(image, result, self.classifier.head, faces)
        boxes = [result.faces[i].box for i in chosen]
        return tuple(
            self.explainer(load_keras=load_keras).explain(
                [self.crop(image, box) for box in boxes],
                [emotion or result.faces[i].emotion for i in chosen],
                [self._crop.whole_square(box) for box in boxes],
            )
        )

    def _face(self, number: int, detection: Detection, row: np.ndarray) -> FaceResult:
        doubt = reason_for_doubt(detection, float(row.max()), self.uncertain_below)
        return FaceResult(
            face_id=number,
            box=detection.box,
            detection_score=detection.score,
            landmarks=detection.landmarks,
            probabilities=dict(zip(self.classifier.labels, map(float, row), strict=True)),
            uncertain=doubt is not None,
            uncertain_reason=doubt,
        )
