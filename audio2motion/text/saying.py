"""Says a script: writes the sound sentence by sentence and tells when what is heard and asked."""

from __future__ import annotations

import logging
import wave
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.behaviour.gestures import MOVEMENTS
from audio2motion.errors import TextError, UnknownSoundError
from audio2motion.phonetics import Segment, sounds_of
from audio2motion.text.engines import Engine
from audio2motion.text.phones import Phone
from audio2motion.text.script import Cue, Script
from audio2motion.text.sentences import Breath, breaths, word_boundary
from audio2motion.text.tags import EMPHASIS, PAUSE
from capture.staging import write_error

logger = logging.getLogger(__name__)

LEAD_S: Final = 0.3
"""Silence before the first word, in which the mouth goes there."""
_LEVEL: Final = 0.68
_EMPHASIS: Final = 1.4
"""Factor on the sound: 3 dB."""
_RAMP_S: Final = 0.05
_UNKNOWN: Final = ("AH",)
"""A sound that the articulatory model has no mouth for."""


@dataclass(frozen=True, slots=True)
class TimedCue:
    """A direction and when the words that it is for are heard."""

    name: str
    number: float
    start_s: float
    stop_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """A text as it was said."""

    sound: Path
    """16-bit WAV, mono."""
    duration_s: float
    segments: tuple[Segment, ...]
    """Its speech sounds; the rest is silence."""
    cues: tuple[TimedCue, ...]


@dataclass(slots=True)
class _Clock:
    """When the places of a text are reached."""

    starts: dict[int, float] = field(default_factory=dict)
    stops: dict[int, float] = field(default_factory=dict)
    end_s: float = 0.0
    """Of the last word so far."""

    def note(self, bounds: Sequence[int], phones: Sequence[Phone], at_s: float) -> None:
        """Take the phones of a breath whose parts begin and end at `bounds`."""
        heard = [phone for phone in phones if phone.symbol]
        parts = [phone.part for phone in heard]
        for part, place in enumerate(bounds):
            following = bisect_right(parts, part - 1)
            if following < len(heard) and part < len(bounds) - 1:
                self.starts[place] = at_s + heard[following].start_s
            last_s = at_s + heard[following - 1].stop_s if following else self.end_s
            self.stops[place] = last_s
        if heard:
            self.end_s = at_s + heard[-1].stop_s


def say(
    script: Script,
    engine: Engine,
    sound: Path,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> Said:
    """Say a script into a file; working memory does not grow with it, apart from its phones.

    Args:
        script: From `audio2motion.text.script.read_script`.
        engine: A voice, ready to speak.
        sound: The WAV file to write.
        on_progress: Called with (characters said, characters).

    Raises:
        MediaError: The file cannot be written.
        TextError: The voice can say no word of it.
    """
    places, emphasised = _places(script), _emphasised(script)
    clock = _Clock()
    segments: list[Segment] = []
    rate = engine.sample_rate
    written = 0
    try:
        with wave.open(str(sound), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            written += _write(file, np.zeros(round(LEAD_S * rate), np.float32))
            for breath in breaths(script):
                at_s = written / rate
                bounds = _bounds(breath, places)
                parts = [script.text[a:b] for a, b in pairwise(bounds)]
                samples, phones = engine.say(parts, ends=breath.ends) if parts else ([], [])
                clock.note(bounds, phones, at_s)
                segments += _segments(phones, at_s)
                loud = _loudness(bounds, phones, emphasised, len(samples), rate)
                written += _write(file, np.asarray(samples, np.float32) * loud)
                written += _write(file, np.zeros(round(breath.silence_s * rate), np.float32))
                if on_progress is not None:
                    on_progress(breath.stop, len(script.text))
            cues = [_timed(c, script.text, clock) for c in script.cues if c.name != PAUSE]
            written += _write(file, np.zeros(_lacking(cues, written, rate), np.float32))
    except OSError as error:
        raise write_error(sound, error) from error
    if not segments:
        raise TextError(
            "the voice can say no word of this text",
            hint="Choose one that speaks its language: avatar voices",
        )
    return Said(sound, written / rate, tuple(segments), tuple(cues))


def _lacking(cues: Sequence[TimedCue], written: int, rate: int) -> int:
    """Samples of silence until the last movement has ended."""
    ends = [c.start_s + MOVEMENTS[c.name].duration_s for c in cues if c.name in MOVEMENTS]
    return max(round(max(ends, default=0.0) * rate) - written, 0)


def _places(script: Script) -> list[int]:
    """Characters at which a direction begins or ends, in order."""
    asked = {place for cue in script.cues for place in (cue.start, cue.stop)}
    return sorted({word_boundary(script.text, place) for place in asked})


def _bounds(breath: Breath, places: Sequence[int]) -> list[int]:
    """Where the parts of a breath begin, and where it ends."""
    if breath.stop <= breath.start:
        return [breath.start]
    inside = places[bisect_right(places, breath.start) : bisect_right(places, breath.stop - 1)]
    return [breath.start, *inside, breath.stop]


def _segments(phones: Sequence[Phone], at_s: float) -> list[Segment]:
    """What the articulatory model is told."""
    found = []
    for phone in phones:
        try:
            sounds = sounds_of(phone.symbol)
        except UnknownSoundError:
            logger.debug("no mouth is known for the sound %r", phone.symbol)
            sounds = _UNKNOWN
        step = (phone.stop_s - phone.start_s) / max(len(sounds), 1)
        start = at_s + phone.start_s
        found += [
            Segment(sound, start + i * step, start + (i + 1) * step)
            for i, sound in enumerate(sounds)
            if step > 0
        ]
    return found


def _emphasised(script: Script) -> list[tuple[int, int, float]]:
    """Where emphasis begins and ends, and how strong it is."""
    return [
        (word_boundary(script.text, cue.start), word_boundary(script.text, cue.stop), cue.number)
        for cue in script.cues
        if cue.name == EMPHASIS
    ]


def _loudness(
    bounds: Sequence[int],
    phones: Sequence[Phone],
    emphasised: Sequence[tuple[int, int, float]],
    count: int,
    rate: int,
) -> NDArray[np.float32]:
    """(s,) factor on the samples of a breath, larger where a word is emphasised."""
    gain = np.full(count, _LEVEL)
    for start, stop, strength in emphasised:
        if stop <= bounds[0] or start >= bounds[-1]:
            continue
        inside = [p for p in phones if p.symbol and start <= bounds[p.part] < stop]
        if inside:
            times = np.arange(count) / rate
            rise = np.clip((times - inside[0].start_s) / _RAMP_S + 0.5, 0, 1)
            fall = np.clip((inside[-1].stop_s - times) / _RAMP_S + 0.5, 0, 1)
            gain *= 1 + (_EMPHASIS - 1) * strength * np.minimum(rise, fall)
    return np.asarray(gain, np.float32)


def _write(file: wave.Wave_write, samples: NDArray[np.float32]) -> int:
    """Append samples; how many."""
    file.writeframesraw((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return len(samples)


def _timed(cue: Cue, text: str, clock: _Clock) -> TimedCue:
    start = clock.starts.get(word_boundary(text, cue.start), clock.end_s)
    if cue.stop == cue.start:
        return TimedCue(cue.name, cue.number, start, start)
    stop = clock.stops.get(word_boundary(text, cue.stop), clock.end_s)
    return TimedCue(cue.name, cue.number, start, max(start, stop))
