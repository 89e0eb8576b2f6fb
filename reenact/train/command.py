"""What the training commands have in common."""

import argparse
import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from reenact.train.settings import Settings

log = logging.getLogger(__name__)


def make_parser(program: str, description: str) -> argparse.ArgumentParser:
    """The options that all training commands take."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description=description)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder with clips of several people")
    add("-o", "--out", type=Path, required=True, help="folder of the run")
    add("--cache", type=Path, help="decoded frames [default: frames/ in the run's folder]")
    add("--held-out", type=float, default=0.1, help="share of the people never trained on [0.1]")
    add("--repeats", type=int, default=75, help="samples per clip and epoch [75]")
    add("--device", choices=["auto", "cpu", "cuda"], default="auto")
    add("--threads", type=int, default=1, help="of torch, in each process [1]")
    add("--workers", type=int, default=0, help="processes that prepare samples [0]")
    add("--resume", action="store_true", help="go on with the run in the folder")
    for name, kind, text in (
        ("seed", int, "of weights, order, augmentation and the choice of people"),
        ("steps", int, "in all"),
        ("budget-s", float, "seconds that the steps may take in all"),
        ("batch-size", int, "over all processes"),
        ("learning-rate", float, "at the start"),
        ("gradient-clip", float, "largest norm"),
        ("adversarial", float, "weight of fooling a discriminator; 0 for none"),
        ("matching", float, "weight of matching the discriminator's features"),
        ("log-every", int, "steps"),
        ("evaluate-every", int, "steps; also saves"),
        ("patience", int, "evaluations without gain before the run ends"),
    ):
        add(f"--{name}", type=kind, help=text)
    return parser


def chosen(arguments: argparse.Namespace, settings: Settings) -> Settings:
    """Settings, with those that the command line names."""
    named = {
        name: value
        for name in Settings.__dataclass_fields__
        if (value := getattr(arguments, name, None)) is not None
    }
    return replace(settings, **named)


class ShowProgress:
    """Says now and then how far a run is."""

    def __init__(self) -> None:
        self._said = 0

    def __call__(self, progress: float) -> None:
        """Take note of the share that is done."""
        if int(20 * progress) > self._said:
            self._said = int(20 * progress)
            log.info("%d %%", 5 * self._said)


def guarded(command: Callable[[argparse.Namespace], None], arguments: argparse.Namespace) -> int:
    """Run a command; errors of ours become a message and an exit code."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        command(arguments)
    except KeyboardInterrupt:
        log.error("Interrupted. Run the same command with --resume to go on.")
        return 130
    except Exception as error:
        if (code := getattr(error, "exit_code", None)) is None:
            raise
        log.error("Error: %s\n%s", error, getattr(error, "hint", ""))
        return int(code)
    return 0
