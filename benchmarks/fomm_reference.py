"""The engine fomm at the published size (vox-256), for its speed alone.

The published architecture with random weights, in eager PyTorch. One frame is what `--engine fomm`
computes for each: keypoints of the driving picture, smoothing, relative transfer, dense motion, the
generator from the source's features on, and where the picture counts. The source is encoded once,
before; tracking, cutting the picture out, pasting and encoding are not in it. The pictures mean
nothing.

Run it as a module: `python -m benchmarks.fomm_reference --threads 2`.
"""

import json
import statistics
import time

import click
import numpy as np
import torch
from torch import nn

from avatar.appearance import Appearance, Crop, Reference
from capture.landmark_rig import LandmarkRig
from reenact.fomm.checkpoint import Networks
from reenact.fomm.configuration import VOX_256
from reenact.fomm.driving import DrivingPicture
from reenact.fomm.engine import FommEngine
from reenact.fomm.generator import Generator
from reenact.fomm.keypoint_detector import KeypointDetector
from reenact.fomm.runtime import Runtime

SIDE = VOX_256.image_side
FACE_PX_A_METRE = 600.0
"""Scale of the face in the made-up source picture."""


def random_networks(*, seed: int = 0) -> Networks:
    """Make the networks; one pass in training mode settles the batch norms.

    Unsettled ones let random weights run into denormal numbers, which are far slower.
    """
    torch.manual_seed(seed)
    detector, generator = KeypointDetector(VOX_256), Generator(VOX_256)
    for layer in (*detector.modules(), *generator.modules()):
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = 1.0
    picture = torch.rand(1, 3, SIDE, SIDE)
    with torch.no_grad():
        known = detector.train()(picture)
        generator.train()(picture, known, known)
    return Networks(VOX_256, detector.eval(), generator.eval(), sha256="")


def random_engine(networks: Networks, *, rng: np.random.Generator) -> FommEngine:
    """Make an engine of nobody: noise with a face's landmarks."""
    picture = noise(rng)
    flip = np.array([1, -1, -1], np.float32)
    landmarks = (LandmarkRig.load().neutral * FACE_PX_A_METRE * flip).astype(np.float32)
    landmarks[:, :2] += SIDE / 2
    matte = np.full((SIDE, SIDE), 255, np.uint8)
    appearance = Appearance(
        frame=picture.copy(),
        crop=Crop(x=0, y=0, side=SIDE),
        plate=picture.copy(),
        references=(Reference(image=picture, matte=matte, landmarks=landmarks),),
    )
    runtime = Runtime.choose("cpu")
    return FommEngine(appearance, networks, reference=driving(rng), rate=25.0, runtime=runtime)


def noise(rng: np.random.Generator) -> np.ndarray:
    """(256, 256, 3) uint8."""
    return rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)


def driving(rng: np.random.Generator) -> DrivingPicture:
    """Make a driving picture of noise."""
    return DrivingPicture(noise(rng), np.zeros(2, np.float32))


def measure(*, frames: int, threads: int, seed: int = 0) -> dict[str, float]:
    """Time frames of the engine after one to warm up.

    Returns:
        Median `milliseconds` a frame, `fps`, `cpu_milliseconds` of all threads, `threads`,
        `gflop` a frame (a multiplication and an addition count as two), `source_gflop` spent once
        on the source, and `million_weights`.
    """
    from torch.utils.flop_counter import FlopCounterMode

    torch.set_flush_denormal(True)
    torch.set_num_threads(threads)
    rng, networks = np.random.default_rng(seed), random_networks(seed=seed)
    with FlopCounterMode(display=False) as source_counter:
        engine = random_engine(networks, rng=rng)
    with FlopCounterMode(display=False) as counter:
        engine.render(driving(rng))
    took = []
    busy = time.process_time()
    for _ in range(frames):
        picture = driving(rng)
        start = time.perf_counter()
        engine.render(picture)
        took.append(time.perf_counter() - start)
    busy = time.process_time() - busy
    median = statistics.median(took)
    parameters = (*networks.detector.parameters(), *networks.generator.parameters())
    return {
        "milliseconds": 1000 * median,
        "fps": 1 / median,
        "cpu_milliseconds": 1000 * busy / frames,
        "threads": threads,
        "gflop": counter.get_total_flops() / 1e9,
        "source_gflop": source_counter.get_total_flops() / 1e9,
        "million_weights": sum(each.numel() for each in parameters) / 1e6,
    }


@click.command()
@click.option("--frames", type=click.IntRange(1), default=5, show_default=True)
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True)
def main(frames: int, threads: int) -> None:
    """Time the engine and print the figures as JSON."""
    click.echo(json.dumps(measure(frames=frames, threads=threads)))


if __name__ == "__main__":
    main()
