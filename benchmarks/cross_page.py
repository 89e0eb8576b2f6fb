"""The report of protocol P2: what shall be reached, all figures, how it was measured."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.figures import (
    FIGURES,
    Entry,
    Target,
    at_most,
    counted,
    failures,
    figures_table,
    meaning,
    median,
    plain,
    targets_table,
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
from benchmarks.rows import ENGINE, STILL

AKD = 2.0
IDENTITY_SLACK = 0.05
DIAGNOSIS = {
    "akd": ("AKD", 2),
    "akd_shape": ("shape", 2),
    "eye_corr": ("lids follow", 2),
    "eye_close": ("lids close", 2),
    "lip_corr": ("lips follow", 2),
    "lip_gain": ("lips open", 2),
    "lip_excess": ("lips apart", 3),
}
PLACEMENT = {
    "unplaced": ("AKD before placing", 2),
    "right": ("right px", 1),
    "down": ("down px", 1),
    "scale": ("scale", 3),
    "roll": ("roll °", 1),
}
HEADERS = (
    "pair", "motion", "L1", "face L1 / still", "AKD px", "lips px", "eyes px", "own frames apart",
    "output from own frames", "driver nearer by", "misses",
)  # fmt: skip


def verdict(entry: Entry) -> dict[str, object]:
    """Distances to the two people beside the true ones, and what this pair misses."""
    made, truth = entry["rows"][ENGINE], entry["truth"]
    leak = truth["driver"] - made["driver"]
    within = {
        "AKD": made["akd"] <= AKD,
        "identity": made["own_frames"] <= truth["own_frames"] + IDENTITY_SLACK,
        "face": made["l1_face"] < entry["rows"][STILL]["l1_face"],
    }
    return {
        "face_to_still": made["l1_face"] / entry["rows"][STILL]["l1_face"],
        "own": truth["own_frames"],
        "nearer_to_driver": leak,
        "missed": [name for name, fine in within.items() if not fine],
    }


def targets(entries: Sequence[Entry]) -> list[Target]:
    """What the pairs shall reach."""
    measured = [entry for entry in entries if "rows" in entry]
    missed = [verdict(entry)["missed"] for entry in measured]
    return [
        at_most("AKD, median, px", median(measured, ENGINE, "akd"), AKD, 2),
        counted(f"AKD at most {AKD:g} px", ["AKD" not in each for each in missed]),
        counted(
            "no further from the person's own frames than those are from each other "
            f"+ {IDENTITY_SLACK}",
            ["identity" not in each for each in missed],
        ),
        counted("L1 of the face below the still frame's", ["face" not in each for each in missed]),
    ]


def line(entry: Entry) -> str:
    """One line about one pair, for the terminal."""
    if "failed" in entry:
        return f"{entry['clip']}: FAILED: {entry['failed']}"
    pairs = zip(HEADERS[1:], _row(entry)[1:], strict=True)
    return f"{entry['clip']}: " + ", ".join(f"{head} {cell}" for head, cell in pairs)


def _row(entry: Entry) -> list[str]:
    judged, made = verdict(entry), entry["rows"][ENGINE]
    return [
        str(entry["clip"]),
        str(entry["motion"]),
        number(made["l1"], 4),
        number(judged["face_to_still"]),
        *(number(made[name]) for name in ("akd", "akd_lips", "akd_eyes")),
        number(judged["own"], 3),
        number(made["own_frames"], 3),
        number(judged["nearer_to_driver"], 3),
        ", ".join(judged["missed"]) or "nothing",
    ]


def write(folder: Path, entries: Sequence[Entry], *, settings: Mapping[str, object]) -> None:
    """Write `cross_identity.json` and `cross_identity.md`."""
    facts, packages = machine(), versions()
    reached = targets(entries)
    judged = [{**entry, **verdict(entry)} if "rows" in entry else entry for entry in entries]
    write_json(
        folder / "cross_identity.json",
        {
            "protocol": "P2 cross identity, with truth",
            "settings": settings,
            "targets": plain(reached),
            "machine": facts,
            "versions": packages,
            "clips": judged,
        },
    )
    measured = [entry for entry in entries if "rows" in entry]
    write_page(
        folder / "cross_identity.md",
        [
            "# Cross-identity re-enactment, with truth",
            _introduction(settings),
            "## Against the targets",
            targets_table(reached),
            markdown_table(HEADERS, [_row(entry) for entry in measured]),
            "Own frames apart: mean descriptor distance between the person's true frames of this "
            "motion and of the enrolment; the output shall be at most "
            f"{IDENTITY_SLACK} further from the latter. Driver nearer by: how much nearer to the "
            "driving person the output is than the true frames are.",
            *failures(entries),
            "## Where it comes from",
            "Shape: AKD when each frame of the output is laid over the true one by the best "
            "similarity. Lips open: how far they open for each bit that the true ones do. Lips "
            "apart: gap between the lips, in mouth widths, that the true lips have not where they "
            "are closed.",
            figures_table(measured, DIAGNOSIS),
            "How the head is held, over the whole clip, before each clip was placed:",
            _placements(measured),
            "## All figures",
            figures_table(measured, {**FIGURES, "driver": ("driver", 3)}),
            "## How it was measured",
            *meaning(),
            f"Seed {settings['seed']}. {describe_machine(facts, packages)}",
        ],
    )


def _placements(entries: Sequence[Entry]) -> str:
    table = [
        [
            f"{entry['clip']}: {row}",
            *(number(figures[name], digits) for name, (_, digits) in PLACEMENT.items()),
        ]
        for entry in entries
        for row, figures in entry["placement"].items()
    ]
    return markdown_table(["pair: row", *(title for title, _ in PLACEMENT.values())], table)


def _introduction(settings: Mapping[str, object]) -> str:
    return (
        "Two synthetic people make the same motion in front of the same camera, each in a room of "
        "their own. One is enrolled from the consent recording that the repository carries "
        f"(personalised for {settings['minutes']:g} minutes) and follows the other's clip with "
        "relative motion, through the public interface. The output is compared with this "
        "person's own true rendering of the motion. Relative motion starts from the pose of the "
        "source frame, from which the true clip need not start: so landmarks, and the face whose "
        "L1 is taken, of each output and of the still frame are first moved by one similarity for "
        "the whole clip, the best one between the landmarks. Footage of "
        f"{settings['frame_px']} px, the head rendered at {settings['size']} px; "
        f"every {settings['stride']}th frame is compared. "
        "Written by `python -m benchmarks.cross_identity`; the figures are also in "
        "[cross_identity.json](cross_identity.json)."
    )
