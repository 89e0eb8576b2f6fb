"""Numbered PNG files: a film as single pictures, with alpha where there is one."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.errors import MediaError
from capture.staging import write_error

COMPRESSION = 3
"""Of zlib: more takes far longer and saves little."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """Names of numbered pictures in one folder: `stem` + number + `.png`."""

    folder: Path
    stem: str
    digits: int

    def name(self, number: int) -> str:
        """The file name of a picture, counted from 0."""
        return f"{self.stem}{number:0{self.digits}d}.png"

    def covers(self, name: str) -> bool:
        """Whether a file name is one of these."""
        number = name.removeprefix(self.stem).removesuffix(".png")
        return name == f"{self.stem}{number}.png" and number.isdecimal()

    def existing(self) -> list[Path]:
        """The files that bear such names now."""
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if self.covers(path.name))


def numbered(out: Path | str) -> Numbered | None:
    """Tell an output that means numbered pictures: `name_%05d.png`.

    Returns:
        The names, or None if `out` is one file.

    Raises:
        MediaError: The pattern holds no number, or more than one.
    """
    path = Path(out)
    if "%" not in path.name:
        return None
    stem, _, rest = path.name.partition("%")
    digits, _, end = rest.partition("d")
    width = digits.removeprefix("0") or "1"
    if end != ".png" or not width.isdecimal() or not 1 <= int(width) <= 9 or stem[-1:].isdigit():
        raise MediaError(
            f"{path.name} is no pattern of picture names",
            hint="Write frame_%05d.png.",
        )
    return Numbered(path.parent, stem, int(width))


def write_picture(picture: NDArray[np.uint8], out: Path) -> None:
    """Write one (h, w, 3) RGB or (h, w, 4) RGBA picture as PNG.

    Raises:
        MediaError: The file cannot be written.
    """
    import cv2

    swap = cv2.COLOR_RGB2BGR if picture.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
    settings = [cv2.IMWRITE_PNG_COMPRESSION, COMPRESSION]
    data = cv2.imencode(".png", cv2.cvtColor(picture, swap), settings)[1]
    try:
        out.write_bytes(data.tobytes())
    except OSError as error:
        raise write_error(out, error) from error


def write_pictures(frames: Iterable[NDArray[np.uint8]], names: Numbered) -> int:
    """Write frames as numbered PNG files; returns how many.

    Raises:
        MediaError: There are no frames, or a file cannot be written.
    """
    count = 0
    for frame in frames:
        write_picture(frame, names.folder / names.name(count))
        count += 1
    if not count:
        raise MediaError(
            f"{names.folder}: there are no frames to write", hint="Check the input's length."
        )
    return count
