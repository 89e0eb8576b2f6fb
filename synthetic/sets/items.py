"""`Item`: one folder of a set, made whole or not at all, and not twice.

An item is a frozen dataclass whose fields say all that it depends on. Its folder is written under
another name and renamed when it is complete; the file `item.json` in it holds the fields and their
SHA-256, by which a later run knows that there is nothing to do.
"""

import hashlib
import json
import secrets
import shutil
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar

from capture.staging import write_error
from synthetic.person import Person
from synthetic.sets.studio import Look, Studio

SCHEMA = 1
"""Of items and of their truth. A change makes all items anew."""
RECORD = "item.json"


@dataclass(frozen=True, slots=True)
class Item:
    """What all items have; each set has a class of its own that says what is made."""

    set_name: ClassVar[str] = ""
    name: str
    """Of the folder."""
    person: Person
    seed: int
    """Of everything that is drawn for this item."""
    look: Look

    def make(self, folder: Path, studio: Studio) -> None:
        """Write the item's files into an empty folder."""
        raise NotImplementedError

    def record(self) -> dict[str, Any]:
        """Fields as plain data, and their SHA-256."""
        content = {
            "schema": SCHEMA,
            "set": self.set_name,
            "fields": {each.name: _plain(getattr(self, each.name)) for each in fields(self)},
        }
        text = json.dumps(content, sort_keys=True)
        return {**content, "sha256": hashlib.sha256(text.encode()).hexdigest()}


def _plain(value: Any) -> Any:
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value


def is_done(item: Item, out: Path) -> bool:
    """Whether exactly this item lies finished in the set's folder."""
    try:
        found = json.loads((out / item.name / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("sha256") == item.record()["sha256"]


def make_item(item: Item, out: Path, studio: Studio) -> None:
    """Make an item in a scratch folder and put it in its place.

    Raises:
        MediaError: The folder cannot be written.
    """
    scratch = out / f".{item.name}.{secrets.token_hex(4)}.part"
    try:
        scratch.mkdir(parents=True)
        item.make(scratch, studio)
        write_json(scratch / RECORD, item.record())
        place = out / item.name
        if place.exists():
            shutil.rmtree(place)
        scratch.rename(place)
    except OSError as error:
        raise write_error(out / item.name, error) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def sweep(out: Path) -> None:
    """Remove what runs that were killed left half-written."""
    for scratch in out.glob(".*.part"):
        shutil.rmtree(scratch, ignore_errors=True)


def write_json(path: Path, content: object) -> None:
    """Write compact JSON, keys in the order given."""
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
