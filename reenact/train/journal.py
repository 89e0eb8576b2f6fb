"""The log of a run: one JSON object a line, and its curves as a picture."""

import json
from pathlib import Path
from typing import Any

from reenact.train.plots import Curve, draw_curves

LOG, PLOT = "log.jsonl", "log.png"


class Journal:
    """Appends to `log.jsonl` in a folder.

    Args:
        folder: Of the run.
        upto: Lines of later steps are dropped: the run that wrote them is being repeated.
    """

    def __init__(self, folder: Path, *, upto: int = 0) -> None:
        self._path, self._plot = folder / LOG, folder / PLOT
        kept = [line for line in read(self._path) if line["step"] <= upto]
        scratch = self._path.with_suffix(".part")
        scratch.write_text("".join(json.dumps(line) + "\n" for line in kept), encoding="utf-8")
        scratch.replace(self._path)

    def write(self, step: int, **facts: Any) -> None:
        """Add a line."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, **facts}) + "\n")

    def plot(self) -> None:
        """Draw all numbers over the steps: losses above, held-out people below."""
        lines = read(self._path)
        panels = {}
        for title, key in (("training", "terms"), ("held-out people", "held_out")):
            named: dict[str, list[tuple[float, float]]] = {}
            for line in lines:
                for name, value in line.get(key, {}).items():
                    named.setdefault(name, []).append((line["step"], value))
            panels[title] = [Curve(name, points) for name, points in named.items()]
        draw_curves(self._plot, panels)


def read(path: Path) -> list[dict[str, Any]]:
    """Lines of a log; one that was cut off by a crash is left out."""
    if not path.exists():
        return []
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(text))
        except ValueError:
            continue
    return lines
