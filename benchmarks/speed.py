"""Protocol P5, speed: whole processes, and the network of the first-order model beside them.

Run it as a module: `python -m benchmarks.speed`. The machine should have nothing else to do.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import click

from benchmarks import speed_page
from benchmarks.processes import Finished, run_program
from benchmarks.rows import ENGINE, ROWS, Row

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "avatar" / "sample"
AVATAR = (sys.executable, "-c", "import sys; from avatar.cli import main; sys.exit(main())")
FRAME_SIZES = {"512 x 512": (512, 512), "1920 x 1080": (1920, 1080)}
SECONDS = 20
GROWTH_S = (20, 120, 600)
QUICK_SECONDS = 6
MINUTES, QUICK_MINUTES = 3.0, 0.5
"""Of personalisation at enrolment."""
REFERENCE_FRAMES, QUICK_REFERENCE_FRAMES = 5, 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure, and where."""

    folder: Path
    """Scratch folder: homes, inputs and outputs."""
    source: Path
    """Video of one person."""
    speech: Path
    seconds: int
    size: int
    growth: tuple[int, ...]
    growth_size: int
    threads: int
    minutes: float
    sizes: tuple[str, ...]
    """Of `FRAME_SIZES`; the engine's settings are compared on the first."""
    reference_frames: int

    @property
    def home(self) -> Path:
        """The throw-away home."""
        return self.folder / "home"


def measure(plan: Plan) -> Iterator[dict[str, object]]:
    """Yield one row for each program that was run, as it is finished.

    Raises:
        ProcessFailed: A program ended with an error.
    """
    yield reference(plan, when="before")
    allow_releases(plan)
    enrolled: dict[str, str] = {}
    small = plan.sizes[0]
    for name in plan.sizes:
        width, height = FRAME_SIZES[name]
        video = make_video(plan, width=width, height=height, seconds=plan.seconds)
        enrolled[name], row = enroll(plan, video)
        yield {**row, "frame": name}
        speech = make_speech(plan, plan.seconds)
        for setting in ROWS if name == small else (Row(ENGINE),):
            about = {"frame": name, "setting": setting.name}
            row = speak(plan, enrolled[name], speech, size=plan.size, flags=setting.flags)
            yield {**row, **about}
            row = follow(plan, enrolled[name], video, size=plan.size, flags=setting.flags)
            yield {**row, **about}
    yield from growth(plan, enrolled[small], small)
    yield reference(plan, when="after")


def growth(plan: Plan, subject: str, small: str) -> Iterator[dict[str, object]]:
    """Yield rows for ever longer clips."""
    for seconds in plan.growth:
        speech = make_speech(plan, seconds)
        row = speak(plan, subject, speech, size=plan.growth_size)
        yield {**row, "frame": small, "growth_s": seconds}
    width, height = FRAME_SIZES[small]
    for seconds in plan.growth[:2]:  # following is slower; two lengths show growth as well
        video = make_video(plan, width=width, height=height, seconds=seconds)
        row = follow(plan, subject, video, size=plan.growth_size)
        yield {**row, "frame": small, "growth_s": seconds}


def reference(plan: Plan, *, when: str) -> dict[str, object]:
    """Time the network of the first-order model in a process of its own."""
    arguments = ("--frames", str(plan.reference_frames), "--threads", str(plan.threads))
    run = run_program((sys.executable, "-m", "benchmarks.fomm_reference", *arguments))
    return {"program": f"first-order network, {when}", **json.loads(run.output), **taken(run)}


def allow_releases(plan: Plan) -> None:
    """Let the throw-away registry accept a written release."""
    home = ("--home", str(plan.home))
    run_program((*AVATAR, "consent", "policy", "--allow", "documented", *home))


def enroll(plan: Plan, video: Path) -> tuple[str, dict[str, object]]:
    """Enrol the person of a video; returns the subject id and the row."""
    release = plan.folder / "release.txt"
    release.write_text("Released for this benchmark.\n", encoding="utf-8")
    flags = ("--personalize", "--minutes", str(plan.minutes)) if plan.minutes else ()
    run = run_program(
        (
            *(*AVATAR, "enroll", "--name", "Benchmark", "--home", str(plan.home), *flags),
            *("--video", str(video), "--release", str(release), "--json", "--quiet"),
        )
    )
    subject = json.loads(run.output.splitlines()[-1])["subject_id"]
    return subject, {"program": "enroll", **taken(run)}


def speak(
    plan: Plan, subject: str, speech: Path, *, size: int, flags: Sequence[str] = ()
) -> dict[str, object]:
    """Run `avatar speak` once."""
    return render(plan, ("speak", subject, "--audio", str(speech), *flags), size=size)


def follow(
    plan: Plan, subject: str, driving: Path, *, size: int, flags: Sequence[str] = ()
) -> dict[str, object]:
    """Run `avatar reenact` once, without sound."""
    arguments = ("reenact", subject, "--driving", str(driving), "--audio", "none", *flags)
    return render(plan, arguments, size=size)


