"""Speech in, motion out."""

import math
from fractions import Fraction

import numpy as np

from audio2motion import eyes
from audio2motion.coarticulation import hear, load_speech_motion
from audio2motion.errors import AudioMotionError
from audio2motion.features import SAMPLE_RATE
from audio2motion.gains import NATURAL, Gains
from audio2motion.head import head_motion
from audio2motion.lips import mouth_curves
from audio2motion.prosody import analyse
from capture.arkit import ARKIT_INDEX
from capture.audio import AudioClip
from capture.motion import MotionSequence


def predict(
    audio: AudioClip,
    *,
    fps: Fraction = Fraction(25),
    seed: int = 0,
    gains: Gains = NATURAL,
) -> MotionSequence:
    """Make a face speak a recording: lips, jaw, brows, lids, gaze and head.

    The lips follow the sounds alone and are the same for every seed; head, blinks, gaze and brows
    are drawn with human statistics. Frame k shows time k / fps of the sound.

    Args:
        audio: Speech in any language, at any sample rate.
        fps: Frames a second of the result.
        seed: Same seed, same motion.
        gains: How strongly each part moves.

    Returns:
        ceil(duration * fps) frames, at least one, posed about the identity and zero translation.

    Raises:
        AudioMotionError: The clip holds no sample, or fps is not positive.
        weights.WeightsError: A model file is missing or altered.
    """
    if fps <= 0:
        raise AudioMotionError(f"fps: want a positive rate, got {fps}", hint="25 is usual.")
    if len(audio.samples) == 0:
        raise AudioMotionError("the audio holds no sample", hint="Record it again.")
    frames = math.ceil(Fraction(len(audio.samples), audio.sample_rate) * fps)
    samples = audio.resampled(SAMPLE_RATE).samples
    sounds = hear(samples)
    prosody = analyse(samples, sounds)
    model = load_speech_motion()
    for_head, for_blinks, for_gaze, for_brows = (
        np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(4)
    )
    rotation, translation, angles = head_motion(
        prosody, fps=fps, frames=frames, gain=gains.head, rng=for_head
    )
    curves = eyes.blink_curves(
        prosody, fps=fps, frames=frames, rate_gain=gains.blink_rate, rng=for_blinks
    )
    curves |= eyes.gaze_curves(angles, fps=fps, gain=gains.gaze, rng=for_gaze)
    curves |= eyes.brow_curves(
        prosody, fps=fps, frames=frames, gain=gains.upper_face, rng=for_brows
    )
    eyes.lids_follow_gaze(curves)
    coefficients = np.zeros((frames, len(ARKIT_INDEX)), np.float32)
    for name, values in curves.items():
        coefficients[:, ARKIT_INDEX[name]] = values
    coefficients[:, [ARKIT_INDEX[name] for name in model.names]] = mouth_curves(
        sounds, prosody.activity, model, fps=fps, frames=frames, gains=gains
    )
    return MotionSequence(
        fps=fps,
        blendshapes=coefficients,
        head_rotation=rotation,
        head_translation=translation,
    )
