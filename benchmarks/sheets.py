"""Contact sheets for the eye: whole heads, mouths, eyes, and single lines of pixels over time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import cut_square
from capture.landmarks import LEFT_EYE, LIPS, RIGHT_EYE

Image = NDArray[np.uint8]

HEAD_PX = 320
DETAIL_PX = (320, 200)
"""Width and height of an enlarged mouth or pair of eyes."""
STRIP_PX = 320
STRIP_REPEAT = 6
"""Rows of the sheet for each frame of a strip."""
DETAIL_SHARE = {"mouth": 0.62, "eyes": 0.88}
"""Width of the enlarged part, as a share of the face's larger extent."""
LABEL_PX = 22


@dataclass
class Sheets:
    """Collects pictures of one clip, row by row for each method."""

    side: int
    """Side of the head crop in px of the full frame."""
    extent: float
    """The face's larger extent in px of the full frame."""

    def __post_init__(self) -> None:
        self._heads: dict[str, list[Image]] = {}
        self._details: dict[str, dict[str, list[Image]]] = {"mouth": {}, "eyes": {}}
        self._lines: dict[str, dict[str, list[Image]]] = {"mouth": {}, "eyes": {}}

    def add(
        self, frames: Mapping[str, Image], corner: NDArray[np.int64], points: NDArray[np.float32]
    ) -> None:
        """Take one moment: a full frame of each method, the crop's corner, true landmarks in px."""
        centres = {
            "mouth": points[LIPS].mean(axis=0),
            "eyes": points[np.concatenate([RIGHT_EYE, LEFT_EYE])].mean(axis=0),
        }
        for name, frame in frames.items():
            self._heads.setdefault(name, []).append(cut_square(frame, corner, self.side, HEAD_PX))
            for part, centre in centres.items():
                width = DETAIL_SHARE[part] * self.extent
                self._details[part].setdefault(name, []).append(_window(frame, centre, width))

    def add_lines(
        self, frames: Mapping[str, Image], corner: NDArray[np.int64], rows: Mapping[str, int]
    ) -> None:
        """Take one row of pixels through the mouth and one through the eyes of each frame.

        Args:
            frames: A full frame of each method.
            corner: x, y of a crop that stays where it is.
            rows: y of the rows in px of the full frame.
        """
        for name, frame in frames.items():
            for part, row in rows.items():
                y = int(np.clip(row, 0, len(frame) - 1))
                columns = np.clip(
                    np.arange(corner[0], corner[0] + self.side), 0, frame.shape[1] - 1
                )
                line = cv2.resize(frame[y : y + 1, columns], (STRIP_PX, 1))
                self._lines[part].setdefault(name, []).append(line)

    def write(self, folder: Path, name: str) -> list[Path]:
        """Write the heads, the details and the strips as JPEG files; returns their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        pages = {"heads": _grid(self._heads)}
        for part in ("mouth", "eyes"):
            pages[part] = _grid(self._details[part])
        strips = [_strips(self._lines[part], part) for part in ("mouth", "eyes")]
        pages["strips"] = np.concatenate([strip for strip in strips if strip is not None], axis=1)
        written = []
        for page, picture in pages.items():
            path = folder / f"{name}-{page}.jpg"
            flipped = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
            done, data = cv2.imencode(".jpg", flipped, [cv2.IMWRITE_JPEG_QUALITY, 88])
            if not done:
                raise OSError(f"{path}: cannot be encoded")
            path.write_bytes(data.tobytes())
            written.append(path)
        return written


def _window(frame: Image, centre: NDArray[np.float32], width: float) -> Image:
    columns, rows = DETAIL_PX
    scale = columns / width
    motion = np.array(
        [
            [scale, 0, columns / 2 - scale * centre[0]],
            [0, scale, rows / 2 - scale * centre[1]],
        ]
    )
    return cv2.warpAffine(
        frame, motion, (columns, rows), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )


def _grid(rows: Mapping[str, Sequence[Image]]) -> Image:
    """Methods under each other, moments beside each other, each row under its name."""
    return np.concatenate(list(_labelled(rows)), axis=0)


def _labelled(rows: Mapping[str, Sequence[Image]]) -> Iterator[Image]:
    for name, images in rows.items():
        picture = np.concatenate(images, axis=1)
        yield _label(name, picture.shape[1])
        yield picture


def _strips(lines: Mapping[str, Sequence[Image]], part: str) -> Image | None:
    """Each method's lines under each other, time downwards; methods side by side."""
    if not lines:
        return None
    columns = []
    for name, rows in lines.items():
        picture = np.repeat(np.concatenate(rows, axis=0), STRIP_REPEAT, axis=0)
        columns.append(np.concatenate([_label(f"{name}: {part}", STRIP_PX), picture], axis=0))
    return np.concatenate(columns, axis=1)


def _label(text: str, width: int) -> Image:
    bar = np.full((LABEL_PX, width, 3), 255, np.uint8)
    cv2.putText(bar, text, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return bar
