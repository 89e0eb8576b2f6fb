"""Does what is not lips move as real talkers do? Head, blinks, and what of them follows the voice.

`python -m benchmarks.behaviour --clips DIR -o docs/benchmarks` tracks the talking clips of at least
four seconds, lets each generator hear their sound, with three seeds each, and compares statistics:
nothing was fitted on these clips frame by frame, but the sizes of the head's motion were set
looking at them and at the literature. A track is cleaned of its own jitter first
(`benchmarks.behaviour_measures`).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from audio2motion.behaviour import GENERATORS, Manner, ProsodyFrames, behave
from audio2motion.behaviour.prosody import hear_prosody
from audio2motion.features import SAMPLE_RATE
from benchmarks import behaviour_measures as measures
from benchmarks.behaviour_measures import Curve, Moving
from benchmarks.behaviour_page import write
from benchmarks.report import machine, versions
from capture.audio import AudioClip
from capture.to_motion import to_motion
from capture.tracking import track_video
from capture.video import probe

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
TALKING: Final = ("FACEGOOD*", "LatentSync*", "video-retalking*")
SHORTEST_S: Final = 4.0
SEEDS: Final = 3
DIVERSE_SEEDS: Final = 8
FPS: Final = Fraction(25)
LONG_S: Final = 600


@dataclass(frozen=True, slots=True, eq=False)
class Talk:
    """A clip: who moves how, to which voice."""

    name: str
    real: Moving
    prosody: ProsodyFrames


def read_clips(folder: Path) -> list[Talk]:
    """Track and hear the talking clips."""
    talks = []
    for path in (path for pattern in TALKING for path in sorted(folder.glob(pattern))):
        info = probe(path)
        motion = to_motion(track_video(path), fps=info.fps)
        if motion.duration_s < SHORTEST_S:
            continue
        real = Moving.of(float(info.fps), motion.head_rotation, motion.blendshapes)
        samples = AudioClip.read(path, sample_rate=SAMPLE_RATE).samples
        talks.append(Talk(path.stem, real, hear_prosody(samples)))
    return talks


def made(talk: Talk, generator: str, seed: int) -> Moving:
    """What a generator does to a clip's voice."""
    frames = behave(
        talk.prosody,
        fps=FPS,
        frames=int(len(talk.prosody) / 100 * FPS),
        seed=seed,
        manner=Manner(generator=generator),
    )
    return Moving.of(float(FPS), frames.rotation, frames.face)


def describe(moving: Moving, talk: Talk, reference: Curve) -> dict[str, Any]:
    """All measures of one motion; `reference` is the spectrum of real talkers."""
    spectrum = measures.spectrum_db(moving)
    return {
        **measures.figures(moving),
        **{f"blinks_{key}": value for key, value in measures.blinks(moving).items()},
        **measures.with_voice(moving, talk.prosody),
        "spectrum": spectrum.tolist(),
        "spectral_db": measures.spectral_distance(spectrum, reference, level=True),
        "shape_db": measures.spectral_distance(spectrum, reference, level=False),
    }


def real_rows(talks: list[Talk]) -> list[dict[str, Any]]:
    """Each real clip, its spectrum against that of the other clips."""
    spectra = [measures.spectrum_db(talk.real) for talk in talks]
    rows = []
    for index, talk in enumerate(talks):
        others = np.nanmean([s for i, s in enumerate(spectra) if i != index], axis=0)
        rows.append({"clip": talk.name, **describe(talk.real, talk, others)})
    return rows


def made_rows(talks: list[Talk], generator: str, reference: Curve) -> list[dict[str, Any]]:
    """Each clip's voice, with several seeds."""
    return [
        {"clip": talk.name, "seed": seed} | describe(made(talk, generator, seed), talk, reference)
        for talk in talks
        for seed in range(SEEDS)
    ]


def long_run(talks: list[Talk], generator: str) -> dict[str, Any]:
    """Drift and speed over ten minutes, blinks of talkers and of those who wait."""
    level = np.concatenate([talk.prosody.level for talk in talks])
    pitch = np.concatenate([talk.prosody.pitch for talk in talks])
    times = int(np.ceil(LONG_S * 100 / len(level)))
    talk = ProsodyFrames(
        np.tile(level, times)[: LONG_S * 100], np.tile(pitch, times)[: LONG_S * 100]
    )
    frames = int(LONG_S * FPS)
    start = time.process_time()
    moved = behave(talk, fps=FPS, frames=frames, seed=0, manner=Manner(generator=generator))
    seconds = time.process_time() - start
    thirds = np.degrees(moved.angles).reshape(3, -1, 3).mean(axis=1)
    silent = behave(
        ProsodyFrames.silence(LONG_S * 100),
        fps=FPS,
        frames=frames,
        seed=0,
        manner=Manner(generator=generator),
    )
    waiting = Moving.of(float(FPS), silent.rotation, silent.face)
    return {
        "drift_degrees": float(np.abs(thirds - thirds.mean(axis=0)).max()),
        "largest_degrees": float(np.abs(np.degrees(moved.angles)).max()),
        "times_real_time": LONG_S / seconds,
        "silent_speed": measures.figures(waiting)["speed"],
        "silent_blinks": measures.blinks(waiting)["per_minute"],
    }


def measure(talks: list[Talk], *, tell: Callable[[str], None]) -> dict[str, Any]:
    """The whole document."""
    reference = np.nanmean([measures.spectrum_db(talk.real) for talk in talks], axis=0)
    document: dict[str, Any] = {"machine": machine(), "versions": versions()}
    document["bands_hz"] = measures.BAND_EDGES_HZ.tolist()
    document["real"] = real_rows(talks)
    document["made"], document["long"], document["diversity"] = {}, {}, {}
    longest = max(talks, key=lambda talk: len(talk.prosody))
    for generator in GENERATORS:
        tell(generator)
        document["made"][generator] = made_rows(talks, generator, reference)
        document["long"][generator] = long_run(talks, generator)
        document["diversity"][generator] = measures.diversity(
            [made(longest, generator, seed) for seed in range(DIVERSE_SEEDS)]
        )
    return document


@click.command()
@click.option("--clips", default=DATA / "clips", type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o",
    "--out",
    default=ROOT / "docs" / "benchmarks",
    type=click.Path(file_okay=False, path_type=Path),
)
def main(clips: Path, out: Path) -> None:
    """Measure and write behaviour.json, behaviour.md and a plot."""
    talks = read_clips(clips)
    if not talks:
        raise click.UsageError(f"{clips} holds no talking clip of {SHORTEST_S:g} seconds")
    example = max(talks, key=lambda talk: len(talk.prosody))
    moves = {name: made(example, name, seed=1) for name in GENERATORS}
    document = measure(talks, tell=lambda name: click.echo(name, err=True))
    write(out, document, example=example.real, moves=moves)


if __name__ == "__main__":
    main()
