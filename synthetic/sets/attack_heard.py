"""Attacks by what is heard: each takes a crew and stages one."""

from dataclasses import replace

import numpy as np

from consent.challenge import statement_text
from consent.record import Purpose
from synthetic.performance import Score
from synthetic.sets import attack_sounds as sounds
from synthetic.sets.attack_crew import Crew, Staged
from synthetic.sets.cast import other_name
from synthetic.sets.challenges import draw_words
from synthetic.sets.clips import FPS, fitted
from synthetic.sets.consent import turns
from synthetic.voices import other_voice

_PURPOSES = frozenset({Purpose.SPEAK, Purpose.REENACT})


def genuine(crew: Crew) -> Staged:
    """Nothing is wrong: a control."""
    take = crew.take()
    return Staged(take, crew.filmed(take), take.sound())


def old_challenge(crew: Crew) -> Staged:
    """A genuine recording, of an older challenge."""
    words = draw_words(crew.rng(14), but=crew.code_words)
    take = crew.take(_statement(crew.name, words))
    return Staged(take, crew.filmed(take), take.sound(), details={"spoken_words": list(words)})


def wrong_word(crew: Crew) -> Staged:
    """One code word is another one."""
    words = list(crew.code_words)
    words[int(crew.rng(14).integers(len(words)))] = draw_words(crew.rng(15), but=words)[0]
    take = crew.take(_statement(crew.name, tuple(words)))
    return Staged(take, crew.filmed(take), take.sound(), details={"spoken_words": words})


def word_order(crew: Crew) -> Staged:
    """The code words are spoken in another order."""
    words = [*crew.code_words[1:], crew.code_words[0]]
    take = crew.take(_statement(crew.name, tuple(words)))
    return Staged(take, crew.filmed(take), take.sound(), details={"spoken_words": words})


def wrong_name(crew: Crew) -> Staged:
    """Somebody else's name is spoken."""
    name = other_name(crew.name, crew.rng(14))
    take = crew.take(_statement(name, crew.code_words))
    return Staged(take, crew.filmed(take), take.sound(), details={"spoken_name": name})


def other_voice_dubbed(crew: Crew) -> Staged:
    """The statement is heard in another voice, to lips that spoke it at their own pace."""
    take = crew.take()
    voice = other_voice(crew.voice)
    audio = fitted(crew.spoken(crew.statement, voice), len(take.performance), crew.seed)
    return Staged(take, crew.filmed(take), audio, details={"heard_voice": voice})


def lips_out_of_sync(crew: Crew) -> Staged:
    """Sound and lips lie more than 300 ms apart."""
    take = crew.take()
    rng = crew.rng(17)
    by = float(rng.uniform(0.35, 0.7) * rng.choice([-1, 1]))
    audio = fitted(sounds.shifted(take.speech.audio, by), len(take.performance), crew.seed)
    return Staged(take, crew.filmed(take), audio, details={"sound_late_s": round(by, 3)})


def sound_spliced(crew: Crew) -> Staged:
    """The code words are cut into the sound of an older recording."""
    words = draw_words(crew.rng(14), but=crew.code_words)
    take = crew.take(_statement(crew.name, words))
    spans = [(a, b) for _, a, b in take.speech.words()[-len(words) :]]
    other = crew.take()
    said = [
        other.speech.audio.slice(a, b) for _, a, b in other.speech.words()[-len(crew.code_words) :]
    ]
    audio = sounds.with_words(take.speech.audio, spans, said, gain=0.7)
    heard = fitted(audio, len(take.performance), crew.seed)
    return Staged(take, crew.filmed(take), heard, spans, {"seen_words": list(words)})


def no_speech(crew: Crew) -> Staged:
    """The person turns and says nothing."""
    take = replace(crew.take(), performance=turns(crew.rng(18)), utterance=None)
    silence = crew.spoken("Yes.", crew.voice).slice(0, 0.01)
    audio = fitted(silence, len(take.performance), crew.seed)
    return Staged(take, crew.filmed(take), audio)


def off_camera_voice(crew: Crew) -> Staged:
    """Somebody else speaks beside the camera; the person's lips stay closed."""
    take = crew.take()
    voice = other_voice(crew.voice)
    rng = crew.rng(19)
    listening = Score(len(take.performance), FPS)
    listening.sway(rng)
    listening.glance(rng)
    for at in np.arange(1.5, listening.times[-1], 3.1):
        listening.blink(float(at))
    audio = fitted(crew.spoken(crew.statement, voice), len(take.performance), crew.seed)
    take = replace(take, performance=listening.finish(), utterance=None)
    return Staged(take, crew.filmed(take), audio, details={"heard_voice": voice})


def _statement(name: str, words: tuple[str, ...]) -> str:
    return statement_text(name, _PURPOSES, words)
