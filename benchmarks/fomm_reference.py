"""The network of the first-order motion model (vox-256), for its speed alone.

The published architecture with random weights, in eager PyTorch. One frame is what the published
demo computes for each: keypoints of the driving frame, and the generator, which there encodes the
source anew every time. The pictures mean nothing.

Run it as a module: `python -m benchmarks.fomm_reference --threads 2`.
"""

import json
import statistics
import time

import click
import torch
from torch import Tensor, nn

from reenact.fomm.configuration import VOX_256
from reenact.fomm.generator import Generator
from reenact.fomm.keypoint_detector import KeypointDetector
from reenact.fomm.transfer import relative

SIDE = VOX_256.image_side


class Demo:
    """The published demo's loop: source and first driving frame are known, frames follow."""

    def __init__(self, *, seed: int = 0) -> None:
        """Make the networks; one pass in training mode settles the batch norms.

        Unsettled ones let random weights run into denormal numbers, which are far slower.
        """
        torch.manual_seed(seed)
        self.detector, self.generator = KeypointDetector(VOX_256), Generator(VOX_256)
        self.networks = nn.ModuleList([self.detector, self.generator])
        self.source = torch.rand(1, 3, SIDE, SIDE)
        for layer in self.networks.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.momentum = 1.0
        with torch.no_grad():
            self.networks.train()
            known = self.detector(self.source)
            self.generator(self.source, known, known)
            self.networks.eval()
            self.known = self.detector(self.source)

    @torch.no_grad()
    def frame(self, driving: Tensor) -> Tensor:
        """Animate one frame with relative motion; (1, 3, 256, 256) in and out, in [0, 1]."""
        moved = relative(self.known, self.detector(driving), self.known, adapt_scale=False)
        picture: Tensor = self.generator(self.source, self.known, moved)
        return picture


def measure(*, frames: int, threads: int, seed: int = 0) -> dict[str, float]:
    """Time frames of the demo after one to warm up.

    Returns:
        Median `milliseconds` a frame, `fps`, `cpu_milliseconds` of all threads, `threads`,
        `gflop` a frame (a multiplication and an
        addition count as two) and `million_weights`.
    """
    from torch.utils.flop_counter import FlopCounterMode

    torch.set_flush_denormal(True)
    torch.set_num_threads(threads)
    demo = Demo(seed=seed)
    with FlopCounterMode(display=False) as counter:
        demo.frame(torch.rand(1, 3, SIDE, SIDE))
    took = []
    busy = time.process_time()
    for _ in range(frames):
        driving = torch.rand(1, 3, SIDE, SIDE)
        start = time.perf_counter()
        demo.frame(driving)
        took.append(time.perf_counter() - start)
    busy = time.process_time() - busy
    median = statistics.median(took)
    return {
        "milliseconds": 1000 * median,
        "fps": 1 / median,
        "cpu_milliseconds": 1000 * busy / frames,
        "threads": threads,
        "gflop": counter.get_total_flops() / 1e9,
        "million_weights": sum(p.numel() for p in demo.networks.parameters()) / 1e6,
    }


@click.command()
@click.option("--frames", type=click.IntRange(1), default=5, show_default=True)
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True)
def main(frames: int, threads: int) -> None:
    """Time the network and print the figures as JSON."""
    click.echo(json.dumps(measure(frames=frames, threads=threads)))


if __name__ == "__main__":
    main()
