"""What an avatar says: a recording, or a text that a voice says first."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import audio2motion
from audio2motion.behaviour import Manner
from audio2motion.gains import Gains
from capture.audio import sound_seconds
from capture.motion import MotionSequence
from reenact.errors import ControlError

if TYPE_CHECKING:
    from audio2motion.text.saying import Said

_ACOUSTIC: Final = tuple(
    f"pocketsphinx-en-us-{part}" for part in ("mdef", "means", "variances", "sendump")
)
_HEAD: Final = ("landmark-rig",)
WEIGHTS: Final = (*_HEAD, "lips", *_ACOUSTIC)
"""Model files that a recording passes through."""
TEXT_WEIGHTS: Final = (*_HEAD, "articulation", *_ACOUSTIC)
"""Model files that a text passes through, besides its voice."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Sound, and what is known of it."""

    sound: Path
    seconds: float
    weights: tuple[str, ...]
    inputs: Mapping[str, Path] = field(default_factory=dict)
    """Files whose SHA-256 goes into the proof."""
    record: Mapping[str, object] = field(default_factory=dict)
    """Of a text, for the proof: its SHA-256 and length and its voice, never the text itself."""
    said: Said | None = None

    def motion(
        self, *, fps: Fraction, seed: int, gains: Gains, manner: Manner
    ) -> Iterator[MotionSequence]:
        """What the face does, in pieces: heard from the sound, or known from the text."""
        if self.said is None:
            return audio2motion.predict_pieces(
                self.sound, fps=fps, seed=seed, gains=gains, manner=manner
            )
        from audio2motion.text.directing import directed
        from audio2motion.text.lips import TextLips

        return audio2motion.predict_pieces(
            self.sound,
            fps=fps,
            seed=seed,
            gains=gains,
            manner=directed(manner, self.said.cues),
            lips=TextLips(self.said.segments, self.said.cues),
        )


@contextmanager
def open_speech(
    *,
    audio: Path | str | None,
    text: str | None,
    voice: str | None = None,
    language: str | None = None,
    seed: int = 0,
) -> Iterator[Speech]:
    """Look at a recording, or say a text into a temporary file that is gone afterwards.

    Args:
        audio: The recording; or
        text: the text, with directions in brackets.
        voice: Who says it: see `avatar voices`.
        language: Which language the text is in.
        seed: For the noise in a voice.

    Raises:
        ControlError: Neither or both of `audio` and `text` are given.
        MediaError: The recording cannot be read.
        MissingBackendError: No voice is installed that speaks this.
        TextError: The text, the voice or the language cannot be used.
    """
    if (audio is None) == (text is None):
        raise ControlError(
            "speak: want either a recording or a text", hint="Give audio or text, not both."
        )
    if audio is not None:
        if voice is not None or language is not None:
            raise ControlError(
                "speak: a voice or language is given, but no text", hint="They are for a text."
            )
        path = Path(audio)
        yield Speech(path, sound_seconds(path), WEIGHTS, inputs={"audio": path})
        return
    with tempfile.TemporaryDirectory(prefix="countenance-speech-") as folder:
        yield _spoken(text or "", voice, language, Path(folder) / "speech.wav", seed=seed)


def _spoken(
    text: str, voice: str | None, language: str | None, sound: Path, *, seed: int
) -> Speech:
    from audio2motion.text.directing import directions_record
    from audio2motion.text.saying import say
    from audio2motion.text.script import read_script
    from audio2motion.text.voices import choose_voice, open_voice

    script = read_script(text)
    chosen = choose_voice(voice, language, text=script.text)
    with open_voice(chosen, seed=seed) as engine:
        said = say(script, engine, sound)
    record: dict[str, object] = {
        "text_sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        "text_characters": len(text),
        **chosen.record(),
    }
    if directions := directions_record(script):
        record["directions"] = directions
    return Speech(sound, said.duration_s, TEXT_WEIGHTS, record=record, said=said)
