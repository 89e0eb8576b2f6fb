"""Talker s1 of the GRID corpus: sound, sounds aligned by their words, and what the mouth did.

The layout of the folder is described in `audio2motion.corpus`; `words.csv` holds `clip`,
`start_s`, `end_s`, `word`. The known words are aligned by PocketSphinx, with its context-dependent
models; it also chooses among pronunciations.
"""

import csv
import json
import logging
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import weights
from audio2motion.corpus import CHANNELS, FPS, lip_geometry
from audio2motion.errors import AudioMotionError
from audio2motion.features import FRAME_RATE, SAMPLE_RATE
from audio2motion.phonetics import SILENCE, Segment, joined
from capture.arkit import mirror_name
from capture.audio import AudioClip

logger = logging.getLogger(__name__)

HELD_OUT: Final = 10
"""Every tenth clip is held out."""
GEOMETRY: Final = ("gap", "width", "protrusion", "jaw")
TRACKING_LATE_S: Final = 0.02
"""By how much the tracked curves run behind the sound: the tracker smooths over time. Contacts are
centred this much after the middle of their sounds (0 for P and W, -5 ms for B, 35 for F, 40 for M,
47 for V)."""
_FILLERS = ("sil", "sp")
_SPELLED = {"z": "zed"}
_EYES, _NOSE, _CHIN, _LIPS = (33, 263), 4, 152, (0, 13, 14, 17)


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """Three seconds of one talker."""

    name: str
    samples: NDArray[np.float32]
    """(s,) at 16 kHz."""
    segments: tuple[Segment, ...]
    """What is heard when; none if that is not known."""
    curves: NDArray[np.float32]
    """(t, k) `CHANNELS` 100 times a second, left and right averaged."""
    geometry: NDArray[np.float32]
    """(t, 4) `GEOMETRY` over the distance of the outer eye corners, relative to the talker's mouth
    at rest."""


def read_grid(folder: Path, cache: Path) -> list[Clip]:
    """All clips, in the order of the corpus.

    Args:
        folder: With `curves.npz`, `words.csv` and `audio_*.flac`.
        cache: JSON file for the alignment (about 80 s for the corpus); made if it is not there.

    Raises:
        AudioMotionError: Sound and motion are not of the same number of clips.
    """
    with np.load(folder / "curves.npz") as arrays:
        loaded = {name: arrays[name] for name in arrays.files}
    names = [str(name) for name in loaded["clip"]]
    curves, geometry = _motion(loaded)
    length = curves.shape[1] * SAMPLE_RATE // FPS
    sounds = [
        part
        for path in sorted(folder.glob("audio_*.flac"))
        for part in AudioClip.read(path, sample_rate=SAMPLE_RATE).samples.reshape(-1, length)
    ]
    if len(sounds) != len(names):
        raise AudioMotionError(f"{folder}: {len(sounds)} clips of sound, {len(names)} of motion")
    if not cache.exists():
        cache.write_text(json.dumps(align(names, sounds, _words(folder / "words.csv"))))
    aligned = json.loads(cache.read_text())
    segments = [tuple(Segment(*segment) for segment in aligned[name]) for name in names]
    rest = _rest(segments, geometry)
    return [
        Clip(*parts)
        for parts in zip(
            names, sounds, segments, _resampled(curves), _resampled(geometry - rest), strict=True
        )
    ]


def held_out(index: int) -> bool:
    """Whether the clip of this number is kept for validation."""
    return index % HELD_OUT == 0


