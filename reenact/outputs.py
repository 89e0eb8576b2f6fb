"""Where frames go: a film, or numbered pictures; written aside, signed, then put in place."""

import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from capture.audio import AudioClip
from capture.errors import MediaError
from capture.pictures import Numbered, numbered, write_picture, write_pictures
from capture.staging import scratch_output, write_error
from capture.video import write_mp4, write_webm
from consent import Permit, Registry, sign_output, sign_sequence
from reenact.errors import ControlError

RATE_FACTOR = 17
"""Of x264: at its usual 18 pores and lashes begin to go."""
PREVIEW_RATE_FACTOR = 26
MP4 = (".mp4", ".m4v", ".mov")


class Proof(TypedDict):
    """What a signature needs to know."""

    registry: Registry
    permit: Permit
    inputs: Mapping[str, str]
    details: Mapping[str, object]
    overwrite: bool


@dataclass(frozen=True, slots=True, eq=False)
class _OneFile:
    """An output that is a single file."""

    path: Path

    @contextmanager
    def scratch(self, *, overwrite: bool) -> Iterator[Path]:
        """Where to write before the signing; removed at the end in any case.

        Raises:
            MediaError: The folder cannot be written, or the file exists.
        """
        with scratch_output(self.path, overwrite=overwrite) as part:
            yield part

    def sign(self, part: Path, count: int, proof: Proof) -> Path:
        """Sign and publish what was written; returns the sidecar."""
        return sign_output(part, self.path, **proof)


@dataclass(frozen=True, slots=True)
class Film(_OneFile):
    """One MP4 or WebM file."""

    transparent: bool
    hasty: bool
    has_sound = True

    def write(
        self,
        frames: Iterable[NDArray[np.uint8]],
        part: Path,
        *,
        fps: Fraction,
        sound: AudioClip | Path | None,
    ) -> int:
        """Encode the frames; returns how many.

        Raises:
            MediaError: No frames, the sound cannot be read, or the file cannot be written.
        """
        if self.path.suffix.lower() == ".webm":
            return write_webm(frames, part, fps=fps, audio=sound, transparent=self.transparent)
        if self.hasty:
            crf, preset = PREVIEW_RATE_FACTOR, "ultrafast"
            return write_mp4(frames, part, fps=fps, audio=sound, crf=crf, preset=preset)
        return write_mp4(frames, part, fps=fps, audio=sound, crf=RATE_FACTOR)


@dataclass(frozen=True, slots=True)
class Pictures:
    """Numbered PNG files in one folder."""

    names: Numbered
    has_sound = False

    @contextmanager
    def scratch(self, *, overwrite: bool) -> Iterator[Path]:
        """As of `Film`."""
        folder = self.names.folder
        if (taken := self.names.existing()) and not overwrite:
            raise MediaError(
                f"{taken[0]} exists already",
                hint="Choose another name, or ask to overwrite it (--overwrite).",
            )
        part = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}.part")
        try:
            part.mkdir()
        except OSError as error:
            raise write_error(folder, error) from error
        try:
            yield part
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def write(
        self,
        frames: Iterable[NDArray[np.uint8]],
        part: Path,
        *,
        fps: Fraction,
        sound: AudioClip | Path | None,
    ) -> int:
        """As of `Film`; the rate and the sound have no place in pictures."""
        return write_pictures(frames, Numbered(part, self.names.stem, self.names.digits))

    def sign(self, part: Path, count: int, proof: Proof) -> Path:
        """As of `Film`."""
        names = self.names
        return sign_sequence(
            part,
            [names.name(number) for number in range(count)],
            names.folder,
            stem=names.stem,
            replaced=names.existing(),
            **proof,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Sheet(_OneFile):
    """One PNG: pictures beside one another, the rendered frame last."""

    beside: tuple[NDArray[np.uint8], ...]
    height: int
    has_sound = False

    def write(
        self,
        frames: Iterable[NDArray[np.uint8]],
        part: Path,
        *,
        fps: Fraction,
        sound: AudioClip | Path | None,
    ) -> int:
        """Write the first frame, beside the others; returns 1."""
        import cv2

        shown = [*self.beside, *islice(frames, 1)]
        fitted = [
            cv2.resize(
                picture[..., :3],
                (max(1, round(picture.shape[1] * self.height / len(picture))), self.height),
                interpolation=cv2.INTER_AREA if len(picture) > self.height else cv2.INTER_CUBIC,
            )
            for picture in shown
        ]
        write_picture(np.concatenate(fitted, axis=1), part)
        return 1


Output = Film | Pictures | Sheet


def output_path(out: Path | str) -> Path:
    """The path of an output; a folder, written with / at its end, means pictures in it."""
    return Path(out) / "frame_%05d.png" if str(out).endswith("/") else Path(out)


def open_output(out: Path | str, *, transparent: bool = False, hasty: bool = False) -> Output:
    """Tell by its name what an output is.

    Args:
        out: `name.mp4`, `name.webm`, `name_%05d.png`, or a folder for pictures.
        transparent: Whether frames carry alpha.
        hasty: Whether encoding shall be fast rather than good.

    Raises:
        ControlError: No such output is written, or it cannot be transparent.
        MediaError: The pattern is none.
    """
    names = numbered(out)
    if names is not None:
        return Pictures(names)
    path = Path(out)
    suffix = path.suffix.lower()
    if suffix not in (*MP4, ".webm"):
        raise ControlError(
            f"{path.name}: no such output is written",
            hint="Use .mp4, .webm, frame_%05d.png, or a folder with / at its end for pictures.",
        )
    if transparent and suffix in MP4:
        raise ControlError(
            f"{path.name}: MP4 keeps no transparency",
            hint="Use .webm, frame_%05d.png, or a folder with / at its end for pictures.",
        )
    return Film(path, transparent, hasty)
