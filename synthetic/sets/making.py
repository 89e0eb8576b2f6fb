"""Makes a set by name."""

import logging
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from synthetic.renderers import renderer_class
from synthetic.sets.items import SCHEMA, Item, write_json
from synthetic.sets.options import OptionError, Options
from synthetic.sets.running import Tally, make_items

log = logging.getLogger(__name__)

SETS = ("capture", "talking", "driving", "cross", "consent", "attack", "training")
MANIFEST = "set.json"


def make_set(name: str, out: Path, options: Options, *, workers: int = 1) -> Tally:
    """Make a set, or what is missing of it. The same options give the same files.

    Args:
        name: One of `SETS`.
        out: Folder to write into: one folder for each item, and `set.json`.
        options: What is made.
        workers: Processes.

    Raises:
        OptionError: No set has this name, or an option is out of range.
        MissingBackendError: The renderer or a voice is not installed.
        MediaError: The folder cannot be written.
    """
    renderer_class(options.look.renderer)
    items = plan_set(name, options)
    tally = make_items(items, out, workers=workers)
    write_json(out / MANIFEST, manifest(name, options, items))
    log.info("%s: %d items made, %d were there", out, tally.made, tally.skipped)
    return tally


def plan_set(name: str, options: Options) -> list[Item]:
    """The items of a set.

    Raises:
        OptionError: No set has this name, or an option is out of range.
    """
    if name not in SETS:
        raise OptionError(f"{name!r} is no set: use one of {', '.join(SETS)}")
    plan: Callable[[Options], list[Item]] = import_module(f"synthetic.sets.{name}").plan
    return plan(options)


def manifest(name: str, options: Options, items: list[Item]) -> dict[str, Any]:
    """What `set.json` says: the items, and of `cross` which belong together."""
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "set": name,
        "seed": options.seed,
        "items": [
            {"name": item.name, "person": item.person.name, "person_seed": item.person.seed}
            for item in items
        ],
    }
    if name == "cross":
        from synthetic.sets.cross import pairs

        content["pairs"] = pairs(items)
    return content
