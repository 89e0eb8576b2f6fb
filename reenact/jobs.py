"""The table of jobs that `avatar batch` reads: columns, checks, and a stable name for each job."""

from __future__ import annotations

import csv
import difflib
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from capture.errors import CaptureError
from reenact.control_options import read_controls
from reenact.errors import ControlError
from reenact.picture import Picture, parse_size

if TYPE_CHECKING:
    from reenact.controls import Controls

COMMANDS = ("speak", "reenact")
REQUIRED = ("command", "subject")
TEXT = ("text", "voice", "language")
CONTROLS = ("expression", "pose", "eye_open", "lip_open", "gaze", "view", "still")
FOLLOWING = ("motion", "region", "audio", "engine", "checkpoint", "face", "driving_crop")
PICTURE = ("background", "crop", "output_size")
COLUMNS = ("id", *REQUIRED, "input", *TEXT, "size", "fps", "seed", *FOLLOWING, *CONTROLS, *PICTURE)
FOR_COMMAND = {
    "speak": ("size", "fps", "seed", *TEXT),
    "reenact": ("size", *FOLLOWING),
}
MOTIONS = ("relative", "absolute")
REGIONS = ("all", "expression", "pose", "lips", "eyes")
ENGINES = ("first-order", "fomm")
HASH_CHUNK = 1 << 20

Number = TypeVar("Number", int, float, Fraction)


class JobError(CaptureError):
    """A row of the table cannot be a job, or the table cannot be read."""


