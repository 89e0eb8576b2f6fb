"""The report of protocol P1: what shall be reached, all figures, how it was measured."""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.clips import Group
from benchmarks.figures import (
    Entry,
    Target,
    at_least,
    at_most,
    counted,
    failures,
    figures_table,
    meaning,
    median,
    medians_table,
    plain,
    targets_table,
    values,
)
from benchmarks.report import (
    describe_machine,
    machine,
    markdown_table,
    number,
    versions,
    write_json,
    write_page,
)
from benchmarks.rows import ENGINE, STILL, WARP

L1, L1_TO_STILL = 0.028, 0.6
AKD, WORST_AKD, LIPS = 0.9, 1.5, 1.0
EYE_CORRELATION, EYE_CLOSURE = 0.8, 0.9
SHARPNESS, JITTER, CHANGE, SEAM = 0.8, 1.2, 1.3, 1.1
LOWER_IS_BETTER = ("l1", "akd", "akd_lips", "akd_eyes", "aed")
HIGHER_IS_BETTER = ("psnr", "ssim")
VERDICT_HEADERS = (
    "clip", "L1", "L1 / still", "AKD px", "lips px", "lids follow", "lids close", "sharpness",
    "jitter", "change", "seam", "identity", "learnt", "misses",
)  # fmt: skip


def verdict(entry: Entry) -> dict[str, object]:
    """Ratios to the still frame, and what this clip alone misses."""
    made, stood = entry["rows"][ENGINE], entry["rows"][STILL]
    ratios = {name: made[name] / stood[name] for name in ("akd", "akd_lips", "akd_eyes", "l1")}
    within = {
        "L1 below still": ratios["l1"] < 1,
        "AKD": made["akd"] <= WORST_AKD,
        "lids": not (made["eye_corr"] < EYE_CORRELATION or made["eye_close"] < EYE_CLOSURE),
        "sharpness": made["sharpness"] >= SHARPNESS,
        "jitter": made["jitter"] <= JITTER,
        "change": made["change"] <= CHANGE,
        "seam": not made["seam"] > SEAM,
    }
    if WARP in entry["rows"]:
        within["no worse than warp"] = made["l1"] <= entry["rows"][WARP]["l1"]
    return {"ratios": ratios, "missed": [name for name, fine in within.items() if not fine]}


def targets(entries: Sequence[Entry]) -> list[Target]:
    """What the real clips of 5 s or more shall reach."""
    real = of(entries, Group.REAL)
    to_still = [verdict(entry)["ratios"]["l1"] for entry in real]
    middle = statistics.median(to_still) if to_still else float("nan")
    return [
        at_most("L1, median", median(real, ENGINE, "l1"), L1, 4),
        at_most("L1 over the still frame's, median", middle, L1_TO_STILL, 2),
        counted("L1 below the still frame's", [ratio < 1 for ratio in to_still]),
        at_most("AKD, median, px", median(real, ENGINE, "akd"), AKD, 2),
        counted(
            f"AKD at most {WORST_AKD} px",
            [value <= WORST_AKD for value in values(real, ENGINE, "akd")],
        ),
        at_most("AKD of the lips, median, px", median(real, ENGINE, "akd_lips"), LIPS, 2),
        *_spread(real, "eye_corr", "lids follow (correlation), median", at_least, EYE_CORRELATION),
        *_spread(real, "eye_close", "lids close as far as the true ones, median", at_least,
                 EYE_CLOSURE),
        *_spread(real, "sharpness", "sharpness over the truth's, median", at_least, SHARPNESS),
        *_spread(real, "jitter", "jitter over the truth's, median", at_most, JITTER),
        *_spread(real, "change", "change from frame to frame over JPEG 80's, median", at_most,
                 CHANGE),
        *_spread(real, "seam", "seam over the truth's, median", at_most, SEAM),
        *_against_others(real),
    ]  # fmt: skip


def _spread(
    entries: Sequence[Entry], figure: str, what: str, kind: object, limit: float
) -> list[Target]:
    known = values(entries, ENGINE, figure)
    if not known:
        return [kind(what, float("nan"), limit, 2)]
    reach = [value >= limit if kind is at_least else value <= limit for value in known]
    note = f"{min(known):.2f} to {max(known):.2f}; {sum(reach)} of {len(known)} clips"
    return [kind(what, median(entries, ENGINE, figure), limit, 2, note)]


