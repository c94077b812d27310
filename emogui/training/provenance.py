"""What identifies a measurement: its data, its code and the versions that took part."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from emogui.backend.model_info import sha256_of


def describe_data(path: str | Path, votes: str | Path | None) -> dict[str, Any]:
    """What identifies the data: file names and, for files, their sha256."""
    faces, table = Path(path), None if votes is None else Path(votes)
    return {
        "file": faces.name,
        "sha256": sha256_of(faces) if faces.is_file() else None,
        "votes": table and table.name,
        "votes_sha256": table and sha256_of(table),
    }


def source_commit() -> str | None:
    """The commit of the source tree that is running; None for an installed package.

    ``+changes`` is added when files of the package differ from it.
    """
    import subprocess

    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(root), *words],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
        return done.stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no", "--", "emogui")
        return git("rev-parse", "HEAD") + ("+changes" if changed else "")
    except (OSError, subprocess.SubprocessError):
        return None


def versions(packages: Iterable[str] = ("numpy", "opencv-python", "openvino")) -> dict[str, str]:
    """Versions of Python and of the packages that take part."""
    import platform
    from importlib import metadata

    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
