"""`enroll`: from footage of a person and the ground of consent to a sealed avatar."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar.asset import AvatarAsset
from avatar.coverage import Coverage
from avatar.footage import Footage, Look, build_look, read_footage
from avatar.habits import Habits, measure_habits
from avatar.head import Head, build_head
from avatar.learnt import Learnt
from avatar.person_rig import PersonRig, fit_person_rig
from capture.landmark_rig import LandmarkRig
from capture.to_motion import to_motion
from capture.video import probe
from consent import DEFAULT_PURPOSES, Challenge, Check, ConsentRecord, Kind, Purpose, Registry

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Enrolled:
    """The outcome of an enrolment."""

    subject_id: str
    coverage: Coverage
    """What the avatar's references show; `coverage.advice` tells what should still be filmed."""
    footage: Footage
    """The tracked video, so that what goes on with it need not track it again."""
    learnt: Learnt | None = None
    """How the person moves, if that was learnt: see `reenact.enroll`."""
    not_learnt: str = ""
    """Why nothing could be learnt."""


def enroll(
    name: str,
    *,
    video: Path | str,
    registry: Registry,
    photos: Path | str | None = None,
    challenge: Challenge | None = None,
    release: Path | str | None = None,
    kind: Kind | None = None,
    attestation: str | None = None,
    purposes: Iterable[Purpose] | None = None,
    expires_at: datetime | None = None,
    face: int | None = None,
    on_progress: Progress | None = None,
) -> Enrolled:
    """Make a person's avatar, if the ground of consent suffices, and seal it.

    `reenact.enroll` does this and goes on to learn from the same footage how the person moves, as
    the command `enroll` does. Exactly one ground is given: a challenge whose statement the video
    speaks, a signed release (where the registry's policy allows it), or a kind with an attestation.

    Args:
        name: Who is shown; kept in the registry's vault only.
        video: The person, turning left and right and speaking. A photo is a video of one frame:
            it moves, but turns and opens the mouth only a little well.
        registry: Where the consent is recorded and the avatar is kept.
        photos: Folder of stills from other angles, for the 3D head's texture.
        challenge: From `Registry.issue_challenge`.
        release: A file, for a documented consent.
        kind: Synthetic, artwork or historical.
        attestation: Why no living person need be asked.
        purposes: What the likeness may be used for; the challenge's, or speech and re-enactment.
        expires_at: When the consent ends.
        face: Which face of several, 0 the largest.
        on_progress: Called with (frames done, frames in all).

    Returns:
        The subject id, and what the references show and lack.

    Raises:
        ConsentRefused: The ground does not suffice; nothing is kept.
        CaptureError: The footage cannot be used; nothing is kept.
    """
    video = Path(video)
    probe(video)  # a file that is no video is told first
    checks: list[Check] = []
    if challenge is not None:
        from avatar.evidence_checks import check_recording

        kind, checks = Kind.RECORDED, check_recording(video, challenge=challenge)
    elif release is not None:
        kind = Kind.DOCUMENTED
    # refused before the work, granted after it: a file that fails must not use up a challenge
    wanted = registry.consider(
        name=name,
        kind=kind or Kind.RECORDED,
        purposes=purposes or (challenge.purposes if challenge else DEFAULT_PURPOSES),
        recording_sha256=_sha256(video),
        checks=checks,
        challenge=challenge,
        release_sha256=None if release is None else _sha256(Path(release)),
        attestation=attestation,
        expires_at=expires_at,
    )
    footage = read_footage(video, face=face, on_progress=on_progress)
    likeness = build_likeness(footage, photos=None if photos is None else Path(photos))
    record = registry.grant_considered(wanted)
    registry.seal(record, likeness.belonging_to(record).to_bytes())
    return Enrolled(subject_id=record.subject_id, coverage=likeness.look.coverage, footage=footage)


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """All that is rendered of a person, before a consent says whose it is."""

    look: Look
    head: Head
    rig: PersonRig
    rest: NDArray[np.float32]
    """(52,) the coefficients seen in the source frame."""
    habits: Habits

    def belonging_to(self, record: ConsentRecord) -> AvatarAsset:
        """The asset of the person who gave a consent."""
        return AvatarAsset(
            subject_id=record.subject_id,
            record_id=record.record_id,
            vertices=self.head.vertices,
            faces=self.head.model.faces,
            uv=self.head.model.uv,
            texture=self.head.texture,
            deltas=self.head.deltas,
            names=self.head.model.names,
            parts=self.head.model.parts,
            sites=self.head.sites,
            rig=self.rig,
            rest=self.rest,
            appearance=self.look.appearance,
            habits=self.habits,
        )


def build_likeness(footage: Footage, *, photos: Path | None = None) -> Likeness:
    """Build everything that is rendered from tracked footage.

    Args:
        footage: The tracked video.
        photos: Folder of stills from other angles.

    Raises:
        AvatarError: A photo shows somebody else, or the file changed meanwhile.
        MediaError: A photo cannot be read.
    """
    valid, blendshapes = footage.track.valid, footage.track.blendshapes
    look = build_look(footage)
    return Likeness(
        look=look,
        head=build_head(footage, look, photos=photos),
        rig=fit_person_rig(footage.survey.shapes[valid], blendshapes[valid], LandmarkRig.load()),
        rest=blendshapes[look.indices[0]].copy(),
        habits=measure_habits(to_motion(footage.track, fps=footage.info.fps)),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
