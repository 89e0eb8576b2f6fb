"""The command that teaches an avatar how its person moves."""

from __future__ import annotations

from pathlib import Path

import click

from avatar.console import emit, input_file, json_option, progress, quiet_option, weights_option
from consent.home import home_option


@click.command(short_help="Learn from a person's footage how they move.")
@click.argument("subject_id", metavar="ID")
@input_file("--video", required=True, help="Footage of the same person.")
@click.option(
    "--minutes",
    type=click.FloatRange(0.1, 240),
    default=3.0,
    show_default=True,
    help="Time it may take, on one core.",
)
@click.option("--face", type=click.IntRange(0), help="Which face of several; default: the largest.")
@home_option
@weights_option
@json_option
@quiet_option
def personalize(
    subject_id: str,
    video: Path,
    minutes: float,
    face: int | None,
    home: Path,
    as_json: bool,
    quiet: bool,
) -> int:
    """Learn from a person's footage how they move, and seal it in their avatar.

    The end of the footage is kept back and decides whether it is used: by speak, reenact and idle,
    unless they are told --plain.

    \b
    Example:
      avatar personalize subject_5f… --video ada.mp4 --minutes 5
    """
    import consent
    import reenact as api
    from reenact.personalising import act_to_learn_for

    with consent.Registry.open(home, create=False) as registry:
        act = act_to_learn_for(subject_id, registry) or consent.Purpose.REENACT
        permit = registry.authorize(subject_id, purpose=act)
        with progress("personalize", quiet=quiet) as on_progress:
            learnt = api.personalize(
                subject_id,
                video=video,
                permit=permit,
                registry=registry,
                minutes=minutes,
                face=face,
                on_progress=on_progress,
            )
    outcome = "used" if learnt.useful else "no gain, not used"
    emit(
        {
            "subject_id": subject_id,
            "useful": learnt.useful,
            "plain": learnt.plain,
            "aligned": learnt.aligned,
        },
        f"{outcome}: mean error {learnt.plain:.2f} grey levels before, {learnt.aligned:.2f} after",
        as_json=as_json,
    )
    return 0
