"""Which voices are there, and which one says a text."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from audio2motion.errors import TextError
from audio2motion.text import espeak_voice, hibari_voice, piper_voice
from audio2motion.text.engines import (
    Engine,
    EspeakEngine,
    english_spelling,
    espeak_spelling,
    hibari_engine,
    piper_engine,
)
from audio2motion.text.espeak_voice import Espeak
from capture.errors import MissingBackendError

ESPEAK: Final = "espeak"
PACKAGED: Final = ("joe", "heart")
_PACKAGED_LANGUAGE: Final = "en-us"
_ALIASES: Final = {
    "en": "en-us",
    "zh": "cmn",
    "zh-cn": "cmn",
    "no": "nb",
    "pt": "pt",
    "fr": "fr-fr",
}
_PINYIN: Final = "cmn-latn-pinyin"
_INSTALL: Final = "Install voices with: pip install 'countenance[voices]'"


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that is installed."""

    name: str
    """As `--voice` takes it: `joe`, `heart`, `espeak:de`, or the path of a Piper voice."""
    language: str
    engine: str
    licence: str
    file: Path | None = None
    """Its model; None for eSpeak's."""
    speaker: int = 0

    def record(self) -> dict[str, str]:
        """What a proof says of the voice: no folder of whoever made it."""
        name = self.name if self.name in PACKAGED or self.file is None else Path(self.name).name
        record = {"voice": name, "language": self.language.partition("+")[0]}
        if self.file is not None:
            with self.file.open("rb") as stream:
                record["voice_sha256"] = hashlib.file_digest(stream, "sha256").hexdigest()
        else:
            with Espeak() as espeak:
                record["voice_version"] = f"{self.engine} {espeak.version()}"
        return record


def installed_voices() -> list[Voice]:
    """All voices that need no path, the ones that are preferred first."""
    found = []
    if (path := piper_voice.joe_path()) is not None and _can_spell_english():
        found.append(_joe(path))
    if hibari_voice.is_installed():
        found.append(_heart())
    if espeak_voice.find_library() is not None:
        with Espeak() as espeak:
            found += [_espeak(language) for language in espeak.languages()]
    return found


def choose_voice(voice: str | None, language: str | None, *, text: str) -> Voice:
    """The voice that says a text.

    Args:
        voice: `joe`, `heart`, `espeak`, `espeak:LANGUAGE`, the path of a Piper voice (with
            `#NUMBER` for one of its speakers), or None for the best that is installed.
        language: Such as `de` or `en-GB`; None for the voice's own, or English.
        text: What it says; letters that are not Latin need a language.

    Raises:
        MissingBackendError: Nothing is installed that speaks this.
        ModelFileError: The path leads to no Piper voice.
        TextError: There is no such voice or language, or the two do not go together.
    """
    wanted = None if language is None else _canonical(language)
    if voice is None:
        _need_language(wanted, text)
        return _best(wanted, text)
    if voice in PACKAGED:
        return _agreeing(_joe(piper_voice.need_joe()) if voice == "joe" else _need_heart(), wanted)
    if voice == ESPEAK:
        return _espeak(_espeak_language(wanted or _PACKAGED_LANGUAGE, text))
    if voice.startswith(f"{ESPEAK}:"):
        return _agreeing(_espeak(_espeak_language(voice.partition(":")[2], text)), wanted)
    path, _, speaker = voice.partition("#")
    if path.endswith(".onnx"):
        return _agreeing(_piper(voice, Path(path), speaker), wanted)
    near = difflib.get_close_matches(voice, [*PACKAGED, ESPEAK], n=1)
    raise TextError(
        f"there is no voice {voice!r}",
        hint=f"Did you mean {near[0]!r}?" if near else "List them with: avatar voices",
    )


@contextmanager
def open_voice(voice: Voice, *, seed: int) -> Iterator[Engine]:
    """Start a voice.

    Args:
        voice: Which.
        seed: For the noise in it.

    Raises:
        MissingBackendError: What it needs is not installed.
    """
    with ExitStack() as stack:
        if voice.engine == "eSpeak NG":
            espeak = stack.enter_context(Espeak())
            yield EspeakEngine(espeak, voice.name.partition(":")[2])
        elif voice.name == "heart":
            yield hibari_engine(np.random.default_rng(seed))
        else:
            file = piper_voice.read_piper_file(voice.file or piper_voice.need_joe())
            english = file.language.startswith("en-us") and hibari_voice.is_installed()
            spell = (
                english_spelling
                if english
                else espeak_spelling(stack.enter_context(Espeak()), file.language)
            )
            network = piper_voice.PiperVoice(file, seed=seed % 2**31, speaker=voice.speaker)
            yield piper_engine(network, spell, sample_rate=file.sample_rate)


