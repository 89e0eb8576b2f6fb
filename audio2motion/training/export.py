"""Turn trained mouth networks into what ships: `python -m audio2motion.training.export RUN... OUT`.

Several runs become one file that averages what they say. The ONNX file carries in its metadata what
the outputs mean: names of the coefficients and of the classes, the postures that speech must reach,
and what the coefficients do to real lips, the last two measured on the real talker's shard. It is
written only if ONNX Runtime computes what torch does.
"""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from audio2motion.corpus import CHANNELS
from audio2motion.errors import AudioMotionError
from audio2motion.front_end import COLUMNS
from audio2motion.network import CONTEXT, GEOMETRY, LOOK_AHEAD
from audio2motion.training.batches import Shard, to_judge_by
from audio2motion.training.evaluate import speak
from audio2motion.training.network import LipModule
from audio2motion.visemes import SHOWN
from weights import open_checkpoint, open_session

TOLERANCE = 1e-4
OPSET = 17
CLOSED_GAP = 0.05  # of the talker's range; real bilabials close to 1 to 5 % of it
JAW_IN_CLOSURES = 1 / 3
LIP_MAP_RIDGE = 3e-4
LARGEST_STRETCH = 1.6
WIDENING = 0.15
"""Of the lip gap, added to mouth width: what suits the wild clips of the benchmark best."""
_SIDES = ("Left", "Right")
TRACKED_EVERY = 4  # frames of 10 ms from one picture to the next


def postures(shard: Shard) -> dict[str, NDArray[np.float32]]:
    """(k,) mean coefficients at rest, in closures of p, b, m, and in f, v.

    In closures the jaw is raised to a third, and `mouthClose` lowered with it. The talker
    keeps it open behind closed lips (0.12); a rig whose `mouthClose` is weak would gape.
    """
    curves, gap = _motion(shard)
    shut = gap < CLOSED_GAP * np.percentile(gap, 99)
    rest = curves[_inside(shard, "sil", 10) & shut].mean(axis=0)
    closed = curves[_inside(shard, "PP", 2) & shut].mean(axis=0)
    labiodental = curves[_inside(shard, "FF", 3)].mean(axis=0)
    jaw, close = CHANNELS.index("jawOpen"), CHANNELS.index("mouthClose")
    closed[jaw] *= JAW_IN_CLOSURES
    closed[close] = max(closed[jaw], rest[close])
    return {"rest": rest, "closed": closed, "labiodental": labiodental}


def _inside(shard: Shard, viseme: str, margin: int) -> NDArray[np.bool_]:
    """(t,) frames of a class that are `margin` frames from its edges."""
    spoken = np.pad(shard.viseme == SHOWN.index(viseme), margin)
    windows = np.lib.stride_tricks.sliding_window_view(spoken, 2 * margin + 1)
    return np.asarray(windows.all(axis=1))


