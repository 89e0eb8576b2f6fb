"""The report of protocol P5: speed, memory and the ratio to the reference network."""

import os
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.figures import Target, at_least, at_most, plain, targets_table
from benchmarks.report import (
    describe_machine,
    machine,
    markdown_table,
    number,
    versions,
    write_json,
    write_page,
)
from benchmarks.rows import ENGINE

Row = Mapping[str, object]

FLAT = 1.10
"""Largest ratio of peak memory between the longest and the shortest clip."""
TARGET_FPS = {"speak": 30, "reenact": 25}
TARGET_FRAME = "512 x 512"
TARGET_RATIO = 40
TARGET_FIRST_S = 1.5
TARGET_MB = 1000
REFERENCE = "first-order network"
HEADERS = (
    "command", "frame", "setting", "frames", "fps", "fps of the whole process", "first frame s",
    "after loading s", "peak MB", "CPU ms / frame",
)  # fmt: skip


def line(row: Row) -> str:
    """One line about one run, for the terminal."""
    figures = (f"{name} {value:.2f}" for name, value in row.items() if isinstance(value, float))
    return f"{row['program']} {row.get('frame', '')}: " + ", ".join(figures)


def write(folder: Path, rows: Sequence[Row], *, settings: Mapping[str, object]) -> None:
    """Write `speed.json` and `speed.md`."""
    facts, packages = machine(), versions()
    load = dict(zip(("1_min", "5_min", "15_min"), os.getloadavg(), strict=True))
    compared = ratios(rows)
    reached = targets(rows)
    write_json(
        folder / "speed.json",
        {
            "protocol": "P5 speed",
            "settings": settings,
            "machine": facts,
            "load_average_at_the_end": load,
            "versions": packages,
            "targets": plain(reached),
            "ratios": compared,
            "runs": list(rows),
        },
    )
    write_page(
        folder / "speed.md",
        [
            "# Speed and memory",
            _introduction(settings),
            "## Against the targets",
            f"Of the engine as it comes, source frames of {TARGET_FRAME} px.",
            targets_table(reached),
            "## Rendering",
            markdown_table(HEADERS, [_cells(row) for row in _main_runs(rows)]),
            _against_reference(compared),
            "## Where a frame's time goes",
            "Milliseconds a frame. Stages run side by side, so they add up to more than a frame "
            "takes.",
            _stages(rows),
            "## Enrolment",
            _enrolment(rows),
            *_growth(rows),
            "## How it was measured",
            *_method(),
            f"Load average at the end (1, 5, 15 min): "
            f"{', '.join(number(value, 1) for value in load.values())}. "
            + describe_machine(facts, packages),
        ],
    )


