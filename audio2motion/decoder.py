"""The last step to a mouth: contacts that surely close, rest in silence, exact frame times.

After Edwards et al. (JALI, 2016): bilabials close the lips, labiodentals bring the lower lip to the
teeth, in silence the lips rest. Regression alone blurs such short contacts; real ones reach 1 to
5 % of a talker's lip gap and last a frame or more.

What comes in is 100 frames a second, from the network or from the phones of a text; what goes out
is the video's frames. Frame k shows time k / fps, computed with whole numbers, so it never drifts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.envelope import Peaks, Spread, smooth_step
from audio2motion.features import FRAME_RATE
from audio2motion.gains import Gains
from capture.arkit import ARKIT_52, ARKIT_INDEX

LOOK_AHEAD: Final = 6
"""Frames of 10 ms after a video frame's time that it waits for, at most."""

_RISE = 4  # of the mouth's liveliness before somebody speaks
_LINGER, _SETTLE = 15, 15
_SPEAKS = (0.0, 0.05)  # probabilities: surely silent, and perhaps not; mouths open before sounds
_BEFORE_PEAK, _AFTER_PEAK = 2, 6  # frames around the peak of a contact
_EDGE = 1
_REACH = 5  # frames that a contact is seen ahead, its approach and half a video frame together
_LABIODENTAL_BLEND = 0.8
_OPENING = (
    "jawOpen", "mouthFunnel", "mouthShrugUpper", "mouthLowerDownLeft", "mouthLowerDownRight",
    "mouthUpperUpLeft", "mouthUpperUpRight",
)  # fmt: skip

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Postures:
    """Mouths that speech must reach whatever a regression says; k ARKit coefficients."""

    names: tuple[str, ...]
    """(k,)"""
    rest: Array
    """(k,) lips at rest."""
    closed: Array
    """(k,) lips pressed on p, b and m."""
    labiodental: Array
    """(k,) lower lip at the teeth on f and v."""


@dataclass(frozen=True, slots=True, eq=False)
class MouthFrames:
    """What a mouth does in n frames of the video."""

    speech: Array
    """(n, k) coefficients without contacts, not yet limited to [0, 1]."""
    pressed: Array
    """(n,) how far the lips are pressed together."""
    labiodental: Array
    """(n,) how far the lower lip is at the teeth."""

    def __len__(self) -> int:
        return len(self.pressed)

    def part(self, rows: slice) -> "MouthFrames":
        """Some of the frames."""
        return MouthFrames(self.speech[rows], self.pressed[rows], self.labiodental[rows])

    @classmethod
    def joined(cls, pieces: Sequence["MouthFrames"]) -> "MouthFrames":
        """One after the other; at least one piece."""
        return cls(
            np.concatenate([piece.speech for piece in pieces]),
            np.concatenate([piece.pressed for piece in pieces]),
            np.concatenate([piece.labiodental for piece in pieces]),
        )

    def coefficients(self, postures: Postures, added: Array | None = None) -> Array:
        """All of ARKit's coefficients.

        A mood or gesture colours speech but cannot keep lips apart that a sound closes.

        Args:
            postures: As given to the decoder.
            added: (n, 52) what is put on top of speech, in [-1, 1].

        Returns:
            (n, 52) in [0, 1]; what speech does not move is as `added`.
        """
        spoken = self.speech
        for contact, strength, posture in (
            (self.labiodental, _LABIODENTAL_BLEND, postures.labiodental),
            (self.pressed, 1.0, postures.closed),
        ):
            share = np.float32(strength) * contact[:, None]
            spoken = spoken + share * (posture - spoken)
        shown = np.zeros((len(self), len(ARKIT_52)), np.float32)
        if added is not None:
            contact = np.maximum(self.pressed, self.labiodental)
            shown += added
            shown[:, [ARKIT_INDEX[name] for name in _OPENING]] *= (1 - contact)[:, None]
        shown[:, [ARKIT_INDEX[name] for name in postures.names]] += spoken
        np.clip(shown, 0, 1, out=shown)
        # mouthClose takes back what the jaw opens; more of it would push the lips through.
        close, jaw = ARKIT_INDEX["mouthClose"], ARKIT_INDEX["jawOpen"]
        shown[:, close] = np.minimum(shown[:, close], shown[:, jaw])
        return shown


