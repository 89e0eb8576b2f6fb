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
class Issue:
    """One output on its way to being issued."""

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
        issue = prepare(core, permit, inputs, media_type.embeddable(out), clock.resolve(now))
        _write_signed(core, source, part, issue, now=clock.resolve(now))
        with part.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        output = {
            "sha256": digest,
            "bytes": part.stat().st_size,
            "manifest": "embedded" if issue.media_type else "sidecar only",
        }
        content = content_of(core, issue, output, details, clock.resolve(now))
        beside_part.write_bytes(sidecar.signed_text(content, core.keys))
        log_issue(core, issue, digest, clock.resolve(now))
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


def prepare(
    core: Core, permit: Permit, inputs: Mapping[str, str], kind: str | None, now: datetime
) -> Issue:
    """Check the permit and the inputs, and give the output its identifier.

    Raises:
        ConsentError: The permit does not hold.
        ProvenanceError: The inputs are malformed.
    """
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
    return Issue(new_id("output"), permit, standing, checkpoint, inputs, kind)


def _write_signed(core: Core, source: Path, part: Path, issue: Issue, *, now: datetime) -> None:
    if issue.media_type is None:
        shutil.copyfile(source, part)
        return
    manifest = manifest_of(core, issue, f"{issue.output_id}{part.suffix}")
    signer = credentials(core, now=now)
    with core.log.reading() as view:
        anchors_pem = anchors(view)
    # Hashing in pieces keeps memory flat, but where media data comes in several runs the library
    # (0.38) finds such hashes right at one reading and wrong at the next: those are hashed whole.
    in_pieces = media_type.runs_of_media_data(source) <= 1
    c2pa_manifest.embed(source, part, manifest, signer, in_pieces=in_pieces)
    check_signed(part, issue.media_type, anchors_pem)


def manifest_of(core: Core, issue: Issue, title: str, **claims: object) -> dict[str, object]:
    """Write the manifest of an output, or of one of its files, which may claim more."""
    return c2pa_manifest.definition(
        title=title,
        media_type=issue.media_type or "",
        version=_version(),
        purpose=issue.permit.purpose,
        claims={**claims_of(core, issue), **claims},
    )


def check_signed(part: Path, kind: str, anchors_pem: str) -> None:
    """Read back what was signed.

    Raises:
        ProvenanceError: It does not verify.
    """
    reading = c2pa_manifest.read(part, kind, anchors_pem)
    if reading.embedded is not Embedded.TRUSTED:
        raise ProvenanceError(
            f"The manifest just written does not verify: {', '.join(reading.problems)}",
            hint="Check that the clock of this machine is right.",
        )


def claims_of(core: Core, issue: Issue) -> dict[str, object]:
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


def content_of(
    core: Core,
    issue: Issue,
    output: Mapping[str, object],
    details: Mapping[str, object],
    now: datetime,
) -> dict[str, object]:
    """Write the sidecar's content: what the output rests on, and what it is."""
    return {
        **claims_of(core, issue),
        "issued_at": clock.to_text(now),
        "digital_source_type": c2pa_manifest.DIGITAL_SOURCE_TYPE[issue.permit.purpose],
        "output": dict(output),
        "details": dict(details),
        "versions": {"countenance": _version()},
    }


def log_issue(
    core: Core, issue: Issue, digest: str, now: datetime, *, pictures: int | None = None
) -> None:
    """Log the signed bytes; the permit is checked once more under the log's lock.

    Args:
        core: The registry.
        issue: The output.
        digest: SHA-256 of its bytes, or of the listing of its files.
        now: The moment of issue.
        pictures: How many files it has, if it is a sequence.
    """
    permit = issue.permit
    with core.log.appending() as log:
        holds(core, log, permit, subject_id=permit.subject_id, purpose=permit.purpose, now=now)
        payload: dict[str, object] = {
            "output_id": issue.output_id,
            "sha256": digest,
            "permit_id": permit.permit_id,
            "record_id": permit.record_id,
            "purpose": permit.purpose.value,
            "embedded": issue.media_type is not None,
        }
        if pictures is not None:
            payload["pictures"] = pictures
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
