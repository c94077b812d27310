"""Analyses the sample picture and writes what the window would show.

Runs in the environment that the set-up has made: ``python -m emogui.setup_.sample FOLDER``.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(folder: Path) -> int:
    """Writes the annotated picture, a chart for each face and the result as JSON.

    Args:
        folder: where to write; made where it is not there.

    Returns:
        The exit status.
    """
    from PIL import Image

    from emogui import Analyzer, annotate, load_image, paths
    from emogui.output.chart import save_chart
    from emogui.output.records import to_json_line

    picture = paths.assets() / "sample.jpg"
    image = load_image(picture)
    result = Analyzer().analyze(image, source=str(picture))
    folder.mkdir(parents=True, exist_ok=True)

    annotated = folder / "sample-annotated.png"
    Image.fromarray(annotate(image, result)).save(annotated)
    record = folder / "sample.json"
    record.write_text(to_json_line(result).rstrip("\n") + "\n", encoding="utf-8")
    charts = []
    for number, face in enumerate(result.faces, start=1):
        charts.append(folder / f"sample-face-{number}-chart.png")
        save_chart(face, charts[-1], title=f"Face {number}")

    for number, face in enumerate(result.faces, start=1):
        doubt = f" (uncertain: {face.uncertain_reason})" if face.uncertain else ""
        where = f"at x {face.box.x}, y {face.box.y}"
        shows = f"appears to show {face.emotion}, {face.confidence:.0%}{doubt}"
        print(f"  face {number} ({where}) {shows}")
    print(f"  annotated picture  {annotated}")
    for chart in charts:
        print(f"  chart              {chart}")
    print(f"  result as JSON     {record}")
    return 0


if __name__ == "__main__":
    from emogui.errors import EmoguiError

    try:
        raise SystemExit(main(Path(sys.argv[1])))
    except EmoguiError as error:
        print(f"emogui: {error}", file=sys.stderr)
        raise SystemExit(1) from None