@dataclass(frozen=True, slots=True)
class Job:
    """One row: which avatar does what with which file."""

    row: int  # as a spreadsheet counts, the header being row 1
    label: str  # the output's name without suffix; empty: the job id
    command: str
    subject: str
    source: Path | None  # speech of `speak`, driving video of `reenact`; None where a text is said
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be a job, and why."""

    row: int
    label: str
    error: JobError


def read_jobs(table: Path) -> list[Job | BadRow]:
    """Read a CSV table of jobs; a bad row becomes a `BadRow`, in its place.

    Columns: `command` (speak or reenact), `subject` (the id), `input` (speech or driving video;
    relative to the table's folder) or, of speak, `text` with `voice` and `language`; and, optional,
    `id` (name of the output), `size`, `fps`, `seed` (of speak), `motion`, `region`, `audio` (of
    reenact), and the controls: `expression`, `pose`, `eye_open`, `lip_open`, `gaze`, `view`,
    `still`. An empty cell is the default.

    Raises:
        JobError: The table is not readable, lacks a column, or has an unknown one.
    """
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            _check_columns(table, reader.fieldnames or ())
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        hint = "Give a CSV file in UTF-8 with a header line."
        raise JobError(f"{table} cannot be read as a table: {error}", hint=hint) from error
    jobs: list[Job | BadRow] = []
    seen: dict[str, int] = {}
    for line, row in enumerate(rows, start=2):
        label = (row.get("id") or "").strip()
        try:
            job = _job(line, row, folder=table.parent)
            if job.label and job.label in seen:
                raise JobError(
                    f"id {job.label!r} is already that of row {seen[job.label]}",
                    hint="Give each row an id of its own, or none.",
                )
            seen[job.label] = line
            jobs.append(job)
        except JobError as error:
            jobs.append(BadRow(line, label, error))
    return jobs


def job_id(job: Job, *, version: str) -> str:
    """Name a job by what decides its output: bytes of the input, options, toolkit version.

    Raises:
        JobError: The input cannot be read.
    """
    decides = {
        "command": job.command,
        "subject": job.subject,
        "input": "" if job.source is None else file_sha256(job.source),
        "options": {
            name: file_sha256(value) if isinstance(value, Path) else str(value)
            for name, value in {**job.options, **_files(job)}.items()
        },
        "version": version,
    }
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:20]


def _files(job: Job) -> Mapping[str, Path]:
    """Files that options name within themselves."""
    picture = job.options.get("picture")
    return picture.inputs() if isinstance(picture, Picture) else {}


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal.

    Raises:
        JobError: The file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(HASH_CHUNK):
                digest.update(chunk)
    except OSError as error:
        hint = "Paths are relative to the table's folder."
        raise JobError(f"{path} cannot be read: {error.strerror}", hint=hint) from error
    return digest.hexdigest()


def _check_columns(table: Path, names: object) -> None:
    columns = [str(name).strip() for name in names]  # type: ignore[attr-defined]
    for name in columns:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Columns: {', '.join(COLUMNS)}."
            raise JobError(f"{table} has an unknown column {name!r}", hint=hint)
    hint = f"Columns: {', '.join(COLUMNS)}."
    for name in REQUIRED:
        if name not in columns:
            raise JobError(f"{table} has no column {name!r}", hint=hint)
    if not {"input", "text"} & set(columns):
        raise JobError(f"{table} has neither a column 'input' nor 'text'", hint=hint)


def _job(line: int, row: Mapping[str | None, str | None], *, folder: Path) -> Job:
    if None in row or None in row.values():
        raise JobError("the row has not as many cells as the header", hint="Quote commas.")
    cells = {str(name).strip(): str(value).strip() for name, value in row.items()}
    for name in REQUIRED:
        if not cells[name]:
            raise JobError(f"the cell {name!r} is empty", hint="Fill it in.")
    command = _one_of(cells["command"], "command", COMMANDS)
    source = _source(command, cells, folder)
    label = cells.get("id", "")
    if label and (Path(label).name != label or label.startswith(".")):
        raise JobError(f"id {label!r} cannot name a file", hint="Use letters, digits, - and _.")
    parsers = _parsers(folder)
    options = {}
    for name, parse in parsers.items():
        if not (text := cells.get(name, "")):
            continue
        if name not in FOR_COMMAND[command]:
            raise JobError(f"{command} has no option {name!r}", hint="Leave the cell empty.")
        options[name] = parse(text)
    if given := {name: cells[name] for name in CONTROLS if cells.get(name)}:
        options["controls"] = _controls(given, folder)
    if given := {name: cells[name] for name in PICTURE if cells.get(name)}:
        options["picture"] = _picture(given, folder)
    return Job(line, label, command, cells["subject"], source, options)


def _source(command: str, cells: Mapping[str, str], folder: Path) -> Path | None:
    """The input file of a row, None where it has a text to say."""
    given, text = cells.get("input", ""), cells.get("text", "")
    if not given and not (text and command == "speak"):
        raise JobError("the cell 'input' is empty", hint="Fill it in.")
    if given and (text or cells.get("voice") or cells.get("language")):
        raise JobError(
            "the row has an input and a text, voice or language", hint="Leave one of both empty."
        )
    return folder / given if given else None


def _voice(text: str, folder: Path) -> str:
    """A voice; of a file, relative to the table's folder."""
    return str(folder / text) if text.partition("#")[0].endswith(".onnx") else text


def _controls(cells: Mapping[str, str], folder: Path) -> Controls:
    texts = {
        name: cells.get(name, default)
        for name, default in (
            ("eye_open", "1"),
            ("lip_open", "1"),
            ("gaze", "follow"),
            ("view", "0,0,0"),
        )
    }
    try:
        return read_controls(
            expression=_number(cells.get("expression", "1"), "expression", float),
            pose=_number(cells.get("pose", "1"), "pose", float),
            still=_one_of(cells.get("still", "no"), "still", ("yes", "no")) == "yes",
            folder=folder,
            **texts,
        )
    except ControlError as error:
        raise JobError(str(error), hint=error.hint) from error


def _picture(cells: Mapping[str, str], folder: Path) -> Picture:
    background = cells.get("background", "keep")
    size = cells.get("output_size")
    try:
        if background not in ("keep", "blur") and not background.startswith("#"):
            background = str(folder / background)
        return Picture(
            background=background,
            crop=cells.get("crop", "full"),
            output_size=None if size is None else parse_size(size),
        )
    except ControlError as error:
        raise JobError(str(error), hint=error.hint) from error


def _parsers(folder: Path) -> dict[str, Callable[[str], object]]:
    return {
        "size": lambda text: _number(text, "size", int),
        "fps": lambda text: _number(text, "fps", Fraction),
        "seed": lambda text: _number(text, "seed", int),
        "text": lambda text: text,
        "voice": lambda text: _voice(text, folder),
        "language": lambda text: text,
        "motion": lambda text: _one_of(text, "motion", MOTIONS),
        "region": lambda text: _one_of(text, "region", REGIONS),
        "audio": lambda text: text if text in ("driving", "none") else folder / text,
        "engine": lambda text: _one_of(text, "engine", ENGINES),
        "checkpoint": lambda text: folder / text,
        "face": lambda text: _number(text, "face", int),
        "driving_crop": lambda text: text,
    }


def _number(text: str, name: str, kind: Callable[[str], Number]) -> Number:
    try:
        return kind(text)
    except (ValueError, ZeroDivisionError) as error:
        raise JobError(f"{name} {text!r} is not a number", hint="Write it as 512.") from error


def _one_of(text: str, name: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise JobError(f"{name} {text!r} is unknown", hint=f"Use one of: {', '.join(choices)}.")
    return text
