"""Are synthetic people and their truth any good? Measured on people who are drawn for the purpose.

`python -m benchmarks.synthetic` draws people, renders them as training footage is rendered, and
asks: does a face tracker find their faces and see their expressions; does a face recogniser take
them for different people, and each for one; do the files of truth lead to the pixels of the
pictures; are the phones where their times say. With `--throughput` it also times the command that
makes training footage.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click

import weights
from benchmarks import (
    synthetic_coefficients,
    synthetic_events,
    synthetic_faces,
    synthetic_page,
    synthetic_speech,
    synthetic_throughput,
    synthetic_truth,
)
from benchmarks.clips import find_clips
from benchmarks.report import machine, versions, write_json, write_page
from synthetic.bust import Bust, load_bust
from synthetic.drawing import draw_person
from synthetic.people import SAMPLE
from synthetic.person import Person
from synthetic.speech import Utterance, speak
from synthetic.tracking import open_landmarker

ROOT = Path(__file__).resolve().parent.parent
FIRST_SEED = 5000
"""Of the people drawn here; nothing was tuned on them."""
PARTS = ("faces", "identity", "coefficients", "truth", "speech", "events")
ACTORS_SHARE, GESTURES_SHARE, MEASURED_SHARE = 6, 2, 8
"""Every so-manieth person acts for the tracker, shows it single gestures, has the truth checked."""
_TEXTS = (
    "Please bring the blue paper bag from the back of the room before Monday morning.",
    "How now, brown cow? Go over the old road slowly to Rome.",
    "She was wearing a silk shawl, which would choose you two for the show.",
)


@lru_cache(maxsize=1)
def _bust() -> Bust:
    return load_bust()


@lru_cache(maxsize=8)
def _utterance(text: str) -> Utterance:
    return speak(text, seed=1)


def faces_of(seed: int) -> list[synthetic_faces.Sighting]:
    """Pictures of one person before the tracker; of every fifth also large ones."""
    large = 3 if seed % 5 == 0 else 0
    with open_landmarker(weights.read_bytes("face-landmarker")) as landmarker:
        return synthetic_faces.sightings(seed, _bust(), landmarker, small=14, large=large)


def acted_by(person: Person) -> list[synthetic_coefficients.Seen]:
    """One person's gestures before the tracker, and of some also talk and acting."""
    if person.seed % ACTORS_SHARE != FIRST_SEED % ACTORS_SHARE and person != SAMPLE:
        with open_landmarker(weights.read_bytes("face-landmarker")) as landmarker:
            return [synthetic_coefficients.gestures(person, _bust(), landmarker)]
    utterance = _utterance(_TEXTS[person.seed % len(_TEXTS)])
    with open_landmarker(weights.read_bytes("face-landmarker")) as landmarker:
        return synthetic_coefficients.observe(
            person, _bust(), landmarker, utterance, talk_stride=4, drive_stride=6
        )


def truth_of(seed: int) -> dict[str, Any]:
    """One person's truth against pictures."""
    distances: dict[str, dict[str, list[float]]] = {}
    for size, fine in ((256, False), (512, True)):
        with tempfile.TemporaryDirectory() as folder:
            distances[str(size)] = synthetic_truth.reprojection(
                seed, _bust(), Path(folder), size=size, frames=6, fine=fine
            )
    return {
        "px": distances,
        "gaze_degrees": synthetic_truth.gaze_errors(seed, _bust(), frames=10),
        "eye_shown": synthetic_truth.eye_shown(seed, _bust()),
    }


def measure(parts: Sequence[str], *, people: int, jobs: int) -> Iterator[tuple[str, Any]]:
    """Figures of each part, as they are ready."""
    seeds = range(FIRST_SEED, FIRST_SEED + people)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:

        def each(function: Callable[..., Any], over: Sequence[Any]) -> list[Any]:
            return list(pool.map(function, over))

        if "faces" in parts:
            seen = [one for found in each(faces_of, seeds) for one in found]
            yield "faces", synthetic_faces.detection_figures(seen)
        if "identity" in parts:
            frames = synthetic_faces.IDENTITY_FRAMES
            described = each(partial(described_as, frames=frames), seeds)
            yield "identity", synthetic_faces.identity_figures(described, frames)
        if "coefficients" in parts:
            drawn = [draw_person(seed, _bust()) for seed in seeds[::GESTURES_SHARE]]
            seen = [one for found in each(acted_by, [SAMPLE, *drawn]) for one in found]
            yield "coefficients", synthetic_coefficients.figures(seen)
        if "truth" in parts:
            yield "truth", synthetic_truth.figures(each(truth_of, seeds[::MEASURED_SHARE]))
        if "speech" in parts:
            yield "speech", synthetic_speech.figures()
        if "events" in parts:
            yield "events", synthetic_events.figures()


def described_as(seed: int, *, frames: int) -> Any:
    """`synthetic_faces.descriptors`, in a process of its own."""
    return synthetic_faces.descriptors(seed, _bust(), frames)


@click.command()
@click.option("--people", default=50, show_default=True, help="How many are drawn.")
@click.option("--jobs", default=1, show_default=True, help="Processes.")
@click.option(
    "--part", "parts", multiple=True, type=click.Choice(PARTS), default=PARTS,
    help="Only this part; repeatable. What the others found before is kept.",
)  # fmt: skip
@click.option(
    "--clips", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Real clips, one person each: how alike are their frames?",
)  # fmt: skip
@click.option("--throughput", is_flag=True, help="Also time training footage and a hero frame.")
@click.option(
    "-o", "--out", default=ROOT / "docs" / "benchmarks",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where synthetic.json and synthetic.md go.",
)  # fmt: skip
def main(
    people: int, jobs: int, parts: tuple[str, ...], clips: Path | None, out: Path, throughput: bool
) -> None:
    """Measure and write synthetic.json and synthetic.md."""
    path = out / "synthetic.json"
    document: dict[str, Any] = synthetic_page.read(path)
    document |= {"machine": machine(), "versions": versions(), "people": people}
    for name, figures in measure(parts, people=people, jobs=jobs):
        document[name] = figures
        click.echo(f"{name}: done", err=True)
        _write(path, document)
    if clips:
        files = [clip.path for clip in find_clips(clips)]
        document["real"] = synthetic_faces.real_figures(files)
    if throughput:
        document["throughput"] = synthetic_throughput.figures(jobs=jobs)
    _write(path, document)


def _write(path: Path, document: dict[str, Any]) -> None:
    write_json(path, document)
    write_page(path.with_suffix(".md"), synthetic_page.page(synthetic_page.read(path)))


if __name__ == "__main__":
    main()