def _motion(shard: Shard) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(t, k) coefficients and (t,) lip gap."""
    motion = shard.motion.astype(np.float32)
    return motion[:, : len(CHANNELS)], motion[:, len(CHANNELS) + GEOMETRY.index("gap")]


def lip_map(shard: Shard) -> NDArray[np.float32]:
    """(2, k) ridge regression of lip gap and width on the coefficients, within clips.

    On the talker of the corpus it explains 0.99 and 0.87 (r) of them.
    """
    count = len(CHANNELS)
    gram, cross = np.zeros((count, count)), np.zeros((count, 2))
    lips = [count + GEOMETRY.index(name) for name in ("gap", "width")]
    frames = 0
    for one in shard.utterances():
        motion = shard.motion[one.start : one.stop : TRACKED_EVERY].astype(np.float64)
        motion -= motion.mean(axis=0)
        gram += motion[:, :count].T @ motion[:, :count]
        cross += motion[:, :count].T @ motion[:, lips]
        frames += len(motion)
    solved = np.linalg.solve(gram + LIP_MAP_RIDGE * frames * np.eye(count), cross)
    return np.asarray(solved.T, np.float32)


class Ensemble(nn.Module):
    """Networks whose outputs are averaged: they err in different ways."""

    def __init__(self, members: Sequence[LipModule]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.visemes = members[0].visemes

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """As `LipModule.forward`."""
        motions, sounds = zip(*(member(inputs) for member in self.members), strict=True)
        return torch.stack(motions).mean(dim=0), torch.stack(sounds).mean(dim=0)


@torch.no_grad()
def stretched(ensemble: Ensemble, shard: Shard, rest: NDArray[np.float32]) -> Ensemble:
    """The networks with every channel stretched about rest to the spread of the held-out clips.

    Regression moves less than what it imitates.
    """
    spoken = speak(ensemble, to_judge_by([shard])[0])
    predicted = np.concatenate([one.motion for one in spoken]).std(axis=0)
    real = np.concatenate([one.truth for one in spoken]).std(axis=0)
    factor = np.clip(real / np.maximum(predicted, 1e-6), 1, LARGEST_STRETCH)
    middle = np.concatenate([rest, np.zeros(len(GEOMETRY), np.float32)])
    for member in ensemble.members:
        for row, (ratio, centre) in enumerate(zip(factor.tolist(), middle.tolist(), strict=True)):
            member.motion_mean[row] = centre + ratio * (member.motion_mean[row] - centre)
            member.motion_scale[row] *= ratio
    return ensemble


@torch.no_grad()
def widened(ensemble: Ensemble, map_of_lips: NDArray[np.float32]) -> Ensemble:
    """The networks with mouths that widen a little as they open, as most people's do.

    The talker of the corpus keeps the corners of his mouth where they are. What is added goes
    into `mouthStretch` and `mouthSmile`, by what they do to his own lips.
    """
    width = len(CHANNELS) + GEOMETRY.index("width")
    gap = len(CHANNELS) + GEOMETRY.index("gap")
    acting = [CHANNELS.index(f"mouth{a}{side}") for a in ("Stretch", "Smile") for side in _SIDES]
    added = WIDENING / float(map_of_lips[1, acting].sum())
    changes = [(width, WIDENING), *((channel, added) for channel in acting)]
    for member in ensemble.members:
        for row, share in changes:
            ratio = share * member.motion_scale[gap] / member.motion_scale[row]
            member.motion.weight[row] += ratio * member.motion.weight[gap]
            member.motion.bias[row] += ratio * member.motion.bias[gap]
            member.motion_mean[row] += share * member.motion_mean[gap]
    return ensemble


def description(shard: Shard) -> dict[str, object]:
    """What the metadata tell, measured on the real talker's shard."""
    numbers = {**postures(shard), "lip_map": lip_map(shard)}
    told: dict[str, object] = {"channels": CHANNELS, "visemes": SHOWN, "geometry": GEOMETRY}
    return told | {
        name: np.round(value.astype(float), 5).tolist() for name, value in numbers.items()
    }


def to_onnx(module: Ensemble, told: dict[str, object]) -> bytes:
    """An ONNX file of the network, with metadata.

    Raises:
        AudioMotionError: ONNX Runtime computes something else than torch.
    """
    import onnx

    module = module.eval()
    window = torch.randn(1, CONTEXT + LOOK_AHEAD + 16, COLUMNS, generator=torch.Generator())
    written = io.BytesIO()
    torch.onnx.export(
        module,
        (window,),
        written,
        input_names=["inputs"],
        output_names=["motion", "sound"],
        dynamic_axes={"inputs": {1: "heard"}, "motion": {1: "shown"}, "sound": {1: "shown"}},
        opset_version=OPSET,
        dynamo=False,
    )
    model = onnx.load_from_string(written.getvalue())
    onnx.helper.set_model_props(model, {"lips": json.dumps(told)})
    content: bytes = model.SerializeToString()
    session = open_session(content, name="lips")
    for frames in (16, 200):
        window = torch.randn(1, CONTEXT + LOOK_AHEAD + frames, COLUMNS)
        with torch.no_grad():
            wanted = module(window)
        found = session.run(None, {"inputs": window.numpy()})
        for a, b in zip(found, wanted, strict=True):
            difference = float(np.abs(a - b.numpy()).max())
            if difference > TOLERANCE:
                raise AudioMotionError(f"ONNX Runtime differs from torch by {difference:.2g}")
    return content


def read_module(path: Path) -> LipModule:
    """The network of a checkpoint that `audio2motion.training.train` wrote."""
    state = open_checkpoint(path)
    module = LipModule(COLUMNS, width=state["width"])
    module.load_state_dict(state["network"])
    return module.eval()


@click.command()
@click.argument(
    "runs", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--talker",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Shard of the real talker, as recorded.",
)
def main(runs: tuple[Path, ...], out: Path, talker: Path) -> None:
    """Write the average of the best networks of RUNS to OUT; then `python -m weights.pin lips`."""
    shard = Shard.read(talker)
    ensemble = Ensemble([read_module(run / "best.pt") for run in runs])
    stretched(ensemble, shard, postures(shard)["rest"])
    widened(ensemble, lip_map(shard))
    content = to_onnx(ensemble, description(shard))
    scratch = out.with_suffix(".part")
    scratch.write_bytes(content)
    scratch.replace(out)
    click.echo(f"{out}: {len(content)} bytes")


if __name__ == "__main__":
    main()
