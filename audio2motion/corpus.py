"""Tracked speech to fit on: motion curves and sound, no pictures.

The layout is that of talker s1 of the GRID corpus (Cooke et al. 2006, CC BY 4.0) after tracking:
`curves.npz` with `clip` (n,), `blendshapes` (n, f, 52) by MediaPipe at 25 frames a second,
`blendshape_names`, `landmarks` (n, f, p, 3), `landmark_index` (p,), and the sound of the clips one
after the other in `audio_00.flac`, `audio_01.flac`, ... Every tenth clip is held out.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio2motion.coarticulation import Sounds, hear
from audio2motion.errors import AudioMotionError
from audio2motion.features import SAMPLE_RATE
from audio2motion.phones import estimate_warp
from capture.arkit import mirror_name
from capture.audio import AudioClip
from capture.landmarks import (
    EYE_OUTER_LEFT,
    EYE_OUTER_RIGHT,
    MOUTH_CORNER_LEFT,
    MOUTH_CORNER_RIGHT,
)

logger = logging.getLogger(__name__)

FPS = 25
HELD_OUT = 10
CHANNELS: tuple[str, ...] = (
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    *(
        f"mouth{action}{side}"
        for action in ("Smile", "Frown", "Dimple", "Stretch", "Press", "LowerDown", "UpperUp")
        for side in ("Left", "Right")
    ),
)
"""What speech moves. Sideways actions are a talker's habit, not speech."""


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """n clips of f frames at 25 a second."""

    sounds: list[Sounds]
    """(n,)"""
    targets: NDArray[np.float32]
    """(n, f, k) `CHANNELS`, left and right averaged: the talker's asymmetry is not speech."""
    gap: NDArray[np.float32]
    """(n, f) inner lip gap over the distance between the outer eye corners."""
    width: NDArray[np.float32]
    """(n, f) distance of the mouth corners over the same."""

    def part(self, *, held_out: bool) -> list[int]:
        """Indices of the clips to fit on, or of those held out."""
        return [i for i in range(len(self.sounds)) if (i % HELD_OUT == 0) is held_out]


def read_corpus(folder: Path) -> Corpus:
    """Read curves and sound, and recognise the sounds (about 2 minutes for 50).

    Raises:
        AudioMotionError: Sound and motion are not of the same number of clips.
    """
    with np.load(folder / "curves.npz") as arrays:
        names = [str(name) for name in arrays["blendshape_names"]]
        blendshapes = arrays["blendshapes"].astype(np.float32)
        points = arrays["landmarks"].astype(np.float32)
        index = [int(i) for i in arrays["landmark_index"]]
    pairs = [[names.index(name), names.index(mirror_name(name))] for name in CHANNELS]
    targets = np.stack([blendshapes[..., pair].mean(axis=-1) for pair in pairs], axis=-1)
    samples = round(blendshapes.shape[1] / FPS * SAMPLE_RATE)
    sounds: list[Sounds] = []
    for path in sorted(folder.glob("audio_*.flac")):
        audio = AudioClip.read(path, sample_rate=SAMPLE_RATE).samples
        warp = estimate_warp(audio)  # one talker
        sounds += [hear(part, warp=warp) for part in audio.reshape(-1, samples)]
        logger.info("%s: %d clips", path.name, len(sounds))
    if len(sounds) != len(targets):
        raise AudioMotionError(f"{folder}: {len(sounds)} clips of sound, {len(targets)} of motion")
    gap, width = lip_geometry(points, index)
    return Corpus(sounds, targets, gap, width)


def lip_geometry(
    points: NDArray[np.float32], index: list[int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Inner lip gap and mouth width, over the distance of the outer eye corners.

    Args:
        points: (..., p, 3) landmarks.
        index: (p,) which of MediaPipe's landmarks they are.

    Returns:
        (...) each.
    """

    def distance(a: int, b: int) -> NDArray[np.float32]:
        difference = points[..., index.index(a), :] - points[..., index.index(b), :]
        return np.asarray(np.linalg.norm(difference, axis=-1), np.float32)

    eyes = distance(EYE_OUTER_RIGHT, EYE_OUTER_LEFT)
    gap = (distance(13, 14) + distance(82, 87) + distance(312, 317)) / (3 * eyes)
    width = distance(MOUTH_CORNER_RIGHT, MOUTH_CORNER_LEFT) / eyes
    return np.asarray(gap, np.float32), np.asarray(width, np.float32)
