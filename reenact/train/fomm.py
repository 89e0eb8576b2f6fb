"""`python -m reenact.train.fomm --data DIR -o DIR`: trains the first-order motion model.

Alone, or with several GPUs: `torchrun --nproc-per-node N -m reenact.train.fomm …`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from reenact.train.command import ShowProgress, chosen, guarded, make_parser
from reenact.train.settings import Settings

RECIPES = {
    "tiny": Settings(
        batch_size=8, learning_rate=1e-3, average_decay=0.99, steps=1500, log_every=25,
        evaluate_every=100, patience=5, discriminator_blocks=3,
    ),
    "vox-256": Settings(
        batch_size=40, learning_rate=2e-4, adversarial=1.0, matching=10.0, steps=100_000,
        evaluate_every=2000, patience=10,
    ),
}  # fmt: skip
MODEL, SHEET = "model.pth.tar", "sheet.png"


def train(arguments: argparse.Namespace) -> None:
    """Train, then write the model, its figures and a sheet of held-out people.

    Raises:
        TrainingError: See `reenact.train.loop.run`.
    """
    import torch

    from reenact.fomm.configuration import TINY, VOX_256
    from reenact.train import held_out, loop
    from reenact.train.augmentation import Augmentation
    from reenact.train.features import load_features
    from reenact.train.fomm_task import FommTask
    from reenact.train.material import gather
    from reenact.train.pairs import Pairs
    from reenact.train.processes import this_process
    from reenact.train.trainer import Trainer

    configuration = {"tiny": TINY, "vox-256": VOX_256}[arguments.config]
    settings = chosen(arguments, RECIPES[arguments.config])
    torch.set_num_threads(arguments.threads)
    out: Path = arguments.out
    with this_process(arguments.device) as process:
        material = gather(
            arguments.data, out, cache=arguments.cache, side=configuration.image_side,
            share=arguments.held_out, seed=settings.seed, process=process,
            begun_from=_earlier(arguments),
        )  # fmt: skip
        torch.manual_seed(settings.seed)
        features = load_features(arguments.features) if arguments.features else None
        task = FommTask(configuration, features=features)
        if arguments.start_from:
            loop.load_best(task, arguments.start_from)
        trainer = Trainer(task, settings, process)
        pairs = Pairs(
            material.training,
            repeats=arguments.repeats,
            seed=settings.seed,
            augmentation=Augmentation(),
        )

        summary = loop.run(
            trainer,
            pairs,
            lambda task: held_out.figures(material.held_out, task.animate, places=task.places),
            out,
            facts={"configuration": arguments.config},
            resume=arguments.resume,
            workers=arguments.workers,
            on_progress=ShowProgress() if process.is_first else None,
        )
        if process.is_first:
            loop.load_best(trainer.average, out)
            trainer.average.export(out / MODEL)
            held_out.write_sheet(out / SHEET, material.held_out, trainer.average.animate)
            loop.write_report(out, summary, settings)


def _earlier(arguments: argparse.Namespace) -> list[Path]:
    """Folders of the runs whose weights are used."""
    features = [arguments.features.parent] if arguments.features else []
    return features + ([arguments.start_from] if arguments.start_from else [])


def main() -> int:
    """Parse the command line and train."""
    parser = make_parser("reenact.train.fomm", "Train the first-order motion model.")
    parser.add_argument("--config", choices=list(RECIPES), default="vox-256")
    parser.add_argument(
        "--features", type=Path, help="network of reenact.train.fit_features, for a perceptual loss"
    )
    parser.add_argument(
        "--start-from", type=Path, help="folder of another run, whose best weights are the first"
    )
    return guarded(train, parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
