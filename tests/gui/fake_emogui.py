"""Stands in for emogui's command line: the same words and files, no Keras, a second in all.

Usage: fake_emogui.py COMMAND ...

What it does is steered by a file ``orders`` in the folder that ``EMOGUI_FAKE`` names: words such as
``crash`` (the training ends by a signal after its first epoch), ``fail`` (it says why and ends),
``refuse`` (calibration fails), ``slow`` (steps take a while, for as long as it stands there).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np

from emogui import paths
from emogui.training import events
from emogui.training.losses_file import FILE

STEPS = 10
go_on, stop = threading.Event(), threading.Event()
go_on.set()


def orders() -> set[str]:
    try:
        return set((Path(os.environ["EMOGUI_FAKE"]) / "orders").read_text().split())
    except OSError:
        return set()


def send(event: events.Event) -> None:
    print(events.format_event(event), flush=True)


def listen() -> None:
    rest = b""
    while read := os.read(0, 4096):
        *lines, rest = (rest + read).split(b"\n")
        for line in lines:
            if line == b"pause":
                go_on.clear()
            elif line == b"resume":
                go_on.set()
            elif line == b"stop":
                stop.set()
                go_on.set()
    stop.set()
    go_on.set()


def option(name: str, default: str = "") -> str:
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def save(folder: Path, epoch: int, step: int, history: list[dict[str, float]]) -> None:
    epochs = float(option("--epochs", "3"))
    meta = {
        "config": {"epochs": epochs, "minutes": None, "rows": 160, "batch": 16},
        "progress": {
            "epoch": epoch,
            "step": step,
            "seconds": 30.0 * epoch + step,
            "history": history,
        },
    }
    part = folder / "checkpoint.part"
    with part.open("wb") as file:
        np.savez(file, meta=np.frombuffer(json.dumps(meta).encode(), np.uint8))
    part.replace(folder / "checkpoint.npz")
    send(events.Saved((epoch + step / STEPS) / epochs))


def spent(epoch: int, step: int) -> float:
    return 30.0 * epoch + step


def load(folder: Path) -> tuple[int, int, list[dict[str, float]]]:
    try:
        with (folder / "checkpoint.npz").open("rb") as raw, np.load(raw) as file:
            progress = json.loads(file["meta"].tobytes())["progress"]
    except FileNotFoundError:
        return 0, 0, []
    return progress["epoch"], progress["step"], progress["history"]


def train() -> int:
    said = orders()
    threading.Thread(target=listen, daemon=True).start()
    folder = Path(option("--output"))
    epochs = int(float(option("--epochs", "3")))
    print("a library says something", file=sys.stderr)
    print("and prints where it should not", flush=True)
    if "fail" in said:
        send(events.Failed("The data have no labels.", "Take others."))
        return 1
    epoch, step, history = load(folder)
    send(
        events.Started(
            "faces", 160, 40, epochs, None, 16, STEPS, "tensorflow", "a processor",
            (epoch + step / STEPS) / epochs, epoch + 1, spent(epoch, step), history,
        )
    )  # fmt: skip
    while epoch < epochs:
        while step < STEPS:
            step += 1
            time.sleep(0.15 if "slow" in orders() else 0.005)
            if not go_on.is_set():
                send(events.Paused())
                go_on.wait()
                if not stop.is_set():
                    send(events.Resumed())
            if stop.is_set():
                save(folder, epoch, step, history)
                send(events.Stopped((epoch + step / STEPS) / epochs))
                return 130
            done = (epoch + step / STEPS) / epochs
            loss = 2.0 / (1 + 2 * done) + 0.05 * np.sin(9.0 * done * epochs)
            send(
                events.Step(
                    done,
                    epoch + 1,
                    step,
                    float(loss),
                    30.0 * epoch + step,
                    412.0,
                    90.0 * (1 - done),
                )
            )
            with (folder / FILE).open("a") as file:
                file.write(f"{epoch + step / STEPS:.3f},{loss:.4f}\n")
        send(events.Evaluating(epoch + 1))
        epoch, step = epoch + 1, 0
        gain = 1 - 1 / (1 + epoch)
        row = {
            "epoch": epoch, "minutes": 0.5 * epoch, "ferplus_accuracy": 0.4 + 0.45 * gain,
            "ferplus_balanced_six": 0.3 + 0.5 * gain, "fer2013_accuracy": 0.35 + 0.35 * gain,
            "score": 0.4 + 0.4 * gain,
        }  # fmt: skip
        history.append(row)
        save(folder, epoch, step, history)
        send(events.Epoch(row))
        if "crash" in said and epoch == 1:
            print("something terrible happened", file=sys.stderr, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
    send(events.Finished(epochs, str(folder)))
    return 0


def export() -> int:
    folder = Path(option("--output"))
    folder.mkdir(parents=True)
    card = json.loads((paths.weights() / "resnet50" / "model.json").read_text())
    card |= {"name": folder.name, "title": option("--title", folder.name)}
    (folder / "model.json").write_text(json.dumps(card))
    return 0


def evaluate() -> int:
    from PIL import Image

    from emogui.labels import HEADS

    folder = Path(option("--output"))
    folder.mkdir(parents=True)
    labels = HEADS[option("--labels")]
    figures = {
        "accuracy": 0.84,
        "balanced_accuracy": 0.71,
        "balanced_six": 0.8,
        "macro_f1": 0.73,
        "ece": 0.013,
    }
    metrics = figures | {
        "label_set": option("--labels"), "split": "public", "n": 3296,
        "intervals": {name: [value - 0.012, value + 0.011] for name, value in figures.items()},
        "per_class": {
            label: {"n": 900 - 100 * i, "precision": 0.9 - 0.05 * i, "recall": 0.92 - 0.06 * i}
            | {"f1": 0.9 - 0.055 * i}
            for i, label in enumerate(labels)
        },
    }  # fmt: skip
    (folder / "metrics.json").write_text(json.dumps(metrics))
    rng = np.random.default_rng(0)
    squares = rng.integers(90, 255, (len(labels), len(labels), 3), np.uint8)
    Image.fromarray(squares).resize((700, 640), Image.Resampling.NEAREST).save(
        folder / "confusion.png"
    )
    return 0


def calibrate() -> int:
    if "refuse" in orders():
        print("emogui: There is no PublicTest. Take another set.", file=sys.stderr)
        return 1
    return 0


COMMANDS = {"train": train, "export": export, "evaluate": evaluate, "calibrate": calibrate}
raise SystemExit(COMMANDS[sys.argv[1]]())
