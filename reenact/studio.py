"""The whole job behind one object, for applications: enrol, speak, re-enact, list, revoke, verify.

Every method opens the registry, asks for the consent that its act needs, and calls the same verbs
as the command line. Nothing here decides.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audio2motion.behaviour import Manner
    from audio2motion.gains import Gains
    from avatar.enrolling import Enrolled
    from consent import Challenge, Registry, Subject, Verification
    from reenact.controls import Controls
    from reenact.picture import Picture
    from reenact.result import RenderResult

logger = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
COLUMNS = ("name", "kind", "status", "purposes", "until", "id")
"""Of `table`."""


@dataclass(frozen=True, slots=True)
class Person:
    """An enrolled subject as a picker shows it."""

    subject_id: str
    name: str  # empty once it is erased
    kind: str
    status: str  # "active" | "expired" | "revoked"
    purposes: tuple[str, ...]
    expires_at: str  # ISO date


class Studio:
    """Avatars of one home folder.

    Args:
        home: The registry's folder; created where it is missing.
        outputs: Where videos are written, one folder each.
    """

    def __init__(self, home: Path, *, outputs: Path) -> None:
        self._home = home
        self._outputs = outputs

    def people(self) -> list[Person]:
        """List who is enrolled, newest last."""
        with self._registry() as registry:
            return [_person(registry.show(each.subject_id)) for each in registry.records()]

    def challenge(self, name: str, purposes: Sequence[str]) -> Challenge:
        """Draw the statement that a person speaks on camera."""
        from consent import Purpose

        with self._registry() as registry:
            return registry.issue_challenge(name, purposes=[Purpose(each) for each in purposes])

    def enroll(self, name: str, *, video: Path, **grounds: Any) -> Enrolled:
        """Enrol a person and learn how they move.

        Args:
            name: Who is shown.
            video: Footage of them.
            **grounds: Of the consent; see `reenact.enroll`.
        """
        import reenact

        with self._registry() as registry:
            enrolled = reenact.enroll(name, video=video, registry=registry, **grounds)
        if enrolled.not_learnt:
            logger.info("not personalised: %s", enrolled.not_learnt)
        return enrolled

    def speak(
        self,
        subject_id: str,
        *,
        audio: Path | None = None,
        text: str | None = None,
        voice: str | None = None,
        language: str | None = None,
        gains: Gains,
        manner: Manner,
        controls: Controls,
        picture: Picture,
        seed: int = 0,
        on_progress: Progress | None = None,
    ) -> RenderResult:
        """Let an avatar speak a recording or a text."""
        import reenact
        from consent import Purpose

        with self._registry() as registry:
            permit = registry.authorize(subject_id, purpose=Purpose.SPEAK)
            return reenact.speak(
                subject_id,
                audio=audio,
                text=text,
                voice=voice,
                language=language,
                out=self._new_output(picture),
                permit=permit,
                registry=registry,
                seed=seed,
                gains=gains,
                manner=manner,
                controls=controls,
                picture=picture,
                on_progress=on_progress,
            )

    def voices(self) -> list[tuple[str, str]]:
        """What a person reads and the name of every voice that is installed."""
        from audio2motion.text.voices import installed_voices

        return [(f"{each.name} · {each.language}", each.name) for each in installed_voices()]

    def idle(
        self,
        subject_id: str,
        *,
        seconds: float,
        controls: Controls,
        picture: Picture,
        seed: int = 0,
        on_progress: Progress | None = None,
    ) -> RenderResult:
        """Let an avatar wait."""
        import reenact
        from consent import Purpose

        with self._registry() as registry:
            permit = registry.authorize(subject_id, purpose=Purpose.SPEAK)
            return reenact.idle(
                subject_id,
                seconds=seconds,
                out=self._new_output(picture),
                permit=permit,
                registry=registry,
                seed=seed,
                controls=controls,
                picture=picture,
                on_progress=on_progress,
            )

    def reenact(
        self,
        subject_id: str,
        *,
        driving: Path,
        controls: Controls,
        picture: Picture,
        motion: str = "relative",
        region: str = "all",
        audio: str = "driving",
        on_progress: Progress | None = None,
    ) -> RenderResult:
        """Let an avatar follow another video."""
        import reenact
        from consent import Purpose

        with self._registry() as registry:
            permit = registry.authorize(subject_id, purpose=Purpose.REENACT)
            return reenact.reenact(
                subject_id,
                driving=driving,
                out=self._new_output(picture),
                permit=permit,
                registry=registry,
                motion=motion,
                region=region,
                controls=controls,
                picture=picture,
                audio=audio,
                on_progress=on_progress,
            )

    def revoke(self, subject_id: str, *, reason: str = "") -> None:
        """Revoke a consent and destroy the avatar's key."""
        with self._registry() as registry:
            registry.revoke(subject_id, reason=reason)

    def verify(self, video: Path) -> Verification:
        """Tell whether a video is ours, unaltered and still consented."""
        from consent import verify_output

        with self._registry() as registry:
            return verify_output(video, registry=registry)

    def _registry(self) -> Registry:
        from consent import Registry

        return Registry.open(self._home)

    def _new_output(self, picture: Picture) -> Path:
        folder = self._outputs / secrets.token_hex(8)
        folder.mkdir(parents=True)
        return folder / ("avatar.webm" if picture.alpha else "avatar.mp4")


def _person(subject: Subject) -> Person:
    record = subject.record
    return Person(
        subject_id=record.subject_id,
        name=subject.name or "",
        kind=record.kind.value,
        status=subject.status.value,
        purposes=tuple(sorted(purpose.value for purpose in record.purposes)),
        expires_at=record.expires_at.date().isoformat(),
    )


def label(person: Person) -> str:
    """Name a person as the picker shows it."""
    return f"{person.name or 'erased'} · {person.status} · {person.subject_id[-6:]}"


def told(enrolled: Enrolled) -> str:
    """Say, as Markdown, what a person should still be filmed doing."""
    lines = [f"- {sentence}" for sentence in enrolled.coverage.advice]
    if enrolled.not_learnt:
        lines.append(f"- How the person moves was not learnt: {enrolled.not_learnt}.")
    if not lines:
        return "The recording shows everything that an avatar needs."
    return "\n".join(["**For a better avatar**, record again and show what is missing:", *lines])


def standing(people: Sequence[Person], subject_id: str | None) -> str:
    """Describe the consent of the chosen person."""
    person = next((each for each in people if each.subject_id == subject_id), None)
    if person is None:
        return "Nobody is chosen."
    uses = ", ".join(person.purposes)
    return f"**{person.status}** · {person.kind} · for {uses} · until {person.expires_at}"


def table(people: Sequence[Person]) -> list[list[str]]:
    """Lay the people out as rows of the registry tab."""
    return [
        [
            person.name or "(erased)",
            person.kind,
            person.status,
            ", ".join(person.purposes),
            person.expires_at,
            person.subject_id,
        ]
        for person in people
    ]
