"""`avatar weights`: list, show, verify and fetch model files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from weights.errors import WeightsError
from weights.fetching import fetch as fetch_entry
from weights.location import locate
from weights.location import verify as verify_entry
from weights.manifest import Entry, catalog, find_entry

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")


@click.group(short_help="List, verify and fetch model files.")
def weights() -> None:
    """Model files: what may be loaded, and whether it is there unaltered."""


@weights.command("list")
@json_option
def list_entries(as_json: bool) -> None:
    """List the model files of the manifest."""
    for entry in catalog():
        found = _found(entry)
        record = asdict(entry) | {"path": found and str(found)}
        state = "there" if found else "missing"
        use = "" if entry.commercial_use else ", no commercial use"
        _print(
            record,
            f"{entry.name:<31} {entry.bytes / 1e6:7.2f} MB  {state:<8} {entry.licence}{use}\n"
            f"{'':<31} {entry.used_for}",
            as_json,
        )


@weights.command("show")
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show one entry with its model card and licence notice."""
    entry = find_entry(name)
    found = _found(entry)
    facts = asdict(entry) | {"path": found and str(found)}
    lines = [f"{key}: {value}" for key, value in facts.items() if value not in ("", None)]
    _print(facts | {"card": entry.card_text()}, "\n".join([*lines, "", entry.card_text()]), as_json)


@weights.command("verify")
@click.argument("names", nargs=-1)
@json_option
@click.pass_context
def verify(ctx: click.Context, names: Sequence[str], as_json: bool) -> None:
    """Compare the model files NAMES (default: all) with the manifest's SHA-256."""
    failed = False
    for name in names or [entry.name for entry in catalog()]:
        try:
            found = verify_entry(name)
        except WeightsError as error:
            failed = True
            record = {"name": name, "ok": False, "error": str(error), "hint": error.hint}
            _print(record, f"FAILED {error}\n       Mend it with: {error.hint}", as_json)
        else:
            _print({"name": name, "ok": True, "path": str(found)}, f"ok     {name}", as_json)
    if failed:
        ctx.exit(WeightsError.exit_code)


@weights.command("fetch")
@click.argument("name")
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file, downloaded or built before; it is compared and copied.",
)
@json_option
def fetch(name: str, source: Path | None, as_json: bool) -> None:
    """Make the model file NAME available. Uses no network.

    Without --from, says which command brings a file that is missing.
    """
    found = fetch_entry(name, source=source)
    _print({"name": name, "path": str(found)}, f"{name}: {found}", as_json)


def _found(entry: Entry) -> Path | None:
    try:
        return locate(entry)
    except WeightsError:
        return None


def _print(record: object, text: str, as_json: bool) -> None:
    click.echo(json.dumps(record, ensure_ascii=False) if as_json else text)
