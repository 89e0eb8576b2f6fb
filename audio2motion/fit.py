"""Fit the dominance functions to tracked speech: `python -m audio2motion.fit --grid DIR -o OUT`.

The data are motion curves and sound of talker s1 of the GRID corpus (Cooke et al. 2006, CC BY 4.0):
`curves.npz` with `clip` (n,), `blendshapes` (n, f, 52), `blendshape_names`, `landmarks`,
`landmark_index`, and `audio_00.flac`, ... with 100 clips each. Every tenth clip is held out; the
correlation on those is printed at the end. Ridge regression: the taps of each dominance function
are a sum of raised cosines, so that few numbers are fitted and the functions are smooth.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from audio2motion.coarticulation import Sounds, SpeechMotionModel, hear
from audio2motion.features import FRAME_RATE, SAMPLE_RATE
from capture.arkit import mirror_name
from capture.audio import AudioClip

logger = logging.getLogger(__name__)

FPS = 25
HALF_TAPS = 32
BASIS = 11
RIDGE = 3000.0
HELD_OUT = 10  # every tenth clip
CLIPS_PER_FILE = 100
CLOSED_GAP = 0.05  # of the talker's range; real bilabials close to 1 to 5 % of it
CHANNELS = (
    "jawOpen mouthClose mouthFunnel mouthPucker mouthRollLower mouthRollUpper mouthShrugLower "
    "mouthShrugUpper mouthSmileLeft mouthSmileRight mouthFrownLeft mouthFrownRight "
    "mouthDimpleLeft mouthDimpleRight mouthStretchLeft mouthStretchRight mouthPressLeft "
    "mouthPressRight mouthLowerDownLeft mouthLowerDownRight mouthUpperUpLeft mouthUpperUpRight"
).split()


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """n clips of f frames at 25 a second."""

    sounds: list[Sounds]
    """(n,)"""
    targets: NDArray[np.float32]
    """(n, f, k) `CHANNELS`, left and right averaged: the talker's asymmetry is not speech."""
    gap: NDArray[np.float32]
    """(n, f) inner lip gap over the distance between the outer eye corners."""

    def part(self, held_out: bool) -> list[int]:
        """Indices of the clips to fit on, or of those held out."""
        return [i for i in range(len(self.sounds)) if (i % HELD_OUT == 0) is held_out]


def read_corpus(folder: Path) -> Corpus:
    """Read curves and sound, and recognise the sounds (about 2 minutes)."""
    with np.load(folder / "curves.npz") as arrays:
        names = [str(name) for name in arrays["blendshape_names"]]
        blendshapes = arrays["blendshapes"].astype(np.float32)
        points = arrays["landmarks"].astype(np.float32)
        index = [int(i) for i in arrays["landmark_index"]]
    columns = [[names.index(name), names.index(mirror_name(name))] for name in CHANNELS]
    targets = np.stack([blendshapes[..., pair].mean(axis=-1) for pair in columns], axis=-1)
    samples = round(blendshapes.shape[1] / FPS * SAMPLE_RATE)
    sounds: list[Sounds] = []
    for path in sorted(folder.glob("audio_*.flac")):
        audio = AudioClip.read(path, sample_rate=SAMPLE_RATE).samples
        sounds += [hear(part) for part in audio.reshape(-1, samples)]
        logger.info("%s: %d clips", path.name, len(sounds))
    if len(sounds) != len(targets):
        raise click.ClickException(f"{len(sounds)} clips of sound, {len(targets)} of motion")
    return Corpus(sounds, targets, lip_gap(points, index))


def lip_gap(points: NDArray[np.float32], index: list[int]) -> NDArray[np.float32]:
    """(..., n, 3) landmarks to (...,) inner lip gap over the distance of the outer eye corners."""

    def distance(a: int, b: int) -> NDArray[np.float32]:
        difference = points[..., index.index(a), :] - points[..., index.index(b), :]
        return np.asarray(np.linalg.norm(difference, axis=-1), np.float32)

    gap = (distance(13, 14) + distance(82, 87) + distance(312, 317)) / 3
    return np.asarray(gap / distance(33, 263), np.float32)


def cosine_basis() -> NDArray[np.float32]:
    """(b, n) raised cosines over the taps, each summing to 1."""
    centres = np.linspace(-HALF_TAPS + 4, HALF_TAPS - 4, BASIS)
    spacing = centres[1] - centres[0]
    phase = (np.arange(-HALF_TAPS, HALF_TAPS + 1) - centres[:, None]) / spacing
    bumps = np.where(np.abs(phase) < 1, 0.5 + 0.5 * np.cos(np.pi * phase), 0)
    return np.asarray(bumps / bumps.sum(axis=1, keepdims=True), np.float32)


