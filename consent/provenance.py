"""Gives a finished output its proof: manifest inside, sidecar beside, entry in the log."""

import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from importlib import metadata
from pathlib import Path

from consent import c2pa_manifest, clock, media_type, sidecar
from consent.c2pa_manifest import Embedded
from consent.certificates import anchors, credentials
from consent.core import Core, Event, Standing
from consent.errors import ProvenanceError
from consent.ids import new_id
from consent.log import Checkpoint
from consent.permit import Permit
from consent.permitting import holds
from consent.registry import Registry

_SCHEMA = 1
_ROLE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class _Issue:
    """One output on its way."""

    output_id: str
    permit: Permit
    standing: Standing
    checkpoint: Checkpoint
    inputs: Mapping[str, str]
    media_type: str | None


def sign_output(
    source: Path,
    out: Path,
    *,
    registry: Registry,
    permit: Permit,
    inputs: Mapping[str, str],
    details: Mapping[str, object],
    overwrite: bool = False,
    now: datetime | None = None,
) -> Path:
    """Write `source` to `out` with its proof, and log it as issued.

    Where the format allows, a C2PA manifest naming the consent is embedded; a signed sidecar is
    always written beside. Both appear together or not at all; `source` is left alone.

    Args:
        source: The rendered file.
        out: Where the signed file goes, with the suffix of its format.
        registry: Where the permit, which must hold at this moment, was made.
        permit: The permit.
        inputs: SHA-256 in hexadecimal by role, such as {"audio": "9f…"}. Roles, not file names:
            a file name may name a person.
        details: Plain JSON data for the sidecar: weights, versions, options.
        overwrite: Whether an existing `out` may be replaced.
        now: The moment of issue.

    Returns:
        The sidecar, `out` with the suffix `.json`.

    Raises:
        ConsentError: The permit does not hold.
        ProvenanceError: Something exists or cannot be written, or `inputs` are malformed.
        MissingBackendError: c2pa-python is not installed.
    """
    core = registry.core
    source, out = Path(source), Path(out)
    beside = sidecar.sidecar_path(out)
    mark = secrets.token_hex(6)
    part = out.with_name(f".{out.stem}.{mark}.part{out.suffix}")
    beside_part = out.with_name(f".{out.stem}.{mark}.part.json")
    try:
        _writable(source, out, beside, overwrite=overwrite)
        issue = _prepared(core, permit, inputs, media_type.embeddable(out), clock.resolve(now))
        _write_signed(core, source, part, issue, now=clock.resolve(now))
        with part.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        content = _content(core, issue, part, digest, details, clock.resolve(now))
        beside_part.write_bytes(sidecar.signed_text(content, core.keys))
        _log_issue(core, issue, digest, clock.resolve(now))
        _publish(part, out, beside_part, beside)
    except OSError as error:
        raise ProvenanceError(
            f"{out} cannot be written: {error.strerror or error}",
            hint="Choose a writable folder with free space.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
        beside_part.unlink(missing_ok=True)
    return beside


def _prepared(
    core: Core, permit: Permit, inputs: Mapping[str, str], kind: str | None, now: datetime
) -> _Issue:
    for role, digest in inputs.items():
        if not _ROLE.fullmatch(role) or not _DIGEST.fullmatch(digest):
            raise ProvenanceError(
                f"Input {role!r}: {digest!r} is not a SHA-256 under a plain role",
                hint='Name inputs by role, such as "audio" or "driving", never by file name.',
            )
    with core.log.reading() as view:
        standing = holds(
            core, view, permit, subject_id=permit.subject_id, purpose=permit.purpose, now=now
        )
        last = view.last()
    if last is None:
        raise ProvenanceError("The registry's log is empty")
    checkpoint = Checkpoint(last.seq, last.hash)
    return _Issue(new_id("output"), permit, standing, checkpoint, inputs, kind)


def _write_signed(core: Core, source: Path, part: Path, issue: _Issue, *, now: datetime) -> None:
    if issue.media_type is None:
        shutil.copyfile(source, part)
        return
    manifest = c2pa_manifest.definition(
        title=f"{issue.output_id}{part.suffix}",
        media_type=issue.media_type,
        version=_version(),
        purpose=issue.permit.purpose,
        claims=_claims(core, issue),
    )
    signer = credentials(core, now=now)
    with core.log.reading() as view:
        anchors_pem = anchors(view)
    # Hashing in pieces keeps memory flat, but where media data comes in several runs the library
    # (0.38) finds such hashes right at one reading and wrong at the next: those are hashed whole.
    in_pieces = media_type.runs_of_media_data(source) <= 1
    c2pa_manifest.embed(source, part, manifest, signer, in_pieces=in_pieces)
    reading = c2pa_manifest.read(part, issue.media_type, anchors_pem)
    if reading.embedded is Embedded.TRUSTED:
        return
    raise ProvenanceError(
        f"The manifest just written does not verify: {', '.join(reading.problems)}",
        hint="Check that the clock of this machine is right.",
    )


def _claims(core: Core, issue: _Issue) -> dict[str, object]:
    """Say what the output rests on, in identifiers and hashes only."""
    record = issue.standing.record
    return {
        "schema": _SCHEMA,
        "synthetic": True,
        "output_id": issue.output_id,
        "subject_id": record.subject_id,
        "record_id": record.record_id,
        "record_sha256": record.commitment,
        "permit_id": issue.permit.permit_id,
        "purpose": issue.permit.purpose.value,
        "inputs": dict(issue.inputs),
        "registry_key": core.keys.key_id,
        "checkpoint": {"seq": issue.checkpoint.seq, "hash": issue.checkpoint.hash},
    }


def _content(
    core: Core,
    issue: _Issue,
    part: Path,
    digest: str,
    details: Mapping[str, object],
    now: datetime,
) -> dict[str, object]:
    return {
        **_claims(core, issue),
        "issued_at": clock.to_text(now),
        "digital_source_type": c2pa_manifest.DIGITAL_SOURCE_TYPE[issue.permit.purpose],
        "output": {
            "sha256": digest,
            "bytes": part.stat().st_size,
            "manifest": "embedded" if issue.media_type else "sidecar only",
        },
        "details": dict(details),
        "versions": {"countenance": _version()},
    }


def _log_issue(core: Core, issue: _Issue, digest: str, now: datetime) -> None:
    """Log the signed bytes; the permit is checked once more under the log's lock."""
    permit = issue.permit
    with core.log.appending() as log:
        holds(core, log, permit, subject_id=permit.subject_id, purpose=permit.purpose, now=now)
        payload = {
            "output_id": issue.output_id,
            "sha256": digest,
            "permit_id": permit.permit_id,
            "record_id": permit.record_id,
            "purpose": permit.purpose.value,
            "embedded": issue.media_type is not None,
        }
        log.append(
            Event.ISSUED,
            payload,
            now=now,
            subject_id=permit.subject_id,
            about=f"output:{digest}",
            once=f"issued:{issue.output_id}",
        )


def _writable(source: Path, out: Path, beside: Path, *, overwrite: bool) -> None:
    if not source.is_file():
        raise ProvenanceError(f"There is no file {source} to sign")
    if not out.parent.is_dir():
        raise ProvenanceError(
            f"The folder {out.parent} does not exist", hint="Create it, or choose another output."
        )
    if not media_type.fits(source, out):
        raise ProvenanceError(
            f"{out.name} cannot be given a manifest: what was rendered is no {out.suffix} file",
            hint="Give the output the suffix of its format.",
        )
    for path in (out, beside):
        if path.exists() and (not overwrite or path.is_dir()):
            raise ProvenanceError(
                f"{path} exists already", hint="Choose another name, or allow overwriting."
            )


def _publish(part: Path, out: Path, beside_part: Path, beside: Path) -> None:
    """Rename both into place; if the second fails the first is taken back."""
    part.replace(out)
    try:
        beside_part.replace(beside)
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _version() -> str:
    try:
        return metadata.version("countenance")
    except metadata.PackageNotFoundError:
        return "source tree"
