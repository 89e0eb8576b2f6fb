"""Sound in, what the mouth network sees out: 100 frames a second, while the sound arrives.

Layout of the 70 columns of `SoundFrames.inputs`, all of them roughly within [-2, 2]:

=========  ====================================================================================
0 to 41    Phones: log of the softmax of scaled instant likelihoods under the context-independent
           acoustic model, in the order of `AcousticModel.phones`, floored at -8;
           `(log p + 4) / 4`, so from -1 (not this phone) to 1 (surely this one).
42 to 66   The 25 log mel powers without stationary noise, relative to the running loud level;
           `(log power - loud + 2) / 4` in nepers, within [-2, 2].
67         Loudness: 0 where speech is over (in noise: at the noise), 1 in loud speech, 1.3 at most.
68         How periodic the sound is, 0 to 1; 0 where nothing is audible.
69         log2 of the fundamental over its running median, in octaves within [-1.5, 1.5]; 0 where
           unvoiced.
=========  ====================================================================================

Frame i is centred on sample 160 i of 16 kHz sound. It depends on the past and on the 685 samples
(43 ms) after that centre: half a window and three frames for the double deltas.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from audio2motion import features, pitch
from audio2motion.acoustic_model import load_acoustic_model
from audio2motion.features import HOP
from audio2motion.learning import Learner
from audio2motion.opening import (
    AUDIBLE_NEPERS,
    NOISE_SMOOTHING,
    Opening,
    subtract_noise,
    trailing_mean,
)
from audio2motion.running import Running

PHONES: Final = slice(0, 42)
MEL: Final = slice(42, 67)
LEVEL: Final = 67
PERIODICITY: Final = 68
PITCH: Final = 69
COLUMNS: Final = 70
LOOK_AHEAD: Final = 3 * HOP + features.REACH
"""Samples after a frame's centre that it waits for."""

_BLOCK = 8
"""Frames computed together, and for which the running statistics stand still. Matrix products of
one fixed shape give the same bits however the sound is cut into pieces."""
_PAST = 3 * _BLOCK
_DELTA = 3
_LIKELIHOOD_SCALE = 0.25  # streams and frames are not independent, though the model thinks so
_NOT_SILENT_NEPERS = 2.5
_HEARD_NEPERS = 6.0
_AUDIBLE_NEPERS = 4.0  # a whisper 30 cm from a quiet microphone
_SILENCE_PENALTY = 10.0
_LEAST_LOG = -8.0
_TRUSTED_FRAMES = 100.0  # audible frames; an opening of fewer is replaced as soon as possible
_LOUDEST = 1.3


@dataclass(frozen=True, slots=True, eq=False)
class SoundFrames:
    """t frames, 10 ms apart."""

    inputs: NDArray[np.float32]
    """(t, 70), see the module's text."""
    power: NDArray[np.float32]
    """(t, 25) mel powers in squared 16-bit units, noise and all."""
    level: NDArray[np.float32]
    """(t,) loudness: 0 in silence, 1 in loud speech."""
    pitch: NDArray[np.float32]
    """(t,) fundamental in Hz, NaN where unvoiced."""

    def __len__(self) -> int:
        return len(self.inputs)

    def part(self, rows: slice) -> "SoundFrames":
        """Some of the frames."""
        return SoundFrames(self.inputs[rows], self.power[rows], self.level[rows], self.pitch[rows])

    @classmethod
    def none(cls) -> Self:
        """No frame."""
        nothing = np.zeros(0, np.float32)
        return cls(
            np.zeros((0, COLUMNS), np.float32),
            np.zeros((0, features.MEL_BANDS), np.float32),
            nothing,
            nothing,
        )

    @classmethod
    def joined(cls, pieces: Sequence["SoundFrames"]) -> "SoundFrames":
        """One after the other."""
        if len(pieces) == 1:
            return pieces[0]
        pieces = pieces or [cls.none()]
        return cls(
            np.concatenate([piece.inputs for piece in pieces]),
            np.concatenate([piece.power for piece in pieces]),
            np.concatenate([piece.level for piece in pieces]),
            np.concatenate([piece.pitch for piece in pieces]),
        )


