"""Which code words are spoken in a recording, and in which order.

The recogniser (pocketsphinx, US English) may hear, at any time and in any order: a code word, a
word of the statement that surrounds them, or anything else, for which every single phone stands as
a filler. So other speech is heard as other words or as fillers, not as what is expected; aligning
the expected text alone would always succeed.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from capture.audio import AudioClip
from capture.evidence.denoising import without_steady_noise
from capture.evidence.recogniser import Recogniser
from capture.evidence.sequences import in_this_order, longest_common
from capture.evidence.speech_activity import SAMPLE_RATE, speech_activity

logger = logging.getLogger(__name__)

_TOO_LITTLE_SPEECH_S: Final = 0.3


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word that was heard."""

    word: str
    start_s: float
    """From the start of the recording."""
    stop_s: float


@dataclass(frozen=True, slots=True)
class SpokenWords:
    """What was heard of the expected words."""

    found: tuple[SpokenWord, ...]
    """Every word of the vocabulary that was heard, expected or not, in time."""
    matched: tuple[SpokenWord, ...]
    """Those among them that are expected words in the expected order."""
    fraction: float
    """Expected words heard in their order, of all expected ones, in [0, 1]."""
    in_order: bool
    """All expected words were heard in their order, and no other in between."""
    statement_fraction: float | None
    """Same for the known words of the statement around them; None where there are none."""
    speech_seconds: float
    snr_db: float


def spoken_words(
    audio: AudioClip, *, words: Sequence[str], vocabulary: Sequence[str], statement: str = ""
) -> SpokenWords:
    """Listen for `words` in their order, among all words of the vocabulary and other speech.

    Between the first and the last of them no other word of the vocabulary may be heard: what is
    heard from there on no longer counts. A repetition of the word before is no other word.

    Args:
        audio: At any rate; 0.1 to 0.8 s of one core for each second of speech.
        words: Expected, in order.
        vocabulary: All words that a challenge can ask for; must include `words`.
        statement: The whole text to be spoken. Its other words are then heard as such and not as
            code words; where it is not given, far more wrong words are found.

    Raises:
        ValueError: No words, a word that is not in the vocabulary, or one that the pronunciation
            dictionary lacks.
        WeightsError: A part of the acoustic model is missing or altered.
        MissingBackendError: pocketsphinx is not installed.
    """
    expected = [word.lower() for word in words]
    known = {word.lower() for word in vocabulary}
    if not expected or not known.issuperset(expected):
        raise ValueError(f"words: want at least one, all of the vocabulary, got {list(words)}")
    activity = speech_activity(audio)
    recogniser = Recogniser(expected=expected, vocabulary=sorted(known), statement=statement)
    heard: list[SpokenWord] = []
    if activity.speech_seconds >= _TOO_LITTLE_SPEECH_S:
        # the noise is measured in the pauses, so it is taken out before they are cut off
        samples = without_steady_noise(audio.resampled(SAMPLE_RATE).samples)
        start, stop = (round(at * SAMPLE_RATE) for at in (activity.start_s, activity.stop_s))
        heard = [
            SpokenWord(word, activity.start_s + begun, activity.start_s + ended)
            for word, begun, ended in recogniser.listen(samples[start:stop])
        ]
    found = [word for word in heard if word.word in known]
    matched = in_this_order([word.word for word in found], expected)
    logger.info("heard %s", " ".join(word.word for word in heard) or "no words")
    around = recogniser.statement_words
    spoken_around = [word.word for word in heard if word.word not in known]
    return SpokenWords(
        found=tuple(found),
        matched=tuple(found[index] for index in matched),
        fraction=len(matched) / len(expected),
        in_order=len(matched) == len(expected),
        statement_fraction=longest_common(spoken_around, around) / len(around) if around else None,
        speech_seconds=activity.speech_seconds,
        snr_db=activity.snr_db,
    )
