"""How long footage takes: a set of training stills from many people, and one hero frame."""

import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from synthetic.bust import load_bust
from synthetic.figure import FINE, build_figure
from synthetic.people import SAMPLE
from synthetic.posing import NEUTRAL
from synthetic.render import Scene
from synthetic.renderers import RendererName, make_renderer

PEOPLE, FRAMES_EACH = 50, 20
HERO_SIZE = 512
_HERO_SAMPLES: dict[RendererName, int] = {"fast": 3, "photoreal": 16}


def figures(*, jobs: int) -> dict[str, Any]:
    """Seconds for 1,000 frames of 256 px from 50 people, and for a frame of 512 px.

    Args:
        jobs: Processes that render the set.
    """
    found: dict[str, Any] = {
        "processes": jobs,
        "people": PEOPLE,
        "frames": PEOPLE * FRAMES_EACH,
        "training_s": training_seconds(jobs=jobs, people=PEOPLE, frames=FRAMES_EACH),
        "hero_s": {"fast": hero_seconds("fast")},
    }
    if importlib.util.find_spec("bpy") is not None:
        found["hero_s"]["photoreal"] = hero_seconds("photoreal")
    return found


def training_seconds(*, jobs: int, people: int, frames: int) -> float:
    """Wall-clock seconds of the command that makes training stills, start-up included.

    Raises:
        RuntimeError: It failed, or made another number of stills.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "synthetic", "make", "training", "--seed", "1"]
        command += ["--people", str(people), "--frames", str(frames), "--workers", str(jobs)]
        start = time.perf_counter()
        done = subprocess.run(  # noqa: S603 - our own module
            [*command, "-o", folder], capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - start
        made = len(list(Path(folder).rglob("*.jpg")))
    if done.returncode or made != people * frames:
        raise RuntimeError(f"{made} stills, exit code {done.returncode}: {done.stderr[-500:]}")
    return seconds


def hero_seconds(name: RendererName) -> float:
    """Seconds of one frame of the sample person at full detail, the figure built beforehand."""
    figure = build_figure(SAMPLE, load_bust(), FINE)
    renderer = make_renderer(
        name, figure, Scene(), width=HERO_SIZE, height=HERO_SIZE, samples=_HERO_SAMPLES[name]
    )
    renderer.frame(NEUTRAL)
    start = time.perf_counter()
    renderer.frame(NEUTRAL)
    return time.perf_counter() - start
