"""Prints who appears how, as emogui tells it over the Lab Streaming Layer.

pip install pylsl
emogui live --source 0 --publish lsl
python publish_lsl.py [--name emogui] [--frames 100]
"""

import argparse
import math

import pylsl


def main() -> None:
    parser = argparse.ArgumentParser(description="Print what emogui publishes over LSL.")
    parser.add_argument("--name", default="emogui")
    parser.add_argument("--frames", type=int, help="end after so many frames")
    args = parser.parse_args()
    numbers, markers = find(args.name), find(f"{args.name}-events")
    channels = channel_names(numbers)
    print("channels:", ", ".join(channels), flush=True)
    frames = 0
    while args.frames is None or frames < args.frames:
        marker, at = markers.pull_sample(timeout=0.0)
        if marker is not None:
            print(f"{at:.3f} event: {marker[0]}")
        sample, at = numbers.pull_sample(timeout=0.2)
        if sample is not None:
            frames += 1
            show(at, dict(zip(channels, sample, strict=True)))


def find(name: str) -> pylsl.StreamInlet:
    found = pylsl.resolve_byprop("name", name, timeout=30)
    if not found:
        raise SystemExit(f"There is no stream called {name}.")
    inlet = pylsl.StreamInlet(found[0])
    inlet.open_stream(timeout=30)
    return inlet


def channel_names(inlet: pylsl.StreamInlet) -> list[str]:
    about = inlet.info(timeout=30).desc()
    if about.child_value("version") != "1":
        raise SystemExit("This program knows version 1 of the schema.")
    names, channel = [], about.child("channels").child("channel")
    while not channel.empty():
        names.append(channel.child_value("label"))
        channel = channel.next_sibling("channel")
    return names


def show(at: float, sample: dict[str, float]) -> None:
    slot = 1
    while f"{slot}_face_id" in sample:
        number = sample[f"{slot}_face_id"]
        if not math.isnan(number):
            chances = {k: v for k, v in sample.items() if k.startswith(f"{slot}_p_")}
            emotion = max(chances, key=chances.__getitem__)
            label = emotion.removeprefix(f"{slot}_p_")
            doubt = "?" if sample[f"{slot}_uncertain"] else ""
            print(f"{at:.3f} face {number:.0f}: {label}{doubt} {chances[emotion]:.0%}")
        slot += 1


if __name__ == "__main__":
    main()
