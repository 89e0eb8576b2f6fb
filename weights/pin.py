"""Write the SHA-256 and size of a built file into the manifest.

For maintainers, after building a file: `python -m weights.pin NAME [FILE]`.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import click

from weights.manifest import MANIFEST, PACKAGE, read_manifest


def pin(name: str, file: Path | None = None, *, manifest: Path = MANIFEST) -> tuple[str, int]:
    """Update `sha256` and `bytes` of one entry; the rest of the manifest stays as written.

    Args:
        name: An entry of the manifest.
        file: The file; by default the one in `weights/data/`.
        manifest: The manifest to change.

    Returns:
        SHA-256 and size in bytes.

    Raises:
        LookupError: The manifest has no such entry.
        OSError: The file cannot be read, or the manifest not written.
    """
    entry = next((one for one in read_manifest(manifest) if one.name == name), None)
    if entry is None:
        raise LookupError(f"{manifest} has no entry [{name}]: add it first")
    content = (file or PACKAGE / "data" / entry.file).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    text = manifest.read_text(encoding="utf-8")
    start = text.index(f"[{name}]")
    following = re.compile(r"^\[", re.MULTILINE).search(text, start + 1)
    end = following.start() if following else len(text)
    table = re.sub(r'(?m)^sha256 = ".*"$', f'sha256 = "{digest}"', text[start:end])
    table = re.sub(r"(?m)^bytes = \d+$", f"bytes = {len(content)}", table)
    manifest.write_text(text[:start] + table + text[end:], encoding="utf-8")
    return digest, len(content)


@click.command()
@click.argument("name")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def main(name: str, file: Path | None) -> None:
    """Pin the entry NAME of the manifest to FILE (by default the one in weights/data)."""
    try:
        digest, size = pin(name, file)
    except (LookupError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{name}: {digest}, {size} bytes")


if __name__ == "__main__":
    main()
