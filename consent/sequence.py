"""Numbered pictures as one output: a manifest in each, one signed listing of all beside them."""

import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path

from consent import c2pa_manifest, clock, provenance, sidecar
from consent.certificates import anchors, credentials
from consent.core import Core
from consent.errors import ProvenanceError
from consent.keys import KeyRing
from consent.permit import Permit
from consent.registry import Registry

_PNG = "image/png"


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of an issued sequence, as its sidecar lists them."""

    folder: Path
    files: Mapping[str, str]
    """SHA-256 in hexadecimal by file name."""
    genuine: bool
    """Whether this home's key signed the sidecar."""

    @property
    def digest(self) -> str:
        """What the log knows the sequence by; `sha256sum` of the listing it prints itself."""
        text = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.files.items()))
        return sha256(text.encode()).hexdigest()

    def problems(self) -> list[str]:
        """Name the files that are missing or have other bytes than were issued.

        Raises:
            OSError: A file cannot be read.
        """
        found = []
        for name, digest in self.files.items():
            path = self.folder / name
            if not path.is_file():
                found.append(f"{name} is missing")
            elif _digest(path) != digest:
                found.append(f"{name} was changed")
        return found


def listing_path(out: Path, stem: str) -> Path:
    """Where the sidecar of a sequence lies: its stem without what leads to the number."""
    return out / f"{stem.rstrip('_-. ') or 'frames'}.json"


def read_listing(path: Path, keys: KeyRing | None) -> Listing | None:
    """Read a sequence's sidecar, given itself or its folder; None if there is not exactly one."""
    if path.is_dir():
        candidates = sorted(path.glob("*.json"))
    elif path.suffix == ".json":
        candidates = [path]
    else:
        return None
    found = []
    for each in candidates:
        beside = sidecar.read(each, keys)
        output = None if beside is None else beside.content.get("output")
        files = output.get("files") if isinstance(output, dict) else None
        if beside is None or not isinstance(files, dict):
            continue
        if all(isinstance(files[name], str) and Path(name).name == name for name in files):
            found.append(Listing(each.parent, files, beside.genuine))
    return found[0] if len(found) == 1 else None


def sign_sequence(
    source: Path,
    names: Sequence[str],
    out: Path,
    *,
    stem: str,
    replaced: Sequence[Path],
    registry: Registry,
    permit: Permit,
    inputs: Mapping[str, str],
    details: Mapping[str, object],
    overwrite: bool = False,
    now: datetime | None = None,
) -> Path:
    """Put PNG pictures in `out` with their proof, and log them as one output.

    Each carries a manifest that names the consent, the output and its number, so that one that
    leaves its folder can still be judged; the signed sidecar lists the SHA-256 of all.

    Args:
        source: Folder with the pictures.
        names: Their file names, in order.
        out: Where the signed pictures go; created where it is missing.
        stem: What their names begin with.
        replaced: Pictures of an earlier sequence of that name, removed if `overwrite`.
        registry: Where the permit, which must hold at this moment, was made.
        permit: The permit.
        inputs: As of `sign_output`.
        details: As of `sign_output`.
        overwrite: Whether an existing sequence may be replaced.
        now: The moment of issue.

    Returns:
        The sidecar.

    Raises:
        ConsentError: The permit does not hold.
        ProvenanceError: Something exists or cannot be written, or `inputs` are malformed.
        MissingBackendError: c2pa-python is not installed.
    """
    core = registry.core
    beside = listing_path(out, stem)
    part = out.parent / f".{out.name}.{secrets.token_hex(6)}.part"
    taken = [path for path in (beside, *replaced) if path.exists()]
    if taken and not overwrite:
        raise ProvenanceError(
            f"{taken[0]} exists already", hint="Choose another name, or allow overwriting."
        )
    try:
        issue = provenance.prepare(core, permit, inputs, _PNG, clock.resolve(now))
        part.mkdir()
        files = _sign_each(core, issue, source, names, part, now=clock.resolve(now))
        listing = Listing(part, files, genuine=True)
        output = {"sha256": listing.digest, "files": files, "manifest": "embedded"}
        content = provenance.content_of(core, issue, output, details, clock.resolve(now))
        (part / beside.name).write_bytes(sidecar.signed_text(content, core.keys))
        provenance.log_issue(core, issue, listing.digest, clock.resolve(now), pictures=len(names))
        _publish(part, out, taken)
    except OSError as error:
        raise ProvenanceError(
            f"{out} cannot be written: {error.strerror or error}",
            hint="Choose a writable folder with free space.",
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return beside


def _sign_each(
    core: Core,
    issue: provenance.Issue,
    source: Path,
    names: Sequence[str],
    part: Path,
    *,
    now: datetime,
) -> dict[str, str]:
    signer = credentials(core, now=now)
    with core.log.reading() as view:
        anchors_pem = anchors(view)
    files: dict[str, str] = {}
    for number, name in enumerate(names):
        manifest = provenance.manifest_of(
            core, issue, f"{issue.output_id}-{number}.png", picture=number
        )
        c2pa_manifest.embed(source / name, part / name, manifest, signer)
        files[name] = _digest(part / name)
    for name in {names[0], names[-1]}:
        provenance.check_signed(part / name, _PNG, anchors_pem)
    return files


def _publish(part: Path, out: Path, taken: Sequence[Path]) -> None:
    """Move the pictures in place: the folder in one step, or each file where the folder exists."""
    if not out.exists():
        part.rename(out)
        return
    for path in taken:
        path.unlink()
    moved: list[Path] = []
    try:
        for path in sorted(part.iterdir()):
            path.replace(out / path.name)
            moved.append(out / path.name)
    except BaseException:
        for path in moved:
            path.unlink(missing_ok=True)
        raise


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
