"""Labels of synthetic speech: each engine's phones as sounds, their times checked and shifted.

Engines disagree about where a phone begins, and unchecked labels cost much: 70 ms of shift halves
the accuracy of whatever learns from them. So every engine's labels are held against the phones
that the acoustic model hears, and moved by the one shift that agrees best (`LATE_S`).
"""

# ruff: noqa: RUF001 (phonetic symbols)

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.acoustic_model import load_acoustic_model
from audio2motion.features import FRAME_RATE
from audio2motion.front_end import PHONES, FrontEnd, SoundFrames
from audio2motion.opening import Opening
from audio2motion.phonetics import SILENCE, SOUNDS, Segment, joined, segments_of
from audio2motion.training.takes import Take
from audio2motion.visemes import (
    SHOWN,
    SHOWN_OF_SOUND,
    VISEMES,
    fourteen,
    viseme_probabilities,
)

LATE_S: Final[dict[str, float]] = {
    "festival-ca-ona": -0.01,
    "festival-fi-lj": -0.01,
    "festival-kal": -0.01,
    "festival-ked": -0.01,
    "festival-slt-hts": -0.01,
    "flite-kal": -0.01,
}
"""By how much an engine's phone times run behind what is heard, by engine or `engine-voice`; for
all others 0 agrees best. The neural voices are already shifted in `synthetic`: hibari by 56 ms."""

_COMMON = {"#": "", "##": "", "pau": "", "_": "", "ng": "ŋ", "rr": "r", "L": "ʎ", "J": "ɲ"}
_ITALIAN = _COMMON | {
    "a1": "a", "e1": "e", "E": "ɛ", "E1": "ɛ", "i1": "i", "o1": "o", "O": "ɔ", "O1": "ɔ",
    "u1": "u", "ts": "ts", "dz": "dz", "tS": "tʃ", "dZ": "dʒ", "S": "ʃ", "Z": "ʒ", "nf": "ɱ",
    "ax": "ə", "B": "β", "D": "ð", "G": "ɣ",
}  # fmt: skip
_FINNISH = _COMMON | {"@": "æ", "@:": "æ", "7": "ø", "7:": "ø", "N": "ŋ", "N:": "ŋ", "A": "ɑ"}
_CZECH = _COMMON | {
    "ch": "x", "c": "ts", "c~": "tʃ", "s~": "ʃ", "z~": "ʒ", "n~": "ɲ", "t~": "c", "d~": "ɟ",
    "r~": "rʒ", "r~*": "rʒ", "dz": "dz", "dz~": "dʒ", "n*": "ŋ", "m*": "ɱ", "@": "ə",
}  # fmt: skip
_RUSSIAN = _COMMON | {
    "a": "ə", "aa": "a", "ae": "ɪ", "ay": "ə", "oo": "o", "ee": "e", "ii": "i", "uu": "u",
    "yy": "ɨ", "y": "ɨ", "ur": "ʊ", "sh": "ʃ", "sch": "ʃ", "zh": "ʒ", "ch": "tʃ", "c": "ts",
    "h": "x", "hh": "x", "ll": "l", "i": "ɪ", "j": "j",
}  # fmt: skip
_INDIAN = _COMMON | {
    "a": "ə", "aa": "a", "ih": "ɪ", "iy": "i", "uh": "ʊ", "uw": "u", "eh": "e", "ee": "e",
    "oh": "o", "oo": "o", "ay": "ɛ", "aw": "ɔ", "ae": "æ", "th": "t", "dh": "d", "tth": "t",
    "ddh": "d", "thh": "t", "dhh": "d", "T": "t", "D": "d", "N": "n", "L": "l", "R": "r", "bh": "b",
    "kh": "k", "gh": "g", "ph": "p", "ch": "tʃ", "chh": "tʃ", "j": "dʒ", "jh": "dʒ", "nj": "ɲ",
    "sh": "ʃ", "S": "ʃ", "y": "j", "rh": "r", "v": "ʋ",
}  # fmt: skip
_DOUBLED = "bdfgklmnprstvzh"
_ARPABET = {"ax": "AH", "axr": "ER", "el": "L", "en": "N", "em": "M", "dx": "D", "hv": "HH"}
NOTATIONS: Final[dict[str, dict[str, str]]] = {
    "ipa": {},
    "festival-it": _ITALIAN,
    "festival-ca": _ITALIAN,
    "festival-fi": _FINNISH,
    "festival-cs": _CZECH,
    "festival-ru": {**_RUSSIAN, **{2 * letter: letter for letter in _DOUBLED}},
    "festival-in": _INDIAN,
}
"""By notation: what its phones are in IPA, where they are not written so already."""

