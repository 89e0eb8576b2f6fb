"""The page about synthetic people."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.report import describe_machine, markdown_table, number

Figures = Mapping[str, Any]


_OTHER_SETTINGS = {
    "all in one light": "one_light",
    "in a room that returns light": "in_a_room",
    "head to the front": "facing",
}
"""What rows of the identity's table are called, and where their figures are kept."""


def read(path: Path) -> dict[str, Any]:
    """What an earlier run found; nothing if there was none."""
    if not path.is_file():
        return {}
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def page(document: Figures) -> list[str]:
    """Paragraphs of the page; parts that were not measured are left out."""
    writers = {
        "faces": _faces,
        "identity": _identity,
        "coefficients": _coefficients,
        "truth": _truth,
        "events": _events,
        "speech": _speech,
        "throughput": _throughput,
    }
    parts = [
        "# Synthetic people and their truth",
        f"{document.get('people', 0)} people are drawn from seeds that nothing was tuned on, and "
        "rendered like training footage: random rooms, lights, cameras and camera faults (noise, "
        "blur, JPEG-like contrast). How they are made: [synthetic.md](../synthetic.md).",
    ]
    for name, write in writers.items():
        if name in document:
            parts += write(document[name])
        if name == "identity" and "real" in document:
            parts.append(_real(document["real"]))
    return [*parts, describe_machine(document["machine"], document["versions"])]


def percent(share: float | None) -> str:
    """A share as per cent."""
    return "–" if share is None else f"{100 * share:.1f} %"


def _faces(faces: Figures) -> list[str]:
    rows = [["all", percent(faces["found"])]]
    rows += [[f"{size} px", percent(share)] for size, share in faces["by_size"].items()]
    rows += [[f"yaw {band}°", percent(share)] for band, share in faces["by_yaw"].items()]
    missed = "; ".join(
        f"person {one['person']} at {one['yaw']:.0f}°, {one['size']} px, {one['expression']}"
        for one in faces["missed"]
    )
    return [
        "## Faces found",
        f"MediaPipe Face Landmarker on {faces['frames']} single pictures with random strong "
        "expressions, head pitch up to 12° and roll up to 10°. Yaw is against the camera's "
        "direction; every person is also seen at 45° to both sides.",
        markdown_table(["frames", "found"], rows),
        f"Missed: {missed or 'none'}.",
    ]


def _identity(identity: Figures) -> list[str]:
    turns = identity["alike_by_turn"]
    others = {name: identity[key] for name, key in _OTHER_SETTINGS.items() if key in identity}
    rows = [
        ["frames of two people ≥ 0.5", percent(identity["frame_pairs_apart"])],
        ["two frames of one person ≤ 0.4", percent(identity["frame_pairs_alike"])],
        *([f"… whose yaw differs by {band}°", percent(share)] for band, share in turns.items()),
        *(
            [f"{name}: {what}", percent(found[key])]
            for name, found in others.items()
            for what, key in (
                ("frames of two people ≥ 0.5", "frame_pairs_apart"),
                ("two frames of one person ≤ 0.4", "frame_pairs_alike"),
            )
        ),
        ["medians of two people ≥ 0.5", percent(identity["pairs_apart"])],
        ["frames ≤ 0.4 from their person's median", percent(identity["frames_alike"])],
        ["faces found by dlib", percent(identity["found"])],
    ]
    between, within = identity["between"], identity["within"]
    return [
        "## Identity",
        f"dlib descriptors of {identity['frames_each']} frames of {identity['people']} people: "
        "yaw within 30°, pitch within 12°, eight expressions, eight lights from as many "
        "directions, the same for everybody; and again with all frames in the first of the "
        "lights, as within one clip. Where given: the same in a room that returns a third of the "
        "light, exposed for the face; and with all heads to the front.",
        markdown_table(["distances", "share"], rows),
        f"Between people's medians: 5 % below {number(between['p05'])}, median "
        f"{number(between['median'])}. To a person's own median: median "
        f"{number(within['median'])}, 5 % above {number(within['p95'])}.",
    ]


def _real(real: Figures) -> str:
    return (
        f"Real people for comparison, {real['clips']} clips (most heads turn by less than 10°, "
        f"none further than 22°; one light each), {real['frames_each']} frames of each: two frames "
        f"of one clip are ≤ 0.4 apart in {percent(real['frame_pairs_alike'])} of pairs; in "
        f"{percent(real['clips_alike'])} of the clips that holds for 95 % of the pairs. Frames of "
        f"two people are ≥ 0.5 apart in {percent(real['frame_pairs_apart'])} of pairs; cameras and "
        "rooms differ there, too, which drawn people have in common."
    )


