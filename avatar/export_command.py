"""The command that hands out an avatar's head."""

from __future__ import annotations

from pathlib import Path

import click

from avatar.console import emit, json_option, output_file, overwrite_option
from consent.home import home_option


@click.command(short_help="Write an avatar's head as a GLB file.")
@click.argument("subject_id", metavar="ID")
@output_file("-o", "--out", required=True, help="The .glb file to write.")
@overwrite_option
@home_option
@json_option
def export(subject_id: str, out: Path, overwrite: bool, home: Path, as_json: bool) -> int:
    """Write an avatar's head as a GLB file with 52 ARKit morph targets.

    \b
    Example:
      avatar export subject_5f… -o head.glb
    """
    import avatar as api
    import consent

    with consent.Registry.open(home, create=False) as registry:
        permit = registry.authorize(subject_id, purpose=consent.Purpose.EXPORT)
        api.export(subject_id, out=out, permit=permit, registry=registry, overwrite=overwrite)
    emit({"output": str(out)}, str(out), as_json=as_json)
    return 0
