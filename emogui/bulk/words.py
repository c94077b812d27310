"""A batch as words of the command line, so that it can run in a process of its own."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from emogui.bulk.options import BatchOptions
from emogui.bulk.worklist import LIST_SUFFIXES
from emogui.output.files import make_folder, replacing
from emogui.tracking.sequence import FRAME_SIDE

CHOSEN: Final = "chosen.csv"
"""Table of the inputs in the folder of the results, where there are too many for a command."""

MOST_INPUTS: Final = 100
"""Windows takes no more than 32,767 characters of a command."""


def words_of(
    inputs: Sequence[str],
    folder: str | Path,
    options: BatchOptions,
    *,
    restart: bool = False,
    progress: str = "",
) -> list[str]:
    """The words after ``emogui`` that begin a batch, or go on with it.

    Args:
        inputs: see ``emogui.batch``.
        folder: for the results.
        options: what is to be done.
        restart: throw away what an earlier batch has written there.
        progress: how it is told; "" leaves it to the command.
    """
    words = ["batch", f"--output={folder}", f"--model={options.model}"]
    words += [f"--labels={options.labels}", f"--detector={options.detector}"]
    values = {
        "detector-model": options.detector_model,
        "threshold": options.threshold,
        "fast": options.picture_side,
        "every": options.every,
        "fps": options.fps,
        "hide-faces": options.hide,
        "workers": options.workers,
        "smoothing": options.smoothing_s or None,
        "long-side": None if options.video_side == FRAME_SIDE else options.video_side,
        "time-limit": options.time_limit_s,
        "memory": options.memory_mb,
    }
    words += [f"--{name}={value}" for name, value in values.items() if value is not None]
    words += [f"--subtitles={one}" for one in options.subtitles]
    switches = {
        "any-suffix": options.any_suffix,
        "jsonl": options.jsonl,
        "parquet": options.parquet,
        "annotate": options.annotate,
        "crops": options.crops,
        "restart": restart,
    }
    if progress:
        words.append(f"--progress={progress}")
    words += [f"--{name}" for name, on in switches.items() if on]
    return [*words, "--", *inputs]


def shortened(inputs: Sequence[str], folder: str | Path) -> list[str]:
    """The inputs, where there are many in a table that stands for them.

    Tables of paths among them stay inputs of their own. The table lies in the folder of the
    results, under the same name each time, so that the batch can go on.

    Args:
        inputs: with absolute paths.
        folder: for the results.

    Raises:
        EmoguiError: the table cannot be written.
    """
    if len(inputs) <= MOST_INPUTS:
        return list(inputs)
    tables = [one for one in inputs if Path(one).suffix.lower() in LIST_SUFFIXES]
    others = [one for one in inputs if Path(one).suffix.lower() not in LIST_SUFFIXES]
    table = make_folder(folder) / CHOSEN
    with (
        replacing(table) as part,
        part.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file,
    ):
        rows = csv.writer(file)
        rows.writerow(["source"])
        rows.writerows([one] for one in others)
    return [str(table), *tables]
