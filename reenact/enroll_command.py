"""The command that makes an avatar."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avatar.console import (
    emit,
    input_file,
    json_option,
    progress,
    quiet_option,
    weights_option,
)
from consent.home import home_option

if TYPE_CHECKING:
    from avatar.enrolling import Enrolled

ATTESTED_KINDS = ("synthetic", "artwork", "historical")
PURPOSES = ("speak", "reenact", "export")


class Moment(click.ParamType):
    """A date or time; without a zone it is UTC, a date is its first moment."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Parse ISO 8601."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a date; write 2027-06-30", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def check_grounds(
    challenge: Path | None, release: Path | None, kind: str | None, attestation: str | None
) -> None:
    """Check that exactly one ground of consent is given.

    Raises:
        UsageError: None or several are, or an attestation lacks its kind or its text.
    """
    given = [
        name
        for name, value in (("--challenge", challenge), ("--release", release), ("--kind", kind))
        if value is not None
    ]
    if len(given) != 1:
        found = " and ".join(given) or "none"
        raise click.UsageError(
            f"Give one of --challenge, --release and --kind; found {found}.\n"
            "A person consents on camera: avatar consent challenge --name NAME -o challenge.json"
        )
    if (kind is None) != (attestation is None):
        raise click.UsageError("--kind and --attest belong together.")


@click.command(short_help="Make an avatar of a person who consents.")
@click.option("--name", required=True, help="Who is shown.")
@input_file(
    "--video",
    required=True,
    help="The person, turning left and right and speaking; one photo gives a stiffer avatar.",
)
@click.option(
    "--photos",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of stills from other angles.",
)
@input_file("--challenge", help="Challenge whose statement the video speaks.")
@input_file("--release", help="Signed release; only where the registry's policy allows it.")
@click.option("--kind", type=click.Choice(ATTESTED_KINDS), help="Not a living person.")
@click.option("--attest", "attestation", help="With --kind: why no consent is needed.")
@click.option(
    "--purpose",
    "purposes",
    multiple=True,
    type=click.Choice(PURPOSES),
    help="What it is for; repeat for several. Default: the challenge's, else speak and reenact.",
)
@click.option("--expires", type=Moment(), help="When the consent ends, such as 2027-06-30.")
@click.option("--face", type=click.IntRange(0), help="Which face of several; default: the largest.")
@click.option(
    "--personalize/--no-personalize",
    "personalizes",
    default=True,
    help="Then learn from the video how the person moves; see avatar personalize.",
)
@click.option(
    "--minutes",
    type=click.FloatRange(0.1, 240),
    default=3.0,
    show_default=True,
    help="Time that this may take, on one core.",
)
@home_option
@weights_option
@json_option
@quiet_option
def enroll(
    name: str,
    video: Path,
    photos: Path | None,
    challenge: Path | None,
    release: Path | None,
    kind: str | None,
    attestation: str | None,
    purposes: tuple[str, ...],
    expires: datetime | None,
    face: int | None,
    personalizes: bool,
    minutes: float,
    home: Path,
    as_json: bool,
    quiet: bool,
) -> int:
    """Make an avatar of a person who consents, and print its subject id.

    \b
    Examples:
      avatar enroll --name "Ada Lopez" --video ada.mp4 --challenge challenge.json
      avatar enroll --name Mona --video mona.mp4 --kind artwork --attest "Painted in 1503"
      avatar enroll --name Mia --video mia.jpg --kind synthetic --attest "Rendered"
    """
    import consent
    import reenact as api

    check_grounds(challenge, release, kind, attestation)
    with consent.Registry.open(home) as registry:
        with progress("enroll", quiet=quiet) as on_progress:
            enrolled = api.enroll(
                name,
                video=video,
                photos=photos,
                challenge=consent.Challenge.load(challenge) if challenge else None,
                release=release,
                kind=consent.Kind(kind) if kind else None,
                attestation=attestation,
                purposes=[consent.Purpose(purpose) for purpose in purposes] or None,
                expires_at=expires,
                face=face,
                personalizes=personalizes,
                minutes=minutes,
                registry=registry,
                on_progress=on_progress,
            )
        record = registry.show(enrolled.subject_id).record
    _tell(enrolled)
    emit(
        {
            "subject_id": enrolled.subject_id,
            **record.payload(),
            "coverage": enrolled.coverage.record(),
            "personal": enrolled.learnt is not None and enrolled.learnt.useful,
        },
        enrolled.subject_id,
        as_json=as_json,
    )
    return 0


def _tell(enrolled: Enrolled) -> None:
    """Say on stderr what was not learnt, and what should still be filmed."""
    if enrolled.not_learnt:
        click.echo(f"Not personalised: {enrolled.not_learnt}", err=True)
    advice = enrolled.coverage.advice
    if advice:
        click.echo("For a better avatar, film again and show what is missing:", err=True)
    for sentence in advice:
        click.echo(f"  {sentence}", err=True)
