"""The two speech engines of synthetic people, by name; see `audio2motion.text`."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from audio2motion.text import hibari_voice, piper_voice
from audio2motion.text.phones import Spoken
from synthetic.voices import Voice

Engine = Callable[[str, Voice, float], Spoken]
"""Says a phonemised sentence in a voice, at a speed."""

phonemize = hibari_voice.sentences


def open_engine(name: str, rng: np.random.Generator) -> Engine:
    """The engine of a voice, for one utterance.

    Args:
        name: `hibari` or `joe`.
        rng: For the noise in the voice.

    Raises:
        MissingBackendError: Its package is not installed.
    """
    if name == "hibari":
        return partial(_hibari, hibari_voice.HibariVoice(rng))
    hibari_voice.need_package("The voice joe")  # which spells for it
    seed = int(rng.integers(2**31))
    return partial(_joe, piper_voice.PiperVoice(piper_voice.joe_file(), seed=seed))


def _hibari(engine: hibari_voice.HibariVoice, sentence: str, voice: Voice, speed: float) -> Spoken:
    return engine.speak([sentence], speed=voice.speed * speed / voice.register, pitch=voice.pitch)


def _joe(engine: piper_voice.PiperVoice, sentence: str, voice: Voice, speed: float) -> Spoken:
    """The engine reads eSpeak's spelling; what it says is told in that of `hibari`."""
    spelled = [(hibari_voice.IPA.get(c, c), place) for place, c in enumerate(sentence)]
    spoken = engine.speak(spelled, speed=voice.speed * speed / voice.register)
    symbols = ("", *(sentence[place] for place in spoken.parts[1:-1]), "")
    return replace(spoken, symbols=symbols, parts=(0,) * len(symbols))