class Decoder:
    """Turns what a mouth should do into what a face can show.

    The same input gives the same bits, however it is cut.
    """

    def __init__(self, postures: Postures, *, fps: Fraction, gains: Gains) -> None:
        """Start at time 0.

        Args:
            postures: Of the same coefficients as the curves.
            fps: Video frames a second, above 0.
            gains: `mouth` and `jaw` are used.
        """
        self._postures = postures
        self._fps = fps
        self._gain = _channel_gains(postures.names, gains)
        self._half = min(Fraction(FRAME_RATE, 2) / fps, Fraction(_REACH))  # of a video frame
        approach = _REACH - math.ceil(self._half)
        self._lively = Spread(rise=_RISE, hold=_LINGER, fall=_SETTLE)
        edge = min(_EDGE, approach)
        ahead = min(_BEFORE_PEAK, approach - edge)
        self._peaks = [Peaks(behind=_AFTER_PEAK, ahead=ahead) for _ in range(2)]
        self._contacts = [Spread(rise=edge, hold=0, fall=edge) for _ in range(2)]
        self._made = 0
        self._first = 0  # frame at the start of what is kept
        self._curves = np.zeros((0, len(postures.names)), np.float32)
        self._moving = np.zeros(0, np.float32)
        self._pressed = np.zeros(0, np.float32)
        self._labiodental = np.zeros(0, np.float32)

    def push(self, curves: Array, contacts: Array, activity: Array) -> MouthFrames:
        """Video frames that are ready after t more frames of 10 ms; any t.

        Args:
            curves: (t, k) coefficients.
            contacts: (t, 2) probabilities: lips pressed together, lower lip at the teeth.
            activity: (t,) probability that somebody speaks.

        Returns:
            n frames.
        """
        self._curves = np.concatenate([self._curves, curves])
        moving = self._lively.push(smooth_step(activity, *_SPEAKS))
        touching = (contacts * activity[:, None]).T
        closing = [
            contact.push(peaks.push(one))
            for contact, peaks, one in zip(self._contacts, self._peaks, touching, strict=True)
        ]
        return self._advance(moving, closing, None)

    def finish(self, frames: int) -> MouthFrames:
        """The rest, up to `frames` frames in all; the last moment is held if that is longer."""
        moving = self._lively.finish()
        closing = [
            np.concatenate([contact.push(peaks.finish()), contact.finish()])
            for contact, peaks in zip(self._contacts, self._peaks, strict=True)
        ]
        return self._advance(moving, closing, frames)

    def _advance(self, moving: Array, closing: list[Array], frames: int | None) -> MouthFrames:
        self._moving = np.concatenate([self._moving, moving])
        self._pressed = np.concatenate([self._pressed, closing[0]])
        self._labiodental = np.concatenate([self._labiodental, closing[1]])
        if frames is None:
            stop = self._ready()
        else:
            self._hold_last(frames)
            stop = frames
        found = self._shown(np.arange(self._made, max(stop, self._made)))
        self._made = max(stop, self._made)
        self._forget()
        return found

    def _ready(self) -> int:
        """How many video frames need nothing that is still to come."""
        known = min(len(self._pressed) - self._half, Fraction(len(self._moving) - 1))
        return max(0, math.ceil((self._first + known) * self._fps / FRAME_RATE))

    def _hold_last(self, frames: int) -> None:
        needed = int(Fraction(frames * FRAME_RATE) / self._fps) + _REACH + 2 - self._first
        lacking = max(0, needed - len(self._curves))
        self._curves = np.pad(self._curves, ((0, lacking), (0, 0)), mode="edge")
        self._moving = np.pad(self._moving, (0, lacking), mode="edge")
        self._pressed = np.pad(self._pressed, (0, lacking))
        self._labiodental = np.pad(self._labiodental, (0, lacking))

    def _shown(self, numbers: NDArray[np.int64]) -> MouthFrames:
        scaled = numbers * FRAME_RATE * self._fps.denominator
        before = scaled // self._fps.numerator - self._first
        share = (scaled % self._fps.numerator / self._fps.numerator).astype(np.float32)
        moving = _between(self._moving, before, share)[:, None]
        curves = _between(self._curves, before, share[:, None])
        rest = self._postures.rest
        return MouthFrames(
            speech=rest + self._gain * moving * (curves - rest),
            pressed=self._nearby(self._pressed, before, share),
            labiodental=self._nearby(self._labiodental, before, share),
        )

    def _nearby(self, contact: Array, before: NDArray[np.int64], share: Array) -> Array:
        """The strongest contact within half a video frame: no closure falls between two frames."""
        strongest = _between(contact, before, share)
        half = float(self._half) + 1e-6
        for offset in range(-_REACH, _REACH + 1):
            near = np.abs(offset - share) <= half
            values = contact[np.clip(before + offset, 0, len(contact) - 1)]
            strongest = np.maximum(strongest, np.where(near, values, 0))
        return strongest

    def _forget(self) -> None:
        needed = int(Fraction(self._made * FRAME_RATE) / self._fps) - _REACH - 1
        surplus = max(0, min(needed - self._first, len(self._moving), len(self._pressed)))
        self._first += surplus
        self._curves, self._moving = self._curves[surplus:], self._moving[surplus:]
        self._pressed = self._pressed[surplus:]
        self._labiodental = self._labiodental[surplus:]


def _between(values: Array, before: NDArray[np.int64], share: Array) -> Array:
    """Linear interpolation of (t, ...) values."""
    last = len(values) - 1
    left = values[np.minimum(before, last)]
    right = values[np.minimum(before + 1, last)]
    return np.asarray(left + share * (right - left), np.float32)


def _channel_gains(names: tuple[str, ...], gains: Gains) -> Array:
    """(k,) jaw for the jaw and what is coupled to it, mouth for the rest.

    `mouthClose` closes the lips over an open jaw: it means nothing but in proportion to it.
    """
    with_jaw = ("jawOpen", "mouthClose")
    return np.array([gains.jaw if n in with_jaw else gains.mouth for n in names], np.float32)
