"""The Markdown report of `benchmarks.audio2motion`."""

import statistics
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.figures import Target, at_least, at_most, targets_table
from benchmarks.report import describe_machine, markdown_table, number

SHAPES = ("gap", "jawOpen", "width")
LADDER = {
    "energy": "energy",
    "rules": "phone rules",
    "ridge": "ridge on phones",
    "network": "network",
    "motion": "motion (network, contacts, coefficients)",
}

SCORED = "motion"
"""What is held against the targets: the face that ships, not the network's own opinion."""

Entry = dict[str, Any]


def page(document: Entry) -> list[str]:
    """All paragraphs."""
    unseen, wild = document["unseen"], document["wild"]
    parts = ["# Speech to motion", _INTRODUCTION]
    parts += ["## Targets", targets_table(targets(document))]
    parts += ["## Ladder", _ladder_table(unseen, wild), _LADDER_TEXT]
    parts += ["![Lip gap of real talkers and what their sound gives](../images/speech-lips.png)"]
    for title, entries in (("Unseen GRID talkers", unseen), ("Wild clips", wild)):
        parts += [f"## {title}", _clip_table(entries)]
    parts += [_CLIP_TEXT, "## Synthetic voices with exact phone times"]
    parts += [_voice_table(document["voices"]), _VOICE_TEXT]
    parts += ["![A sentence: sound, classes, contacts and lips](../images/speech-sounds.png)"]
    parts += ["## Head and lids", _motion_table(document), _silences(document)]
    parts += ["## Streaming", _streaming_table(document["streaming"]), _STREAMING_TEXT]
    parts += ["## Speed, one thread", _speed_table(document["speed"])]
    parts.append(f"The network ran on `{document['provider']}` of ONNX Runtime.")
    parts.append(describe_machine(document["machine"], document["versions"]))
    return parts


def targets(document: Entry) -> list[Target]:
    """What issue and page promise, beside what was measured."""
    unseen, wild = document["unseen"], document["wild"]
    found = [
        at_least(f"unseen GRID talkers, {name}, mean r", _mean(unseen, SCORED, name), wanted, 2)
        for name, wanted in zip(SHAPES, (0.80, 0.74, 0.62), strict=True)
    ]
    median_gap = statistics.median(one[SCORED]["gap"]["r"] for one in wild)
    found.append(at_least("wild clips, gap, median r", median_gap, 0.60, 2))
    lags = [abs(one[SCORED]["gap"]["lag"]) for one in unseen]
    found.append(at_most("unseen GRID talkers, largest lag of the gap, s", max(lags), 0.04, 2))
    for name in SHAPES:
        spread = statistics.median(one[SCORED][name]["spread"] for one in unseen)
        within = 0.8 <= spread <= 1.2
        what = f"unseen GRID talkers, spread of {name}, median"
        found.append(Target(what, "0.8 to 1.2", number(spread), within))
    held_out = [one for one in document["voices"] if one["held_out"]]
    if held_out:
        clean, noisy = held_out[0], held_out[2]
        found.append(at_least("unseen engine, frames right", clean["frame_accuracy"], 0.75, 3))
        found.append(at_least("the same at 10 dB, frames right", noisy["frame_accuracy"], 0.60, 3))
        found += _language_targets(document["voices"])
        found.append(at_least("unseen engine, p b m closed", clean["closure_recall"], 0.95, 3))
        found.append(at_most("unseen engine, vowels closed", clean["false_closures"], 0.05, 3))
    longest = max(document["predicted_motion"]["open_in_silence_ms"])
    found.append(at_most("open mouth in silence, longest, ms", longest, 300, 0))
    slowest = max(row["real_time"] for row in document["speed"])
    found.append(at_least("times real time, one thread", 1 / slowest, 20, 0))
    if document["streaming"]:
        delay = max(row["delay_s"] for row in document["streaming"])
        found.append(at_most("streaming delay, s", delay, 0.25, 3))
    return found


def _language_targets(voices: Sequence[Entry]) -> list[Target]:
    seen = [one for one in voices if one["voice"].startswith("seen language")]
    unseen = [one for one in voices if one["voice"].startswith("unseen language")]
    if not seen:
        return []
    return [
        at_most(
            f"{one['voice']}: points below English of the same engine",
            100 * (seen[0]["frame_accuracy"] - one["frame_accuracy"]),
            10,
            1,
        )
        for one in unseen
    ]


def _mean(entries: Sequence[Entry], method: str, name: str) -> float:
    return float(np.mean([one[method][name]["r"] for one in entries]))