def design(features: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """(f, b * c) regressors of `frames` frames at 25 a second out of (t, c) features."""
    padded = np.pad(features, ((HALF_TAPS, HALF_TAPS), (0, 0)), mode="edge")
    at = np.arange(frames) * (FRAME_RATE // FPS)
    windows = np.stack([padded[at + tap] for tap in range(2 * HALF_TAPS + 1)])
    bumps = np.einsum("bn,nfc->fbc", cosine_basis(), windows)
    return np.asarray(bumps.reshape(frames, -1), np.float32)


def fit(corpus: Corpus) -> SpeechMotionModel:
    """Ridge regression from sounds to channels."""
    frames = corpus.targets.shape[1]
    chosen = corpus.part(held_out=False)
    inputs = np.concatenate([design(corpus.sounds[i].features, frames) for i in chosen])
    targets = corpus.targets[chosen].reshape(len(inputs), -1)
    mean, scale = inputs.mean(axis=0), np.maximum(inputs.std(axis=0), 0.02)
    normal = (inputs - mean) / scale
    gram = (normal.T @ normal).astype(np.float64) + RIDGE * np.eye(normal.shape[1])
    moments = normal.T @ (targets - targets.mean(axis=0))
    solution = np.linalg.solve(gram, moments) / scale[:, None]
    bias = targets.mean(axis=0) - mean @ solution
    per_bump = solution.reshape(BASIS, -1, targets.shape[1])
    kernels = np.einsum("bn,bck->nck", cosine_basis(), per_bump)
    rest, closed, labiodental = _postures(corpus, chosen)
    return SpeechMotionModel(
        names=tuple(CHANNELS),
        kernels=kernels.astype(np.float32),
        rest=rest,
        bias=bias.astype(np.float32),
        closed=closed,
        labiodental=labiodental,
    )


def _postures(corpus: Corpus, chosen: list[int]) -> tuple[NDArray[np.float32], ...]:
    """(k,) mean coefficients at rest, in closures of p, b, m, and at the clearest f, v."""
    step = FRAME_RATE // FPS
    frames = corpus.targets.shape[1]

    def heard(viseme: str) -> NDArray[np.float32]:
        return np.array([corpus.sounds[i].viseme(viseme)[::step][:frames] for i in chosen])

    targets, gap = corpus.targets[chosen], corpus.gap[chosen]
    low, high = np.percentile(gap, [1, 99])
    shut = gap < low + CLOSED_GAP * (high - low)
    masks = ((heard("sil") > 0.95) & shut, (heard("PP") > 0.8) & shut, heard("FF") > 0.9)
    return tuple(np.asarray(targets[mask].mean(axis=0), np.float32) for mask in masks)


def held_out_correlation(model: SpeechMotionModel, corpus: Corpus) -> dict[str, float]:
    """Mean over held-out clips of Pearson's r by channel, without any rules."""
    step = FRAME_RATE // FPS
    frames = corpus.targets.shape[1]
    scores = []
    for i in corpus.part(held_out=True):
        predicted = model.curves(corpus.sounds[i].features)[::step][:frames]
        pairs = zip(predicted.T, corpus.targets[i].T, strict=True)
        scores.append([np.corrcoef(a, b)[0, 1] for a, b in pairs])
    return dict(zip(model.names, np.nanmean(scores, axis=0).round(3).tolist(), strict=True))


def save(model: SpeechMotionModel, out: Path) -> None:
    """Write the model as an .npz without pickles (float16 kernels, about 0.1 MB)."""
    np.savez_compressed(
        out,
        names=np.array(model.names),
        kernels=model.kernels.astype(np.float16),
        rest=model.rest,
        bias=model.bias,
        closed=model.closed,
        labiodental=model.labiodental,
    )


@click.command()
@click.option(
    "--grid", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def main(grid: Path, out: Path) -> None:
    """Fit the speech-motion model on the curves in GRID and write it to OUT."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    corpus = read_corpus(grid)
    model = fit(corpus)
    save(model, out)
    for name, value in held_out_correlation(model, corpus).items():
        click.echo(f"{name:20s} {value:6.3f}")


if __name__ == "__main__":
    main()
