"""What the Train tab says, in words. Knows no Tk."""

from __future__ import annotations

from datetime import datetime

from emogui.gui.catalogue import head_title
from emogui.gui.training_progress import Doing, RunProgress
from emogui.training.data_check import DataReport
from emogui.training.recipes import RECIPES, Recipe
from emogui.training.runs import Phase, Run

_PHASES = {
    Phase.EXPORT: "Making the network's fast form (OpenVINO, 8 bit). This takes a minute or two.",
    Phase.CALIBRATE: "Fitting its confidence on PublicTest.",
    Phase.EVALUATE: "Measuring it on PublicTest.",
    Phase.DONE: "Done.",
}


def duration(seconds: float) -> str:
    """A span of time, no more exact than anybody wants it: ``"2 h 10 min"``."""
    if seconds < 60:
        return f"{max(0, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{round(hours / 24)} days"


def run_title(run: Run) -> str:
    """A run by its network's name and its recipe."""
    recipe = RECIPES.get(run.plan.recipe)
    return f"{run.plan.name}  ·  {recipe.title if recipe else run.plan.recipe}"


_DOING = {
    Doing.PAUSING: "Pausing after the present step…",
    Doing.PAUSED: "Paused. Its time stands still; other programs have the computer to themselves.",
    Doing.STOPPING: "Saving its state to end it. “End now” does not wait and loses some minutes.",
}


def doing(progress: RunProgress) -> str:
    """What the run does now, in a sentence."""
    match progress.doing:
        case Doing.PREPARING:
            said = f" ({progress.said})" if progress.said else ""
            return f"Starting: reading the data and building the network…{said}"
        case Doing.MEASURING:
            return f"Epoch {progress.epoch} is done and is measured on PublicTest…"
        case Doing.FINISHING:
            return _PHASES.get(progress.phase, "Finishing…")
        case Doing.TRAINING:
            started = progress.started
            where = f" on {started.backend}, {started.device}" if started else ""
            return f"Training{where}"
        case other:
            return _DOING[other]


def total(progress: RunProgress) -> str:
    """Share done and time left."""
    parts = [f"{100 * progress.done:.0f} %"]
    training = progress.doing in (Doing.TRAINING, Doing.MEASURING)
    if training and progress.seconds_left is not None:
        parts.append(f"{duration(progress.seconds_left)} left")
    return "  ·  ".join(parts)


def epoch(progress: RunProgress) -> str:
    """Which epoch of how many."""
    if progress.started is None or progress.doing is Doing.FINISHING:
        return ""
    if progress.started.epochs:
        return f"{progress.epoch} of {progress.started.epochs:g}"
    return f"{progress.epoch}"


def figures(progress: RunProgress) -> str:
    """Loss, pace, time spent, what is saved, in one line."""
    parts = []
    if progress.loss is not None:
        parts.append(f"Loss {progress.loss:.3f}")
    if progress.rate is not None:
        parts.append(f"{progress.rate:,.0f} pictures a second")
    if progress.seconds:
        parts.append(f"{duration(progress.seconds)} of training")
    if progress.started is not None:
        parts.append(f"{progress.started.rows:,} pictures, {progress.started.batch} a step")
    if progress.saved_at is not None:
        parts.append(f"saved at {100 * progress.saved_at:.0f} %")
    return "  ·  ".join(parts)


def status(progress: RunProgress) -> str:
    """The run in a few words, for the bottom of the window."""
    states = {
        Doing.PREPARING: "starting",
        Doing.PAUSED: "paused",
        Doing.PAUSING: "pausing",
        Doing.STOPPING: "saving",
        Doing.FINISHING: "finishing",
    }
    state = states.get(progress.doing, "training")
    return f"{progress.run.plan.name}: {state}, {total(progress)}"


def recipe_facts(recipe: Recipe) -> str:
    """What a recipe is, where it comes from, what was claimed of it."""
    config = recipe.config
    sizes = " then ".join(str(size) for size, _ in config.stages)
    learns = " and ".join(head_title(head) for head in recipe.heads)
    lines = [recipe.summary, f"Learns {learns} from faces of {sizes} pixels."]
    if recipe.source:
        lines.append(f"Source: {recipe.source}.")
    if recipe.claimed:
        lines.append(f"Claimed there: {recipe.claimed}.")
    if recipe.pretrained:
        lines.append(f"Meant to start from {recipe.pretrained} weights, which Keras downloads.")
    return "\n".join(lines)


def data_facts(report: DataReport) -> list[str]:
    """What a data set is and holds, a line each."""
    splits = "  ·  ".join(f"{n:,} {split}" for split, n in report.splits.items())
    dropped = [f"{n:,} {why} are left out." for why, n in report.dropped.items()]
    form, *notes = (_sentence(text) for text in (report.form, *report.notes))
    return [form, f"{splits} pictures", *dropped, *notes]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def unfinished(run: Run) -> str:
    """How far a run is that can be resumed, and when it was begun."""
    if run.busy:
        return "still saving, or trained by another window"
    parts = []
    if run.phase is not Phase.TRAIN:
        parts.append("trained, not finished")
    elif run.done:
        parts.append(f"{100 * run.done:.0f} % done, {duration(run.seconds)}")
    else:
        parts.append("not saved yet, starts anew")
    begun = when(run.created)
    return "  ·  ".join([*parts, *([f"begun {begun}"] if begun else [])])


def when(iso: str) -> str:
    """A moment in the time of this computer; empty where it is none."""
    try:
        return datetime.fromisoformat(iso).astimezone().strftime("%d %b, %H:%M")
    except ValueError:
        return ""