class FrontEnd:
    """Listens to one voice. The same samples give the same bits, however they are cut."""

    def __init__(self, opening: Opening) -> None:
        self._model = load_acoustic_model()
        self._warp = opening.warp
        self._running = Running(opening)
        self._learner = Learner() if opening.frames < _TRUSTED_FRAMES else None
        self._voiced = 0
        self._origin = -_DELTA * HOP - pitch.REACH  # which sample the buffer starts with
        self._samples = np.zeros(-self._origin, np.float32)
        self._analysed = 0
        self._given = 0
        self._block = 0  # first frame of the block that is being analysed
        # Rows of frames: three past blocks, that block, and what its deltas reach for.
        rows = _PAST + _BLOCK + _DELTA
        self._power = np.zeros((rows, features.MEL_BANDS), np.float32)
        self._clean = np.zeros((rows, features.MEL_BANDS), np.float32)
        self._static = np.zeros((rows, features.CEPSTRA), np.float32)
        self._mean = np.zeros((rows, features.CEPSTRA), np.float32)
        self._loud = np.zeros(rows, np.float32)
        self._quiet = np.full(rows, -1, np.float32)

    def push(self, samples: NDArray[np.float32]) -> SoundFrames:
        """Frames that are ready after (s,) more samples at 16 kHz in [-1, 1]; any s."""
        self._samples = np.concatenate([self._samples, samples])
        received = self._origin + len(self._samples)
        found = self._advance((received - features.REACH) // HOP + 1)
        needed = min(_grid(self._given) * HOP - pitch.REACH, self._block * HOP)
        unused = max(0, needed - self._origin)
        self._samples = self._samples[unused:].copy()
        self._origin += unused
        return SoundFrames.joined(found)

    def finish(self) -> SoundFrames:
        """The frames that still waited for sound; s samples have 1 + s // 160 in all.

        Nothing may be pushed afterwards.
        """
        received = self._origin + len(self._samples)
        if received == 0:
            return SoundFrames.none()
        frames = features.frame_count(received)
        found = self._advance(frames)
        for beyond in range(frames, frames + _DELTA):  # the last frame repeats
            last = self._static[_PAST + beyond - 1 - self._block].copy()
            self._make_room(beyond)
            self._static[_PAST + beyond - self._block] = last
            found += self._recognised(beyond + 1 - _DELTA)
        return SoundFrames.joined(found)

    def _advance(self, ready: int) -> list[SoundFrames]:
        """What can be told when `ready` frames have all their samples."""
        found: list[SoundFrames] = []
        while self._analysed < ready:
            self._make_room(self._analysed)
            self._analyse()
            self._analysed = min(ready, self._block + _BLOCK)
            found += self._recognised(self._analysed - _DELTA)
        return found

    def _make_room(self, frame: int) -> None:
        """Before a block's first frame: learn from the last block and move it to the past."""
        if frame < self._block + _BLOCK:
            return
        current = slice(_PAST, _PAST + _BLOCK)
        smooth = trailing_mean(self._power, NOISE_SMOOTHING)[current]
        self._running.hear(
            np.log(smooth + features.FLOOR),
            self._clean[current],
            self._static[current],
        )
        self._learn()
        for rows in (
            self._power, self._clean, self._static, self._mean, self._loud, self._quiet,
        ):  # fmt: skip
            rows[:_PAST] = rows[_BLOCK : _PAST + _BLOCK]
        self._block += _BLOCK

    def _learn(self) -> None:
        """Replace an opening that rests on little by the voice that was heard since."""
        if self._learner is None:
            return
        start = self._block * HOP - self._origin
        samples = self._samples[start : start + _BLOCK * HOP]
        known = self._learner.hear(samples, self._voiced)
        self._voiced = 0
        if known is not None:
            self._running, self._warp, self._learner = Running(known), known.warp, None

    def _analyse(self) -> None:
        """Fill the current block's rows; those whose samples are still to come are redone later."""
        current = slice(_PAST, _PAST + _BLOCK)
        first = self._block * HOP
        piece = self._piece(first - features.REACH - 1, first + features.REACH)
        self._power[current] = features.window_power(piece, warp=self._warp)
        if self._block == 0:  # the first frame repeats before the beginning
            self._power[:_PAST] = self._power[_PAST]
        clean = subtract_noise(self._power, *self._running.noise_and_loud())[current]
        self._clean[current] = np.log(clean + features.FLOOR)
        self._static[current] = features.raw_cepstra(self._clean[current])
        if self._block == 0:
            self._static[:_PAST] = self._static[_PAST]
        self._mean[current] = self._running.mean
        self._loud[current] = self._running.level
        self._quiet[current] = self._running.quiet

    def _recognised(self, stop: int) -> list[SoundFrames]:
        """Frames up to `stop` that were not given yet."""
        found: list[SoundFrames] = []
        while self._given < stop:
            start = _grid(self._given)
            end = min(stop, start + _BLOCK)
            block = self._recognise(start)
            if end == start + _BLOCK:
                self._running.hear_pitch(block.pitch)
                self._voiced += int(np.isfinite(block.pitch).sum())
            found.append(block.part(slice(self._given - start, end - start)))
            self._given = end
        return found

    def _recognise(self, start: int) -> SoundFrames:
        """The block of frames from `start`; rows whose neighbours are missing are not valid."""
        first = _PAST + start - self._block
        rows = slice(first, first + _BLOCK)
        power = self._power[rows].copy()
        level = self._clean[rows].mean(axis=1)
        loud = self._loud[rows]
        centre = start * HOP
        hertz, periodic = pitch.track(
            self._piece(centre - pitch.REACH, centre + pitch.REACH), _BLOCK
        )
        inaudible = level < np.maximum(loud - AUDIBLE_NEPERS, _AUDIBLE_NEPERS)
        hertz[inaudible] = np.nan
        periodic[inaudible] = 0
        quiet = self._quiet[rows]
        relative = np.clip((level - quiet) / (loud - quiet), 0, _LOUDEST)
        inputs = np.empty((_BLOCK, COLUMNS), np.float32)
        inputs[:, PHONES] = self._phones(first, level)
        inputs[:, MEL] = np.clip((self._clean[rows] - loud[:, None] + 2) / 4, -2, 2)
        inputs[:, LEVEL] = relative
        inputs[:, PERIODICITY] = periodic
        octaves = np.nan_to_num(np.log2(hertz) - self._running.pitch, nan=0)
        inputs[:, PITCH] = octaves.clip(-1.5, 1.5)
        return SoundFrames(inputs, power, relative, hertz)

    def _phones(self, first: int, level: NDArray[np.float32]) -> NDArray[np.float32]:
        """(b, 42) scaled log posteriors of the block whose first row is `first`."""
        static = self._static

        def at(offset: int) -> NDArray[np.float32]:
            return static[first + offset : first + offset + _BLOCK]

        double = (at(3) - at(-1)) - (at(1) - at(-3))
        normal = at(0) - self._mean[first : first + _BLOCK]
        streams = np.stack([normal, at(2) - at(-2), double], axis=1)
        scores = self._model.log_likelihoods(streams).max(axis=2) * np.float32(_LIKELIHOOD_SCALE)
        # Voices unlike those the model knows can resemble its silence most of all.
        loud = level > np.maximum(
            self._loud[first : first + _BLOCK] - _NOT_SILENT_NEPERS, _HEARD_NEPERS
        )
        scores[loud, self._model.phones.index("SIL")] -= _SILENCE_PENALTY
        scores -= scores.max(axis=1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return np.asarray((np.maximum(scores, _LEAST_LOG) + 4) / 4, np.float32)

    def _piece(self, start: int, stop: int) -> NDArray[np.float32]:
        """Samples from `start` to `stop` and on through a block's hops, silence where none are."""
        first = start - self._origin
        length = stop - start + (_BLOCK - 1) * HOP
        piece = self._samples[first : first + length]
        return piece if len(piece) == length else np.pad(piece, (0, length - len(piece)))


def _grid(frame: int) -> int:
    """First frame of the block of frames that are recognised together with `frame`.

    They are complete, deltas and all, just when a block of analysed frames is.
    """
    return (frame + _DELTA) // _BLOCK * _BLOCK - _DELTA
