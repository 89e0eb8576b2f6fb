"""The behaviour itself: listens, and puts head, brows, lids and eyes of each frame together.

Everything goes frame after frame, in one order, so that the same prosody and seed give the same
bits however the prosody is cut. Frame n shows time n / fps and waits for the prosody of the 200 ms
after it: 120 ms for slow motion, of which two more ticks are needed to draw a smooth curve, and
all of it for accents and the ends of phrases.
"""

import math
from fractions import Fraction
from typing import Final

import numpy as np

from audio2motion.behaviour.accents import Emphasis
from audio2motion.behaviour.blinks import RESTING_SHARE, Blinks
from audio2motion.behaviour.breath import Breath
from audio2motion.behaviour.emotion import Mood, Moods
from audio2motion.behaviour.expression import Expression, Moment
from audio2motion.behaviour.frames import (
    LOOK_AHEAD_S,
    Behaviour,
    BehaviourFrames,
    ProsodyFrames,
)
from audio2motion.behaviour.gaze import Gaze
from audio2motion.behaviour.generator import Generator, Procedural, Slow, between
from audio2motion.behaviour.gestures import GestureTrack
from audio2motion.behaviour.hearing import PROSODY_RATE, TICK_RATE, Hearing
from audio2motion.behaviour.manner import Manner
from audio2motion.behaviour.noise import SmoothNoise
from audio2motion.behaviour.shapes import ease
from audio2motion.errors import AudioMotionError
from audio2motion.gains import NATURAL, Gains

LOOK_AHEAD: Final = round(LOOK_AHEAD_S * PROSODY_RATE)
TICK_LOOK_AHEAD: Final = 12
"""Frames of prosody after a tick that it waits for."""
_PER_TICK = PROSODY_RATE // TICK_RATE
_SETTLES_S = 1.2
_SWAY_OCTAVES = ((1.6, 0.9), (0.6, 0.44))
_NATURAL_MANNER = Manner()


def open_behaviour(
    fps: Fraction, *, seed: int, gains: Gains = NATURAL, manner: Manner = _NATURAL_MANNER
) -> Behaviour:
    """Start a behaviour.

    Args:
        fps: Frames a second that it gives.
        seed: The same seed and prosody give the same bits; another seed moves otherwise.
        gains: `upper_face`, `head`, `gaze` and `blink_rate` are used.
        manner: Generator, mood, gestures.

    Raises:
        AudioMotionError: fps is not positive.
        weights.WeightsError: The generator's model file is missing or altered.
    """
    if fps <= 0:
        raise AudioMotionError(f"fps: want a positive rate, got {fps}", hint="25 is usual.")
    return _Stream(fps, seed, gains, manner)


def behave(
    prosody: ProsodyFrames,
    *,
    fps: Fraction,
    frames: int,
    seed: int,
    gains: Gains = NATURAL,
    manner: Manner = _NATURAL_MANNER,
) -> BehaviourFrames:
    """Behave throughout a recording: (n,) `frames` in all; see `open_behaviour`."""
    behaviour = open_behaviour(fps, seed=seed, gains=gains, manner=manner)
    return BehaviourFrames.joined([behaviour.advance(prosody), behaviour.finish(frames)])


