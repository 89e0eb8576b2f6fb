"""What a behaviour makes of prosody while it arrives: pace, accents, ends of phrases, arousal.

One frame of prosody after the other, so that nothing depends on how a stream is cut.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

PROSODY_RATE: Final = 100
TICK_RATE: Final = 25
"""Ticks a second: the clock of slow motion."""

_FRAME_S = 1 / PROSODY_RATE
_ON, _OFF = 0.32, 0.22  # loudness at which speech starts and stops
_VOICED_S = 0.4  # speech is voiced at least this often: noise is not
_PAUSE_FRAMES = 18
_PITCH_MEMORY_S, _PITCH_HOLD_S = 4.0, 0.25
_WIDEST_SEMITONES = 7.0
_RISE_WEIGHT = 0.1
_ACCENT_SPACING = 30  # frames
_CONFIRM = 9  # frames without a higher one
_BACK = 14
_MEMORY_S = 6.0


@dataclass(frozen=True, slots=True)
class Accent:
    """A stressed syllable."""

    time_s: float
    strength: float
    """In [0, 1]."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The state of the voice at one tick."""

    level: float
    """Loudness, smoothed over a syllable's half."""
    semitones: float
    """Pitch above the speaker's usual."""
    voiced: float
    prominence: float
    """How far loudness and pitch together stand out, in standard deviations."""
    pace: float
    """Loudness, smoothed over a third of a second."""
    lively: float
    """1 where somebody has been speaking for a second, 0 in long silence."""
    arousal: float
    """From -1 (slow, low, monotonous) to 1 (loud, high, lively); 0 in silence."""


def _share(seconds: float) -> float:
    """Weight of one new frame in an exponential mean over `seconds`."""
    return 1 - math.exp(-_FRAME_S / seconds)


_FAST, _PACE, _LIVELY = _share(0.03), _share(0.15), _share(0.5)
_VOICING, _PITCHED, _LET_GO = _share(0.05), _share(_PITCH_MEMORY_S), _share(_PITCH_HOLD_S)
_STATISTICS, _MOOD = _share(_MEMORY_S), _share(5.0)


class Hearing:
    """Follows one voice. `accents`, `starts` and `ends` grow; whoever reads them takes them out."""

    def __init__(self) -> None:
        self.frames = 0
        self.accents: deque[Accent] = deque()
        self.starts: deque[float] = deque()
        """Seconds at which speech begins."""
        self.ends: deque[float] = deque()
        """Seconds at which speech stops for a fifth of a second or longer."""
        self.speaking = False
        self._quiet = 0
        self._since_voiced = 10**6
        self._level = self._pace = self._lively = self._voiced = 0.0
        self._usual: float | None = None  # log2 Hz
        self._semitones = 0.0
        self._mean, self._variance = 0.5, 0.06  # of prominence while speaking
        self._recent: deque[float] = deque([0.0] * (_CONFIRM + _BACK + 1), _CONFIRM + _BACK + 1)
        self._last_accent = -_ACCENT_SPACING
        self._pitch_spread, self._accent_rate = 2.5, 1.5
        self._arousal = 0.0

    def listen(self, level: float, pitch: float) -> None:
        """Take one frame: loudness, and Hz or NaN."""
        self._level += _FAST * (level - self._level)
        self._pace += _PACE * (min(level, 1.0) - self._pace)
        self._follow_pitch(pitch)
        self._follow_speech()
        self._lively += _LIVELY * (self.speaking - self._lively)
        self._find_accent()
        self._follow_mood()
        self.frames += 1

    def now(self) -> Heard:
        """The state after the last frame."""
        return Heard(
            level=self._level,
            semitones=self._semitones,
            voiced=self._voiced,
            prominence=(self._recent[-1] - self._mean) / math.sqrt(self._variance),
            pace=self._pace,
            lively=self._lively,
            arousal=self._arousal,
        )

    def _follow_pitch(self, pitch: float) -> None:
        voiced = not math.isnan(pitch) and self._level > _OFF
        self._voiced += _VOICING * (voiced - self._voiced)
        self._since_voiced = 0 if voiced else self._since_voiced + 1
        if not voiced:
            self._semitones -= _LET_GO * self._semitones
            return
        height = math.log2(pitch)
        if self._usual is None:
            self._usual = height
        self._usual += _PITCHED * (height - self._usual)
        above = 12 * (height - self._usual)
        above = max(-_WIDEST_SEMITONES, min(_WIDEST_SEMITONES, above))
        self._pitch_spread += _STATISTICS * (abs(above) - self._pitch_spread)
        self._semitones += _VOICING * (above - self._semitones)

    def _follow_speech(self) -> None:
        heard = self._since_voiced * _FRAME_S < _VOICED_S
        if not self.speaking:
            if self._level > _ON and heard:
                self.speaking, self._quiet = True, 0
                self.starts.append(self.frames * _FRAME_S)
            return
        self._quiet = self._quiet + 1 if self._level < _OFF or not heard else 0
        if self._quiet >= _PAUSE_FRAMES:
            self.speaking = False
            self.ends.append((self.frames - self._quiet + 1) * _FRAME_S)

    def _find_accent(self) -> None:
        """A highest point of loudness and pitch together that nothing soon after tops."""
        prominence = 0.0
        if self.speaking:
            prominence = self._level * (1 + _RISE_WEIGHT * self._semitones)
            self._mean += _STATISTICS * (prominence - self._mean)
            self._variance += _STATISTICS * ((prominence - self._mean) ** 2 - self._variance)
        self._recent.append(prominence)
        peak = self.frames - _CONFIRM
        value = self._recent[_BACK]
        stands_out = (value - self._mean) / math.sqrt(self._variance)
        if (
            stands_out > 0.3
            and value >= max(self._recent)
            and peak - self._last_accent >= _ACCENT_SPACING
        ):
            self._last_accent = peak
            strength = max(0.0, min(1.0, (stands_out - 0.2) / 1.6))
            self.accents.append(Accent(peak * _FRAME_S, strength))
            self._accent_rate += 0.15 * strength

    def _follow_mood(self) -> None:
        """Arousal after the usual vocal correlates: wider pitch, more accents, more loudness."""
        if self.speaking:
            self._accent_rate += _share(4.0) * (0.6 - self._accent_rate) * 0.5
            wide = (self._pitch_spread - 1.8) / 1.5
            loud = (self._pace - 0.62) / 0.25
            often = self._accent_rate - 1.0
            aim = math.tanh(0.7 * wide + 0.4 * loud + 0.3 * often)
        else:
            aim = 0.0
        self._arousal += _MOOD * (aim - self._arousal)
