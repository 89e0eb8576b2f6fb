"""`avatar doctor`: does this installation have what it needs, and is the state readable?"""

from __future__ import annotations

import importlib
import importlib.metadata
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import click

import consent
import weights
from avatar.console import emit, json_option, weights_option
from consent.home import home_option

DISTRIBUTION = "countenance"
CV2_OWNERS = (
    "opencv-python",
    "opencv-contrib-python",
    "opencv-python-headless",
    "opencv-contrib-python-headless",
)
ONNXRUNTIMES = ("onnxruntime", "onnxruntime-gpu")
ENCODERS = ("libx264", "aac")
FREE_BYTES = 2 * 1024**3

Status = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check; `exit_code` is what a failure makes the command return."""

    name: str
    status: Status
    detail: str
    hint: str = ""
    exit_code: int = 0


def installed_version(distribution: str) -> str | None:
    """Return the version of an installed distribution, None where there is none."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def required_distributions() -> list[str]:
    """Return the names of our own unconditional dependencies."""
    requirements = importlib.metadata.requires(DISTRIBUTION) or []
    names = (text.split(";")[0] for text in requirements if "extra ==" not in text)
    return sorted({name for text in names if (name := _leading_name(text))})


def _leading_name(requirement: str) -> str:
    for position, character in enumerate(requirement):
        if not (character.isalnum() or character in "._-"):
            return requirement[:position]
    return requirement.strip()


def check_versions() -> Iterator[Finding]:
    """Compare the interpreter and the dependencies with what is declared."""
    version = platform.python_version()
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        yield Finding("python", "ok", f"{version} on {platform.machine()}")
    else:
        yield Finding("python", "failed", version, "Use Python 3.11, 3.12 or 3.13.", 6)
    for name in required_distributions():
        found = installed_version(name)
        if found is None:
            hint = f"Install it with: pip install --force-reinstall {DISTRIBUTION}"
            yield Finding(name, "failed", "not installed", hint, 6)
        else:
            yield Finding(name, "ok", found)


def check_cv2(owners: dict[str, str] | None = None) -> Iterator[Finding]:
    """Find distributions that overwrite each other's cv2.

    Args:
        owners: Distribution to version; what is installed by default.
    """
    if owners is None:
        found = {name: installed_version(name) for name in CV2_OWNERS}
        owners = {name: version for name, version in found.items() if version}
    listed = ", ".join(f"{name} {version}" for name, version in owners.items())
    if len(set(owners.values())) > 1:
        hint = "Uninstall all of them, then install opencv-contrib-python alone."
        yield Finding("cv2", "failed", f"several versions own it: {listed}", hint, 6)
        return
    try:
        cv2 = importlib.import_module("cv2")
    except ImportError as error:
        hint = "Install it with: pip install --force-reinstall opencv-contrib-python"
        yield Finding("cv2", "failed", str(error), hint, 6)
    else:
        yield Finding("cv2", "ok", f"{cv2.__version__} of {listed or 'an unknown distribution'}")


def check_encoders() -> Iterator[Finding]:
    """Ask PyAV's libraries for the encoders that the output needs."""
    codecs = importlib.import_module("av.codec")
    for name in ENCODERS:
        if name in codecs.codecs_available:
            yield Finding(f"encoder {name}", "ok", f"PyAV {installed_version('av')}")
        else:
            hint = "Install PyAV's own wheel: pip install --force-reinstall --only-binary av av"
            yield Finding(f"encoder {name}", "failed", "not in PyAV's libraries", hint, 6)


def check_providers() -> Iterator[Finding]:
    """Report where onnxruntime, if there is one, can run, and two packages that own it."""
    installed = [name for name in ONNXRUNTIMES if installed_version(name)]
    if not installed:
        return
    providers = ", ".join(importlib.import_module("onnxruntime").get_available_providers())
    if len(installed) > 1:
        hint = "Both own one module and CUDA is lost: uninstall both, install onnxruntime-gpu."
        yield Finding("onnxruntime providers", "warning", providers, hint)
    else:
        yield Finding("onnxruntime providers", "ok", providers)


def check_weights() -> Iterator[Finding]:
    """Hash every model file of the manifest."""
    for entry in weights.catalog():
        try:
            weights.verify(entry.name)
        except weights.WeightsError as error:
            yield Finding(
                f"weights {entry.name}", "failed", str(error), error.hint, error.exit_code
            )
        else:
            yield Finding(f"weights {entry.name}", "ok", f"SHA-256 {entry.sha256[:12]}…")


def check_registry(home: Path) -> Iterator[Finding]:
    """Open the registry, if there is one, and check its signatures."""
    if not (home / "registry.db").exists():
        yield Finding("registry", "ok", f"none yet in {home}")
        return
    try:
        with consent.Registry.open(home, create=False) as registry:
            problems = registry.audit()
    except consent.ConsentError as error:
        yield Finding("registry", "failed", str(error), error.hint, error.exit_code)
        return
    if problems:
        hint = "See: avatar consent audit"
        yield Finding("registry", "failed", f"{len(problems)} problems in {home}", hint, 3)
    else:
        yield Finding("registry", "ok", f"{home}, every signature holds")


def check_disk(home: Path) -> Iterator[Finding]:
    """Report the space where the state lives."""
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    status: Status = "ok" if free >= FREE_BYTES else "warning"
    yield Finding("disk", status, f"{free / 1024**3:.1f} GiB free for {home}")


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    check_versions,
    check_cv2,
    check_encoders,
    check_providers,
    check_weights,
)


def findings(home: Path) -> Iterator[Finding]:
    """Run every check; one that cannot run is itself a finding."""
    for check in (*CHECKS, partial(check_registry, home), partial(check_disk, home)):
        try:
            yield from check()
        except ImportError as error:
            function = check.func if isinstance(check, partial) else check
            name = function.__name__.removeprefix("check_")
            hint = f"Install it with: pip install --force-reinstall {DISTRIBUTION}"
            yield Finding(name, "failed", str(error), hint, 6)


@click.command(short_help="Check this installation.")
@home_option
@weights_option
@json_option
def doctor(home: Path, as_json: bool) -> int:
    """Check this installation: versions, encoders, model files, registry.

    \b
    Examples:
      avatar doctor
      avatar doctor --json
    """
    failed = 0
    for finding in findings(home):
        text = f"{finding.status:8} {finding.name}: {finding.detail}"
        emit(asdict(finding), f"{text}\n         {finding.hint}".rstrip(), as_json=as_json)
        if finding.status == "failed":
            failed = failed or finding.exit_code
    return failed
