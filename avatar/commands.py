"""The commands that make and hand out avatars: enroll, export."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from avatar.console import (
    emit,
    input_file,
    json_option,
    output_file,
    overwrite_option,
    progress,
    quiet_option,
    weights_option,
)
from consent.home import home_option

if TYPE_CHECKING:
    from consent import ConsentRecord, Registry

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
    import avatar as api
    import consent

    check_grounds(challenge, release, kind, attestation)
    with consent.Registry.open(home) as registry:
        with progress("enroll", quiet=quiet) as on_progress:
            subject_id = api.enroll(
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
                registry=registry,
                on_progress=on_progress,
            )
        record = registry.show(subject_id).record
        if personalizes:
            _personalize(registry, record, video, face=face, minutes=minutes, quiet=quiet)
    emit({"subject_id": subject_id, **record.payload()}, subject_id, as_json=as_json)
    return 0


def _personalize(
    registry: Registry,
    record: ConsentRecord,
    video: Path,
    *,
    face: int | None,
    minutes: float,
    quiet: bool,
) -> None:
    """Learn how the person moves; where that cannot be done it stays as it was enrolled."""
    from avatar.errors import AvatarError
    from capture.errors import CaptureError

    if not {"speak", "reenact"} & record.purposes:
        return
    commands: Any = click.get_current_context().find_root().command
    try:
        commands.module_of("personalize").teach(
            record.subject_id, registry, video=video, minutes=minutes, face=face, quiet=quiet
        )
    except (AvatarError, CaptureError) as error:
        click.echo(f"Not personalised: {error}", err=True)


@click.command(short_help="Write an avatar's head as a GLB file.")
@click.argument("subject_id", metavar="ID")
@output_file("-o", "--out", required=True, help="The .glb file to write.")
@overwrite_option
@home_option
@json_option
def export(subject_id: str, out: Path, overwrite: bool, home: Path, as_json: bool) -> int:
    """Write an avatar's head as a GLB file with 52 ARKit morph targets.

    \b
    Example:
      avatar export subject_5f… -o head.glb
    """
    import avatar as api
    import consent

    with consent.Registry.open(home, create=False) as registry:
        permit = registry.authorize(subject_id, purpose=consent.Purpose.EXPORT)
        api.export(subject_id, out=out, permit=permit, registry=registry, overwrite=overwrite)
    emit({"output": str(out)}, str(out), as_json=as_json)
    return 0
