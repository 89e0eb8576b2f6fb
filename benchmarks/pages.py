"""The report of protocol P1: verdicts against the targets, all figures, how it was measured."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.clips import Group
from benchmarks.report import (
    describe_machine,
    machine,
    markdown_table,
    number,
    versions,
    write_json,
    write_page,
)

Entry = Mapping[str, object]

AKD_TARGET, LIPS_TARGET, SHARPNESS_TARGET = 0.2, 0.25, 0.7
FEWEST_CLIPS = 6
FIGURES = {
    "l1": ("L1", 4),
    "psnr": ("PSNR", 1),
    "ssim": ("SSIM", 3),
    "akd": ("AKD", 2),
    "akd_lips": ("lips", 2),
    "akd_eyes": ("eyes", 2),
    "aed": ("AED", 3),
    "identity": ("identity", 3),
    "jitter": ("jitter", 2),
    "sharpness": ("sharpness", 2),
    "seam": ("seam", 2),
    "rim": ("face rim", 2),
    "no_face": ("no face", 0),
}
VERDICT_HEADERS = (
    "clip", "AKD px", "AKD / still", "lips / still", "L1", "L1 / still", "sharpness", "verdict"
)  # fmt: skip


def verdict(entry: Entry, *, engine: str, still: str) -> dict[str, object]:
    """Ratios to the still frame, and which targets are missed."""
    made, stood = entry["rows"][engine], entry["rows"][still]
    ratios = {name: made[name] / stood[name] for name in ("akd", "akd_lips", "akd_eyes", "l1")}
    missed = []
    if not ratios["akd"] <= AKD_TARGET:
        missed.append("AKD")
    if not ratios["akd_lips"] <= LIPS_TARGET:
        missed.append("lips")
    if not ratios["l1"] < 1:
        missed.append("L1")
    if not made["sharpness"] >= SHARPNESS_TARGET:
        missed.append("sharpness")
    return {"ratios": ratios, "missed": missed}


def line(entry: Entry, *, engine: str, still: str) -> str:
    """One line about one clip, for the terminal."""
    if "failed" in entry:
        return f"{entry['clip']}: FAILED: {entry['failed']}"
    cells = _verdict_row(entry, engine=engine, still=still)
    pairs = zip(VERDICT_HEADERS[1:], cells[1:], strict=True)
    return f"{cells[0]}: " + ", ".join(f"{head} {cell}" for head, cell in pairs)


def write(
    folder: Path,
    entries: Sequence[Entry],
    *,
    engine: str,
    still: str,
    stride: int,
    size: int,
    seed: int,
) -> None:
    """Write `reenact.json` and `reenact.md`."""
    facts, packages = machine(), versions()
    settings = {"stride": stride, "size": size, "seed": seed, "crop_px": 256}
    judged = [
        {**entry, **verdict(entry, engine=engine, still=still)} if "rows" in entry else entry
        for entry in entries
    ]
    write_json(
        folder / "reenact.json",
        {
            "protocol": "P1 self re-enactment",
            "settings": settings,
            "targets": {
                "akd_to_still": AKD_TARGET,
                "lips_to_still": LIPS_TARGET,
                "l1_to_still": "< 1",
                "sharpness": SHARPNESS_TARGET,
            },
            "machine": facts,
            "versions": packages,
            "clips": judged,
        },
    )
    write_page(
        folder / "reenact.md",
        [
            "# Self re-enactment",
            *_introduction(size, stride),
            "## Against the targets",
            _summary(entries, engine=engine, still=still),
            _verdicts(_of(entries, Group.REAL), engine=engine, still=still),
            *_other_groups(entries, engine=engine, still=still),
            *_failures(entries),
            "## All figures",
            _figures(entries),
            "## How it was measured",
            *_method(),
            f"Seed {seed} (nothing here is drawn at random). {describe_machine(facts, packages)}",
        ],
    )


def _introduction(size: int, stride: int) -> list[str]:
    return [
        "Each clip is cut in two. The person is enrolled from the first 70 % of its frames, and "
        "the avatar then follows the last 30 %, which it has never seen, with absolute motion, "
        "through the public interface (`avatar.enroll`, `reenact.reenact`). The output is decoded "
        f"and compared with the real frames. Rendered at {size} px; every {stride}th test frame "
        "is compared. Written by `python -m benchmarks.reenact`; the figures are also in "
        "[reenact.json](reenact.json).",
        f"Targets: AKD at most {AKD_TARGET} of the still source frame's, lips at most "
        f"{LIPS_TARGET} of it, L1 below the still frame's on every clip, sharpness at least "
        f"{SHARPNESS_TARGET}; over at least {FEWEST_CLIPS} clips of 5 s or more.",
    ]


def _summary(entries: Sequence[Entry], *, engine: str, still: str) -> str:
    judged = [
        verdict(entry, engine=engine, still=still)["missed"] for entry in _of(entries, Group.REAL)
    ]
    passed = sum(not missed for missed in judged)
    parts = [f"{passed} of {len(judged)} clips of 5 s or more reach every target."]
    for target in ("AKD", "lips", "L1", "sharpness"):
        reached = sum(target not in missed for missed in judged)
        parts.append(f"{target}: {reached} of {len(judged)}.")
    return " ".join(parts)


def _of(entries: Sequence[Entry], group: Group) -> list[Entry]:
    """The measured clips of a group."""
    return [entry for entry in entries if "rows" in entry and entry["group"] == group.value]


def _verdicts(entries: Sequence[Entry], *, engine: str, still: str) -> str:
    rows = [_verdict_row(entry, engine=engine, still=still) for entry in entries]
    return markdown_table(VERDICT_HEADERS, rows)


def _verdict_row(entry: Entry, *, engine: str, still: str) -> list[str]:
    judged = verdict(entry, engine=engine, still=still)
    made, ratios, missed = entry["rows"][engine], judged["ratios"], judged["missed"]
    return [
        str(entry["clip"]),
        number(made["akd"]),
        number(ratios["akd"], 3),
        number(ratios["akd_lips"], 3),
        number(made["l1"], 4),
        number(ratios["l1"]),
        number(made["sharpness"]),
        "pass" if not missed else "misses " + ", ".join(missed),
    ]


def _other_groups(entries: Sequence[Entry], *, engine: str, still: str) -> list[str]:
    sections = []
    for group, title in (
        (Group.SHORT, "Shorter than 5 s (one to three seconds to enrol from), for the record:"),
        (Group.SYNTHETIC, "Synthetic people, not counted with the real ones:"),
    ):
        found = _of(entries, group)
        if found:
            sections += [title, _verdicts(found, engine=engine, still=still)]
    return sections


def _failures(entries: Sequence[Entry]) -> list[str]:
    failed = [f"- {entry['clip']}: {entry['failed']}" for entry in entries if "failed" in entry]
    return ["Could not be measured:", "\n".join(failed)] if failed else []


def _figures(entries: Sequence[Entry]) -> str:
    rows = []
    for entry in entries:
        for method, figures in entry.get("rows", {}).items():
            cells = [number(figures[name], digits) for name, (_, digits) in FIGURES.items()]
            rows.append([f"{entry['clip']}: {method}", *cells])
    return markdown_table(["clip: method", *(title for title, _ in FIGURES.values())], rows)


def _method() -> list[str]:
    return [
        "Head crop: a square around all landmarks of the true frame, its side 1.6 times the "
        "face's larger extent (median of the clip), at 256 px by an area filter. L1 from 0 to 1; "
        "PSNR in dB; SSIM of the luma after Wang et al. 2004 (our own implementation: Gaussian "
        "window of 11 px, sigma 1.5). AKD: mean distance in px between MediaPipe's 478 landmarks "
        "(lips, eyes: their contours) on output and truth, each picture looked at on its own. The "
        "engine is driven by the same family of tracker, so AKD flatters it; SSIM, AED and the "
        "sheets do not. AED: distance of dlib's 128-number face descriptors of output and truth; "
        "identity: of output and the median of the enrolment frames; dlib counts below 0.6 as the "
        "same person.",
        "Relative to the truth, 1 is equal. Jitter: RMS of the landmarks' second difference over "
        "60 consecutive frames. Sharpness: variance of the Laplacian inside the face. Seam: "
        "gradient on the rim of the pasted square (a dash where it fills the frame). Face rim: "
        "the same along the face's contour, where the mesh ends. No face: compared frames in "
        "which no face is found. A value at or just above the truth's is good, one far above "
        "it is an edge that should not be there.",
        "Rows: the source frame that the engine chose, standing still and not encoded again; its "
        "face moved by the best similarity onto the true landmarks and pasted softly; the engine, "
        "after encoding.",
    ]