def _coefficients(figures: Figures) -> list[str]:
    columns = {
        "alone": "sweeps_person",
        "talking": "talk",
        "acting": "act",
        "head to 45°": "drive",
        "all: median person": "person_median",
        "least": "person_least",
        "≥ 0.9": "people_at_0.9",
        "pooled": "pooled",
        "reported at rest": "at_rest",
        "reported at 1": "at_most",
    }
    rows = [
        [name, *(number(gesture[key]) for key in columns.values())]
        for name, gesture in figures["gestures"].items()
    ]
    others = [
        [name, *(number(one[key]) for key in ("pooled", "at_rest", "strong"))]
        for name, one in figures["coefficients"].items()
    ]
    return [
        "## Expressions",
        f"Pearson correlation between the rendered coefficient and the one that MediaPipe "
        f"reports, {figures['people']} people, {figures['frames']} frames of 256 px: each gesture "
        f"alone from 0 to 1 at small head turns ({figures.get('alone', figures['people'])} "
        "people); talking, with a smile that comes and goes; acting with strong expressions at "
        "head turns within 18°, and up to 45°. Figures of a column are medians over people, "
        "except the pooled one, which takes all frames of people who act as one series, relative "
        "to what is reported of each person at rest.",
        markdown_table(["gesture", *columns], rows),
        "All coefficients, talking and acting, pooled; a dash where the truth hardly moves. "
        "MediaPipe reports several of them as nearly constant for anybody (cheekPuff, noseSneer, "
        "jawLeft and others), real or not.",
        markdown_table(["coefficient", "r", "reported near 0", "reported above 0.6"], others),
    ]


def _truth(truth: Figures) -> list[str]:
    rows = []
    for size, figures in truth["px"].items():
        for name, text in (("markers", "markers in the picture"), ("files", "own list of pixels")):
            one = figures[name]
            cells = [number(one[key], 3) for key in ("median", "p95", "largest")]
            rows.append(
                [f"{size} px, {text}", str(one["count"]), *cells, percent(one["within_half"])]
            )
    shown = " / ".join(percent(share) for share in truth["eye_shown"])
    return [
        "## Truth",
        "A reader that has only `truth.json`, `truth.npz` and a pinhole's formula computes where "
        "landmarks are. They are held against small discs that were rendered on the skin and "
        "found in the 8-bit picture, and against the pixels listed in the same files. Random "
        "expressions, poses and cameras; the discs lie 0.15 mm above the skin, which explains "
        "about half of their distance. Discs that something lies over, as the fold of a lid over "
        "its margin, are not judged: the middle of what is left of them is elsewhere.",
        markdown_table(["distance, px", "points", "median", "95 %", "largest", "≤ 0.5"], rows),
        f"Gaze: the axis of the rendered eyeball is within {number(truth['gaze_degrees'], 3)}° of "
        f"what the truth says. Lids: with eyeBlink at 0, 0.25, 0.5, 0.75 and 1, {shown} of the "
        "open eye's area is seen (median person); the worst person shows "
        f"{percent(truth['eye_shown_worst'])} at 1.",
    ]


def _speech(rows: list[dict[str, Any]]) -> list[str]:
    keys = ["count", "late_ms", "median_ms", "p90_ms"]
    cells = []
    for row in rows:
        for kind in ("all", "shown", "hidden"):
            values = [number(float(row[kind][key]), 0) for key in keys]
            cells.append([f"{row['name']}: {kind}", *values, percent(row[kind]["within_10"])])
    return [
        "### Against a recogniser",
        "Claimed minus judged times of the changes between phones. The judge is an acoustic model "
        "that lays the known phones over the sound in frames of 10 ms. `shown`: changes that show "
        "in the energy of a band (silence, fricatives, closures and nasals against voices), to "
        "which times are moved (`audio2motion/text/phone_times.py`); `hidden`: all others, such as "
        "vowels beside r, l, w, for which no exact moment exists. `flite` synthesises from exact "
        "times: its rows tell how far the judge can be trusted, and how well exact times that were "
        "rounded to 25 ms and delayed are restored.",
        markdown_table(["voice", "changes", "late ms", "median ms", "90 % ms", "≤ 10 ms"], cells),
        "The recogniser's own error, known from `flite`, is most of the voices' distance from it.",
    ]


def _events(figures: Figures) -> list[str]:
    keys = ["count", "late_ms", "median_ms", "p90_ms"]

    def cells(name: str, one: Figures) -> list[str]:
        shares = [percent(one[f"within_{limit}"]) for limit in (10, 20)]
        return [name, *(number(float(one[key]), 0) for key in keys), *shares]

    rows = []
    for row in figures["rows"]:
        rows.append(cells(f"{row['name']}: all", row["all"]))
        rows += [cells(f"{row['name']}: {kind}", one) for kind, one in row["kinds"].items()]
    changes = "; ".join(
        f"{row['name']} {row['all']['count']} of {row['changes']}" for row in figures["rows"]
    )
    return [
        "## Phone times",
        "### Against the sound itself",
        "Claimed minus heard times of sharp changes, found in the signal by the best step between "
        "two constant spectra (`benchmarks/synthetic_events.py`), which uses neither a recogniser "
        f"nor what moves the times; {figures['sentences']} sentences on which nothing was tuned. "
        "`flite` synthesises from exact times: its rows are the judge's own error, of which a part "
        "is custom (its hisses begin where a vowel begins to fade). That many changes are sharp: "
        f"{changes}; the others glide and have no exact moment.",
        markdown_table(
            ["voice", "changes", "late ms", "median ms", "90 % ms", "≤ 10 ms", "≤ 20 ms"], rows
        ),
    ]


def _throughput(figures: Figures) -> list[str]:
    hero = ", ".join(f"{name} {number(seconds)} s" for name, seconds in figures["hero_s"].items())
    return [
        "## Speed",
        f"{figures['frames']} frames of 256 px from {figures['people']} people in "
        f"{figures['training_s']:.0f} s with {figures['processes']} processes, start-up, drawing "
        f"people and writing included. A frame of 512 px at full detail: {hero}.",
    ]
