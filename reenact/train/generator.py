"""`python -m reenact.train.generator --data DIR -o DIR`: trains the generator for everybody.

Only on footage of drawn people: `python -m synthetic make rehearsal`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from reenact.train.command import ShowProgress, chosen, guarded, make_parser
from reenact.train.settings import Settings

RECIPE = Settings(
    batch_size=3, learning_rate=1e-3, betas=(0.9, 0.99), milestones=(0.55, 0.85), gradient_clip=1.0,
    average_decay=0.995, adversarial=0.0, matching=0.0, adversarial_from=0.4,
    discriminator_width=16, discriminator_blocks=3, steps=4000, log_every=25, evaluate_every=250,
    patience=6,
)  # fmt: skip
WEIGHTS = "generator.npz"


def train(arguments: argparse.Namespace) -> None:
    """Stage the footage, train, then write the weights and figures of held-out people.

    Raises:
        TrainingError: See `reenact.train.loop.run`.
    """
    import json

    import numpy as np
    import torch

    from reenact.generator.runtime import stored
    from reenact.train import loop
    from reenact.train.clips import find_clips, hold_out
    from reenact.train.features import load_features
    from reenact.train.generator_figures import figures, write_sheet
    from reenact.train.generator_task import GeneratorTask, Weights
    from reenact.train.material import RUN
    from reenact.train.processes import this_process
    from reenact.train.take_pairs import TakePairs
    from reenact.train.take_store import stage_clips
    from reenact.train.trainer import Trainer

    settings = chosen(arguments, RECIPE)
    torch.set_num_threads(arguments.threads)
    out: Path = arguments.out
    with this_process(arguments.device) as process:
        cache = arguments.cache or out / "takes"
        clips = find_clips(arguments.data)
        if process.is_first:
            stage_clips(clips, cache, size=arguments.size, seed=settings.seed)
        process.wait()
        people = stage_clips(clips, cache, size=arguments.size, seed=settings.seed)
        hidden = hold_out(people, share=arguments.held_out, seed=settings.seed)
        seen = [takes for person, takes in people.items() if person not in hidden]
        unseen = [takes for person, takes in people.items() if person in hidden]
        torch.manual_seed(settings.seed)
        features = load_features(arguments.features) if arguments.features else None
        weights = Weights(features=10.0 if features else 0.0)
        trainer = Trainer(GeneratorTask(weights=weights, features=features), settings, process)
        summary = loop.run(
            trainer,
            TakePairs(seen, repeats=arguments.repeats, seed=settings.seed),
            lambda task: figures(task, unseen),
            out,
            facts={"held_out": sorted(hidden)},
            resume=arguments.resume,
            workers=arguments.workers,
            on_progress=ShowProgress() if process.is_first else None,
        )
        if process.is_first:
            loop.load_best(trainer.average, out)
            np.savez_compressed(
                out / WEIGHTS, allow_pickle=False, **stored(trainer.average.generator)
            )
            note = {"held_out": sorted(hidden), "trained_on": sorted(set(people) - hidden)}
            (out / RUN).write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
            write_sheet(out / "sheet.png", trainer.average, unseen)
            loop.write_report(out, summary, settings)


def main() -> int:
    """Parse the command line and train."""
    parser = make_parser("reenact.train.generator", "Train the generator on drawn people.")
    parser.add_argument(
        "--size", type=int, default=320, help="side of the rendered head crops, px [320]"
    )
    parser.add_argument(
        "--features", type=Path, help="network of reenact.train.fit_features, for a perceptual loss"
    )
    return guarded(train, parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
