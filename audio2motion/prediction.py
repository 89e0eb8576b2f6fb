"""Speech in, motion out, for recordings: a `Stream` run over them."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.behaviour import Manner
from audio2motion.errors import AudioMotionError
from audio2motion.face import joined
from audio2motion.features import SAMPLE_RATE
from audio2motion.gains import NATURAL, Gains
from audio2motion.opening import Opening
from audio2motion.stream import USUAL_FPS, Lips, Stream
from capture.audio import AudioClip, read_mono
from capture.motion import MotionSequence

OPENING_S: Final = 120
"""Seconds from the beginning of a recording among which the liveliest are measured first."""
_NATURAL_MANNER = Manner()


def predict(
    audio: AudioClip,
    *,
    fps: Fraction = USUAL_FPS,
    seed: int = 0,
    gains: Gains = NATURAL,
    manner: Manner = _NATURAL_MANNER,
) -> MotionSequence:
    """Make a face speak a recording: lips, jaw, brows, lids, gaze and head.

    The lips follow the sounds alone and are the same for every seed; head, blinks, gaze and brows
    are drawn with human statistics. Frame k shows time k / fps of the sound.

    Args:
        audio: Speech in any language, at any sample rate.
        fps: Frames a second of the result.
        seed: Same seed, same motion.
        gains: How strongly each part moves.
        manner: Mood, gestures and generator of everything that is not lips.

    Returns:
        ceil(duration * fps) frames, at least one, posed about the identity and zero translation.

    Raises:
        AudioMotionError: The clip holds no sample, or fps is not positive.
        weights.WeightsError: A model file is missing or altered.
    """
    return joined(list(predict_pieces(audio, fps=fps, seed=seed, gains=gains, manner=manner)))


def predict_pieces(
    audio: AudioClip | Path,
    *,
    fps: Fraction = USUAL_FPS,
    seed: int = 0,
    gains: Gains = NATURAL,
    manner: Manner = _NATURAL_MANNER,
    lips: Lips | None = None,
) -> Iterator[MotionSequence]:
    """`predict`, piece by piece: hours of sound in flat memory, the first frames at once.

    Args:
        audio: A clip, or a sound or video file that is read while its motion is made.
        fps: Frames a second of the result.
        seed: Same seed, same motion.
        gains: How strongly each part moves.
        manner: Mood, gestures and generator of everything that is not lips.
        lips: Tells the lips, where it is known what is said: `audio2motion.text.lips.TextLips`.

    Yields:
        Pieces of at least one frame that follow each other.

    Raises:
        AudioMotionError: The clip holds no sample, or fps is not positive.
        MediaError: The file cannot be read or has no sound.
        weights.WeightsError: A model file is missing or altered.
    """
    if isinstance(audio, AudioClip):
        if len(audio.samples) == 0:
            raise AudioMotionError("the audio holds no sample", hint="Record it again.")
        blocks = _second_by_second(audio.blocks(SAMPLE_RATE))
    else:
        blocks = _second_by_second(read_mono(audio, SAMPLE_RATE))
    beginning = _take(blocks, OPENING_S)
    opening = Opening.of(np.concatenate(beginning))
    stream = Stream(fps=fps, seed=seed, gains=gains, manner=manner, opening=opening, lips=lips)
    for block in chain(beginning, blocks):
        if (piece := stream.push(block)) is not None:
            yield piece
    if (piece := stream.finish()) is not None:
        yield piece


def _take(blocks: Iterator[NDArray[np.float32]], count: int) -> list[NDArray[np.float32]]:
    return [block for _, block in zip(range(count), blocks, strict=False)]


def _second_by_second(
    blocks: Iterable[NDArray[np.float32]],
) -> Iterator[NDArray[np.float32]]:
    """The same samples in blocks of one second, the last one shorter."""
    waiting: list[NDArray[np.float32]] = []
    length = 0
    for block in blocks:
        waiting.append(block)
        length += len(block)
        if length < SAMPLE_RATE:
            continue
        samples = np.concatenate(waiting)
        whole = length // SAMPLE_RATE * SAMPLE_RATE
        yield from np.split(samples[:whole], whole // SAMPLE_RATE)
        waiting, length = [samples[whole:]], length - whole
    if length:
        yield np.concatenate(waiting)
