"""Labelled synthetic speech: how much of it is recognised, and whether its lips close.

The times of its phones are exact. One engine and two languages are kept from the training of the
network; each voice is also heard over noise.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio2motion import predict
from audio2motion.features import SAMPLE_RATE, frame_count
from audio2motion.front_end import FrontEnd, SoundFrames
from audio2motion.network import LipFrames, load_lip_network
from audio2motion.opening import Opening
from audio2motion.phonetics import Segment
from audio2motion.training import augmentation, espeak, flite, labels, neural, sentences
from audio2motion.training.engines import HELD_OUT_ENGINE, HELD_OUT_LANGUAGES
from audio2motion.training.takes import Take
from audio2motion.visemes import SHOWN, SHOWN_OF_SOUND, VISEMES, fourteen
from benchmarks.speech_motion import LIPS_APART, motion_lips
from capture.audio import AudioClip
from weights import MissingBackendError

CLOSED = 0.1
"""Of the range of the lip gap: below this the lips count as closed."""
VOWELS = ("aa", "E", "ih", "oh")
SHORTEST_VOWEL_S = 0.06
TAKES = 14
NOISES_DB = (20.0, 10.0)
SEEN_VOICES = ("slt", "kal16")
COMPARED_LANGUAGE = "en-us"
SENTENCES = (
    "Please bring the blue paper bag from the back of the room before Monday morning.",
    "Five brave firemen found my favourite vase very far away.",
    "She was wearing a wool shawl, which would choose you two for the show.",
    "People always believe a pretty picture more than a simple map.",
    "How now, brown cow? Go over the old road slowly to Rome.",
    "Jumping over my puppy, Bob popped the purple bubble.",
    "Singing kings bring long rings along the younger gang.",
)
_OF_FOURTEEN = np.array([VISEMES.index(fourteen(name)) for name in SHOWN])
_VARIANTS = ("m3", "f2", "m7", "f4")


@dataclass(frozen=True, slots=True)
class Group:
    """Speech that is reported together."""

    name: str
    held_out: bool
    takes: Callable[[], Sequence[Take]]
    noise_db: float | None = None


def groups() -> list[Group]:
    """All speech of the benchmark."""
    unseen = partial(_natural, HELD_OUT_ENGINE)
    found = [Group("unseen engine (Piper, joe)", True, unseen)]
    found += [Group(f"the same, noise {db:g} dB down", True, unseen, db) for db in NOISES_DB]
    for language in HELD_OUT_LANGUAGES:
        takes = partial(_of_language, language)
        found.append(Group(f"unseen language ({language}, eSpeak)", True, takes))
    takes = partial(_of_language, COMPARED_LANGUAGE)
    found.append(Group(f"seen language ({COMPARED_LANGUAGE}, eSpeak)", False, takes))
    for voice in SEEN_VOICES:
        found.append(Group(f"seen voice (flite, {voice})", False, partial(_flite, voice)))
    return found


def _natural(voice: str) -> list[Take]:
    rng = np.random.default_rng(71)
    texts = [*SENTENCES, *(sentences.text("en", rng) for _ in range(TAKES - len(SENTENCES)))]
    return list(neural.speak(voice, texts, rng))


def _of_language(language: str) -> list[Take]:
    rng = np.random.default_rng(72)
    takes: list[Take] = []
    for number in range(TAKES):
        voice = f"{language}+{_VARIANTS[number % len(_VARIANTS)]}"
        takes += espeak.speak(voice, [sentences.text(language, rng)], rng)
    return takes


def _flite(voice: str) -> list[Take]:
    return list(flite.speak(voice, SENTENCES, np.random.default_rng(73)))


def hear(samples: NDArray[np.float32]) -> LipFrames:
    """The network's view of (s,) samples at 16 kHz."""
    front = FrontEnd(Opening.of(samples))
    return load_lip_network().run(SoundFrames.joined([front.push(samples), front.finish()]).inputs)


def measure_group(group: Group) -> dict[str, Any] | None:
    """Recognition and closures; None where the voice's program is not installed."""
    try:
        takes = group.takes()
    except MissingBackendError:
        return None
    rng = np.random.default_rng(74)
    counts = [_measure_take(take, group.noise_db, index, rng) for index, take in enumerate(takes)]
    total = {key: sum(one[key] for one in counts) for key in counts[0]}
    return {
        "voice": group.name,
        "held_out": group.held_out,
        "seconds": total["seconds"],
        "frame_accuracy": total["right"] / total["frames"],
        "bilabials": total["bilabials"],
        "closure_recall": total["closed"] / max(total["bilabials"], 1),
        "labiodentals_met": total["met"] / max(total["labiodentals"], 1),
        "false_closures": total["shut"] / max(total["vowels"], 1),
    }


def _measure_take(
    take: Take, noise_db: float | None, index: int, rng: np.random.Generator
) -> dict[str, float]:
    samples = take.samples
    if noise_db is not None:
        kind = ("white", "pink", "music")[index % 3]
        added = augmentation.noise(kind, len(samples), rng, [])
        samples = augmentation.with_noise(samples, added, noise_db)
    found = labels.segments(take)
    truth = _OF_FOURTEEN[labels.frame_visemes(found, frame_count(len(samples)))]
    heard = _OF_FOURTEEN[hear(samples).visemes.argmax(axis=1)]
    counts = {
        "seconds": take.duration_s,
        "frames": float(len(truth)),
        "right": float((truth == heard).sum()),
    }
    return counts | contact_counts(found, AudioClip(samples, SAMPLE_RATE))


def contact_counts(found: Sequence[Segment], audio: AudioClip) -> dict[str, float]:
    """Of the motion that ships: p, b, m that close the lips; vowels in whose middle they are shut.

    The range of the gap is from lips at rest to the 99th percentile of the utterance, but at
    least what counts as lips apart.
    """
    motion = predict(audio)
    lips = motion_lips(motion)
    gap, network = lips.curves["gap"], load_lip_network()
    rest = float(network.rest @ network.lip_map[0])
    shut = gap <= rest + CLOSED * max(np.percentile(gap, 99) - rest, LIPS_APART)
    roll = motion.column("mouthRollLower")
    tucked = network.labiodental[network.channels.index("mouthRollLower")]
    step = 1 / float(motion.fps)
    counts = dict.fromkeys(("bilabials", "closed", "vowels", "shut", "labiodentals", "met"), 0.0)
    for viseme, start, stop in _named(found):
        near = (lips.times >= start - step) & (lips.times <= stop + step)
        if viseme == "PP":
            counts["bilabials"] += 1
            counts["closed"] += bool(shut[near].any())
        elif viseme == "FF":
            counts["labiodentals"] += 1
            counts["met"] += bool((roll[near] >= 0.7 * tucked).any())
        elif viseme in VOWELS and stop - start >= SHORTEST_VOWEL_S:
            counts["vowels"] += 1
            counts["shut"] += bool(shut[int(np.argmin(np.abs(lips.times - (start + stop) / 2)))])
    return counts


def _named(found: Sequence[Segment]) -> Iterator[tuple[str, float, float]]:
    for segment in found:
        yield fourteen(SHOWN_OF_SOUND[segment.sound]), segment.start_s, segment.stop_s
