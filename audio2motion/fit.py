"""Fit the mouth model to tracked speech: `python -m audio2motion.fit --grid DIR -o OUT`.

The data are described in `audio2motion.corpus`. A network of two hidden layers is trained for six
passes on the squared error of standardised channels, with noise on its inputs and dropout; then
every channel is stretched about its rest so that held-out clips move as much as the talker did
(regression moves less than what it imitates). Seeded; about 3 minutes on one core.
"""

import logging
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from audio2motion.coarticulation import SpeechMotionModel, context
from audio2motion.corpus import CHANNELS, FPS, Corpus, read_corpus
from audio2motion.features import FRAME_RATE

logger = logging.getLogger(__name__)

HIDDEN = 96
PASSES = 6
BATCH = 256
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1e-3
INPUT_NOISE = 0.3
DROPOUT = 0.2
SMALLEST_SCALE = 0.02
LIP_MAP_RIDGE = 3e-4
CLOSED_GAP = 0.05  # of the talker's range; real bilabials close to 1 to 5 % of it
JAW_IN_CLOSURES = 1 / 3
STEP = FRAME_RATE // FPS


def fit(corpus: Corpus, *, seed: int = 0) -> SpeechMotionModel:
    """Train the network and measure the postures."""
    frames = corpus.targets.shape[1]
    chosen = corpus.part(held_out=False)
    at = np.arange(frames) * STEP
    inputs = np.concatenate([context(corpus.sounds[i].features, at) for i in chosen])
    targets = corpus.targets[chosen].reshape(len(inputs), -1)
    mean = inputs.mean(axis=0)
    scale = np.maximum(inputs.std(axis=0), SMALLEST_SCALE)
    layers = _train((inputs - mean) / scale, targets, seed)
    rest, closed, labiodental = postures(corpus, chosen)
    model = SpeechMotionModel(
        names=CHANNELS,
        mean=mean,
        scale=scale,
        layers=layers,
        rest=rest,
        closed=closed,
        labiodental=labiodental,
        geometry=lip_map(corpus, chosen),
    )
    return _stretched(model, corpus)


def _train(
    inputs: NDArray[np.float32], targets: NDArray[np.float32], seed: int
) -> tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]:
    """Matrices and offsets of the trained layers; the last gives targets in their own units."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    middle, spread = targets.mean(axis=0), targets.std(axis=0) + 1e-4
    x = torch.from_numpy(inputs.clip(-4, 4))
    y = torch.from_numpy((targets - middle) / spread)
    linear = [
        nn.Linear(inputs.shape[1], HIDDEN),
        nn.Linear(HIDDEN, HIDDEN),
        nn.Linear(HIDDEN, targets.shape[1]),
    ]
    drop = nn.Dropout(DROPOUT)
    network = nn.Sequential(linear[0], nn.ReLU(), drop, linear[1], nn.ReLU(), drop, linear[2])
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=WEIGHT_DECAY)
    for number in range(PASSES):
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * (1 - number / PASSES)
        total = 0.0
        for index in torch.split(torch.randperm(len(x)), BATCH):
            noisy = x[index] + INPUT_NOISE * torch.randn(len(index), x.shape[1])
            loss = nn.functional.mse_loss(network(noisy), y[index])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            total += loss.item() * len(index)
        logger.info("pass %d: loss %.3f", number + 1, total / len(x))
    layers = [(one.weight.detach().numpy().T, one.bias.detach().numpy()) for one in linear]
    layers[-1] = (layers[-1][0] * spread, layers[-1][1] * spread + middle)
    return tuple(layers)


def _stretched(model: SpeechMotionModel, corpus: Corpus) -> SpeechMotionModel:
    """The model with channels stretched about rest to the talker's spread on held-out clips."""
    predicted, real = _held_out(model, corpus)
    factor = real.std(axis=(0, 1)) / predicted.std(axis=(0, 1))
    matrix, offset = model.layers[-1]
    last = (
        np.asarray(matrix * factor, np.float32),
        np.asarray(model.rest + (offset - model.rest) * factor, np.float32),
    )
    return replace(model, layers=(*model.layers[:-1], last))


