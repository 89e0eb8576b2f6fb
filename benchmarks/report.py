"""What every benchmark page shares: the machine, the versions, tables, and writing it all down."""

import json
import math
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("numpy", "opencv-contrib-python", "mediapipe", "av", "dlib-bin", "numba", "torch")
MISSING = "–"


def machine() -> dict[str, object]:
    """The processor, how many cores this process may use, memory, and the Python."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        "memory_gb": _memory_gb(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "threads": os.environ.get("OMP_NUM_THREADS", "as the libraries choose"),
    }


def _processor() -> str:
    listing = Path("/proc/cpuinfo")
    if listing.is_file():
        for line in listing.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _memory_gb() -> float | None:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1)


def versions(packages: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Installed versions of the named distributions; those that are not installed are left out."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def describe_machine(facts: Mapping[str, object], packages: Mapping[str, str]) -> str:
    """One sentence for the page."""
    parts = [f"{name} {number}" for name, number in packages.items()]
    return (
        f"Machine: {facts['processor']}, {facts['cores']} cores, {facts['memory_gb']} GB, "
        f"{facts['system']}; Python {facts['python']}; {', '.join(parts)}; "
        f"OMP_NUM_THREADS: {facts['threads']}."
    )


def number(value: object, digits: int = 2) -> str:
    """A figure for a table: fixed digits; a dash where there is none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    return f"{value:.{digits}f}" if isinstance(value, float) else str(value)


def markdown_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are right-aligned."""
    rule = ["---", *("---:" for _ in headers[1:])]
    lines = [headers, rule, *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def write_json(path: Path, document: Mapping[str, object]) -> None:
    """Write a document; NaN, which JSON has not, becomes null."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_plain(document), indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def write_page(path: Path, paragraphs: Iterable[str]) -> None:
    """Write a Markdown page from its paragraphs, headings and tables."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(paragraphs) + "\n", encoding="utf-8")


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float):
        return round(value, 5) if math.isfinite(value) else None
    return value
