"""Run a program to its end and tell what it took."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
_LOG_TAIL = 2000


class ProcessFailed(RuntimeError):
    """A measured program ended with an error."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What a program took from start to exit, its own children included."""

    wall_s: float
    cpu_s: float
    """User and system time of all its threads."""
    peak_mb: float
    """Peak resident memory. At least what this process held when it started the program, so the
    caller has to be small."""
    output: str
    """What it printed on stdout."""


def run_program(arguments: Sequence[str]) -> Finished:
    """Run a program and wait for it.

    Raises:
        ProcessFailed: It ended with another code than 0; the message ends with its stderr.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as log:
        start = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - the benchmark's own commands
            arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=log
        )
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)  # Popen must not wait again
        log.seek(0)
        out.seek(0)
        if process.returncode:
            said = log.read().decode(errors="replace")[-_LOG_TAIL:]
            command = " ".join(arguments)
            raise ProcessFailed(f"{command} ended with {process.returncode}: {said}")
        return Finished(
            wall_s=wall,
            cpu_s=used.ru_utime + used.ru_stime,
            peak_mb=used.ru_maxrss * _RSS_UNIT / 1e6,
            output=out.read().decode(),
        )
