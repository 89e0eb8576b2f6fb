"""Writes footage of a figure with its truth beside it."""

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_52
from capture.audio import AudioClip
from capture.video import write_mp4
from synthetic.bust import load_bust
from synthetic.figure import FINE, Detail, build_figure
from synthetic.performance import Performance
from synthetic.person import Person
from synthetic.posing import Pose
from synthetic.render import Renderer, Scene
from synthetic.speech import Phone

log = logging.getLogger(__name__)


def frames_of(
    person: Person,
    scene: Scene,
    performance: Performance,
    *,
    size: int,
    samples: int = 2,
    workers: int = 1,
    detail: Detail = FINE,
) -> Iterator[NDArray[np.uint8]]:
    """Frames (h, w, 3) of a performance, in order, rendered by several processes."""
    count = len(performance)
    if workers <= 1:
        renderer = Renderer(
            build_figure(person, load_bust(), detail),
            scene,
            width=size,
            height=size,
            samples=samples,
        )
        yield from (renderer.frame(performance.pose(i)) for i in range(count))
        return
    with ProcessPoolExecutor(
        workers,
        mp_context=get_context("spawn"),
        initializer=_start,
        initargs=(person, scene, size, samples, detail),
    ) as pool:
        for i, frame in enumerate(
            pool.map(_render, map(performance.pose, range(count)), chunksize=2)
        ):
            if i % 50 == 0:
                log.info("frame %d of %d", i, count)
            yield frame


_worker: dict[str, Renderer] = {}


def _start(person: Person, scene: Scene, size: int, samples: int, detail: Detail) -> None:
    figure = build_figure(person, load_bust(), detail)
    _worker["renderer"] = Renderer(figure, scene, width=size, height=size, samples=samples)


def _render(pose: Pose) -> NDArray[np.uint8]:
    return _worker["renderer"].frame(pose)


def write_footage(
    out: Path,
    person: Person,
    scene: Scene,
    performance: Performance,
    *,
    size: int,
    audio: AudioClip | None,
    phones: tuple[Phone, ...] = (),
    text: str = "",
    crf: int = 20,
    workers: int = 1,
    samples: int = 2,
) -> Path:
    """Render a performance to `out` (MP4) and its truth to `out` with suffix `.truth.json`.

    Returns:
        The truth's path.
    """
    frames = frames_of(person, scene, performance, size=size, workers=workers, samples=samples)
    write_mp4(frames, out, fps=performance.fps, audio=audio, crf=crf, preset="slow")
    truth = out.with_suffix(".truth.json")
    truth.write_text(
        json.dumps(_truth(scene, performance, size=size, phones=phones, text=text)) + "\n",
        encoding="utf-8",
    )
    return truth


def _truth(
    scene: Scene,
    performance: Performance,
    *,
    size: int,
    phones: tuple[Phone, ...],
    text: str,
) -> dict[str, object]:
    motion = performance.to_motion(scene.camera)
    used = [name for name in ARKIT_52 if motion.column(name).max(initial=0) > 1e-4]
    return {
        "fps": str(Fraction(performance.fps)),
        "frames": len(performance),
        "size": [size, size],
        "vertical_fov_degrees": scene.camera.vertical_fov_degrees,
        "text": text,
        "phones": [
            [phone.symbol, round(phone.start_s, 4), round(phone.stop_s, 4)] for phone in phones
        ],
        "coefficients": {
            name: [round(float(value), 3) for value in motion.column(name)] for name in used
        },
        "head_rotation_xyzw": np.round(motion.head_rotation.astype(float), 5).tolist(),
        "head_translation_m": np.round(motion.head_translation.astype(float), 5).tolist(),
    }
