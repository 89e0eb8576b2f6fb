"""Writes the generated parts of the documentation; with --check only tells whether they are stale.

In Markdown files, what stands between `<!-- generated: NAME -->` and `<!-- end -->` is replaced by
the output of the function of that name. `docs/commands.md` is the help of every command.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

import weights
from audio2motion.text.tags import TAGS
from avatar.cli import COMMANDS, cli

ROOT = Path(__file__).resolve().parent.parent
ENGINE = "first-order engine"
"""The row of the engine as it comes, in figures of speed."""
BENCHMARKS = ROOT / "docs" / "benchmarks"
COMMANDS_PAGE = ROOT / "docs" / "commands.md"
BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def weights_table() -> str:
    """Return the manifest as a table; files of one model are one row."""
    rows: dict[tuple[str, str, bool], list[weights.Entry]] = {}
    for entry in weights.catalog():
        family = entry.card.removesuffix(".md") or entry.name
        rows.setdefault((family, entry.licence, entry.commercial_use), []).append(entry)
    lines = [
        "| model | files | MB | licence | commercial use | source | comes with |",
        "|---|---|---|---|---|---|---|",
    ]
    for (family, licence, commercial), entries in rows.items():
        size = sum(entry.bytes for entry in entries) / 1e6
        comes_with = entries[0].requirement.partition("==")[0] or (
            "this package" if entries[0].where == "package-data" else "`avatar weights fetch`"
        )
        use = "yes" if commercial else "**no**"
        source = "; ".join(dict.fromkeys(entry.source for entry in entries))
        lines.append(
            f"| [{family}](weights/cards/{family}.md) | {len(entries)} | {size:.1f} | {licence} "
            f"| {use} | {source} | {comes_with} |"
        )
    return "\n".join(lines) + "\n"


def directions_table() -> str:
    """Return what a text may ask of the face."""
    lines = ["| direction | what happens | number |", "|---|---|---|"]
    for name, tag in TAGS.items():
        written = f"`[{name}]…[/{name}]`" if tag.spans else f"`[{name}]`"
        number = f"{tag.number}, {tag.least:g} to {tag.most:g}; usually {tag.usual:g}"
        lines.append(f"| {written} | {tag.says} | {number if tag.number else 'none'} |")
    return "\n".join(lines) + "\n"


def figures() -> str:
    """Return the headline figures of the measurements, each with a link to its page."""
    lines = ["| what | measured | page |", "|---|---|---|"]
    machines = set()
    for name, rows_of in HEADLINES.items():
        source = BENCHMARKS / f"{name}.json"
        if not source.exists():
            continue
        content = json.loads(source.read_text(encoding="utf-8"))
        machine = content["machine"]
        machines.add(f"{machine['processor']}, {machine['cores']} cores")
        for what, measured in rows_of(content):
            lines.append(f"| {what} | {measured} | [{name}](docs/benchmarks/{name}.md) |")
    return "\n".join(lines) + f"\n\nOn {' and '.join(sorted(machines))}, without a GPU.\n"


def reenact_rows(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the headline figures of self re-enactment."""
    clips = [clip for clip in content["clips"] if "ratios" in clip and clip["group"] != "synthetic"]
    engine = list(clips[0]["rows"])[-1]
    yield (
        f"unseen frames of {len(clips)} real clips: landmark distance ÷ that of the still source",
        spread([clip["ratios"]["akd"] for clip in clips]),
    )
    yield "… of the lips alone", spread([clip["ratios"]["akd_lips"] for clip in clips])
    yield (
        "… colour difference (L1) ÷ that of the still source",
        spread([clip["ratios"]["l1"] for clip in clips]),
    )
    yield (
        "… sharpness ÷ that of the real frames",
        spread([clip["rows"][engine]["sharpness"] for clip in clips]),
    )
    lids = [clip["rows"][engine].get("eye_close") for clip in clips]
    if known := [value for value in lids if value is not None]:
        yield "… how far lids close, of the real ones' way", spread(known)