def postures(
    corpus: Corpus, chosen: list[int]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """(k,) mean coefficients at rest, in closures of p, b, m, and at the clearest f, v.

    In closures the jaw is raised to a third, and `mouthClose` lowered with it. The talker
    keeps it open behind closed lips (0.12); a rig whose `mouthClose` is weak would gape.
    """
    frames = corpus.targets.shape[1]

    def heard(viseme: str) -> NDArray[np.float32]:
        return np.array([corpus.sounds[i].viseme(viseme)[::STEP][:frames] for i in chosen])

    targets, gap = corpus.targets[chosen], corpus.gap[chosen]
    low, high = np.percentile(gap, [1, 99])
    shut = gap < low + CLOSED_GAP * (high - low)
    rest = targets[(heard("sil") > 0.95) & shut].mean(axis=0)
    closed = targets[(heard("PP") > 0.8) & shut].mean(axis=0)
    labiodental = targets[heard("FF") > 0.9].mean(axis=0)
    jaw, close = CHANNELS.index("jawOpen"), CHANNELS.index("mouthClose")
    closed[jaw] *= JAW_IN_CLOSURES
    closed[close] = max(closed[jaw], rest[close])
    return rest, closed, labiodental


def lip_map(corpus: Corpus, chosen: list[int]) -> NDArray[np.float32]:
    """(2, k) ridge regression of lip gap and width on the coefficients, within clips.

    On the talker of the corpus it explains 0.99 and 0.87 (r) of them.
    """
    targets = corpus.targets[chosen]
    moved = (targets - targets.mean(axis=1, keepdims=True)).reshape(-1, targets.shape[2])
    gram = moved.T @ moved + LIP_MAP_RIDGE * len(moved) * np.eye(moved.shape[1])
    lips = np.stack([corpus.gap[chosen], corpus.width[chosen]], axis=-1)
    lips = (lips - lips.mean(axis=1, keepdims=True)).reshape(-1, 2)
    return np.asarray(np.linalg.solve(gram, moved.T @ lips).T, np.float32)


def _held_out(
    model: SpeechMotionModel, corpus: Corpus
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(m, f, k) predicted without any rules, and real, of the held-out clips."""
    frames = corpus.targets.shape[1]
    chosen = corpus.part(held_out=True)
    curves = [model.curves(corpus.sounds[i].features)[::STEP][:frames] for i in chosen]
    return np.array(curves), corpus.targets[chosen]


def held_out_scores(model: SpeechMotionModel, corpus: Corpus) -> dict[str, tuple[float, float]]:
    """By channel: mean over held-out clips of Pearson's r, and predicted over real spread."""
    predicted, real = _held_out(model, corpus)
    ratio = predicted.std(axis=(0, 1)) / real.std(axis=(0, 1))
    scores = {}
    for k, name in enumerate(model.names):
        pairs = zip(predicted[..., k], real[..., k], strict=True)
        scores[name] = (float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in pairs])), ratio[k])
    return scores


def save(model: SpeechMotionModel, out: Path) -> None:
    """Write the model as an .npz without pickles, in half precision (about 0.1 MB)."""
    numbers = {
        "mean": model.mean,
        "scale": model.scale,
        "rest": model.rest,
        "closed": model.closed,
        "labiodental": model.labiodental,
        "geometry": model.geometry,
    }
    for i, (matrix, offset) in enumerate(model.layers):
        numbers |= {f"matrix_{i}": matrix, f"offset_{i}": offset}
    half = {name: array.astype(np.float16) for name, array in numbers.items()}
    np.savez_compressed(out, names=np.array(model.names), **half)  # type: ignore[arg-type]


@click.command()
@click.option(
    "--grid", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seed", default=0, show_default=True)
def main(grid: Path, out: Path, seed: int) -> None:
    """Fit the speech-motion model on the corpus in GRID and write it to OUT."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    corpus = read_corpus(grid)
    model = fit(corpus, seed=seed)
    save(model, out)
    click.echo("held-out clips: r, spread")
    for name, (correlation, ratio) in held_out_scores(model, corpus).items():
        click.echo(f"{name:20s} {correlation:6.3f} {ratio:6.2f}")


if __name__ == "__main__":
    main()
