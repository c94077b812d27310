"""Batches for programs: ``emogui.batch`` and ``emogui.iter_results``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from emogui.backend.analyzer import Analyzer
from emogui.bulk.control import BatchControl, Tell
from emogui.bulk.options import BatchOptions
from emogui.bulk.report import BatchReport
from emogui.bulk.run import Batch
from emogui.bulk.work import make_analyzer, results_of_item
from emogui.bulk.worklist import WorkItem
from emogui.errors import UsageError
from emogui.media.listing import find_images
from emogui.types import FrameResult

Inputs = str | Path | Sequence[str | Path]
"""Pictures, videos, folders and patterns, one or several."""


def batch(
    inputs: Inputs,
    output: str | Path,
    *,
    restart: bool = False,
    analyzer: Analyzer | None = None,
    control: BatchControl | None = None,
    tell: Tell = lambda _progress: None,
    **options: Any,
) -> BatchReport:
    """Analyses pictures and videos into a folder of tables, as ``emogui batch`` does.

    Called again with the same arguments after it was ended, it goes on where it was.

    Args:
        inputs: pictures, videos, folders, patterns, and tables of paths.
        output: the folder.
        restart: throw away what an earlier batch has written there.
        analyzer: takes the place of ``model``, ``detector``, ``threshold`` and ``labels``, which
            must then be given as it has them, where they are not the default.
        control: to hold and end it from another thread.
        tell: called with a `Progress` after each picture and each frame.
        **options: see `BatchOptions`.

    Returns:
        What came of it.

    Raises:
        UsageError: an option is unknown, or the folder holds another batch.
        EmoguiError: a file cannot be written, or a network or detector not be loaded.

    Example:
        >>> import emogui
        >>> report = emogui.batch("photos", "results", every=5)  # doctest: +SKIP
        >>> report.to_dataframe().groupby("emotion").size()  # doctest: +SKIP
    """
    made = _options(options)
    if analyzer is None:
        analyzer = make_analyzer(made)  # first: what cannot be loaded must not begin a batch
    else:
        _check_fits(analyzer, made)
    with Batch(_texts(inputs), output, made, restart=restart) as opened:
        return opened.run(analyzer, control=control, tell=tell)


def iter_results(
    inputs: Inputs, *, analyzer: Analyzer | None = None, **options: Any
) -> Iterator[FrameResult]:
    """Analyses pictures and videos one after another and writes nothing.

    Args:
        inputs: as for :func:`batch`, without tables of paths.
        analyzer: the one to use; None makes the one that the options ask for.
        **options: see `BatchOptions`; those about files are of no meaning here.

    Yields:
        A result a picture, and a frame of a video. What cannot be read has its ``error`` set.

    Raises:
        UsageError: an option is unknown.
    """
    made = _options(options)
    return _results(_texts(inputs), analyzer or make_analyzer(made), made)


def _results(
    inputs: Sequence[str], analyzer: Analyzer, options: BatchOptions
) -> Iterator[FrameResult]:
    found = find_images(inputs, videos=True, any_suffix=options.any_suffix)
    for number, (path, error) in enumerate(found):
        item = WorkItem(number, path, None if error is None else str(error))
        for _, result in results_of_item(item, analyzer, options):
            yield result


def _texts(inputs: Inputs) -> list[str]:
    several = [inputs] if isinstance(inputs, str | Path) else inputs
    return [str(name) for name in several]


def _options(options: dict[str, Any]) -> BatchOptions:
    try:
        return BatchOptions(**options)
    except TypeError as error:
        raise UsageError(
            f"An option is unknown: {error}.", "See emogui.BatchOptions for all of them."
        ) from error


def _check_fits(analyzer: Analyzer, options: BatchOptions) -> None:
    """The detection threads make detectors by the options: they must be the analyzer's."""
    has = (analyzer.classifier.head, analyzer.detector.name)
    if has != (options.labels, options.detector):
        raise UsageError(
            f"The analyzer has the labels '{has[0]}' and the detector '{has[1]}', the options "
            f"say '{options.labels}' and '{options.detector}'.",
            "Give labels= and detector= as the analyzer has them.",
        )
