"""The sidecar: a signed JSON file beside every output that says how it came to be."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consent import files
from consent.canonical import canonical_json, parse_json
from consent.errors import ProvenanceError, RegistryError
from consent.keys import KeyRing

_CONTEXT = "sidecar"
_LIMIT_BYTES = 32 << 20  # the listing of an hour of pictures has 9 MB


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A sidecar that was read, and whether this home's key signed it."""

    content: Mapping[str, Any]
    genuine: bool

    @property
    def sha256(self) -> str | None:
        """The SHA-256 of the output it belongs to."""
        output = self.content.get("output")
        return output.get("sha256") if isinstance(output, dict) else None

    @property
    def embedded(self) -> bool:
        """Whether the output carries a manifest of its own."""
        output = self.content.get("output")
        return isinstance(output, dict) and output.get("manifest") == "embedded"


def sidecar_path(output: Path) -> Path:
    """Where the sidecar of an output lies.

    Raises:
        ProvenanceError: The output itself has that name.
    """
    path = output.with_suffix(".json")
    if path == output:
        raise ProvenanceError(
            f"{output} would be overwritten by its own sidecar",
            hint="Give the output the suffix of its format, such as .mp4.",
        )
    return path


def signed_text(content: Mapping[str, object], keys: KeyRing) -> bytes:
    """Sign a sidecar's content and lay it out for people.

    Raises:
        ProvenanceError: The content is not plain JSON data.
    """
    try:
        signature = keys.sign(_CONTEXT, canonical_json(content))
    except ValueError as error:
        raise ProvenanceError(
            f"The details of the output cannot be written as JSON: {error}",
            hint="Pass text, numbers, booleans, None, lists and mappings only.",
        ) from error
    plain = json.loads(canonical_json({**content, "signature": signature}))
    return (json.dumps(plain, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def read(path: Path, keys: KeyRing | None) -> Sidecar | None:
    """Read the sidecar beside an output; None when there is none, or it is not one."""
    try:
        content = parse_json(files.read_limited(path.with_suffix(".json"), _LIMIT_BYTES))
        signature = content.pop("signature")
        text = canonical_json(content)
    except (RegistryError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return Sidecar(content, keys is not None and keys.verify(_CONTEXT, text, str(signature)))