class _Stream:
    """Implements `Behaviour`."""

    def __init__(self, fps: Fraction, seed: int, gains: Gains, manner: Manner) -> None:
        children = np.random.SeedSequence(seed).spawn(6)
        slow, blinks, gaze, marks, sway, breath = map(np.random.default_rng, children)
        self._fps, self._gains, self._tempo = fps, gains, manner.tempo
        self._hearing = Hearing()
        self._generator = _generator(manner.generator, slow)
        self._ticks: list[Slow] = []
        self._first_tick = 0  # which tick the list starts with
        self._sway = SmoothNoise(3, _SWAY_OCTAVES, sway)
        self._blinks, self._gaze, self._emphasis = Blinks(fps, blinks), Gaze(gaze), Emphasis(marks)
        self._breath = Breath(fps, manner.breathing, breath)
        self._moods = Moods(manner.emotion, manner.moods)
        self._gestures = GestureTrack(manner.gestures)
        self._made = 0
        self._ended_s: float | None = None
        self._expression = Expression(gains)

    def advance(self, prosody: ProsodyFrames) -> BehaviourFrames:
        """See `Behaviour`."""
        for level, pitch in zip(prosody.level.tolist(), prosody.pitch.tolist(), strict=True):
            self._listen(level, pitch)
        return self._expression.taken()

    def finish(self, frames: int) -> BehaviourFrames:
        """See `Behaviour`."""
        while self._made < frames:
            self._listen(0.0, math.nan)
        taken = self._expression.taken()
        surplus = self._made - frames
        return taken if surplus <= 0 else _without(taken, surplus)

    def _listen(self, level: float, pitch: float) -> None:
        self._hearing.listen(level, pitch)
        heard = self._hearing.frames - 1  # the last frame that is known
        if heard >= TICK_LOOK_AHEAD and (heard - TICK_LOOK_AHEAD) % _PER_TICK == 0:
            self._tick((heard - TICK_LOOK_AHEAD) // _PER_TICK / TICK_RATE)
        while self._made * PROSODY_RATE // self._fps + LOOK_AHEAD <= heard:
            self._frame()

    def _tick(self, time_s: float) -> None:
        heard = self._hearing.now()
        mood = self._moods.at(time_s, heard.arousal)
        self._ticks.append(self._generator.step(heard, mood, self._tempo))
        if self._first_tick == 0 and len(self._ticks) == 1:
            self._ticks *= 2  # there is none before the first
            self._first_tick = -1

    def _frame(self) -> None:
        place = Fraction(self._made * TICK_RATE) / self._fps
        time_s = float(self._made / self._fps)
        slow = self._slow(place)
        mood = self._moods.at(time_s, self._hearing.now().arousal)
        offsets = self._gestures.at(time_s)
        started, ended = self._phrases()
        accents = list(self._hearing.accents)
        self._hearing.accents.clear()
        self._emphasis.mark(accents, time_s, factor=mood.accents)
        nod, raised = self._emphasis.at(time_s)
        gaze = self._gaze.look(time_s, gain=self._gains.gaze, started_s=started, ended_s=ended)
        shut = self._blinks.closed(
            time_s,
            rate=self._blink_rate(mood),
            speaking=self._hearing.speaking,
            ended_s=self._ended_s,
        )
        self._made += 1
        self._expression.show(
            Moment(
                slow=slow,
                settled=ease(time_s / _SETTLES_S),
                nod_degrees=0.0 if self._generator.nods else nod,
                brow_raise=raised,
                shut=shut,
                gaze_degrees=gaze,
                sway=tuple(self._sway.advance(float(1 / self._fps)).tolist()),
                breath=self._breath.next(),
                mood=mood,
                offsets=offsets,
            )
        )

    def _slow(self, place: Fraction) -> Slow:
        """Slow motion between ticks."""
        tick = math.floor(place)
        del self._ticks[: tick - 1 - self._first_tick]
        self._first_tick = tick - 1
        return between(self._ticks[:4], float(place - tick))

    def _phrases(self) -> tuple[float | None, float | None]:
        """When a phrase started and ended, if one did since the last frame."""
        hearing = self._hearing
        started = hearing.starts.popleft() if hearing.starts else None
        ended = hearing.ends.popleft() if hearing.ends else None
        if ended is not None:
            self._ended_s = ended
        return started, ended

    def _blink_rate(self, mood: Mood) -> float:
        """Relative to the usual talker's; the resting rate while nobody speaks."""
        lively = self._hearing.now().lively
        usual = RESTING_SHARE + (1 - RESTING_SHARE) * lively
        return usual * self._gains.blink_rate * mood.blinks


def _generator(name: str, rng: np.random.Generator) -> Generator:
    if name == "vae":
        from audio2motion.behaviour.vae import Vae

        return Vae(rng)
    if name == "diffusion":
        from audio2motion.behaviour.diffusion import Diffusion

        return Diffusion(rng)
    return Procedural(rng)


def _without(frames: BehaviourFrames, surplus: int) -> BehaviourFrames:
    """All but the last frames."""
    kept = slice(0, len(frames) - surplus)
    return BehaviourFrames(
        frames.angles[kept],
        frames.rotation[kept],
        frames.translation[kept],
        frames.face[kept],
        frames.mouth[kept],
    )
