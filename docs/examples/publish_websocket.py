"""Prints who appears how, as emogui tells it over WebSocket.

pip install websockets
emogui live --source 0 --publish websocket
python publish_websocket.py [--url ws://127.0.0.1:8765] [--frames 100]
"""

import argparse
import itertools
import json

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


def main() -> None:
    parser = argparse.ArgumentParser(description="Print what emogui publishes over WebSocket.")
    parser.add_argument("--url", default="ws://127.0.0.1:8765")
    parser.add_argument("--frames", type=int, help="end after so many frames")
    args = parser.parse_args()
    frames = itertools.count(1)
    with connect(args.url) as connection:
        try:
            for text in connection:
                message = json.loads(text)
                show(message)
                if message["type"] == "frame" and next(frames) == args.frames:
                    break
        except ConnectionClosed as end:
            print("emogui has gone:", end)


def show(message: dict) -> None:
    if message["type"] == "hello":
        if message["version"] != 1:
            raise SystemExit("This program knows version 1 of the schema.")
        print("emotions:", ", ".join(message["labels"]) or "not known yet")
    elif message["type"] == "event":
        print("event:", message["event"], message["face_id"])
    elif message["type"] == "frame":
        for face in message["faces"]:
            doubt = "?" if face["uncertain"] else ""
            print(f"face {face['face_id']}: {face['emotion']}{doubt} {face['confidence']:.0%}")


if __name__ == "__main__":
    main()
