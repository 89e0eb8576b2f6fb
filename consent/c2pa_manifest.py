"""C2PA manifests: what is written into an output, signing it, and reading it back.

Specification: C2PA 2.x, read and written by c2pa-python. The library is imported when needed.
"""

import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

from consent.canonical import parse_json
from consent.certificates import Credentials
from consent.errors import MissingBackendError, ProvenanceError
from consent.record import Purpose

# The reader strips a trailing version from a label, so the schema number stands in the data.
CONSENT_LABEL = "org.countenance.consent"

_TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"
# What is drawn goes over frames or a texture of a real capture and is moved by trained networks.
DIGITAL_SOURCE_TYPE = {
    Purpose.SPEAK: _TERMS + "compositeWithTrainedAlgorithmicMedia",
    Purpose.REENACT: _TERMS + "compositeWithTrainedAlgorithmicMedia",
    Purpose.EXPORT: _TERMS + "compositeSynthetic",
}
_PIECE_KB, _IN_MEMORY_MB = 1024, 8
_MINING_USES = ("data_mining", "ai_training", "ai_inference", "ai_generative_training")


class Embedded(StrEnum):
    """What was found inside a file."""

    ABSENT = "absent"  # no manifest, or no file a manifest could be in
    TRUSTED = "trusted"  # intact, and signed under one of our anchors
    FOREIGN = "foreign"  # intact, but signed by someone else
    BROKEN = "broken"  # a manifest is there and does not agree with the file


@dataclass(frozen=True, slots=True)
class Reading:
    """A manifest read back; `claims` is our consent assertion, None if there is none."""

    embedded: Embedded
    claims: Mapping[str, Any] | None = None
    problems: tuple[str, ...] = ()


def definition(
    *, title: str, media_type: str, version: str, purpose: Purpose, claims: Mapping[str, object]
) -> dict[str, object]:
    """Write the manifest of one output as plain data."""
    created = {
        "action": "c2pa.created",
        "digitalSourceType": DIGITAL_SOURCE_TYPE[purpose],
        "softwareAgent": {"name": "Countenance", "version": version},
    }
    mining = {f"cawg.{use}": {"use": "notAllowed"} for use in _MINING_USES}
    return {
        "title": title,
        "format": media_type,
        "claim_generator_info": [{"name": "Countenance", "version": version}],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [created]}},
            {"label": CONSENT_LABEL, "data": dict(claims)},
            {"label": "cawg.training-mining", "data": {"entries": mining}},
        ],
    }


def embed(
    source: Path,
    signed: Path,
    manifest: Mapping[str, object],
    credentials: Credentials,
    *,
    in_pieces: bool = True,
) -> None:
    """Write a copy of `source` with the signed manifest inside to `signed`, which must not exist.

    Args:
        source: The file.
        signed: The copy.
        manifest: From `definition`.
        credentials: Whose signature it carries.
        in_pieces: Whether media data is hashed in pieces; whole, memory holds the file twice.

    Raises:
        MissingBackendError: c2pa-python is not installed.
        OSError: A file cannot be read or written.
        ProvenanceError: The file is not of the format that the manifest names.
    """
    c2pa = _library()
    try:
        info = c2pa.C2paSignerInfo(
            alg=c2pa.C2paSigningAlg.ES256,
            sign_cert=credentials.chain_pem.encode(),
            private_key=credentials.key_pem,
            ta_url=None,
        )
        with (
            _context(c2pa, "", in_pieces=in_pieces) as context,
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(dict(manifest), context=context) as builder,
            source.open("rb") as rendered,
            signed.open("x+b") as target,
        ):
            builder.sign(signer, manifest["format"], rendered, target)
    except c2pa.C2paError as error:
        raise ProvenanceError(
            f"{signed.name} cannot be given a manifest: {error}",
            hint="Check that the folder has space, and that the suffix fits the content.",
        ) from error


def read(path: Path, media_type: str, anchors_pem: str) -> Reading:
    """Read and validate the manifest of a file against `anchors_pem` and nothing else.

    Raises:
        MissingBackendError: c2pa-python is not installed.
        OSError: The file cannot be read.
    """
    c2pa = _library()
    try:
        with (
            path.open("rb") as file,
            _context(c2pa, anchors_pem) as context,
            c2pa.Reader(media_type, file, context=context) as reader,
        ):
            # The reader's own accessors fail on some damaged manifests; its report does not.
            report = parse_json(reader.json())
    except (c2pa.C2paError, ValueError) as error:
        if isinstance(error, c2pa.C2paError.ManifestNotFound):
            return Reading(Embedded.ABSENT)
        broken = _looks_signed(path)
        return Reading(Embedded.BROKEN if broken else Embedded.ABSENT, problems=(str(error),))
    active = report.get("validation_results", {}).get("activeManifest") or {}
    problems = tuple(str(failure.get("code")) for failure in active.get("failure", []))
    # "Valid" only says that somebody signed: it is never enough.
    kinds = {"Trusted": Embedded.TRUSTED, "Valid": Embedded.FOREIGN}
    embedded = kinds.get(str(report.get("validation_state")), Embedded.BROKEN)
    manifest = report.get("manifests", {}).get(report.get("active_manifest"), {})
    return Reading(embedded, _claims(manifest), problems)


def _claims(manifest: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = [
        assertion.get("data")
        for assertion in manifest.get("assertions", [])
        if assertion.get("label") == CONSENT_LABEL
    ]
    return found[0] if len(found) == 1 and isinstance(found[0], Mapping) else None


def _looks_signed(path: Path) -> bool:
    """Whether a file that cannot be parsed carries the mark of a C2PA manifest near its start."""
    with path.open("rb") as file:
        start = file.read(1 << 20)
    return b"jumdc2pa" in start or b"c2pa.claim" in start


@contextmanager
def _context(c2pa: ModuleType, anchors_pem: str, *, in_pieces: bool = True) -> Iterator[Any]:
    """Open a context that asks no network and knows no anchors but ours."""
    settings: dict[str, object] = {
        "version": 1,
        "verify": {
            "verify_trust": True,
            "verify_after_sign": False,  # the caller reads back what it needs
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
        },
        "builder": {"thumbnail": {"enabled": False}},
        "core": {"backing_store_memory_threshold_in_mb": _IN_MEMORY_MB},
    }
    if in_pieces:
        settings["core"] = {
            "backing_store_memory_threshold_in_mb": _IN_MEMORY_MB,
            "merkle_tree_chunk_size_in_kb": _PIECE_KB,
        }
    if anchors_pem:
        settings["trust"] = {"user_anchors": anchors_pem}
    context = c2pa.Context.from_dict(settings)
    try:
        yield context
    finally:
        context.close()


def _library() -> ModuleType:
    try:
        return importlib.import_module("c2pa")
    except ModuleNotFoundError as error:
        if error.name != "c2pa":
            raise  # installed, but broken inside: show that error, not ours
        raise MissingBackendError(
            "Proofs in outputs need c2pa", hint="Install it with: pip install c2pa-python"
        ) from error
