"""What the directions of a text ask of the face: gestures and moods at the times of its words."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from typing import Final

from audio2motion.behaviour import Emotion, Gesture, Manner
from audio2motion.text.saying import TimedCue
from audio2motion.text.script import Script
from audio2motion.text.tags import EMOTIONS, EMPHASIS

_EARLY_S: Final = 0.12
"""Faces move a little before the word."""
_MOOD_EARLY_S: Final = 0.3
_EMPHASIS_BROWS, _EMPHASIS_NOD = 0.55, 0.5
_SHORTEST_S, _LONGEST_S = 0.6, 60.0


def directed(manner: Manner, cues: Sequence[TimedCue]) -> Manner:
    """A manner that follows the directions of a text as well."""
    gestures = [gesture for cue in cues for gesture in _gestures(cue)]
    return dataclasses.replace(
        manner,
        gestures=(*manner.gestures, *gestures),
        moods=(*manner.moods, *_moods(cues, manner.emotion)),
    )


def directions_record(script: Script) -> str:
    """How often each direction is given, for the proof of a video; empty if none is."""
    counted = Counter(cue.name for cue in script.cues)
    return ", ".join(f"{name} {count}" for name, count in sorted(counted.items()))


def _gestures(cue: TimedCue) -> list[Gesture]:
    start = max(cue.start_s - _EARLY_S, 0.0)
    if cue.name in EMOTIONS:
        return []
    if cue.name == EMPHASIS:
        length = min(max(cue.stop_s - start + 0.3, _SHORTEST_S), _LONGEST_S)
        return [
            Gesture("raise brows", start, _EMPHASIS_BROWS * cue.number, length),
            Gesture("nod", start, _EMPHASIS_NOD * cue.number, _SHORTEST_S),
        ]
    return [Gesture(cue.name, start, cue.number)]


def _moods(cues: Sequence[TimedCue], usual: Emotion) -> list[tuple[float, Emotion]]:
    """Changes of mood: an inner emotion replaces the one around it for as long as it lasts."""
    changes: list[tuple[float, Emotion]] = []
    around: list[tuple[float, Emotion]] = []  # when each open one ends

    def close(until_s: float) -> None:
        while around and around[-1][0] <= until_s:
            stop_s, _ = around.pop()
            following = around[-1][1] if around else usual
            changes.append((stop_s, following))

    for cue in cues:
        if cue.name not in EMOTIONS:
            continue
        start_s = max(cue.start_s - _MOOD_EARLY_S, 0.0)
        close(start_s)
        emotion = Emotion(cue.name, cue.number)
        changes.append((start_s, emotion))
        around.append((cue.stop_s, emotion))
    close(float("inf"))
    return changes
