"""Curves as a PNG, drawn with OpenCV: a plotting library is no dependency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 900, 320
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 30, 30
INK = (60, 60, 60)
COLOURS = (
    (180, 119, 31), (14, 127, 255), (44, 160, 44), (40, 39, 214), (189, 103, 148),
    (75, 86, 140), (194, 119, 227), (127, 127, 127), (34, 189, 188), (207, 190, 23),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Curve:
    """Points (x, y) under a name. Only positive y are drawn: the axis is logarithmic."""

    name: str
    points: Sequence[tuple[float, float]]


def draw_curves(path: Path, panels: Mapping[str, Sequence[Curve]]) -> None:
    """Write one panel under the other; those without points are left out."""
    import cv2

    drawn = [_panel(title, curves) for title, curves in panels.items() if _values(curves).size]
    if drawn:
        coded = cv2.imencode(".png", np.concatenate(drawn))[1]
        path.write_bytes(coded.tobytes())


def _values(curves: Sequence[Curve]) -> NDArray[np.float64]:
    """(n, 2) all points that can be drawn."""
    points = [point for curve in curves for point in curve.points if point[1] > 0]
    return np.array(points, np.float64).reshape(-1, 2)


def _panel(title: str, curves: Sequence[Curve]) -> NDArray[np.uint8]:
    import cv2

    image = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    points = _values(curves)
    high_x = max(float(points[:, 0].max()), 1.0)
    low, high = np.log10(points[:, 1].min()), np.log10(points[:, 1].max())
    low, high = np.floor(low), max(np.ceil(high), np.floor(low) + 1)

    def place(x: float, y: float) -> tuple[int, int]:
        across = LEFT + (WIDTH - LEFT - RIGHT) * x / high_x
        down = TOP + (HEIGHT - TOP - BOTTOM) * (high - np.log10(y)) / (high - low)
        return round(across), round(float(down))

    def write(text: str, at: tuple[int, int], colour: tuple[int, int, int] = INK) -> None:
        cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, 1, cv2.LINE_AA)

    write(title, (LEFT, TOP - 10))
    for power in range(int(low), int(high) + 1):
        start = place(0, 10.0**power)
        cv2.line(image, start, place(high_x, 10.0**power), (225, 225, 225), 1)
        write(f"1e{power}", (12, start[1] + 4))
    for share in (0, 0.5, 1):
        write(f"{share * high_x:.0f}", (place(share * high_x, 10.0**low)[0] - 10, HEIGHT - 8))
    for index, curve in enumerate(curves):
        colour = COLOURS[index % len(COLOURS)]
        line = [place(x, y) for x, y in curve.points if y > 0]
        if line:
            shape = np.array(line, np.int32)[:, None]
            cv2.polylines(image, [shape], isClosed=False, color=colour, thickness=1)
            write(curve.name, (WIDTH - RIGHT + 12, TOP + 14 + 16 * index), colour)
    return image
