"""Make the training data: `python -m audio2motion.training.data --grid DIR --work DIR`.

Speech of all synthesisers into WORK/speech, the alignment of the corpus into WORK, the fitted
articulation into WORK/articulation.npz, shards into WORK/shards. What is there already is not made
again, so an interrupted run goes on where it stopped. The same command gives the same data. About
40 minutes on one core.
"""

import logging
from collections import defaultdict
from pathlib import Path

import click
import numpy as np

from audio2motion.articulation import ArticulationModel, read_articulation
from audio2motion.training import articulation_fit, engines, shards
from audio2motion.training.grid import Clip, read_grid
from audio2motion.training.labels import check
from audio2motion.training.takes import Take, load_takes

logger = logging.getLogger(__name__)

GRID_VARIANTS = 4
"""One as recorded, the others disturbed."""
TEST_DB = 10.0
CHECKED = 12
"""Takes of each voice whose labels are checked."""


@click.command()
@click.option(
    "--grid", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--work", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--only",
    type=click.Choice(["speech", "labels", "articulation", "grid", "shards"]),
    help="Only this step; `labels` checks the labels of every voice and writes nothing.",
)
def main(grid: Path, work: Path, only: str | None) -> None:
    """Make training data in WORK from the corpus in GRID and from synthesisers."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    (work / "shards").mkdir(parents=True, exist_ok=True)
    if only in (None, "speech"):
        engines.generate(work / "speech")
    if only == "labels":
        _check_labels(work / "speech")
    if only in ("speech", "labels"):
        return
    clips = read_grid(grid, work / "grid_alignment.json")
    if only in (None, "grid"):
        _grid_shards(work, clips)
    if only == "grid":
        return
    fitted = work / "articulation.npz"
    if not fitted.exists():
        model = articulation_fit.fit(clips)
        articulation_fit.save(model, fitted)
        for line in articulation_fit.report(model, clips):
            click.echo(line)
    if only in (None, "shards"):
        with np.load(fitted) as arrays:
            model = read_articulation(dict(arrays))
        _speech_shards(work, model)


def _check_labels(folder: Path) -> None:
    """Print by voice: takes; agreement at its own times, as labelled, at the best shift; that."""
    found: dict[str, list[Take]] = defaultdict(list)
    for path in sorted(folder.glob("*.npz")):
        for take in load_takes(path):
            one_voice = take.engine in ("flite", "festival")
            found[f"{take.engine}-{take.voice}" if one_voice else take.engine].append(take)
    rng = np.random.default_rng(0)
    for name, takes in sorted(found.items()):
        chosen = rng.choice(len(takes), min(CHECKED, len(takes)), replace=False)
        own, labelled, best, shift_s = check([takes[i] for i in chosen])
        click.echo(
            f"{name:20s} {len(takes):5d} {own:6.3f} {labelled:6.3f} {best:6.3f} "
            f"{1000 * shift_s:+5.0f} ms"
        )


def _grid_shards(work: Path, clips: list[Clip]) -> None:
    others = shards.babble(work / "speech")
    for variant in range(GRID_VARIANTS):
        path = work / "shards" / f"grid-{variant}.npz"
        if not path.exists():
            shards.grid_shard(path, clips, others, variant)
            logger.info("%s", path.name)


def _speech_shards(work: Path, model: ArticulationModel) -> None:
    others = shards.babble(work / "speech")
    files = sorted((work / "speech").glob("*.npz"))
    for index in np.random.default_rng(1).permutation(len(files)):
        for name in shards.shard_names(files[index].stem):
            path = work / "shards" / f"{name}.npz"
            if path.exists():
                continue
            shards.speech_shard(
                path,
                load_takes(files[index]),
                others,
                model,
                disturbed=name.startswith(("train", "valid")),
                noise_db=TEST_DB if "10dB" in name else None,
            )
            logger.info("%s", path.name)


if __name__ == "__main__":
    main()
