"""The report of protocol P5: speed, memory and the ratio to the reference network."""

import os
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.report import (
    describe_machine,
    machine,
    markdown_table,
    number,
    versions,
    write_json,
    write_page,
)

Row = Mapping[str, object]

FLAT = 1.10
"""Largest ratio of peak memory between the longest and the shortest clip."""
TARGET_FPS = 10
REFERENCE = "first-order network"
HEADERS = (
    "command", "frame", "frames", "fps", "fps of the whole process", "first frame s",
    "peak MB", "CPU ms / frame",
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
    write_json(
        folder / "speed.json",
        {
            "protocol": "P5 speed",
            "settings": settings,
            "machine": facts,
            "load_average_at_the_end": load,
            "versions": packages,
            "ratios": compared,
            "runs": list(rows),
        },
    )
    write_page(
        folder / "speed.md",
        [
            "# Speed and memory",
            _introduction(settings),
            "## Rendering",
            _rendering(rows),
            _against_reference(compared),
            "## Where a frame's time goes",
            "Milliseconds a frame. Stages run side by side, so they add up to more than a frame "
            "takes.",
            _stages(rows),
            "## Enrolment",
            _enrolment(rows),
            "## Growth with length",
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
        f"{row['program']} {row['frame']}": {
            "wall": float(row["steady_fps"]) * wall / 1000,
            "cpu": busy / float(row["cpu_ms"]),
        }
        for row in _main_runs(rows)
    }


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
        f"`{settings['source']}`, speech: `{settings['speech']}`. Written by "
        "`python -m benchmarks.speed`; the figures are also in [speed.json](speed.json)."
    )


def _cells(row: Row) -> list[str]:
    return [
        str(row["program"]),
        str(row["frame"]),
        number(row["frames"]),
        number(row["steady_fps"], 1),
        number(row["whole_fps"], 1),
        number(row["first_frame_s"], 1),
        number(row["peak_mb"], 0),
        number(row["cpu_ms"], 0),
    ]


def _rendering(rows: Sequence[Row]) -> str:
    runs = _main_runs(rows)
    slow = [row for row in runs if float(row["steady_fps"]) < TARGET_FPS]
    reached = f"{len(runs) - len(slow)} of {len(runs)} runs reach {TARGET_FPS} fps."
    return f"{reached}\n\n{markdown_table(HEADERS, [_cells(row) for row in runs])}"


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
                f"{row['program']} {row['frame']}",
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
    paragraphs = []
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
        "frame: from the start of the process. Peak memory: what the operating system reports for "
        "the finished process. CPU time: all threads, user and system, over the frames; it depends "
        "less on what else the machine does. The source is repeated to the length wanted, scaled "
        "to fit the frame, and its edges are continued.",
        "Reference: the published layers and shapes (14.2 million weights in the keypoint "
        "detector, 45.6 million in the generator), batch norms settled by one pass, denormal "
        "numbers flushed, median of 5 frames after one to warm up; a frame is one pass of the "
        "detector, the transfer, the dense motion and the generator from the source's features "
        "on; the published demo encodes the source again for every frame, which is not counted.",
    ]
