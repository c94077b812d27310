"""What the Batch tab says, in words. Knows no Tk."""

from __future__ import annotations

from pathlib import Path

from emogui.bulk.found import Failure, FoundBatch
from emogui.gui.batch_progress import BatchProgress, Doing, Outcome
from emogui.gui.training_words import duration

_DOING = {
    Doing.PREPARING: "Starting: listing the inputs and loading the networks…",
    Doing.PAUSING: "Pausing…",
    Doing.PAUSED: "Paused. Other programs have the computer to themselves.",
    Doing.STOPPING: "Finishing what is under way. “End now” does not wait; what is under way is "
    "then done again the next time.",
}


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun: ``"1 face"``, ``"2,310 faces"``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def doing(progress: BatchProgress) -> str:
    """What the batch does now, in a sentence."""
    if progress.doing is not Doing.WORKING:
        return _DOING[progress.doing]
    now = progress.now
    if now is None or not now.source:
        return "Working…"
    frame = ""
    if now.frame:
        of = f" of {now.frames:,}" if now.frames else ""
        frame = f", frame {now.frame:,}{of}"
    return f"{Path(now.source).name}{frame}"


def total(progress: BatchProgress) -> str:
    """Inputs done and time left."""
    if not progress.total:
        return ""
    parts = [f"{progress.done:,} of {progress.total:,}"]
    now = progress.now
    if progress.doing is Doing.WORKING and now is not None and now.seconds_left is not None:
        parts.append(f"{duration(now.seconds_left)} left")
    return "  ·  ".join(parts)


def figures(progress: BatchProgress) -> str:
    """Counts and pace, in one line."""
    now = progress.now
    if now is None:
        return ""
    parts = [plural(now.faces, "face")]
    if now.pictures:
        parts.append(plural(now.pictures, "picture"))
    if now.frames_done:
        parts.append(f"{plural(now.frames_done, 'frame')} of videos")
    if now.per_second is not None and progress.doing is Doing.WORKING:
        what = "pictures and frames" if now.frames_done and now.pictures else (
            "frames" if now.frames_done else "pictures"
        )  # fmt: skip
        parts.append(f"{now.per_second:,.1f} {what} a second")
    return "  ·  ".join(parts)


def failures_title(count: int, shown: int) -> str:
    """The heading of the list of failures."""
    if not count:
        return "No failures"
    rest = f"; the first {shown:,} of them, all are in failures.csv" if 0 < shown < count else ""
    return f"{plural(count, 'failure')}{rest}"


def failed_source(failure: Failure) -> str:
    """A failure's input by its name, with the frame."""
    name = Path(failure.source).name or failure.source
    return f"{name}, frame {failure.frame}" if failure.frame else name


def reason(failure: Failure) -> str:
    """Why it failed; its path, with which most reasons begin, stands beside it anyway."""
    return failure.reason.removeprefix(f"'{failure.source}' ")


def advice(why_not: str, *, can_go_on: bool) -> str:
    """What the user can do next, for the foot of the page."""
    if can_go_on:
        return "“Go on” takes up the interrupted batch. For another one choose another folder."
    if why_not:
        return why_not
    return (
        "Everything is ready. It works in a process of its own; after a power cut it goes on "
        "where it was."
    )


def status(progress: BatchProgress) -> str:
    """The batch in a few words, for the bottom of the window."""
    states = {
        Doing.PREPARING: "starting",
        Doing.PAUSED: "paused",
        Doing.PAUSING: "pausing",
        Doing.STOPPING: "ending",
    }
    state = states.get(progress.doing, "working")
    said = total(progress)
    return f"Batch: {state}, {said}" if said else f"Batch: {state}"


def outcome_title(outcome: Outcome) -> str:
    """Whether all is done."""
    if outcome.complete:
        return f"{plural(outcome.total, 'input')} done"
    return f"Stopped: {outcome.done:,} of {plural(outcome.total, 'input')} done"


def outcome_facts(outcome: Outcome) -> str:
    """What came of a batch, and where it is."""
    parts = []
    if outcome.pictures or not outcome.frames:
        parts.append(plural(outcome.pictures, "picture"))
    if outcome.frames:
        ends = f"{plural(outcome.videos, 'video')} to the end"
        parts.append(f"{plural(outcome.frames, 'frame')} of videos ({ends})")
    facts = f"{' and '.join(parts)} analysed: {plural(outcome.faces, 'face')} in faces.csv."
    kept = "" if outcome.complete else " Everything that was done is kept, and it can go on."
    return f"{facts}{kept}"


def found_title(found: FoundBatch) -> str:
    """What lies in the folder for the results, as a heading."""
    if found.busy:
        return "A batch is at work in this folder"
    if found.complete:
        return "A finished batch lies in this folder"
    return "An interrupted batch lies in this folder"


def found_facts(found: FoundBatch) -> str:
    """The batch in the folder, in sentences."""
    first = Path(found.inputs[0]).name or found.inputs[0] if found.inputs else ""
    more = len(found.inputs) - 1
    what = f"“{first}”{f' and {more:,} more' if more else ''}"
    facts = f"Of {what}: {found.done:,} of {plural(found.total, 'input')} done"
    counts = found.counts
    facts += f", {plural(counts.faces, 'face')}, {plural(counts.failures, 'failure')}."
    if found.busy:
        return f"{facts} Another window or terminal has started it."
    if found.complete:
        return f"{facts} Starting over would replace it."
    return f"{facts} It goes on with its own inputs and options, without a row lost or twice."
