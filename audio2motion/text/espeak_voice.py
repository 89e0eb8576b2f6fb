"""eSpeak NG: a formant synthesiser for more than a hundred languages, run as a program of its own.

https://github.com/espeak-ng/espeak-ng, GPL-3.0-or-later; what it says is not covered by its
licence. See `audio2motion.text.espeak_process`.
"""

from __future__ import annotations

import ctypes.util
import json
import subprocess
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.errors import TextError
from audio2motion.text.phones import STRESS, Phone
from capture.errors import MissingBackendError

INSTALL: Final = (
    "Install eSpeak NG: apt install espeak-ng, dnf install espeak-ng, brew install espeak-ng, or "
    "https://github.com/espeak-ng/espeak-ng/releases."
)
_NAMES: Final = ("espeak-ng", "libespeak-ng")
_ELSEWHERE: Final = (
    "/opt/homebrew/lib/libespeak-ng.dylib",
    "/usr/local/lib/libespeak-ng.dylib",
    "C:/Program Files/eSpeak NG/libespeak-ng.dll",
)
_WORD, _PHONEME = 1, 7
_FOREIGN_SHARE = 0.5
_IGNORED = frozenset({"", " ", "|", "-"})
_TONES = dict.fromkeys(map(ord, "˥˦˧˨˩¹²³⁴⁵˩˨0123456789'\"^~*"))


def find_library() -> str | None:
    """The library to load, None where eSpeak NG is not installed."""
    for name in _NAMES:
        if found := ctypes.util.find_library(name):
            return found
    return next((path for path in _ELSEWHERE if Path(path).is_file()), None)


class Espeak:
    """A running eSpeak NG; use it in a `with` statement.

    Raises:
        MissingBackendError: It is not installed.
    """

    def __init__(self) -> None:
        library = find_library()
        if library is None:
            raise MissingBackendError("eSpeak NG is not installed", hint=INSTALL)
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "audio2motion.text.espeak_process", library],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
        )

    def __enter__(self) -> Espeak:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.terminate()
        self._process.wait()

    def languages(self) -> list[str]:
        """Every language that it speaks, as it names them."""
        record, _ = self._ask({"act": "languages"})
        return list(map(str, record["languages"]))

    def version(self) -> str:
        """Such as 1.51."""
        record, _ = self._ask({"act": "languages"})
        return str(record["version"]).split()[0]

    def spell(self, text: str, *, voice: str) -> list[list[str]]:
        """Phones of a text, clause by clause: stress marks and blanks are symbols of their own."""
        record, _ = self._ask({"act": "spell", "voice": voice, "text": text})
        return [_symbols(clause) for clause in record["clauses"]]

    def say(self, parts: Sequence[str], *, voice: str, speed: float = 1.0) -> Said:
        """Say a sentence that comes in parts, exactly timed.

        Raises:
            TextError: The voice cannot read most of it.
        """
        text = "".join(parts)
        request = {"act": "say", "voice": voice, "text": text, "speed": speed}
        record, data = self._ask(request)
        samples = np.frombuffer(data, "<i2").astype(np.float32) / 32768
        events = [(int(a), int(b), int(c), str(d)) for a, b, c, d in record["events"]]
        _check_readable(events, text, voice)
        phones = _phones(events, parts, len(samples), int(record["rate"]))
        return samples, int(record["rate"]), phones

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        to, back = self._process.stdin, self._process.stdout
        try:
            if to is None or back is None:
                raise BrokenPipeError
            to.write(json.dumps(request).encode() + b"\n")
            to.flush()
            record: dict[str, Any] = json.loads(back.readline())
            data = back.read(record.get("bytes", 0))
        except (OSError, ValueError) as error:
            raise MissingBackendError(
                "eSpeak NG is installed but does not work: its process ended", hint=INSTALL
            ) from error
        if "error" in record:
            raise TextError(f"eSpeak NG has {record['error']}", hint="See: avatar voices")
        return record, data


Said = tuple[NDArray[np.float32], int, list[Phone]]
"""Samples, their rate, and phones in their time."""


def _check_readable(events: Sequence[tuple[int, int, int, str]], text: str, voice: str) -> None:
    """Refuse a text whose script the voice spells out in another language."""
    phones = foreign = 0
    abroad = False
    for kind, _, _, name in events:
        if name.startswith("("):
            abroad = name.strip("()").partition("-")[0] != voice.partition("-")[0]
        elif kind == _PHONEME and name:
            phones += 1
            foreign += abroad
    if foreign > _FOREIGN_SHARE * phones and not all(map(is_latin, text)):
        raise TextError(
            f"eSpeak NG's voice {voice} cannot read this script and would spell it out",
            hint="Write it as the voice reads it: kana for Japanese; for Mandarin pinyin, with "
            "--voice espeak:cmn-latn-pinyin.",
        )


def is_latin(character: str) -> bool:
    """Whether a character is no letter of another script than the Latin one."""
    return not character.isalpha() or unicodedata.name(character, "").startswith(
        ("LATIN", "FEMININE", "MASCULINE", "MODIFIER")
    )


def _phones(
    events: Sequence[tuple[int, int, int, str]], parts: Sequence[str], count: int, rate: int
) -> list[Phone]:
    """Phones and silences from eSpeak's events, which mark where each sound begins."""
    begins = list(accumulate((len(part) for part in parts), initial=0))
    word, part = -1, 0
    marks: list[tuple[float, str, int, int]] = []
    for kind, sample, position, name in events:
        if kind == _WORD:
            word += 1
            part = max(part, min(bisect_right(begins, position - 1) - 1, len(parts) - 1))
        elif not name.startswith("("):
            symbol = clean(name)
            marks.append((sample / rate, symbol, word if symbol else -1, part))
    end = count / rate
    found = []
    bounds = [*(mark[0] for mark in marks), end]
    for (start, symbol, of_word, of_part), (_, stop) in zip(marks, pairwise(bounds), strict=True):
        if stop > start:
            found.append(Phone(symbol, start, min(stop, end), False, of_word, of_part))
    if found and found[0].start_s > 0:
        found.insert(0, Phone("", 0.0, found[0].start_s, False))
    return found


def clean(symbol: str) -> str:
    """A phone without stress, tone and eSpeak's own marks; empty where nothing is heard."""
    text = symbol.strip(STRESS).translate(_TONES).strip("_|- ")
    return "" if text in _IGNORED else text


def _symbols(clause: str) -> list[str]:
    """Symbols of a clause as `espeak_TextToPhonemes` writes it."""
    found: list[str] = []
    for index, word in enumerate(clause.split()):
        if index:
            found.append(" ")
        for phone in word.split("_"):
            if phone.startswith("("):
                continue
            stress = phone[: len(phone) - len(phone.lstrip(STRESS))]
            found += [*stress, *([phone.lstrip(STRESS)] if phone.lstrip(STRESS) else [])]
    return found
