"""What the batch tests run instead of a renderer; importable by worker processes."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from pathlib import Path

from consent import ConsentError
from reenact.jobs import Job


def render(job: Job, output: Path) -> dict[str, object]:
    """Write an output and its sidecar, or fail in the way that the subject's name says."""
    if job.subject == "refused":
        raise ConsentError("The consent was revoked", hint="Ask again.")
    if job.subject == "bug":
        raise ZeroDivisionError("a bug")
    if job.subject == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if job.subject == "slow":
        part = output.with_suffix(".part.mp4")
        part.write_bytes(b"half")
        try:
            time.sleep(60)
        finally:
            part.unlink()
    content = job.source.read_bytes()
    output.write_bytes(content)
    sidecar = {"output": {"sha256": hashlib.sha256(content).hexdigest()}}
    output.with_suffix(".json").write_text(json.dumps(sidecar))
    return {"frames": 3}


def double(number: int) -> int:
    """Double a number; 13 ends the process."""
    if number == 13:
        os._exit(3)
    if number == 7:
        raise ValueError("seven")
    return 2 * number
