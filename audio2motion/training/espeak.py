"""The `espeak-ng` synthesiser through its C library: phones of a hundred languages as IPA.

The library keeps one voice for the whole process, so this module is for one thread.
"""

import ctypes
import ctypes.util
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from audio2motion.training.takes import SILENCE, Take, take_from_audio
from capture.audio import AudioClip
from capture.errors import MissingBackendError

_SYNCHRONOUS, _PHONEME_EVENTS, _IPA, _DONT_EXIT = 2, 1, 2, 0x8000
_RATE, _PITCH, _RANGE = 1, 3, 4
_PHONEME_EVENT, _END_OF_LIST = 7, 0
_UTF8 = 1
_MARKS = "ˈˌ"

MALE = (
    "m1", "m2", "m3", "m4", "m6", "m7", "m8", "Andy", "Gene", "Hugo", "Marco", "Michael", "Mike",
    "Lee", "Denis", "adam", "benjamin", "david", "edward", "grandpa", "iven", "john", "max",
    "miguel", "norbert", "pablo", "paul", "rob", "victor", "zac", "klatt", "klatt3",
)  # fmt: skip
FEMALE = (
    "f1", "f2", "f3", "f4", "f5", "Alicia", "Andrea", "Annie", "anika", "aunty", "belinda",
    "grandma", "linda", "shelby", "steph", "klatt2",
)  # fmt: skip
WHISPERED = ("whisper", "whisperf")


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("milliseconds", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user", ctypes.c_void_p),
        ("id", _Id),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@cache
def _library() -> tuple[Any, int]:
    """The library and its sample rate."""
    name = ctypes.util.find_library("espeak-ng")
    if name is None:
        raise MissingBackendError(
            "The synthesiser espeak-ng is not installed",
            hint="Install it: apt-get install espeak-ng",
        )
    library = ctypes.CDLL(name)
    rate = library.espeak_Initialize(_SYNCHRONOUS, 200, None, _PHONEME_EVENTS | _IPA | _DONT_EXIT)
    return library, int(rate)


def speak(voice: str, texts: Sequence[str], rng: np.random.Generator) -> Iterator[Take]:
    """Say each text, at a pace and a pitch drawn for it.

    Args:
        voice: Language, or language and variant: `de`, `en-us+f2`.
        texts: What to say.
        rng: For pace and pitch.

    Raises:
        MissingBackendError: The library is not installed.
    """
    library, rate = _library()
    for text in texts:
        if library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise MissingBackendError(
                f"espeak-ng has no voice {voice}", hint="List them: espeak-ng --voices"
            )
        library.espeak_SetParameter(_RATE, int(rng.integers(125, 215)), 0)
        library.espeak_SetParameter(_PITCH, int(rng.integers(35, 70)), 0)
        library.espeak_SetParameter(_RANGE, int(rng.integers(30, 75)), 0)
        samples, segments = _synthesise(library, rate, text)
        if not segments:
            continue
        yield take_from_audio(
            AudioClip(samples, rate),
            segments,
            engine="espeak",
            voice=voice,
            language=voice.partition("+")[0],
            notation="ipa",
            text=text,
        )


def _synthesise(library: Any, rate: int, text: str) -> tuple[Any, list[tuple[str, float]]]:
    """Samples, and (phone, stop in seconds)."""
    pieces: list[bytes] = []
    starts: list[tuple[str, float]] = []

    def receive(sound: Any, count: int, events: Any) -> int:
        if count > 0:
            pieces.append(ctypes.string_at(sound, 2 * count))
        index = 0
        while events[index].type != _END_OF_LIST:
            event = events[index]
            if event.type == _PHONEME_EVENT:
                raw = bytes(event.id.string)
                phone = raw.decode("utf-8", errors="ignore").strip("".join(_MARKS))
                starts.append((phone, event.sample / rate))
            index += 1
        return 0

    callback = _Callback(receive)
    library.espeak_SetSynthCallback(callback)
    encoded = text.encode("utf-8")
    library.espeak_Synth(encoded, len(encoded) + 1, 0, 0, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    samples = np.frombuffer(b"".join(pieces), np.int16).astype(np.float32) / np.float32(32768)
    stops = [start for _, start in starts[1:]] + [len(samples) / rate]
    named = [
        (SILENCE if not phone.strip(" _:;|") else phone, stop)
        for (phone, _), stop in zip(starts, stops, strict=True)
    ]
    if starts and starts[0][1] > 0:
        named.insert(0, (SILENCE, starts[0][1]))
    return samples, named
