"""`python -m reenact.train.fit_features --data DIR -o DIR`: the network of the perceptual loss."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reenact.train.command import ShowProgress, chosen, guarded, make_parser
from reenact.train.settings import Settings

if TYPE_CHECKING:
    from reenact.train.features import FeatureTask

RECIPE = Settings(
    batch_size=8, learning_rate=1e-3, betas=(0.9, 0.99), average_decay=0.99, steps=1000,
    log_every=25, evaluate_every=100, patience=5,
)  # fmt: skip
FEATURES = "features.pt"


def train(arguments: argparse.Namespace) -> None:
    """Train, then write the network for `--features`.

    Raises:
        TrainingError: See `reenact.train.loop.run`.
    """
    import torch

    from reenact.train import loop
    from reenact.train.augmentation import Augmentation
    from reenact.train.features import FeatureTask, save_features
    from reenact.train.held_out import moments_of
    from reenact.train.material import gather
    from reenact.train.pairs import Pairs
    from reenact.train.processes import this_process
    from reenact.train.trainer import Trainer

    settings = chosen(arguments, RECIPE)
    torch.set_num_threads(arguments.threads)
    out: Path = arguments.out
    with this_process(arguments.device) as process:
        material = gather(
            arguments.data, out, cache=arguments.cache, side=arguments.side,
            share=arguments.held_out, seed=settings.seed, process=process,
        )  # fmt: skip
        torch.manual_seed(settings.seed)
        trainer = Trainer(FeatureTask(), settings, process)
        pairs = Pairs(
            material.training,
            repeats=arguments.repeats,
            seed=settings.seed,
            augmentation=Augmentation(blur=0, compression=0),  # they are what shall be told apart
        )
        unseen = torch.cat([moments_of(reel, 2)[1][::2] for reel in material.held_out])

        def figures(task: FeatureTask) -> Mapping[str, float]:
            return task.figures(unseen.to(process.device))

        summary = loop.run(
            trainer,
            pairs,
            figures,
            out,
            resume=arguments.resume,
            workers=arguments.workers,
            on_progress=ShowProgress() if process.is_first else None,
        )
        if process.is_first:
            loop.load_best(trainer.average, out)
            save_features(trainer.average.network.cpu(), out / FEATURES)
            loop.write_report(out, summary, settings)


def main() -> int:
    """Parse the command line and train."""
    parser = make_parser("reenact.train.fit_features", "Train the network of the perceptual loss.")
    parser.add_argument("--side", type=int, default=64, help="of the frames in px [64]")
    return guarded(train, parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