def align(
    names: list[str], sounds: list[NDArray[np.float32]], words: dict[str, list[str]]
) -> dict[str, list[tuple[str, float, float]]]:
    """(sound, start, stop) of every clip, by forced alignment of its words; none where it fails."""
    import pocketsphinx

    weights.require("pocketsphinx", extra="", used_for="aligning speech with its words")
    decoder = pocketsphinx.Decoder(lm=None, loglevel="FATAL")
    found: dict[str, list[tuple[str, float, float]]] = {}
    for name, samples in zip(names, sounds, strict=True):
        pcm = np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes()
        try:
            decoder.set_align_text(" ".join(words[name]))
            _decode(decoder, pcm)
            decoder.set_alignment()
            _decode(decoder, pcm)
        except RuntimeError:
            logger.warning("%s cannot be aligned with its words", name)
            decoder = pocketsphinx.Decoder(lm=None, loglevel="FATAL")
            found[name] = []
            continue
        phones = [
            Segment(
                SILENCE if phone.name[0] == "+" else phone.name,
                phone.start / FRAME_RATE,
                (phone.start + phone.duration) / FRAME_RATE,
            )
            for word in decoder.get_alignment()
            for phone in word
        ]
        found[name] = [(s.sound, s.start_s, s.stop_s) for s in joined(phones)]
        if len(found) % 100 == 0:
            logger.info("aligned %d clips", len(found))
    return found


def _decode(decoder: Any, pcm: bytes) -> None:
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)
    decoder.end_utt()


def _words(path: Path) -> dict[str, list[str]]:
    """Words of every clip in order, as the dictionary spells them."""
    found: dict[str, list[str]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["word"] not in _FILLERS:
                found[row["clip"]].append(_SPELLED.get(row["word"], row["word"]))
    return found


def _motion(loaded: dict[str, Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(n, f, k) `CHANNELS` and (n, f, 4) `GEOMETRY` of the tracked clips."""
    names = [str(name) for name in loaded["blendshape_names"]]
    pairs = [[names.index(name), names.index(mirror_name(name))] for name in CHANNELS]
    blendshapes = loaded["blendshapes"].astype(np.float32)
    curves = np.stack([blendshapes[..., pair].mean(axis=-1) for pair in pairs], axis=-1)
    points = loaded["landmarks"].astype(np.float32)
    index = [int(i) for i in loaded["landmark_index"]]
    gap, width = lip_geometry(points, index)
    # Turned to face the camera: a nod is neither a pout nor a chew.
    rotation = loaded["transform"][..., :3, :3].astype(np.float32)
    rotation = rotation / np.linalg.norm(rotation, axis=-2, keepdims=True)
    upright = points * np.array([1, -1, -1], np.float32)  # x right, y up, z towards the camera
    facing = np.einsum("...ij,...pi->...pj", rotation, upright)

    def at(*landmarks: int) -> NDArray[np.float32]:
        chosen = facing[..., [index.index(i) for i in landmarks], :]
        return np.asarray(chosen.mean(axis=-2), np.float32)

    eyes = np.linalg.norm(at(_EYES[0]) - at(_EYES[1]), axis=-1)
    protrusion = (at(*_LIPS) - at(*_EYES))[..., 2] / eyes
    jaw = (at(_NOSE) - at(_CHIN))[..., 1] / eyes
    return curves, np.stack([gap, width, protrusion, jaw], axis=-1).astype(np.float32)


def _rest(
    segments: list[tuple[Segment, ...]], geometry: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(4,) median geometry where nobody has spoken for a while."""
    values = []
    for found, one in zip(segments, geometry, strict=True):
        for segment in found:
            first, last = int((segment.start_s + 0.2) * FPS), int((segment.stop_s - 0.3) * FPS)
            if segment.sound == SILENCE and last > first:
                values.append(one[first:last])
    return np.asarray(np.median(np.concatenate(values), axis=0), np.float32)


def _resampled(motion: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, t, c) at 100 frames a second of (n, f, c) at 25, cubic, without the tracker's delay."""
    from scipy.interpolate import CubicSpline

    frames = motion.shape[1]
    at = np.arange(frames * FRAME_RATE // FPS) / FRAME_RATE + TRACKING_LATE_S
    spline = CubicSpline(np.arange(frames) / FPS, motion, axis=1, bc_type="natural")
    return np.asarray(spline(np.clip(at, 0, (frames - 1) / FPS)), np.float32)