def _joe(path: Path) -> Voice:
    licence = "CC0-1.0 (voice), MIT (package)"
    return Voice("joe", _PACKAGED_LANGUAGE, "Piper", licence, path)


def _heart() -> Voice:
    return Voice("heart", _PACKAGED_LANGUAGE, "hibari", "Apache-2.0", hibari_voice.model_path())


def _need_heart() -> Voice:
    hibari_voice.need_package("The voice heart")
    return _heart()


def _espeak(language: str) -> Voice:
    licence = "GPL-3.0-or-later (program, not what it says)"
    return Voice(f"{ESPEAK}:{language}", language, "eSpeak NG", licence)


def _piper(name: str, path: Path, speaker: str) -> Voice:
    if not path.is_file():
        raise TextError(f"voice {path}: there is no such file", hint="List: avatar voices")
    file = piper_voice.read_piper_file(path)
    if speaker and not (speaker.isdecimal() and int(speaker) < file.speakers):
        raise TextError(
            f"voice {path}: there is no speaker {speaker!r}",
            hint=f"It has {file.speakers}: write #0 to #{file.speakers - 1}.",
        )
    licence = "its own: see its model card"
    return Voice(name, file.language, "Piper", licence, path, int(speaker or 0))


def _best(language: str | None, text: str) -> Voice:
    if language in (None, _PACKAGED_LANGUAGE):
        if (path := piper_voice.joe_path()) is not None and _can_spell_english():
            return _joe(path)
        if hibari_voice.is_installed():
            return _heart()
    if espeak_voice.find_library() is None:
        spoken = language or "English"
        raise MissingBackendError(
            f"no voice is installed that speaks {spoken}",
            hint=f"{_INSTALL} (English). {espeak_voice.INSTALL}"
            if language in (None, _PACKAGED_LANGUAGE)
            else f"{espeak_voice.INSTALL} Or give a Piper voice: --voice voice.onnx",
        )
    return _espeak(_espeak_language(language or _PACKAGED_LANGUAGE, text))


def _can_spell_english() -> bool:
    return hibari_voice.is_installed() or espeak_voice.find_library() is not None


def _canonical(language: str) -> str:
    name = language.strip().lower().replace("_", "-")
    return _ALIASES.get(name, name)


def _need_language(language: str | None, text: str) -> None:
    letters = [character for character in text if character.isalpha()]
    latin = sum(map(espeak_voice.is_latin, letters))
    if language is None and latin < len(letters) / 2:
        raise TextError(
            "the text is not in Latin letters, and no language is given",
            hint="Say which it is, such as --language ja.",
        )


def _espeak_language(wanted: str, text: str) -> str:
    """Return eSpeak's name of a language or voice, a variant such as `+f3` kept.

    Raises:
        MissingBackendError: eSpeak NG is not installed.
        TextError: It does not speak that language.
    """
    base, plus, variant = wanted.partition("+")
    base = _canonical(base)
    with Espeak() as espeak:
        known = espeak.languages()
    if base == "cmn" and all(map(espeak_voice.is_latin, text)):
        base = _PINYIN
    if base not in known:
        primary = _ALIASES.get(base.partition("-")[0], base.partition("-")[0])
        if primary not in known:
            near = difflib.get_close_matches(base, known, n=3, cutoff=0.5)
            hint = f"Near it: {', '.join(near)}. " if near else ""
            raise TextError(
                f"eSpeak NG speaks no language {base!r}", hint=f"{hint}List: avatar voices"
            )
        base = primary
    return f"{base}{plus}{variant}"


def _agreeing(voice: Voice, language: str | None) -> Voice:
    """The voice, if it speaks the language."""
    if language is not None:
        have, want = (name.partition("-")[0] for name in (voice.language, language))
        if have != want:
            raise TextError(
                f"the voice {voice.name} speaks {voice.language}, not {language}",
                hint="Leave --voice or --language away.",
            )
    return voice