def ratios(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """How many times faster than the reference each main run was, by wall and by CPU time."""
    references = [row for row in rows if str(row["program"]).startswith(REFERENCE)]
    if not references:
        return {}
    wall = statistics.mean(float(row["milliseconds"]) for row in references)
    busy = statistics.mean(float(row["cpu_milliseconds"]) for row in references)
    return {
        _name(row): {
            "wall": float(row["steady_fps"]) * wall / 1000,
            "cpu": busy / float(row["cpu_ms"]),
        }
        for row in _main_runs(rows)
    }


def targets(rows: Sequence[Row]) -> list[Target]:
    """What the engine as it comes shall reach."""
    compared = ratios(rows)
    found = []
    for row in _main_runs(rows):
        if row["frame"] != TARGET_FRAME or row["setting"] != ENGINE:
            continue
        program = str(row["program"])
        first, peak = float(row["first_after_loading_s"]), float(row["peak_mb"])
        found += [
            at_least(f"`{program}`: fps", float(row["steady_fps"]), TARGET_FPS[program], 1),
            at_most(f"`{program}`: first frame after loading, s", first, TARGET_FIRST_S, 2),
            at_most(f"`{program}`: peak memory, MB", peak, TARGET_MB, 0),
        ]
        if _name(row) in compared:
            ratio = compared[_name(row)]["cpu"]
            what = f"`{program}`: times faster than the first-order network, CPU time"
            found.append(at_least(what, ratio, TARGET_RATIO, 1))
    return found


def _name(row: Row) -> str:
    name = f"{row['program']} {row['frame']}"
    return name if row["setting"] == ENGINE else f"{name}, {row['setting']}"


def _main_runs(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if "steady_fps" in row and "growth_s" not in row]


def _growth_runs(rows: Sequence[Row], program: str) -> list[Row]:
    return [row for row in rows if "growth_s" in row and row["program"] == program]


def _introduction(settings: Mapping[str, object]) -> str:
    warning = "A quick run with short clips, not for the record. " if settings["quick"] else ""
    return (
        f"{warning}Whole commands in processes of their own, with a throw-away home: Python's "
        f"start, opening the sealed avatar, tracking or speech analysis, rendering the head at "
        f"{settings['size']} px, pasting it into the full frame, encoding and signing. Source: "
        f"`{settings['source']}`, speech: `{settings['speech']}`; personalised for "
        f"{settings['minutes']:g} minutes at enrolment. Written by "
        "`python -m benchmarks.speed`; the figures are also in [speed.json](speed.json)."
    )


def _cells(row: Row) -> list[str]:
    return [
        str(row["program"]),
        str(row["frame"]),
        str(row["setting"]),
        number(row["frames"]),
        number(row["steady_fps"], 1),
        number(row["whole_fps"], 1),
        number(row["first_frame_s"], 1),
        number(row["first_after_loading_s"], 2),
        number(row["peak_mb"], 0),
        number(row["cpu_ms"], 0),
    ]


def _against_reference(compared: Mapping[str, Mapping[str, float]]) -> str:
    table = markdown_table(
        ("run", "times faster, wall", "times faster, CPU time"),
        [[name, number(it["wall"], 1), number(it["cpu"], 1)] for name, it in compared.items()],
    )
    return (
        "Against the engine `fomm` (vox-256, random weights, eager PyTorch on the CPU, 256 px, the "
        "source encoded before), timed in the same run, before and after. "
        "Ours renders four times the pixels and does all the rest of the work as well. CPU time is "
        "the ratio to quote: two threads of PyTorch lose far more wall time on a busy machine than "
        "the commands do.\n\n" + table
    )


def _stages(rows: Sequence[Row]) -> str:
    runs = _main_runs(rows)
    names = list(dict.fromkeys(name for row in runs for name in row["stages"]))
    return markdown_table(
        ("run", *names),
        [
            [
                _name(row),
                *(number(row["stages"].get(name), 1) for name in names),
            ]
            for row in runs
        ],
    )


def _enrolment(rows: Sequence[Row]) -> str:
    return markdown_table(
        ("source frame", "wall s", "CPU s", "peak MB"),
        [
            [
                str(row["frame"]),
                number(row["wall_s"], 1),
                number(row["cpu_s"], 1),
                number(row["peak_mb"], 0),
            ]
            for row in rows
            if row["program"] == "enroll"
        ],
    )


def _growth(rows: Sequence[Row]) -> list[str]:
    paragraphs = ["## Growth with length"] if any("growth_s" in row for row in rows) else []
    for program in ("speak", "reenact"):
        runs = _growth_runs(rows, program)
        if len(runs) < 2:
            continue
        ratio = float(runs[-1]["peak_mb"]) / float(runs[0]["peak_mb"])
        verdict = "flat" if ratio <= FLAT else "grows"
        paragraphs += [
            f"`{program}`: the longest needs {ratio:.2f} times the memory of the shortest "
            f"(at most {FLAT:.2f} counts as flat): **{verdict}**.",
            markdown_table(
                ("length s", "frames", "fps", "first frame s", "peak MB"),
                [
                    [
                        number(row["growth_s"]),
                        number(row["frames"]),
                        number(row["steady_fps"], 1),
                        number(row["first_frame_s"], 1),
                        number(row["peak_mb"], 0),
                    ]
                    for row in runs
                ],
            ),
        ]
    return paragraphs


def _method() -> list[str]:
    return [
        "fps: frames after the first, by the time from the first frame to the signed file. First "
        "frame: from the start of the process; after loading: from the start of the command, "
        "without the time in which the engine was made ready. Peak memory: what the operating "
        "system reports for the finished process. CPU time: all threads, user and system, over "
        "the frames; it depends less on what else the machine does. The source is repeated to the "
        "length wanted, scaled to fit the frame, and its edges are continued.",
        "Reference: the published layers and shapes (14.2 million weights in the keypoint "
        "detector, 45.6 million in the generator), batch norms settled by one pass, denormal "
        "numbers flushed, median of a few frames after one to warm up; a frame is one pass of the "
        "detector, the transfer, the dense motion and the generator from the source's features "
        "on; the published demo encodes the source again for every frame, which is not counted.",
    ]
