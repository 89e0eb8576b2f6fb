"""The commands `avatar consent …` and `avatar verify`: they call the Python API and print."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from consent.home import home_option

if TYPE_CHECKING:
    from consent.registry import Subject

_PURPOSES = ("speak", "reenact", "export")
_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")


@click.group()
def consent() -> None:
    """Ask for consents, look at them, withdraw them.

    \b
    Example:
      avatar consent challenge --name "Ann Example" -o challenge.json
    """


@consent.command()
@click.option("--name", required=True, help="The person's name, as it will be spoken.")
@click.option(
    "--purpose",
    "purposes",
    multiple=True,
    type=click.Choice(_PURPOSES),
    help="What the likeness may be used for; may be repeated. [default: speak and reenact]",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the challenge is written, as JSON.",
)
@home_option
@_json_option
def challenge(
    name: str, purposes: tuple[str, ...], output: Path, home: Path, as_json: bool
) -> None:
    """Make the statement that a person speaks on camera within the hour.

    Enrol with the recording and --challenge FILE. Each challenge works once.

    \b
    Example:
      avatar consent challenge --name "Ann Example" -o challenge.json
    """
    from consent.challenge import Challenge
    from consent.errors import RegistryError
    from consent.record import DEFAULT_PURPOSES, Purpose
    from consent.registry import Registry

    if output.exists():
        try:
            Challenge.load(output)  # only a challenge is replaced without asking
        except RegistryError as error:
            raise click.UsageError(f"{output} exists and is not a challenge") from error
    with Registry.open(home) as registry:
        made = registry.issue_challenge(
            name, purposes=frozenset(map(Purpose, purposes)) or DEFAULT_PURPOSES
        )
    made.save(output)
    if as_json:
        _print_json({**made.payload(), "file": str(output)})
        return
    click.echo(made.statement)
    click.echo(f"Written to {output}, good until {made.payload()['expires_at']}.", err=True)


@consent.command("list")
@home_option
@_json_option
def list_(home: Path, as_json: bool) -> None:
    """List all consents: subject, standing, kind, end, purposes, name.

    \b
    Example:
      avatar consent list
    """
    from consent.registry import Registry

    subjects = []
    if Registry.exists(home):
        with Registry.open(home, create=False) as registry:
            subjects = [registry.show(record.subject_id) for record in registry.records()]
    if as_json:
        _print_json(*(_as_json(subject) for subject in subjects))
        return
    for subject in subjects:
        facts = _as_json(subject)
        purposes = ",".join(facts["purposes"])
        click.echo(
            f"{facts['subject_id']}  {facts['status']:<8}{facts['kind']:<11}"
            f"{facts['expires_at'][:10]}  {purposes:<22}  {facts['name'] or '(erased)'}"
        )
    if not subjects:
        click.echo(f"No consents in {home}.", err=True)


@consent.command()
@click.argument("subject_id", metavar="ID")
@home_option
@_json_option
def show(subject_id: str, home: Path, as_json: bool) -> None:
    """Show one consent with everything that was, and was not, checked.

    \b
    Example:
      avatar consent show subject_0123456789abcdef0123456789abcdef
    """
    from consent.registry import Registry

    with Registry.open(home, create=False) as registry:
        facts = _as_json(registry.show(subject_id))
    if as_json:
        _print_json(facts)
        return
    checks = facts.pop("checks")
    for key, value in facts.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        click.echo(f"{key + ':':<20}{'-' if shown is None else shown}")
    for check in checks:
        figure = "" if check["figure"] is None else f" {check['figure']:.3g}"
        limit = "" if check["threshold"] is None else f" (limit {check['threshold']:.3g})"
        click.echo(f"check {check['name']}: {check['status']}{figure}{limit} {check['detail']}")


@consent.command()
@click.argument("subject_id", metavar="ID")
@click.option("--reason", default="", help="Kept encrypted.")
@home_option
@_json_option
def revoke(subject_id: str, reason: str, home: Path, as_json: bool) -> None:
    """Withdraw a consent: use stops at once, the avatar and its key are destroyed for good.

    \b
    Example:
      avatar consent revoke subject_0123456789abcdef0123456789abcdef
    """
    from consent.registry import Registry

    with Registry.open(home, create=False) as registry:
        registry.revoke(subject_id, reason=reason)
        facts = _as_json(registry.show(subject_id))
    if as_json:
        _print_json(facts)
        return
    click.echo(f"Withdrawn on {facts['revoked_at']}. Avatar and personal data are destroyed.")


@consent.command("erase-expired")
@home_option
@_json_option
def erase_expired(home: Path, as_json: bool) -> None:
    """Destroy the avatars and personal data of consents that have ended.

    \b
    Example:
      avatar consent erase-expired
    """
    from consent.registry import Registry

    with Registry.open(home, create=False) as registry:
        erased = registry.erase_expired()
    if as_json:
        _print_json(*({"subject_id": subject_id} for subject_id in erased))
        return
    for subject_id in erased:
        click.echo(subject_id)
    click.echo(f"{len(erased)} erased.", err=True)


@consent.command()
@home_option
@_json_option
@click.pass_context
def audit(context: click.Context, home: Path, as_json: bool) -> None:
    """Check the whole registry again: every entry, signature, record, key and sealed file.

    Exit code 0 if all holds, 3 if anything does not.

    \b
    Example:
      avatar consent audit
    """
    from consent.errors import RegistryDamaged
    from consent.registry import Registry

    try:
        with Registry.open(home, create=False) as registry:
            findings = [{"where": f.where, "what": f.what} for f in registry.audit()]
    except RegistryDamaged as error:
        findings = [{"where": "home", "what": str(error)}]
    if as_json:
        _print_json(*findings)
    else:
        for finding in findings:
            click.echo(f"{finding['where']}: {finding['what']}")
        click.echo(f"{len(findings)} findings." if findings else "All holds.", err=True)
    context.exit(3 if findings else 0)


@consent.command()
@click.option("--allow", type=click.Choice(["documented"]), help="Accept release documents.")
@click.option("--forbid", type=click.Choice(["documented"]), help="Accept them no longer.")
@home_option
@_json_option
def policy(allow: str | None, forbid: str | None, home: Path, as_json: bool) -> None:
    """Show or set which kinds of consent this registry accepts.

    \b
    Example:
      avatar consent policy --allow documented
    """
    from consent.registry import Registry

    if allow and forbid:
        raise click.UsageError("Give --allow or --forbid, not both.")
    with Registry.open(home) as registry:
        if allow or forbid:
            registry.set_policy(allow_documented=bool(allow))
        documented = registry.policy.allow_documented
    if as_json:
        _print_json({"documented": documented})
        return
    click.echo(f"documented: {'allowed' if documented else 'forbidden'}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@home_option
@_json_option
@click.pass_context
def verify(context: click.Context, file: Path, home: Path, as_json: bool) -> None:
    """Tell what a video, picture or sound file is.

    \b
    Exit codes:
      0  valid: unchanged since it was issued, and its consent is in force
      3  revoked or expired: issued here, but the consent behind it is no longer in force
      4  altered, or unknown: nothing here can vouch for it
    \b
    Example:
      avatar verify out.mp4
    """
    from consent.registry import Registry
    from consent.verification import verify_output

    registry = Registry.open(home, create=False) if Registry.exists(home) else None
    answer = verify_output(file, registry=registry)
    if as_json:
        _print_json(answer.to_json())
    else:
        click.echo(f"{answer.state}: {answer.explanation}")
        for key, value in answer.to_json().items():
            if key not in ("state", "explanation", "exit_code") and value not in (None, []):
                click.echo(f"  {key + ':':<18}{_plain(value)}")
    context.exit(answer.exit_code)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _as_json(subject: "Subject") -> dict[str, Any]:
    from consent import clock

    record = subject.record.payload()
    revoked_at = subject.revoked_at
    return {
        "subject_id": record["subject_id"],
        "record_id": record["record_id"],
        "name": subject.name,
        "status": subject.status.value,
        "kind": record["kind"],
        "purposes": record["purposes"],
        "granted_at": record["granted_at"],
        "expires_at": record["expires_at"],
        "revoked_at": clock.to_text(revoked_at) if revoked_at else None,
        "statement": subject.statement,
        "recording_sha256": record["recording_sha256"],
        "release_sha256": record["release_sha256"],
        "checks": record["checks"],
    }


def _print_json(*items: object) -> None:
    """Print JSON Lines: one item a line."""
    for item in items:
        click.echo(json.dumps(item, ensure_ascii=False))
