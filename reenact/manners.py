"""How an avatar behaves while it speaks or waits: what the options and widgets say of it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from audio2motion.gains import LARGEST_GAIN

if TYPE_CHECKING:
    from audio2motion.behaviour import Manner
    from audio2motion.gains import Gains
    from avatar.habits import Habits
    from reenact.controls import Controls

LIPS_SHARE = 0.5
"""Who opens the jaw twice as far rounds and spreads the lips 1.4 times as far."""


def held_still(gains: Gains, controls: Controls) -> tuple[Gains, Controls]:
    """Keep a head still at its source: breath goes on, and eyes need no correction.

    Args:
        gains: As they were asked for.
        controls: May ask for stillness.

    Returns:
        Gains to make motion with, and the controls that are left to apply to it.
    """
    if not controls.still:
        return gains, controls
    return dataclasses.replace(gains, head=0.0), dataclasses.replace(controls, still=False)


def as_person(gains: Gains, manner: Manner, habits: Habits | None) -> tuple[Gains, Manner]:
    """Move as one person does.

    Args:
        gains: As they were asked for: 1 is this person.
        manner: As it was asked for.
        habits: Of the person; None for an ordinary one.

    Returns:
        Gains and manner to make motion with.
    """
    if habits is None:
        return gains, manner

    def times(gain: float, factor: float) -> float:
        return min(gain * factor, LARGEST_GAIN)

    own = dataclasses.replace(
        gains,
        jaw=times(gains.jaw, habits.mouth),
        mouth=times(gains.mouth, habits.mouth**LIPS_SHARE),
        head=times(gains.head, habits.head),
        blink_rate=times(gains.blink_rate, habits.blinks),
    )
    return own, dataclasses.replace(manner, tempo=manner.tempo * habits.tempo)


def manner_record(gains: Gains, manner: Manner) -> dict[str, object]:
    """Gains and manner as plain data, for the proof of a video."""
    record: dict[str, object] = {
        f"{field.name}_gain": getattr(gains, field.name) for field in dataclasses.fields(gains)
    }
    record |= {"behaviour": manner.generator, "emotion": str(manner.emotion)}
    if manner.moods:
        record["moods"] = "; ".join(f"{start:g} s {mood}" for start, mood in manner.moods)
    if manner.gestures:
        record["gestures"] = "; ".join(f"{one.start_s:g} s {one.name}" for one in manner.gestures)
    return record
