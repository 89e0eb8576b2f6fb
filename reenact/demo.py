"""The demonstration: the embedded synthetic person, enrolled in a throw-away home, speaks."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import avatar
from capture.staging import scratch_output
from consent import Kind, Purpose, Registry
from reenact.result import RenderResult
from reenact.speaking import speak

SAMPLE = Path(avatar.__file__).parent / "sample"
NAME = "Mara Lind"
ATTESTATION = "Computed by synthetic/sample.py; nobody was filmed and no voice was recorded."


def run_demo(
    out: Path | str,
    *,
    overwrite: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> RenderResult:
    """Enrol the embedded synthetic person and let it speak the embedded speech.

    The home is temporary: it vanishes with its keys, so what the demonstration makes cannot be
    verified afterwards.

    Args:
        out: The MP4 to write.
        overwrite: Replace `out` where it exists.
        on_progress: Called with (frames done, frames in all), first of the enrolment, then of the
            video.

    Raises:
        MediaError: `out` cannot be written; before anything is computed, where that can be told.
    """
    out = Path(out)
    with scratch_output(out, overwrite=overwrite):
        pass  # a folder that is missing or read-only is told before the work, not after it
    with (
        tempfile.TemporaryDirectory(prefix="countenance-demo-") as home,
        Registry.open(Path(home)) as registry,
    ):
        enrolled = avatar.enroll(
            NAME,
            video=SAMPLE / "person.mp4",
            photos=SAMPLE,
            kind=Kind.SYNTHETIC,
            attestation=ATTESTATION,
            purposes=[Purpose.SPEAK],
            registry=registry,
            on_progress=on_progress,
        )
        permit = registry.authorize(enrolled.subject_id, purpose=Purpose.SPEAK)
        return speak(
            enrolled.subject_id,
            audio=SAMPLE / "speech.flac",
            out=out,
            permit=permit,
            registry=registry,
            overwrite=overwrite,
            on_progress=on_progress,
        )