def _ladder_table(unseen: Sequence[Entry], wild: Sequence[Entry]) -> str:
    rows = []
    for method, title in LADDER.items():
        means = [number(_mean(unseen, method, name)) for name in SHAPES]
        medians = [
            number(float(np.median([one[method][name]["r"] for one in wild]))) for name in SHAPES
        ]
        rows.append([title, *means, *medians])
    headers = ["", *(f"unseen {name}" for name in SHAPES), *(f"wild {name}" for name in SHAPES)]
    return markdown_table(headers, rows)


def _clip_table(entries: Sequence[Entry]) -> str:
    rows = []
    for one in entries:
        made = one[SCORED]
        cells = [number(made[name]["r"]) for name in SHAPES]
        cells += [number(made["gap"]["lag"]), number(one["offset"])]
        cells += [number(made[name]["spread"]) for name in SHAPES]
        rows.append([one["clip"], *cells])
    headers = ["clip", *SHAPES, "lag s", "offset s", *(f"{name} spread" for name in SHAPES)]
    return markdown_table(headers, rows)


def _voice_table(voices: Sequence[Entry]) -> str:
    keys = ("frame_accuracy", "closure_recall", "false_closures", "labiodentals_met")
    rows = [
        [one["voice"], number(one["seconds"], 0), *(number(one[key], 3) for key in keys)]
        for one in voices
    ]
    headers = ["voice", "seconds", "frames right", "p b m closed", "vowels closed", "f v met"]
    return markdown_table(headers, rows)


def _motion_table(document: Entry) -> str:
    rows = []
    for title, key in (("predicted", "predicted_motion"), ("real clips", "real_motion")):
        entry = document[key]
        head = [
            " / ".join(number(v, 1) for v in entry["head"][figure])
            for figure in ("spread", "speed", "speed_95")
        ]
        lids = [number(entry["blinks"][k], 2) for k in ("per_minute", "width_ms", "closure")]
        rows.append([title, *lids, *head])
    headers = ["", "blinks a minute", "width ms", "closure"]
    headers += ["head spread °", "speed °/s", "95 % °/s (pitch / yaw / roll)"]
    return markdown_table(headers, rows)


def _silences(document: Entry) -> str:
    silences = document["predicted_motion"]["open_in_silence_ms"]
    return (
        "Real clips are short (medians of those of at least 4 s) and the tracker jitters. Longest "
        f"stretch with parted lips in silence: {max(silences):.0f} ms in the worst of "
        f"{len(silences)} recordings, median {float(np.median(silences)):.0f} ms."
    )


def _streaming_table(rows: Sequence[Entry]) -> str:
    cells = [
        [
            row["recording"],
            f"{row['same_opening']:.1e}",
            number(row["live_gap"]),
            number(row["delay_s"], 3),
        ]
        for row in rows
    ]
    headers = ["recording", "largest difference", "live, r of the gap", "delay s"]
    return markdown_table(headers, cells)


def _speed_table(rows: Sequence[Entry]) -> str:
    cells = [[number(float(value), 3) for value in row.values()] for row in rows]
    return markdown_table(["recording s", "time ÷ real time", "peak MB of the process"], cells)


_INTRODUCTION = (
    "Made by `python -m benchmarks.audio2motion`. Clips are tracked with MediaPipe, motion is "
    "predicted from their sound and compared; synthetic voices have exact phone times. No "
    "weight was fitted on any of the clips, nor on the unseen engine and languages."
)
_LADDER_TEXT = (
    "Pearson's r with the tracked lips, best lag within 100 ms: mean over the unseen GRID talkers, "
    "median over the wild clips, whose own sound offsets are estimated with the ridge regression "
    "and taken out first. All rungs hear the same front end and see no more of the future than the "
    "network. *Network* is what it says of the lips themselves; *motion* what is left of it in "
    "the coefficients of a finished face, as they move the lips of the talker of the training."
)
_CLIP_TEXT = (
    "Of the finished motion. A positive lag: the prediction moves later than the truth. Spread: "
    "predicted over real standard deviation, both over the distance of the outer eye corners."
)
_VOICE_TEXT = (
    "Frames right: of fourteen classes, 100 a second. p b m closed: the lip gap of the finished "
    "motion falls to 10 % of its range (rest to 99th percentile) within a video frame of the "
    "sound; vowels closed: the same in the middle of a vowel of 60 ms or more; f v met: the lower "
    "lip rolls in to 70 % of the labiodental posture. Over noise: white, pink and music in turn."
)
_STREAMING_TEXT = (
    "Pieces of 20 ms. Largest difference: mouth coefficients of a stream that starts from the "
    "recording's own opening, against the recording in one piece. Live: a stream that knows "
    "nothing of voice and microphone, against the same. Delay: sound that had to be pushed after a "
    "frame's time until the frame came, in pieces of 1 ms."
)
