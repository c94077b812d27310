"""Prints who appears how, as emogui tells it over OSC.

pip install python-osc
python publish_osc.py [--port 9000] [--frames 100]
emogui live --source 0 --publish osc
"""

import argparse

from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_server import BlockingOSCUDPServer


def hello(address: str, version: int, recording: str, *about: str) -> None:
    if version != 1:
        raise SystemExit("This program knows version 1 of the schema.")
    source, model, detector, head, *labels = about
    print("emotions:", ", ".join(labels))


def face(address: str, frame: int, face_id: int, *about: float | str) -> None:
    x, y, w, h, score, emotion, confidence, uncertain, *probabilities = about
    print(f"face {face_id}: {emotion}{'?' if uncertain else ''} {confidence:.0%}")


def event(address: str, kind: str, face_id: int, time_s: float, recording: str) -> None:
    print("event:", kind, face_id)


def main() -> None:
    parser = argparse.ArgumentParser(description="Print what emogui publishes over OSC.")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--frames", type=int, help="end after so many frames")
    args = parser.parse_args()
    frames = []
    dispatcher = Dispatcher()
    dispatcher.map("/emogui/hello", hello)
    dispatcher.map("/emogui/face", face)
    dispatcher.map("/emogui/event", event)
    dispatcher.map("/emogui/frame", lambda address, *about: frames.append(about[0]))
    with BlockingOSCUDPServer(("127.0.0.1", args.port), dispatcher) as server:
        print("listening on port", server.server_address[1], flush=True)
        while args.frames is None or len(frames) < args.frames:
            server.handle_request()


if __name__ == "__main__":
    main()
