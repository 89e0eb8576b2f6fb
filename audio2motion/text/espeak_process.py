"""A process that speaks through eSpeak NG's library, for `audio2motion.text.espeak_voice`.

eSpeak NG is GPL-3.0-or-later, a C library with global state, and no part of this project: it runs
in a process of its own, which reads requests as lines of JSON and answers with a line of JSON and,
of speech, with samples of 16 bits after it. Phone times come from eSpeak's own events (`--pho` and
the like of its command tell them for MBROLA voices only). Needs nothing but the standard library.
"""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any, BinaryIO

_RETRIEVAL = 1
_PHONEME_EVENTS, _IPA_EVENTS, _NO_EXIT = 1, 2, 1 << 15
_UTF8, _END_PAUSE = 1, 0x1000
_LIST_END, _WORD, _PHONEME = 0, 1, 7
_IPA_WITH_SEPARATOR = 2 | ord("_") << 8
_WORDS_PER_MINUTE, _RATE_PARAMETER = 175, 1


class _Identifier(ctypes.Union):
    _fields_ = (
        ("number", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("string", ctypes.c_char * 8),
    )


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Identifier),
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.POINTER(ctypes.c_char)),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class Speaker:
    """The library, set up to hand over what it says."""

    def __init__(self, library: str) -> None:
        self._library = ctypes.CDLL(library)
        options = _PHONEME_EVENTS | _IPA_EVENTS | _NO_EXIT
        self._rate = self._library.espeak_Initialize(_RETRIEVAL, 0, None, options)
        if self._rate <= 0:
            raise OSError("espeak_Initialize failed: its data are not installed")
        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._library.espeak_Info.restype = ctypes.c_char_p
        self._samples = bytearray()
        self._events: list[tuple[int, int, int, str]] = []
        self._callback = _Callback(self._take)  # kept, or it would be collected
        self._library.espeak_SetSynthCallback(self._callback)
        self._of_language = self._identifiers()

    def _take(self, samples: Any, count: int, events: Any) -> int:
        if count > 0 and samples:
            self._samples += ctypes.string_at(samples, 2 * count)
        index = 0
        while (event := events[index]).type != _LIST_END:
            if event.type in (_WORD, _PHONEME):
                name = event.id.string if event.type == _PHONEME else b""
                text = name.decode("utf-8", "replace")
                self._events.append((event.type, event.sample, event.text_position, text))
            index += 1
        return 0

    def use(self, voice: str, speed: float) -> bool:
        """Choose a voice, by language or name; False if there is none."""
        rate = round(_WORDS_PER_MINUTE * speed)
        self._library.espeak_SetParameter(_RATE_PARAMETER, rate, 0)
        language, plus, variant = voice.partition("+")
        name = f"{self._of_language.get(language, language)}{plus}{variant}"
        return bool(self._library.espeak_SetVoiceByName(name.encode()) == 0)

    def say(self, text: str) -> tuple[dict[str, Any], bytes]:
        """What happens when, and the samples."""
        data = text.encode("utf-8")
        self._samples.clear()
        self._events.clear()
        size = ctypes.c_size_t(len(data) + 1)
        self._library.espeak_Synth(data, size, 0, 1, 0, _UTF8 | _END_PAUSE, None, None)
        self._library.espeak_Synchronize()
        record = {"rate": self._rate, "events": self._events, "bytes": len(self._samples)}
        return record, bytes(self._samples)

    def spell(self, text: str) -> list[str]:
        """Phones of a text, clause by clause, an underscore between two phones."""
        data = ctypes.create_string_buffer(text.encode("utf-8"))
        position = ctypes.c_void_p(ctypes.addressof(data))
        clauses = []
        while position:
            spelled = self._library.espeak_TextToPhonemes(
                ctypes.byref(position), _UTF8, _IPA_WITH_SEPARATOR
            )
            clauses.append((spelled or b"").decode("utf-8", "replace"))
        return clauses

    def languages(self) -> list[str]:
        """Every language that a voice speaks."""
        return sorted(self._of_language)

    def _identifiers(self) -> dict[str, str]:
        """The voice that is most for each language."""
        listed = self._library.espeak_ListVoices(None)
        best: dict[str, tuple[int, str]] = {}
        index = 0
        while listed[index]:
            voice = listed[index].contents
            for priority, language in _languages(voice.languages):
                found = (priority, voice.identifier.decode())
                best[language] = min(best.get(language, found), found)
            index += 1
        return {language: identifier for language, (_, identifier) in best.items()}

    def version(self) -> str:
        """Version of the library."""
        return str(self._library.espeak_Info(None).decode())


def _languages(listed: Any) -> list[tuple[int, str]]:
    """(priority, name) from a list of such, each name ended by 0, the list by a priority of 0."""
    names = []
    at = 0
    while listed[at] != b"\0":
        name = ctypes.string_at(ctypes.addressof(listed.contents) + at + 1)
        names.append((listed[at][0], name.decode()))
        at += len(name) + 2
    return names


def _answer(speaker: Speaker, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    act = request["act"]
    if act == "languages":
        return {"languages": speaker.languages(), "version": speaker.version()}, b""
    if not speaker.use(request["voice"], request.get("speed", 1.0)):
        return {"error": f"no voice {request['voice']}"}, b""
    if act == "spell":
        return {"clauses": speaker.spell(request["text"])}, b""
    return speaker.say(request["text"])


def serve(library: str, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    speaker = Speaker(library)
    for line in requests:
        record, samples = _answer(speaker, json.loads(line))
        answers.write(json.dumps(record).encode() + b"\n" + samples)
        answers.flush()


if __name__ == "__main__":
    serve(sys.argv[1], sys.stdin.buffer, sys.stdout.buffer)
