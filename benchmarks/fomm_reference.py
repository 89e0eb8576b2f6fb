"""The network of the first-order motion model (vox-256), for its speed alone.

Siarohin et al., "First Order Motion Model for Image Animation", NeurIPS 2019: the same layers, the
same shapes and the same number of weights as its released configuration, with random weights, in
eager PyTorch. One frame is what the published demo computes for each: keypoints of the driving
frame, and the generator, which encodes the source anew every time. The pictures mean nothing.

Run it as a module: `python -m benchmarks.fomm_reference --threads 2`.
"""

import json
import statistics
import time
from itertools import pairwise

import click
import torch
from torch import Tensor, nn
from torch.nn import functional

KEYPOINTS = 10
SIDE = 256
KEYPOINT_VARIANCE = 0.01
TEMPERATURE = 0.1
KEYPOINT_WIDTHS = (64, 128, 256, 512, 1024)
MOTION_WIDTHS = (128, 256, 512, 1024, 1024)


def convolution(inputs: int, outputs: int, side: int = 3) -> nn.Sequential:
    """Convolution, batch norm, ReLU; the size stays."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, side, padding=side // 2), nn.BatchNorm2d(outputs), nn.ReLU()
    )


class Smaller(nn.Module):
    """A Gaussian of 13 px, then every fourth pixel: 256 to 64."""

    def __init__(self) -> None:
        super().__init__()
        places = torch.arange(13, dtype=torch.float32) - 6
        bell = torch.exp(-(places**2) / (2 * 1.5**2))
        kernel = bell[:, None] * bell[None]
        self.register_buffer("weight", (kernel / kernel.sum()).expand(3, 1, 13, 13).clone())

    def forward(self, image: Tensor) -> Tensor:
        """(n, 3, 256, 256) to (n, 3, 64, 64)."""
        return functional.conv2d(image, self.weight, padding=6, groups=3)[:, :, ::4, ::4]


class Hourglass(nn.Module):
    """Five halvings and five doublings; each level sees what entered it."""

    def __init__(self, inputs: int, widths: tuple[int, ...], last: int) -> None:
        super().__init__()
        entering = (inputs, *widths)
        self.down = nn.ModuleList(convolution(a, b) for a, b in pairwise(entering))
        leaving = (*widths[-2::-1], last)
        taking = (widths[-1], *(2 * width for width in widths[-2::-1]))
        self.up = nn.ModuleList(convolution(a, b) for a, b in zip(taking, leaving, strict=True))
        self.outputs = last + inputs

    def forward(self, features: Tensor) -> Tensor:
        """(1, c, h, w) to (1, `outputs`, h, w)."""
        levels = [features]
        for layer in self.down:
            levels.append(functional.avg_pool2d(layer(levels[-1]), 2))
        out = levels.pop()
        for layer in self.up:
            out = torch.cat([layer(functional.interpolate(out, scale_factor=2)), levels.pop()], 1)
        return out


class KeypointDetector(nn.Module):
    """(1, 3, 256, 256) picture to 10 keypoints (1, 10, 2) and Jacobians (1, 10, 2, 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.smaller = Smaller()
        self.predictor = Hourglass(3, KEYPOINT_WIDTHS, last=32)
        self.keypoints = nn.Conv2d(self.predictor.outputs, KEYPOINTS, 7)
        self.jacobians = nn.Conv2d(self.predictor.outputs, 4 * KEYPOINTS, 7)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Find places and shapes."""
        features = self.predictor(self.smaller(image))
        heat = self.keypoints(features)
        side = heat.shape[-1]
        heat = torch.softmax(heat.flatten(2) / TEMPERATURE, 2).view(1, KEYPOINTS, 1, side, side)
        places = (heat[:, :, 0, :, :, None] * grid(side)).sum((2, 3))
        maps = self.jacobians(features).view(1, KEYPOINTS, 4, side, side)
        return places, (heat * maps).sum((3, 4)).view(1, KEYPOINTS, 2, 2)


class DenseMotion(nn.Module):
    """Keypoints and Jacobians of both pictures to a flow (1, 64, 64, 2) and an occlusion map."""

    def __init__(self) -> None:
        super().__init__()
        self.smaller = Smaller()
        self.hourglass = Hourglass(4 * (KEYPOINTS + 1), MOTION_WIDTHS, last=64)
        self.mask = nn.Conv2d(self.hourglass.outputs, KEYPOINTS + 1, 7, padding=3)
        self.occlusion = nn.Conv2d(self.hourglass.outputs, 1, 7, padding=3)

    def forward(
        self, image: Tensor, source: tuple[Tensor, Tensor], driving: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Combine the keypoints' motions."""
        small = self.smaller(image)
        side = small.shape[-1]
        here = grid(side)
        heat = bells(here, driving[0]) - bells(here, source[0])
        heat = torch.cat([torch.zeros_like(heat[:, :1]), heat], 1)
        affine = source[1] @ torch.linalg.pinv(driving[1])
        away = here - driving[0][:, :, None, None]
        moved = (affine[:, :, None, None] @ away[..., None])[..., 0] + source[0][:, :, None, None]
        motions = torch.cat([here.expand(1, 1, side, side, 2), moved], 1)
        copies = small.expand(KEYPOINTS + 1, -1, -1, -1)
        warped = functional.grid_sample(copies, motions[0], align_corners=False)
        features = self.hourglass(torch.cat([heat[0][:, None], warped], 1).flatten(0, 1)[None])
        mask = torch.softmax(self.mask(features), 1)
        flow = (mask[..., None] * motions).sum(1)
        return flow, torch.sigmoid(self.occlusion(features))


class Residual(nn.Module):
    """Pre-activation block of the bottleneck."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1),
            nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1),
        )  # fmt: skip

    def forward(self, features: Tensor) -> Tensor:
        """Add what two convolutions see."""
        return features + self.layers(features)


class Generator(nn.Module):
    """Source picture and keypoints to the animated picture (1, 3, 256, 256)."""

    def __init__(self) -> None:
        super().__init__()
        self.dense_motion = DenseMotion()
        self.first = convolution(3, 64, 7)
        self.down = nn.ModuleList([convolution(64, 128), convolution(128, 256)])
        self.bottleneck = nn.Sequential(*(Residual(256) for _ in range(6)))
        self.up = nn.ModuleList([convolution(256, 128), convolution(128, 64)])
        self.final = nn.Conv2d(64, 3, 7, padding=3)

    def forward(
        self, image: Tensor, source: tuple[Tensor, Tensor], driving: tuple[Tensor, Tensor]
    ) -> Tensor:
        """Warp the features of the picture and draw."""
        features = self.first(image)
        for layer in self.down:
            features = functional.avg_pool2d(layer(features), 2)
        flow, occlusion = self.dense_motion(image, source, driving)
        out = functional.grid_sample(features, flow, align_corners=False) * occlusion
        # the published generator also warps the whole picture, for inspection
        functional.grid_sample(
            image,
            functional.interpolate(flow.permute(0, 3, 1, 2), size=image.shape[2:], mode="bilinear")
            .permute(0, 2, 3, 1),
            align_corners=False,
        )  # fmt: skip
        out = self.bottleneck(out)
        for layer in self.up:
            out = layer(functional.interpolate(out, scale_factor=2))
        return torch.sigmoid(self.final(out))


def grid(side: int) -> Tensor:
    """(side, side, 2) x and y in [-1, 1], the corners at the ends."""
    line = torch.linspace(-1, 1, side)
    return torch.stack(torch.meshgrid(line, line, indexing="xy"), -1)


def bells(here: Tensor, places: Tensor) -> Tensor:
    """(1, 10, side, side) a Gaussian at each keypoint."""
    away = here - places[:, :, None, None]
    return torch.exp(-0.5 * (away**2).sum(-1) / KEYPOINT_VARIANCE)


class FirstOrderModel(nn.Module):
    """Keypoint detector and generator."""

    def __init__(self) -> None:
        super().__init__()
        self.detector = KeypointDetector()
        self.generator = Generator()
        # as published, Jacobians start as the identity, which keeps them invertible
        nn.init.zeros_(self.detector.jacobians.weight)
        with torch.no_grad():
            self.detector.jacobians.bias.copy_(torch.tensor([1.0, 0, 0, 1] * KEYPOINTS))


class Demo:
    """The published demo's loop: source and first driving frame are known, frames follow."""

    def __init__(self, *, seed: int = 0) -> None:
        """Make the networks; one pass in training mode settles the batch norms.

        Unsettled ones let random weights run into denormal numbers, which are far slower.
        """
        torch.manual_seed(seed)
        self.model = FirstOrderModel()
        self.source = torch.rand(1, 3, SIDE, SIDE)
        for layer in self.model.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.momentum = 1.0
        with torch.no_grad():
            known = self.model.train().detector(self.source)
            self.model.generator(self.source, known, known)
            self.model.eval()
            self.known = self.model.detector(self.source)
            self.start = self.known

    @torch.no_grad()
    def frame(self, driving: Tensor) -> Tensor:
        """Animate one frame with relative motion; (1, 3, 256, 256) in and out, in [0, 1]."""
        places, jacobians = self.model.detector(driving)
        moved = places - self.start[0] + self.known[0]
        turned = jacobians @ torch.linalg.inv(self.start[1]) @ self.known[1]
        return self.model.generator(self.source, self.known, (moved, turned))


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
        "million_weights": sum(p.numel() for p in demo.model.parameters()) / 1e6,
    }


@click.command()
@click.option("--frames", type=click.IntRange(1), default=5, show_default=True)
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True)
def main(frames: int, threads: int) -> None:
    """Time the network and print the figures as JSON."""
    click.echo(json.dumps(measure(frames=frames, threads=threads)))


if __name__ == "__main__":
    main()
