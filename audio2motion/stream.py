"""`Stream`: speech in as it is spoken, motion out a quarter of a second later.

The frame for time t is given as soon as the sound up to t + 0.25 s was pushed: 43 ms for the front
end, 140 ms for the network, at most 60 ms for lip contacts and frame times, and up to 2 ms for
resampling; the behaviour needs 200 ms after the front end. A recording goes through the same code:
a stream that starts from the recording's own opening gives the same bits.
"""

import math
from fractions import Fraction
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from audio2motion.behaviour import BehaviourFrames, Manner, ProsodyFrames, open_behaviour
from audio2motion.decoder import Decoder, MouthFrames, Postures
from audio2motion.errors import AudioMotionError
from audio2motion.face import Face
from audio2motion.features import SAMPLE_RATE
from audio2motion.front_end import FrontEnd, SoundFrames
from audio2motion.gains import NATURAL, Gains
from audio2motion.network import LipFrames, LipNetwork, Session, load_lip_network
from audio2motion.opening import DEFAULT_OPENING, Opening
from capture.motion import MotionSequence
from capture.resampling import Resampler

DELAY_S: Final = 0.25
"""Seconds of sound after a frame's time that the frame waits for, at most."""
USUAL_FPS: Final = Fraction(25)
_NATURAL_MANNER = Manner()


class Lips(Protocol):
    """What tells a stream the lips: the network of a voice, or the phones of a text."""

    @property
    def postures(self) -> Postures:
        """Mouths of the coefficients that it gives."""

    def push(self, inputs: NDArray[np.float32]) -> LipFrames:
        """Frames that are ready after (t, c) more inputs of the front end."""

    def finish(self) -> LipFrames:
        """Frames that still waited: as many in all as inputs were."""


class Stream:
    """Motion of one talker while the sound arrives.

    The same samples give the same bits, however they are cut. Frame k shows time k / fps of the
    sound; motion is posed about the identity rotation and zero translation.
    """

    def __init__(
        self,
        *,
        sample_rate: int = SAMPLE_RATE,
        fps: Fraction = USUAL_FPS,
        seed: int = 0,
        gains: Gains = NATURAL,
        manner: Manner = _NATURAL_MANNER,
        opening: Opening = DEFAULT_OPENING,
        network: LipNetwork | None = None,
        lips: Lips | None = None,
    ) -> None:
        """Start at time 0.

        Args:
            sample_rate: Of what is pushed, in Hz.
            fps: Frames a second of the motion.
            seed: Of head, blinks, gaze and brows; the lips follow the sound alone.
            gains: How strongly each part moves.
            manner: Mood, gestures and generator of everything that is not lips.
            opening: What is known of voice and microphone: `Opening.of(earlier sound)`.
            network: None for the one that ships with the package.
            lips: Tells the lips instead of a network, such as `audio2motion.text.lips.TextLips`.

        Raises:
            AudioMotionError: The rate of the sound or of the frames is not positive.
            weights.WeightsError: A model file is missing or altered.
        """
        if sample_rate <= 0:
            raise AudioMotionError(
                f"sample_rate: want a positive number of Hz, got {sample_rate}",
                hint="16000, 44100 and 48000 are usual.",
            )
        if fps <= 0:
            raise AudioMotionError(f"fps: want a positive rate, got {fps}", hint="25 is usual.")
        lips = lips or _Heard(network or load_lip_network())
        postures = lips.postures
        self._fps, self._sample_rate = fps, sample_rate
        self._resampler = Resampler(sample_rate, SAMPLE_RATE)
        self._front = FrontEnd(opening)
        self._lips = lips
        self._decoder = Decoder(postures, fps=fps, gains=gains)
        self._behaviour = open_behaviour(fps, seed=seed, gains=gains, manner=manner)
        self._face = Face(postures, fps=fps)
        self._received = 0

    def push(self, samples: NDArray[np.float32]) -> MotionSequence | None:
        """The frames that are ready after more sound; None if there is none.

        Args:
            samples: (s,) mono float32 in [-1, 1]; any s, 20 ms are usual.

        Raises:
            AudioMotionError: The samples are no such array, or not numbers.
        """
        _check(samples)
        self._received += len(samples)
        limited = np.clip(samples, -1, 1)
        sound = self._front.push(self._resampler.push(limited))
        lips = self._lips.push(sound.inputs)
        return self._face.add(
            self._decoder.push(lips.curves, lips.contacts, lips.activity),
            self._behaviour.advance(ProsodyFrames(sound.level, sound.pitch)),
        )

    def finish(self) -> MotionSequence | None:
        """The frames that still waited: ceil(duration * fps) in all. Then the stream is over."""
        if self._received == 0:
            return None
        frames = math.ceil(Fraction(self._received, self._sample_rate) * self._fps)
        sound = SoundFrames.joined(
            [self._front.push(self._resampler.finish()), self._front.finish()]
        )
        lips = [self._lips.push(sound.inputs), self._lips.finish()]
        mouth = [self._decoder.push(one.curves, one.contacts, one.activity) for one in lips]
        behaviour = self._behaviour.advance(ProsodyFrames(sound.level, sound.pitch))
        return self._face.add(
            MouthFrames.joined([*mouth, self._decoder.finish(frames)]),
            BehaviourFrames.joined([behaviour, self._behaviour.finish(frames)]),
        )


class _Heard(Session):
    """Lips as the network hears them."""

    def __init__(self, network: LipNetwork) -> None:
        super().__init__(network)
        self.postures = Postures(
            network.channels, network.rest, network.closed, network.labiodental
        )


def _check(samples: NDArray[np.float32]) -> None:
    if samples.ndim != 1 or samples.dtype != np.float32:
        raise AudioMotionError(
            f"samples: want float32 (s,), got {samples.dtype} {samples.shape}",
            hint="Mix the channels to one; divide 16-bit whole numbers by 32768.",
        )
    if not np.isfinite(samples).all():
        raise AudioMotionError(
            "samples: NaN or infinity among them", hint="Look at what records or decodes the sound."
        )
