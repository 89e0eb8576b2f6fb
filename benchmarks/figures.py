"""The tables of figures that all pages about re-enactment share, and what the figures mean."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from benchmarks.report import markdown_table, number

Entry = Mapping[str, object]

FIGURES = {
    "l1": ("L1", 4),
    "l1_face": ("face", 4),
    "l1_person": ("person", 4),
    "l1_background": ("background", 4),
    "psnr": ("PSNR", 1),
    "ssim": ("SSIM", 3),
    "akd": ("AKD", 2),
    "akd_shape": ("shape", 2),
    "akd_lips": ("lips", 2),
    "akd_eyes": ("eyes", 2),
    "aed": ("AED", 3),
    "identity": ("identity", 3),
    "eye_corr": ("lids follow", 2),
    "eye_close": ("lids close", 2),
    "lip_corr": ("lips follow", 2),
    "jitter": ("jitter", 2),
    "change": ("change", 2),
    "sharpness": ("sharpness", 2),
    "seam": ("seam", 2),
    "rim": ("face rim", 2),
    "no_face": ("no face", 0),
}


@dataclass(frozen=True, slots=True)
class Target:
    """Something to reach, and what was measured."""

    what: str
    wanted: str
    measured: str
    reached: bool | None
    """None where it was not measured."""


def at_most(what: str, value: float, limit: float, digits: int, note: str = "") -> Target:
    """A target that a figure reaches if it is not above its limit."""
    return _target(what, f"≤ {limit:g}", value, value <= limit, digits, note)


def at_least(what: str, value: float, limit: float, digits: int, note: str = "") -> Target:
    """A target that a figure reaches if it is not below its limit."""
    return _target(what, f"≥ {limit:g}", value, value >= limit, digits, note)


def counted(what: str, reached: Sequence[bool]) -> Target:
    """A target that every clip has to reach."""
    measured = f"{sum(reached)} of {len(reached)}"
    return Target(what, "all", measured, all(reached) if reached else None)


def _target(what: str, wanted: str, value: float, reached: bool, digits: int, note: str) -> Target:
    known = not math.isnan(value)
    measured = number(value, digits) + (f" ({note})" if note and known else "")
    return Target(what, wanted, measured, reached if known else None)


def median(entries: Iterable[Entry], row: str, figure: str) -> float:
    """Median of a row's figure over the clips that have it; NaN if none has."""
    known = values(entries, row, figure)
    return statistics.median(known) if known else float("nan")


def values(entries: Iterable[Entry], row: str, figure: str) -> list[float]:
    """A row's figure for every clip that has it."""
    found = (entry["rows"].get(row, {}).get(figure, math.nan) for entry in entries)
    return [value for value in found if not math.isnan(value)]


def targets_table(targets: Sequence[Target]) -> str:
    """What shall be reached beside what was measured."""
    said = {True: "yes", False: "**no**", None: "not measured"}
    return markdown_table(
        ("what", "target", "measured", "reached"),
        [[each.what, each.wanted, each.measured, said[each.reached]] for each in targets],
    )


def plain(targets: Sequence[Target]) -> list[dict[str, object]]:
    """Targets as JSON has them."""
    return [asdict(each) for each in targets]


def figures_table(
    entries: Sequence[Entry], columns: Mapping[str, tuple[str, int]] = FIGURES
) -> str:
    """All figures of all rows of all clips."""
    table = []
    for entry in entries:
        for row, figures in entry.get("rows", {}).items():
            cells = [number(figures[name], digits) for name, (_, digits) in columns.items()]
            table.append([f"{entry['clip']}: {row}", *cells])
    return markdown_table(["clip: row", *(title for title, _ in columns.values())], table)


def medians_table(entries: Sequence[Entry]) -> str:
    """Medians over the clips, a line for each row."""
    rows = list(dict.fromkeys(row for entry in entries for row in entry["rows"]))
    table = [
        [row, *(number(median(entries, row, name), digits) for name, (_, digits) in wanted)]
        for wanted in [list(FIGURES.items())]
        for row in rows
    ]
    return markdown_table(["row", *(title for title, _ in FIGURES.values())], table)


def failures(entries: Sequence[Entry]) -> list[str]:
    """Paragraphs about the clips that could not be measured; none if there are none."""
    failed = [f"- {entry['clip']}: {entry['failed']}" for entry in entries if "failed" in entry]
    return ["Could not be measured:", "\n".join(failed)] if failed else []


def meaning() -> list[str]:
    """Paragraphs that explain the figures."""
    return [
        "Head crop: a square around all landmarks of the true frame, its side 1.6 times the "
        "face's larger extent (median of the clip), at 256 px by an area filter. L1 from 0 to 1, "
        "of the whole crop and, apart, inside the contour of the face, on the rest of the person "
        "and on the background (by the landmarks and MediaPipe's matte of the true frame). "
        "PSNR in dB; SSIM of the luma after Wang et al. 2004 (our own implementation: Gaussian "
        "window of 11 px, sigma 1.5). AKD: mean distance in px between MediaPipe's 478 landmarks "
        "(lips, eyes: their contours) on output and truth, each picture looked at on its own; "
        "shape: what is left of it when output and truth are laid over each other by the best "
        "similarity. The engine is driven by the same family of tracker, so AKD flatters it; "
        "SSIM, AED and the sheets do not. AED: distance of dlib's 128-number face descriptors of "
        "output and truth; identity: of output and the median of the enrolment frames; dlib "
        "counts below 0.6 as the same person.",
        "Lids follow: correlation of the gap between the lids (over the eye's width) with the "
        "true one, over 60 frames in a row around the firmest blink, all compared frames and "
        "those around the next firmest blinks. Lids close: how far they go down at the true "
        "eyes' firmest closure, within two frames; 1 is as far as those. A dash where the true "
        "eyes never close. Lips follow: the same correlation for the lips.",
        "Relative to the truth, 1 is equal. Jitter: RMS of the landmarks' second difference over "
        "the 60 frames in a row. Change: mean difference between the change from frame to frame "
        "and the true change, over that of the truth as JPEG of quality 80. Sharpness: variance "
        "of the Laplacian inside the face. Seam: gradient on the rim of the pasted square (a dash "
        "where it fills the frame). Face rim: the same along the face's contour. No face: "
        "compared frames in which no face is found. A value at or just above the truth's is good, "
        "one far above it is an edge that should not be there.",
    ]
