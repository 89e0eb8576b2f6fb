"""The page of `benchmarks.behaviour`: tables, and a plot of spectra and curves."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.behaviour_measures import AXES, Moving
from benchmarks.report import describe_machine, markdown_table, number, write_json, write_page

PLOT: Final = "behaviour.png"
_SHOWN_S = 12
_TICKS_HZ = (0.2, 0.5, 1, 2, 4)
_LINES = (
    ("spread °", "spread", 1),
    ("speed °/s", "speed", 1),
    ("95 % speed °/s", "speed_95", 1),
)
_SINGLES = (
    ("spectrum, dB from the other clips'", "spectral_db", 1),
    ("its shape alone, dB", "shape_db", 1),
    ("nods with accents, r", "nods", 2),
    ("speed with loudness, r", "energy", 2),
    ("fast nodding with pitch, abs. r", "pitch", 2),
    ("blinks a minute", "blinks_per_minute", 0),
    ("blink width ms", "blinks_width_ms", 0),
)


def write(
    folder: Path, document: Mapping[str, Any], *, example: Moving, moves: Mapping[str, Moving]
) -> None:
    """Write behaviour.json, behaviour.md and the plot.

    Args:
        folder: Where to.
        document: See `benchmarks.behaviour.measure`.
        example: Whose length is drawn.
        moves: One motion of each generator.
    """
    write_json(folder / "behaviour.json", document)
    _plot(folder / PLOT, document, moves)
    write_page(folder / "behaviour.md", _page(document, len(example.lid) / example.rate))


def _page(document: Mapping[str, Any], example_s: float) -> list[str]:
    real, made = document["real"], document["made"]
    headers = ["", "real: median (smallest to largest)", *made]
    rows = []
    for title, key, digits in _LINES:
        for axis, name in enumerate(AXES):
            rows.append([f"{title}, {name}", _range([row[key][axis] for row in real], digits)])
            rows[-1] += [_median([row[key][axis] for row in made[g]], digits) for g in made]
    for title, key, digits in _SINGLES:
        rows.append([title, _range([row[key] for row in real], digits)])
        rows[-1] += [_median([row[key] for row in made[g]], digits) for g in made]
    rows.append(["distance to the nearest of 8 seeds", "–"])
    rows[-1] += [number(document["diversity"][g], 2) for g in made]
    long = [
        [
            generator,
            number(entry["drift_degrees"], 2),
            number(entry["largest_degrees"], 1),
            number(float(np.mean(entry["silent_speed"])), 1),
            number(entry["silent_blinks"], 0),
            number(entry["times_real_time"], 0),
        ]
        for generator, entry in document["long"].items()
    ]
    return [
        "# Behaviour: head, brows and lids",
        f"{len(real)} clips of people who talk, {len(next(iter(made.values())))} motions of each "
        "generator to the sound of the same clips. Medians over clips; tracks are cleaned of "
        "their jitter by a Wiener filter matched to each. The clips are of lively talkers: means "
        "of 39 clips elsewhere are 2.9 / 3.6 / 3.4 degrees and 7 / 7 / 5 degrees a second (pitch "
        "/ yaw / roll), 21 blinks a minute (13 to 36) of 165 ms.",
        markdown_table(headers, rows),
        f"![Spectra of the head's angular speed, and {_SHOWN_S} seconds of motion]({PLOT})",
        "## Ten minutes",
        markdown_table(
            [
                "generator",
                "drift °",
                "largest angle °",
                "°/s in silence",
                "blinks a minute in silence",
                "times real time, one core",
            ],
            long,
        ),
        "Drift: the mean of a third of the time from the mean of all. Distance to the nearest "
        f"seed: of {example_s:.0f} seconds, over the spread of the motion itself; 1.41 for "
        "independent motions, 0 for equal ones.",
        describe_machine(document["machine"], document["versions"]),
    ]


def _range(values: list[float], digits: int) -> str:
    known = [value for value in values if np.isfinite(value)]
    low, middle, high = np.quantile(known, [0, 0.5, 1])
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _median(values: list[float], digits: int) -> str:
    return f"{np.nanmedian(values):.{digits}f}"


def _plot(path: Path, document: Mapping[str, Any], moves: Mapping[str, Moving]) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 8), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1 + len(moves), 3, height_ratios=[2, *([1] * len(moves))])
    edges = np.array(document["bands_hz"])
    bands = np.sqrt(edges[:-1] * edges[1:])
    real = np.array([row["spectrum"] for row in document["real"]], float)
    for column, name in enumerate(AXES):
        spectrum = axes[0, column]
        low, high = np.nanmin(real[..., column], axis=0), np.nanmax(real[..., column], axis=0)
        spectrum.fill_between(bands, low, high, color="0.85", label="real, all clips")
        spectrum.plot(bands, np.nanmean(real[..., column], axis=0), color="0.4", label="real, mean")
        for generator, rows in document["made"].items():
            made = np.nanmean([np.array(row["spectrum"])[:, column] for row in rows], axis=0)
            spectrum.plot(bands, made, label=generator)
        spectrum.set(xscale="log", title=f"{name}: power of the speed", xlabel="Hz", ylabel="dB")
        spectrum.set_xticks(_TICKS_HZ, [f"{tick:g}" for tick in _TICKS_HZ])
        spectrum.minorticks_off()
        for row, (generator, moving) in enumerate(moves.items(), start=1):
            shown = moving.degrees[: round(_SHOWN_S * moving.rate), column]
            axes[row, column].plot(np.arange(len(shown)) / moving.rate, shown, color=f"C{row - 1}")
            axes[row, column].set(ylim=(-12, 12), ylabel=f"{generator} °" if not column else "")
    axes[0, 0].legend(fontsize="small")
    figure.savefig(path, dpi=90)