def _against_others(entries: Sequence[Entry]) -> list[Target]:
    """Medians of all figures against still frame and warp."""
    found = []
    for other in (STILL, WARP):
        there = [entry for entry in entries if other in entry["rows"]]
        better = [
            name
            for name in (*LOWER_IS_BETTER, *HIGHER_IS_BETTER)
            if _beats(name, median(there, ENGINE, name), median(there, other, name))
        ]
        total = len(LOWER_IS_BETTER) + len(HIGHER_IS_BETTER)
        found.append(
            Target(
                f"medians of L1, PSNR, SSIM, AKD, lips, eyes, AED better than the {other}'s",
                "all",
                f"{len(better)} of {total}" if there else "",
                len(better) == total if there else None,
            )
        )
    return found


def _beats(figure: str, value: float, other: float) -> bool:
    return value < other if figure in LOWER_IS_BETTER else value > other


def line(entry: Entry) -> str:
    """One line about one clip, for the terminal."""
    if "failed" in entry:
        return f"{entry['clip']}: FAILED: {entry['failed']}"
    cells = _verdict_row(entry)
    pairs = zip(VERDICT_HEADERS[1:], cells[1:], strict=True)
    return f"{cells[0]}: " + ", ".join(f"{head} {cell}" for head, cell in pairs)


def write(folder: Path, entries: Sequence[Entry], *, settings: Mapping[str, object]) -> None:
    """Write `reenact.json` and `reenact.md`."""
    facts, packages = machine(), versions()
    judged = [{**entry, **verdict(entry)} if "rows" in entry else entry for entry in entries]
    reached = targets(entries)
    write_json(
        folder / "reenact.json",
        {
            "protocol": "P1 self re-enactment",
            "settings": settings,
            "targets": plain(reached),
            "machine": facts,
            "versions": packages,
            "clips": judged,
        },
    )
    real = of(entries, Group.REAL)
    write_page(
        folder / "reenact.md",
        [
            "# Self re-enactment",
            _introduction(settings),
            "## Against the targets",
            f"Over {len(real)} clips of real people of 5 s or more.",
            targets_table(reached),
            _verdicts(real),
            "Medians of these clips:",
            medians_table(real),
            *_other_groups(entries),
            *failures(entries),
            "## All figures",
            figures_table(entries),
            "## How it was measured",
            *meaning(),
            "Rows: the source frame that the engine chose, standing still and not encoded again; "
            "its face moved by the best similarity onto the true landmarks and pasted softly; "
            "the engine by what enrolment found alone, and as it comes, with what it learnt about "
            "how the person moves; both from one enrolment and after encoding. A part of the "
            "enrolment that is kept back decides whether what was learnt is used (column "
            "“learnt”).",
            f"Seed {settings['seed']} (nothing here is drawn at random). "
            f"{describe_machine(facts, packages)}",
        ],
    )


def _introduction(settings: Mapping[str, object]) -> str:
    return (
        "Each clip is cut in two. The person is enrolled from the first 70 % of its frames "
        f"(personalised for {settings['minutes']:g} minutes), and the avatar then follows the "
        "last 30 %, which it has never seen, with absolute motion, through the public interface "
        "(`avatar.enroll`, `reenact.reenact`). The output is decoded and compared with the real "
        f"frames. Rendered at {settings['size']} px; every {settings['stride']}th test frame is "
        "compared. Written by `python -m benchmarks.reenact`; the figures are also in "
        "[reenact.json](reenact.json)."
    )


def of(entries: Sequence[Entry], group: Group) -> list[Entry]:
    """The measured clips of a group."""
    return [entry for entry in entries if "rows" in entry and entry["group"] == group.value]


def _verdicts(entries: Sequence[Entry]) -> str:
    return markdown_table(VERDICT_HEADERS, [_verdict_row(entry) for entry in entries])


def _verdict_row(entry: Entry) -> list[str]:
    judged, made = verdict(entry), entry["rows"][ENGINE]
    return [
        str(entry["clip"]),
        number(made["l1"], 4),
        number(judged["ratios"]["l1"]),
        *(number(made[name]) for name in ("akd", "akd_lips", "eye_corr", "eye_close")),
        *(number(made[name]) for name in ("sharpness", "jitter", "change", "seam")),
        number(made["identity"], 3),
        "yes" if entry["learnt"]["useful"] else "no",
        ", ".join(judged["missed"]) or "nothing",
    ]


def _other_groups(entries: Sequence[Entry]) -> list[str]:
    sections = []
    for group, title in (
        (Group.SHORT, "Shorter than 5 s (one to three seconds to enrol from), for the record:"),
        (Group.SYNTHETIC, "Synthetic people, not counted with the real ones:"),
    ):
        found = of(entries, group)
        if found:
            sections += [title, _verdicts(found)]
    return sections