def cross_rows(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the headline figures of cross-identity re-enactment."""
    pairs = [pair for pair in content["clips"] if "rows" in pair]
    engine = list(pairs[0]["rows"])[-1]
    yield (
        f"one synthetic person driven by another, {len(pairs)} pairs: landmark distance to the "
        "true rendering, px of 256",
        spread([pair["rows"][engine]["akd"] for pair in pairs]),
    )
    yield (
        "… distance to the person's own frames, beyond that of those from each other (dlib)",
        spread([pair["rows"][engine]["own_frames"] - pair["own"] for pair in pairs]),
    )


def audio_rows(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the headline figures of speech to motion."""
    for kind, text in (("unseen", "studio talkers not fitted on"), ("wild", "wild clips")):
        values = [clip["motion"]["gap"]["r"] for clip in content[kind]]
        yield f"lip opening from speech: correlation with {text}", spread(values)
    recall = [voice["closure_recall"] for voice in content["voices"]]
    yield "lips closed on p, b, m of synthetic voices", spread(recall)
    longest = max(content["speed"], key=lambda run: run["seconds"])
    yield (
        f"speech to motion, {longest['seconds'] / 60:.0f} minutes of sound, one thread",
        f"{1 / longest['real_time']:.0f} × real time, {longest['peak_mb']:.0f} MB",
    )


def speed_rows(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the headline figures of speed."""
    for run in content["runs"]:
        main = "steady_fps" in run and "growth_s" not in run
        if main and run.get("setting") in (None, ENGINE):
            size = content["settings"]["size"]
            yield (
                f"`{run['program']}`, {run['frame']} source, head at {size} px",
                f"{run['steady_fps']:.0f} frames a second, {run['peak_mb']:.0f} MB",
            )


def synthetic_targets(content: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what synthetic people shall reach: what, target, measured."""
    identity, coefficients = content["identity"], content["coefficients"]
    yield "faces found by MediaPipe up to 45° of yaw", "99.5 %", percent(content["faces"]["found"])
    for name, gesture in coefficients["gestures"].items():
        measured = (
            f"alone {gesture['sweeps_person']:.2f}; talking {gesture['talk']:.2f}, "
            f"acting {gesture['act']:.2f}"
        )
        yield f"{name}: correlation of MediaPipe's coefficient with the truth", "0.90", measured
    yield "frames of two people ≥ 0.5 apart (dlib)", "95 %", percent(identity["frame_pairs_apart"])
    yield (
        "median descriptors of two people ≥ 0.5 apart (dlib)",
        "95 %",
        percent(identity["pairs_apart"]),
    )
    yield "two frames of one person ≤ 0.4 apart (dlib)", "95 %", likeness(content)
    for size, figures in content["truth"]["px"].items():
        markers = figures["markers"]
        measured = f"median {markers['median']:.2f} px, largest {markers['largest']:.2f} px"
        yield f"truth to rendered markers, frames of {size} px", "0.5 px", measured
    for row in content.get("events", {"rows": []})["rows"]:
        found = row["all"]
        yield (
            f"phone times of {row['name']} against sharp changes of the sound",
            "10 ms",
            f"median {found['median_ms']:.0f} ms, {percent(found['within_10'])} within 10 ms",
        )
    restored = content["speech"][-1]["shown"]
    yield (
        "phone times, exact ones spoiled and restored, where the sound shows the change",
        "10 ms",
        f"median {restored['median_ms']:.0f} ms, {percent(restored['within_10'])} within 10 ms",
    )
    if "throughput" in content:
        speed = content["throughput"]
        measured = f"{speed['training_s']:.0f} s"
        yield f"{speed['frames']} frames of 256 px from {speed['people']} people", "300 s", measured
        for renderer, seconds in speed["hero_s"].items():
            yield f"a frame of 512 px, {renderer} renderer", "30 s", f"{seconds:.1f} s"


def likeness(content: Mapping[str, Any]) -> str:
    """Return how often two frames of one person are alike, drawn and real."""
    identity = content["identity"]
    varied, steady = identity["frame_pairs_alike"], identity["one_light"]["frame_pairs_alike"]
    measured = f"{percent(varied)} in eight lights, {percent(steady)} in one"
    if "real" in content:
        measured += f"; real clips {percent(content['real']['frame_pairs_alike'])}"
    return measured


def synthetic_rows(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the headline figures of synthetic people."""
    for what, target, measured in synthetic_targets(content):
        if "faces" in what or "markers" in what or "people" in what:
            yield f"synthetic people: {what}", f"{measured} (target {target})"


def synthetic_table() -> str:
    """Return the targets of synthetic people beside what was measured."""
    source = BENCHMARKS / "synthetic.json"
    lines = ["| what | target | measured |", "|---|---|---|"]
    if source.exists():
        content = json.loads(source.read_text(encoding="utf-8"))
        lines += [f"| {' | '.join(row)} |" for row in synthetic_targets(content)]
    return "\n".join(lines) + "\n"


def percent(share: float) -> str:
    """Write a share as per cent."""
    return f"{100 * share:.1f} %"


def spread(values: Sequence[float]) -> str:
    """Write the median and the extremes."""
    return f"median {statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


HEADLINES: dict[str, Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]]] = {
    "reenact": reenact_rows,
    "cross_identity": cross_rows,
    "audio2motion": audio_rows,
    "speed": speed_rows,
    "synthetic": synthetic_rows,
}
GENERATORS: dict[str, Callable[[], str]] = {
    "weights": weights_table,
    "directions": directions_table,
    "figures": figures,
    "synthetic": synthetic_table,
}


def filled(text: str) -> str:
    """Return a Markdown text with its generated blocks written anew.

    Raises:
        KeyError: A block has a name that nothing generates.
    """
    return BLOCK.sub(lambda found: found[1] + GENERATORS[found[2]]() + found[3], text)


def commands_page() -> str:
    """Return the help of every command."""
    parts = ["# Commands\n\nGenerated from the commands' own help.\n"]
    context = click.Context(cli, info_name="avatar", max_content_width=100, terminal_width=100)
    context.help_option_names = ["-h", "--help"]
    parts.append(_section(cli, context))
    for name in COMMANDS:
        command = cli.get_command(context, name)
        inner = click.Context(command, context, info_name=name, terminal_width=100)
        parts.append(_section(command, inner))
        if isinstance(command, click.Group):
            for sub_name, sub in command.commands.items():
                sub_context = click.Context(sub, inner, info_name=sub_name, terminal_width=100)
                parts.append(_section(sub, sub_context))
    return "\n".join(parts)


def _section(command: click.Command, context: click.Context) -> str:
    return f"## {context.command_path}\n\n```\n{command.get_help(context)}\n```\n"


def stale() -> dict[Path, str]:
    """Return the pages whose generated content is not up to date, with what it should be."""
    pages = {ROOT / "README.md", *(ROOT / "docs").rglob("*.md")} - {COMMANDS_PAGE}
    wanted = {page: filled(page.read_text(encoding="utf-8")) for page in sorted(pages)}
    wanted[COMMANDS_PAGE] = commands_page()
    return {
        page: text
        for page, text in wanted.items()
        if not page.exists() or page.read_text(encoding="utf-8") != text
    }


def main() -> int:
    """Write or check; returns the exit code."""
    changed = stale()
    for page, text in changed.items():
        click.echo(page.relative_to(ROOT))
        if "--check" not in sys.argv:
            page.write_text(text, encoding="utf-8")
    return 1 if changed and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
