"""How one reader moves while reading: curves to train generators of behaviour on.

Talker s1 of the GRID corpus (Cooke et al. 2006, CC BY 4.0) after tracking, in the layout of
`audio2motion.corpus`, with `transform` (n, f, 4, 4) head poses besides. He keeps his head so still
(0.5 degrees within a sentence, a fifth of a lively talker's) and his brows so quiet that only the
*shape* of the motion is taken from him: every curve is brought to unit spread about its clip's
mean. How far a head goes, and its slow changes of posture, come from human statistics at run time.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.behaviour.curves import CONDITIONS, CURVES, conditions
from audio2motion.behaviour.hearing import PROSODY_RATE, TICK_RATE, Hearing
from audio2motion.behaviour.prosody import hear_prosody
from audio2motion.behaviour.stream import TICK_LOOK_AHEAD
from audio2motion.features import SAMPLE_RATE
from capture.audio import AudioClip

HELD_OUT: Final = 10
"""Every tenth clip."""

_BROWS = (70, 63, 105, 66, 107, 300, 293, 334, 296, 336)
_EYE_CORNERS = (33, 133, 263, 362)
_BLINK = 0.28  # above the usual lid
_SMOOTHED = np.array([0.25, 0.5, 0.25])


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """n clips of f ticks."""

    curves: NDArray[np.float32]
    """(n, f, c) `CURVES`, unit spread."""
    heard: NDArray[np.float32]
    """(n, f, h) `CONDITIONS`."""

    def part(self, *, held_out: bool) -> "Readings":
        """The clips to train on, or those held out."""
        chosen = (np.arange(len(self.curves)) % HELD_OUT == 0) == held_out
        return Readings(self.curves[chosen], self.heard[chosen])


def read(folder: Path) -> Readings:
    """Read curves and listen to the sound (about 3 minutes)."""
    with np.load(folder / "curves.npz") as arrays:
        names = [str(name) for name in arrays["blendshape_names"]]
        faces = arrays["blendshapes"].astype(np.float64)
        rotation = arrays["transform"][..., :3, :3].astype(np.float64)
        points = arrays["landmarks"].astype(np.float64)
        index = [int(i) for i in arrays["landmark_index"]]
    lid = _lid(faces, names)
    head = _head_degrees(rotation)
    gaze = _gaze_degrees(faces, names, lid) + head[..., [1, 0]] * (1, -1)
    brow = _brow_height(points, index, rotation)
    slow = np.concatenate([head, brow[..., None], gaze], axis=-1)
    slow = _smoothed(slow)
    slow -= slow.mean(axis=1, keepdims=True)
    slow /= slow.std(axis=(0, 1))
    curves = np.concatenate([np.clip(slow, -4, 4), lid[..., None]], axis=-1)
    if curves.shape[-1] != len(CURVES):
        raise ValueError(f"{curves.shape[-1]} curves, want {len(CURVES)}")
    ticks = curves.shape[1]
    heard: list[NDArray[np.float32]] = []
    for path in sorted(folder.glob("audio_*.flac")):
        heard.append(_conditions(path, ticks))
    return Readings(curves.astype(np.float32), np.concatenate(heard))


def _conditions(path: Path, ticks: int) -> NDArray[np.float32]:
    """(m, f, h) what a behaviour hears at every tick of the m clips of a sound file."""
    samples = AudioClip.read(path, sample_rate=SAMPLE_RATE).samples
    prosody = hear_prosody(samples)
    clips = len(samples) * TICK_RATE // (SAMPLE_RATE * ticks)
    hearing, rows = Hearing(), []
    for level, pitch in zip(prosody.level.tolist(), prosody.pitch.tolist(), strict=True):
        hearing.listen(level, pitch)
        rows.append(conditions(hearing.now()))
    at = np.arange(clips * ticks) * (PROSODY_RATE // TICK_RATE) + TICK_LOOK_AHEAD
    return np.array(rows, np.float32)[np.minimum(at, len(rows) - 1)].reshape(
        clips, ticks, len(CONDITIONS)
    )


def _head_degrees(rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 3) chin down, to the subject's left, roll."""
    yaw = np.arctan2(rotation[..., 0, 2], rotation[..., 2, 2])
    pitch = np.arcsin(np.clip(-rotation[..., 1, 2], -1, 1))
    roll = np.arctan2(rotation[..., 1, 0], rotation[..., 1, 1])
    return np.degrees(np.stack([pitch, yaw, roll], axis=-1))


def _lid(faces: NDArray[np.float64], names: list[str]) -> NDArray[np.float64]:
    """(n, f) 1 on the frames of a blink, and a third beside them; a network can hit no spike."""
    both = faces[..., [names.index(f"eyeBlink{side}") for side in ("Left", "Right")]].mean(axis=-1)
    above = both - np.median(both, axis=1, keepdims=True)
    peak = np.zeros_like(above)
    inner = above[:, 1:-1]
    peak[:, 1:-1] = (inner > _BLINK) & (inner >= above[:, :-2]) & (inner > above[:, 2:])
    wide = peak.copy()
    wide[:, 1:] = np.maximum(wide[:, 1:], 0.5 * peak[:, :-1])
    wide[:, :-1] = np.maximum(wide[:, :-1], 0.5 * peak[:, 1:])
    return wide


def _gaze_degrees(
    faces: NDArray[np.float64], names: list[str], lid: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n, f, 2) to the subject's left and up in the head; held while the lids hide the eyes."""

    def coefficient(name: str) -> NDArray[np.float64]:
        return faces[..., names.index(name)]

    left = coefficient("eyeLookOutLeft") + coefficient("eyeLookInRight")
    left -= coefficient("eyeLookInLeft") + coefficient("eyeLookOutRight")
    up = coefficient("eyeLookUpLeft") + coefficient("eyeLookUpRight")
    up -= coefficient("eyeLookDownLeft") + coefficient("eyeLookDownRight")
    gaze = 15 * np.stack([left, up], axis=-1)
    hidden = np.zeros(lid.shape, bool)
    for shift in range(-3, 5):
        hidden |= np.roll(lid == 1, shift, axis=1)
    frames = np.arange(gaze.shape[1])
    for clip, masked in zip(gaze, hidden, strict=True):
        if masked.any() and not masked.all():
            for axis in range(2):
                clip[masked, axis] = np.interp(frames[masked], frames[~masked], clip[~masked, axis])
    return gaze


def _brow_height(
    points: NDArray[np.float64], index: list[int], rotation: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n, f) of the brows above the corners of the eyes, over the distance of those."""
    # the image's y points down and its z away from the viewer
    upright = np.einsum("nfji,nfpj->nfpi", rotation, points * (1, -1, -1))
    brows = [index.index(point) for point in _BROWS if point in index]
    corners = [index.index(point) for point in _EYE_CORNERS if point in index]
    apart = np.linalg.norm(upright[..., corners[0], :] - upright[..., corners[2], :], axis=-1)
    return (upright[..., brows, 1].mean(axis=-1) - upright[..., corners, 1].mean(axis=-1)) / apart


def _smoothed(curves: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, f, c) without the tracker's jitter, at a rate at which heads hardly move."""
    padded = np.pad(curves, ((0, 0), (1, 1), (0, 0)), mode="edge")
    return sum(
        weight * padded[:, shift : shift + curves.shape[1]]
        for shift, weight in enumerate(_SMOOTHED)
    )