def render(plan: Plan, arguments: Sequence[str], *, size: int) -> dict[str, object]:
    """Run a command that renders, and put its figures beside what the process took."""
    out = plan.folder / "out.mp4"
    settings = ("-o", str(out), "--size", str(size), "--overwrite", "--home", str(plan.home))
    run = run_program((*AVATAR, *arguments, *settings, "--json", "--quiet"))
    told = json.loads(run.output.splitlines()[-1])
    return {"program": arguments[0], "size": size, **taken(run), **rates(told, run)}


def taken(run: Finished) -> dict[str, object]:
    """What a process took, as fields of a row."""
    return {"wall_s": run.wall_s, "cpu_s": run.cpu_s, "peak_mb": run.peak_mb}


def rates(told: Mapping[str, object], run: Finished) -> dict[str, object]:
    """Frame rates and delays from what the command told and how long its process lived.

    The command counts from the moment its code runs; what the process lived longer is the start
    of Python, imports and the registry, and comes before the first frame.
    """
    frames, seconds = int(told["frames"]), float(told["seconds"])
    stages = dict(told["timings"])
    first = float(stages.pop("first_frame_s"))
    loading = float(stages.pop("load_s", 0.0))
    outside = run.wall_s - seconds
    return {
        "frames": frames,
        "video_s": float(frames / Fraction(told["fps"])),
        "steady_fps": (frames - 1) / max(seconds - first, 1e-9),
        "whole_fps": frames / run.wall_s,
        "first_frame_s": outside + first,
        "first_after_loading_s": first - loading,
        "cpu_ms": 1000 * run.cpu_s / frames,
        "stages": stages,
    }


def make_video(plan: Plan, *, width: int, height: int, seconds: int) -> Path:
    """Footage of this size and length, made once."""
    out = plan.folder / f"{width}x{height}-{seconds}.mp4"
    if not out.exists():
        shape = ("--width", str(width), "--height", str(height), "--seconds", str(seconds))
        run_program(inputs("video", str(plan.source), str(out), *shape))
    return out


def make_speech(plan: Plan, seconds: int) -> Path:
    """Speech of this length, made once."""
    out = plan.folder / f"{seconds}.wav"
    if not out.exists():
        run_program(inputs("speech", str(plan.speech), str(out), "--seconds", str(seconds)))
    return out


def inputs(*arguments: str) -> tuple[str, ...]:
    """The command that makes inputs."""
    return (sys.executable, "-m", "benchmarks.speed_inputs", *arguments)


def sample_file(*suffixes: str) -> Path | None:
    """The largest file of the embedded sample with one of these suffixes."""
    found = [path for path in SAMPLE.glob("*") if path.suffix in suffixes]
    return max(found, key=lambda path: path.stat().st_size, default=None)


@click.command()
@click.option("--source", type=click.Path(exists=True, path_type=Path), help="Video of a person.")
@click.option("--speech", type=click.Path(exists=True, path_type=Path), help="A recording.")
@click.option("--seconds", default=SECONDS, show_default=True, help="Length of the main runs.")
@click.option("--size", default=512, show_default=True, help="Side of the rendered head.")
@click.option("--growth", multiple=True, type=int, help=f"Lengths in s; default {GROWTH_S}.")
@click.option("--growth-size", default=512, show_default=True, help="Rendered head there.")
@click.option("--threads", default=2, show_default=True, help="Of the reference network.")
@click.option("--minutes", default=MINUTES, show_default=True, help="Of personalisation; 0: none.")
@click.option("--quick", is_flag=True, help="Short clips; for a look, not for the record.")
@click.option("--out", type=click.Path(path_type=Path), default=ROOT / "docs" / "benchmarks")
def main(
    source: Path | None,
    speech: Path | None,
    seconds: int,
    size: int,
    growth: tuple[int, ...],
    growth_size: int,
    threads: int,
    minutes: float,
    quick: bool,
    out: Path,
) -> None:
    """Measure speed and memory of the commands; write speed.json and speed.md into --out."""
    source = source or sample_file(".mp4")
    speech = speech or sample_file(".wav", ".flac", ".m4a", ".mp3", ".ogg")
    if source is None or speech is None:
        raise click.UsageError("Give --source and --speech: there is no embedded sample.")
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(
            folder=Path(folder),
            source=source.resolve(),
            speech=speech.resolve(),
            seconds=min(seconds, QUICK_SECONDS) if quick else seconds,
            size=size,
            growth=growth or (() if quick else GROWTH_S),
            growth_size=growth_size,
            threads=threads,
            minutes=min(minutes, QUICK_MINUTES) if quick else minutes,
            sizes=tuple(FRAME_SIZES)[: 1 if quick else None],
            reference_frames=QUICK_REFERENCE_FRAMES if quick else REFERENCE_FRAMES,
        )
        rows: list[dict[str, object]] = []
        for row in measure(plan):
            rows.append(row)
            click.echo(speed_page.line(row), err=True)
    names = {"source": source.name, "speech": speech.name}
    speed_page.write(
        out, rows, settings={**names, "size": size, "minutes": plan.minutes, "quick": quick}
    )


if __name__ == "__main__":
    main()
