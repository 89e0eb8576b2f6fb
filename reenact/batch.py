"""Many jobs, one after another or side by side: no job stops another, nothing is half-written."""

from __future__ import annotations

import importlib.metadata
import json
import logging
import os
import traceback
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from capture.staging import write_error
from reenact.jobs import BadRow, Job, JobError, file_sha256, job_id, read_jobs
from reenact.workers import run_in_workers

logger = logging.getLogger(__name__)

RESULTS = "results.jsonl"
DISTRIBUTION = "countenance"

Render = Callable[[Job, Path], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one job ended; one line of `results.jsonl`."""

    row: int
    label: str
    job: str  # its stable id; empty where the row or its input could not be read
    status: str  # "done" | "skipped" | "failed"
    output: str = ""
    sha256: str = ""  # of the output
    frames: int = 0
    exit_code: int = 0
    error: str = ""
    hint: str = ""
    started_at: str = ""
    seconds: float = 0.0

    def as_record(self) -> dict[str, object]:
        """Return the outcome as plain data."""
        return asdict(self)


def run_batch(
    table: Path,
    folder: Path,
    *,
    home: Path,
    workers: int = 1,
    resume: bool = False,
    render: Render | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Outcome]:
    """Render every job of a table into a folder.

    Each job asks for its own consent when it starts, so that a revocation stops the jobs still
    waiting. `results.jsonl` in the folder gets one line per job, flushed as the job ends.

    Args:
        table: CSV file, see `reenact.jobs.read_jobs`.
        folder: Where outputs go; created where it is missing.
        home: The registry's folder.
        workers: Number of processes.
        resume: Skip the jobs whose output is there, whole, made from the same input with the same
            options by the same version, and still as its sidecar says.
        render: What makes one output; by default `render_job` on `home`. Must be picklable.
        on_progress: Called with (jobs ended, jobs).

    Returns:
        The outcomes in the order in which the jobs ended.

    Raises:
        JobError: The table cannot be read.
        MediaError: The folder cannot be written.
    """
    rows = read_jobs(table)
    function = partial(run_job, render or partial(render_job, home))
    outcomes: list[Outcome] = []
    if on_progress:
        on_progress(0, len(rows))
    # Closed at once on an interrupt, not by the garbage collector: it ends the workers.
    with (
        _open_results(folder) as results,
        closing(_outcomes(rows, folder, resume, function, workers)) as ended,
    ):
        for outcome in ended:
            _append(results, outcome)
            outcomes.append(outcome)
            if on_progress:
                on_progress(len(outcomes), len(rows))
    return outcomes


def run_job(render: Render, task: tuple[Job, str, Path]) -> Outcome:
    """Run one job in a worker and say how it ended; only an interrupt gets out."""
    job, identifier, output = task
    started = datetime.now(UTC)
    outcome = Outcome(
        job.row, job.label, identifier, "failed", str(output), started_at=started.isoformat()
    )
    try:
        result = render(job, output)
        outcome = replace(
            outcome,
            status="done",
            sha256=file_sha256(output),
            frames=int(str(result.get("frames", 0))),
        )
    except Exception as error:  # noqa: BLE001 - one bad job must not stop the others
        outcome = failed(outcome, error)
    return replace(outcome, seconds=round((datetime.now(UTC) - started).total_seconds(), 3))


def failed(outcome: Outcome, error: Exception) -> Outcome:
    """Return an outcome that carries an error, with the traceback where it is a bug."""
    code = getattr(error, "exit_code", None)
    text = str(error)
    if not isinstance(code, int):
        code, text = 1, "".join(traceback.format_exception(error)).strip()
        logger.error("row %d: a bug\n%s", outcome.row, text)
    return replace(
        outcome, status="failed", exit_code=code, error=text, hint=getattr(error, "hint", "")
    )


def render_job(home: Path, job: Job, output: Path) -> Mapping[str, object]:
    """Ask for the consent of this job, then speak or re-enact.

    Raises:
        ConsentError: The consent is unknown, expired, revoked, or for another purpose.
        CaptureError: The input cannot be used or the output not be written.
    """
    import reenact
    from consent import Purpose, Registry

    purpose = Purpose.SPEAK if job.command == "speak" else Purpose.REENACT
    with Registry.open(home, create=False) as registry:
        permit = registry.authorize(job.subject, purpose=purpose)
        settings: dict[str, Any] = {
            "out": output,
            "permit": permit,
            "registry": registry,
            **job.options,
        }
        if job.command == "speak":
            result = reenact.speak(job.subject, audio=job.source, **settings)
        else:
            result = reenact.reenact(job.subject, driving=job.source, **settings)
    return {"frames": result.frames}


def _outcomes(
    rows: Sequence[Job | BadRow],
    folder: Path,
    resume: bool,
    function: Callable[[tuple[Job, str, Path]], Outcome],
    workers: int,
) -> Generator[Outcome, None, None]:
    earlier = _earlier_outputs(folder) if resume else {}
    version = importlib.metadata.version(DISTRIBUTION)
    tasks = []
    for row in rows:
        blank = Outcome(row.row, row.label, "", "failed")
        if isinstance(row, BadRow):
            yield failed(blank, row.error)
            continue
        try:
            identifier = job_id(row, version=version)
        except JobError as error:
            yield failed(blank, error)
            continue
        output = folder / f"{row.label or identifier}.mp4"
        if digest := earlier.get((identifier, output.name)):
            yield replace(
                blank, job=identifier, status="skipped", output=str(output), sha256=digest
            )
        else:
            tasks.append((row, identifier, output))
    for index, result in run_in_workers(function, tasks, workers=workers):
        if isinstance(result, Outcome):
            yield result
        else:
            job, identifier, output = tasks[index]
            yield failed(Outcome(job.row, job.label, identifier, "failed", str(output)), result)


def _open_results(folder: Path) -> TextIO:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / RESULTS).open("a", encoding="utf-8")
    except OSError as error:
        raise write_error(folder, error) from error


def _append(results: TextIO, outcome: Outcome) -> None:
    try:
        results.write(json.dumps(outcome.as_record(), ensure_ascii=False) + "\n")
        results.flush()
        os.fsync(results.fileno())
    except OSError as error:
        raise write_error(Path(results.name), error) from error


def _earlier_outputs(folder: Path) -> dict[tuple[str, str], str]:
    """Return {(job id, file name): SHA-256} of the outputs that are still what they were."""
    try:
        lines = (folder / RESULTS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    found = {}
    for line in lines:
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue  # the line that was being written when the power went
        if record.get("status") in ("done", "skipped"):
            found[record["job"], Path(record["output"]).name] = record["sha256"]
    return {key: digest for key, digest in found.items() if _is_whole(folder / key[1], digest)}


def _is_whole(output: Path, digest: str) -> bool:
    """Whether output and sidecar are there and agree with what was noted."""
    try:
        sidecar = json.loads(output.with_suffix(".json").read_text(encoding="utf-8"))
        return bool(sidecar["output"]["sha256"] == digest == file_sha256(output))
    except (OSError, ValueError, KeyError, TypeError, JobError):
        return False