_SHIFTS = np.arange(-12, 13)


def segments(take: Take) -> list[Segment]:
    """The sounds of a take as they are heard."""
    late = _late_s(take)
    found = _raw_segments(take)
    end = take.duration_s
    moved = [(s.sound, min(max(s.start_s - late, 0), end), s.stop_s - late) for s in found]
    if moved:  # whatever ends the take lasts to its end, and what begins it begins it
        moved[0] = (moved[0][0], 0.0, moved[0][2])
        moved[-1] = (moved[-1][0], moved[-1][1], end)
    return joined([Segment(sound, start, min(stop, end)) for sound, start, stop in moved])


def _late_s(take: Take) -> float:
    return LATE_S.get(f"{take.engine}-{take.voice}", LATE_S.get(take.engine, 0.0))


def _raw_segments(take: Take) -> list[Segment]:
    bounds = [float(bound) for bound in take.bounds]
    if take.notation == "arpabet":
        sounds = [_ARPABET.get(phone, phone.upper()) or SILENCE for phone in take.phones]
        return [
            Segment(sound, start, stop)
            for sound, start, stop in zip(sounds, bounds[:-1], bounds[1:], strict=True)
        ]
    table = NOTATIONS[take.notation]
    symbols = [table.get(phone, table.get(phone.rstrip(":"), phone)) for phone in take.phones]
    return segments_of(symbols, bounds)


def frame_sounds(found: Sequence[Segment], frames: int) -> NDArray[np.int8]:
    """(t,) index in `SOUNDS` of what is heard at frame i, time i / 100; silence outside."""
    result = np.full(frames, SOUNDS.index(SILENCE), np.int8)
    for segment in found:
        first = int(np.ceil(segment.start_s * FRAME_RATE - 1e-6))
        last = int(np.ceil(segment.stop_s * FRAME_RATE - 1e-6))
        result[max(first, 0) : max(last, 0)] = SOUNDS.index(segment.sound)
    return result


def frame_visemes(found: Sequence[Segment], frames: int) -> NDArray[np.int8]:
    """(t,) index in `SHOWN`."""
    table = np.array([SHOWN.index(SHOWN_OF_SOUND[sound]) for sound in SOUNDS], np.int8)
    return table[frame_sounds(found, frames)]


def check(takes: Sequence[Take]) -> tuple[float, float, float, float]:
    """How well labels of one voice agree with the acoustic model.

    Returns:
        Agreement at the engine's own times, at the times of `segments`, at the best shift from
        there, and that shift in seconds: below 0 if the labels still run late.
    """
    found = agreement(takes)
    best, zero = int(np.argmax(found)), int(np.flatnonzero(_SHIFTS == 0)[0])
    own = zero + round(_late_s(takes[0]) * FRAME_RATE)
    shift_s = float(_SHIFTS[best]) / FRAME_RATE
    return float(found[own]), float(found[zero]), float(found[best]), shift_s


def agreement(takes: Sequence[Take]) -> NDArray[np.float64]:
    """How much the acoustic model believes in the labels, by how far they are shifted.

    Returns:
        (25,) mean probability of the labelled class if labels are moved by -120, -110, ... 120 ms:
        a best shift of -50 ms means that they run 50 ms late.
    """
    of_fourteen = np.array([VISEMES.index(fourteen(name)) for name in SHOWN])
    total, frames = np.zeros(len(_SHIFTS)), 0
    for take in takes:
        front = FrontEnd(Opening.of(take.samples))
        frames_of = SoundFrames.joined([front.push(take.samples), front.finish()])
        posteriors = np.exp(4 * frames_of.inputs[:, PHONES] - 4)
        heard = viseme_probabilities(posteriors, load_acoustic_model().phones)
        labels = of_fourteen[frame_visemes(segments(take), len(heard))]
        for i, shift in enumerate(_SHIFTS):
            moved = labels[np.clip(np.arange(len(heard)) - shift, 0, len(heard) - 1)]
            total[i] += heard[np.arange(len(heard)), moved].sum()
        frames += len(heard)
    return total / max(frames, 1)
