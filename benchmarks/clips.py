"""The footage that quality is measured on, and its split into enrolment and test."""

import csv
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from capture.audio import AudioClip
from capture.video import VideoInfo, probe, read_frames, write_mp4

VIDEO_SUFFIXES = frozenset({".mp4", ".mpg", ".mov", ".mkv", ".webm", ".avi", ".m4v"})
SHORT_S = 5.0
"""Shorter clips are reported apart: their enrolment is too poor to judge the method by."""
ENROLMENT_SHARE = Fraction(7, 10)
NEAR_LOSSLESS_CRF = 8
SOUND_HZ = 44100
OPEN_LICENCE = "CC BY 4.0"
"""Only of these and of synthetic people may re-enactments be published: nobody else was asked."""


class Group(StrEnum):
    """Clips that are judged together."""

    REAL = "real"
    """Of real people, long enough to enrol from."""
    SHORT = "short"
    """Of real people, too short for the targets."""
    SYNTHETIC = "synthetic"
    """Rendered: easier than the real ones in some ways, so they are not counted with them."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip of one person."""

    path: Path
    info: VideoInfo
    licence: str
    synthetic: bool = False

    @property
    def name(self) -> str:
        """The file's name without suffix."""
        return self.path.stem

    @property
    def group(self) -> Group:
        """What it is judged with."""
        if self.synthetic:
            return Group.SYNTHETIC
        return Group.SHORT if self.info.duration_s < SHORT_S - 1e-3 else Group.REAL

    @property
    def publishable(self) -> bool:
        """Its re-enactment may be shown."""
        return self.synthetic or OPEN_LICENCE in self.licence


def find_clips(folder: Path, *, only: tuple[str, ...] = (), synthetic: bool = False) -> list[Clip]:
    """All clips of a folder, the short ones last.

    Licences come from a `clips.csv` in the folder or beside it (columns `file`, `licence`).

    Args:
        folder: Where the clips lie, or a single video file.
        only: Keep the clips whose names hold one of these.
        synthetic: They show synthetic people.

    Raises:
        FileNotFoundError: There is no such clip.
        MediaError: A clip cannot be read.
    """
    files = [folder] if folder.is_file() else sorted(folder.iterdir())
    files = [path for path in files if path.suffix.lower() in VIDEO_SUFFIXES]
    if only:
        files = [path for path in files if any(part in path.name for part in only)]
    if not files:
        raise FileNotFoundError(f"{folder}: no clip there" + (f" named {only}" if only else ""))
    licences = _licences(folder)
    clips = [
        Clip(path, probe(path), licences.get(path.name, "unknown"), synthetic) for path in files
    ]
    return sorted(clips, key=lambda clip: (clip.group is Group.SHORT, clip.name))


def _licences(folder: Path) -> dict[str, str]:
    for place in (folder, folder.parent):
        listing = place / "clips.csv"
        if listing.is_file():
            with listing.open(newline="", encoding="utf-8") as file:
                return {row["file"]: row["licence"] for row in csv.DictReader(file)}
    return {}


@dataclass(frozen=True, slots=True)
class Parts:
    """A clip cut in two, as files of their own."""

    enrolment: Path
    test: Path
    enrolment_frames: int
    test_frames: int
    fps: Fraction


def split(clip: Clip, folder: Path) -> Parts:
    """Write the first 70 % and the last 30 % of a clip's frames as near-lossless MP4 files.

    Args:
        clip: What to cut.
        folder: Where the two files go.
    """
    fps = clip.info.fps
    total = clip.info.frame_count
    cut = int(total * ENROLMENT_SHARE)
    sound = AudioClip.read(clip.path, sample_rate=SOUND_HZ) if clip.info.has_audio else None
    counts, files = [], []
    for part, start, stop in (("enrolment", 0, cut), ("test", cut, None)):
        file = folder / f"{clip.name}-{part}.mp4"
        piece = None
        if sound is not None:
            end = sound.duration if stop is None else float(stop / fps)
            piece = sound.slice(min(float(start / fps), sound.duration), min(end, sound.duration))
        counts.append(
            write_mp4(
                read_frames(clip.path, start=start, stop=stop),
                file,
                fps=fps,
                audio=piece if piece is not None and len(piece) else None,
                crf=NEAR_LOSSLESS_CRF,
            )
        )
        files.append(file)
    return Parts(files[0], files[1], counts[0], counts[1], fps)
